package sinks

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/lachan-waf/lachan/policies"
)

// cluster is three brokers whose connections can be cut, and which come back
// with what they have written.
type cluster struct {
	*kfake.Cluster
	t       *testing.T
	options []kfake.Opt
	mu      sync.Mutex
	conns   []net.Conn
}

func newCluster(t *testing.T, options ...kfake.Opt) *cluster {
	t.Helper()
	ports := freePorts(t, 3)
	c := &cluster{t: t}
	c.options = append([]kfake.Opt{
		kfake.Ports(ports...), kfake.NumBrokers(len(ports)), kfake.DataDir(t.TempDir()),
		kfake.SeedTopics(4, defaultTopic), kfake.ListenFn(c.listen),
	}, options...)
	c.up()
	t.Cleanup(func() { c.Close() })
	return c
}

func (c *cluster) up() {
	c.t.Helper()
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		cluster, err := kfake.NewCluster(c.options...)
		if err == nil {
			c.Cluster = cluster
			return
		}
		if time.Now().After(end) {
			c.t.Fatal(err)
		}
	}
}

func (c *cluster) restart() {
	c.Close()
	c.cut()
	c.up()
}

// cut resets every connection.
func (c *cluster) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.conns {
		conn.(*net.TCPConn).SetLinger(0)
		conn.Close()
	}
	c.conns = nil
}

func (c *cluster) listen(network, address string) (net.Listener, error) {
	l, err := net.Listen(network, address)
	return &cutListener{l, c}, err
}

type cutListener struct {
	net.Listener
	of *cluster
}

func (l *cutListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err == nil {
		l.of.mu.Lock()
		l.of.conns = append(l.of.conns, conn)
		l.of.mu.Unlock()
	}
	return conn, err
}

func freePorts(t *testing.T, n int) (ports []int) {
	t.Helper()
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

func kafkaSink(c *cluster) policies.Sink {
	return httpSink(policies.SinkKafka, "kafka://"+strings.Join(c.ListenAddrs(), ","))
}

// consume reads the topic until it has that many different events, and checks
// each record.
func consume(t *testing.T, c *cluster, events int, options ...kgo.Opt) *inbox {
	t.Helper()
	client, err := kgo.NewClient(append([]kgo.Opt{
		kgo.SeedBrokers(c.ListenAddrs()...), kgo.ConsumeTopics(defaultTopic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
	}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	var got inbox
	latest := map[string]uint64{}
	for got.events() < events {
		fetched := client.PollFetches(ctx)
		if ctx.Err() != nil {
			t.Fatalf("%d of %d events arrived", got.events(), events)
		}
		fetched.EachRecord(func(r *kgo.Record) { checkRecord(t, r, &got, latest) })
	}
	return &got
}

// checkRecord finds an event by its header, under its site, and for the first
// time after those of the site that were written before it.
func checkRecord(t *testing.T, r *kgo.Record, got *inbox, latest map[string]uint64) {
	t.Helper()
	e, err := message{line: r.Value}.address()
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Headers) != 1 || r.Headers[0].Key != "event.id" || string(r.Headers[0].Value) != e.Event.ID {
		t.Fatalf("headers %v of event %s", r.Headers, e.Event.ID)
	}
	if string(r.Key) != e.Service.Name {
		t.Fatalf("key %q of site %q", r.Key, e.Service.Name)
	}
	_, after, _ := bytes.Cut(r.Value, []byte(`"chain":{"seq":`))
	digits, _, _ := bytes.Cut(after, []byte(","))
	seq, _ := strconv.ParseUint(string(digits), 10, 64)
	if got.seen[e.Event.ID] == 0 && e.Service.Name != "" {
		if seq <= latest[e.Service.Name] {
			t.Fatalf("line %d of %s comes after line %d", seq, e.Service.Name, latest[e.Service.Name])
		}
		latest[e.Service.Name] = seq
	}
	got.count(e.Event.ID)
}

func TestNothingIsLostToTroubledBrokers(t *testing.T) {
	l := theLongTrail(t)
	c := newCluster(t)
	sink := kafkaSink(c)
	sink.Batch.Events = 1250
	r, err := newKafka(sink, zap.NewNop())
	sent := &tallied{receiver: made(t, r, err)}
	cuts, restarts := 0, 0
	shipFrom(t, l.source(t), sent, sink, func() bool {
		switch n := sent.events(); {
		case restarts < 2 && n > (restarts+1)*longTrailEvents*3/10:
			c.restart()
			restarts++
		case cuts < 8 && n > (cuts+1)*longTrailEvents/10:
			c.cut()
			cuts++
		}
		return sent.events() >= len(l.ids)
	})
	consume(t, c, len(l.ids)).check(t, l.ids)
	if cuts != 8 || restarts != 2 {
		t.Errorf("%d cuts, %d restarts: the brokers were no trouble", cuts, restarts)
	}
}

// tallied counts what a receiver has confirmed.
type tallied struct {
	receiver
	mu sync.Mutex
	n  int
}

func (c *tallied) deliver(ctx context.Context, batch []message) error {
	err := c.receiver.deliver(ctx, batch)
	if err == nil {
		c.mu.Lock()
		c.n += len(batch)
		c.mu.Unlock()
	}
	return err
}

func (c *tallied) events() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n
}

// A broker measures a batch: its records are sent alone before one is rejected.
func TestRecordsTooLargeForTheTopic(t *testing.T) {
	batch := messages(t, 20)
	batch[7].body = bytes.Repeat([]byte("0123456789abcdef"), 1<<10)
	c := newCluster(t, kfake.BrokerConfigs(map[string]string{"message.max.bytes": "4000"}))
	r, err := newKafka(kafkaSink(c), zap.NewNop())
	k := made(t, r, err).(*kafka)
	k.options = append(k.options, kgo.ProducerBatchCompression(kgo.NoCompression()))
	err = k.deliver(t.Context(), batch)
	refused, ok := errors.AsType[*rejection](err)
	if !ok || refused.count != 1 || !strings.Contains(err.Error(), "MESSAGE_TOO_LARGE") {
		t.Fatalf("%v", err)
	}
	got := consume(t, c, 19)
	if e, _ := batch[7].address(); got.seen[e.Event.ID] != 0 {
		t.Error("what was rejected arrived")
	}
}

// Brokers that take events and do not say so hold up nobody for ever, and get
// them again.
func TestBrokersThatDoNotAnswer(t *testing.T) {
	c := newCluster(t)
	var silent atomic.Bool
	silent.Store(true)
	c.ControlKey(int16(kmsg.Produce), func(kmsg.Request) (kmsg.Response, error, bool) {
		c.KeepControl()
		return nil, errors.New("hang up"), silent.Load()
	})
	r, err := newKafka(kafkaSink(c), zap.NewNop())
	k := made(t, r, err).(*kafka)
	k.patience = time.Second
	batch := messages(t, 10)
	said := make(chan error)
	go func() { said <- k.deliver(t.Context(), batch) }()
	select {
	case err := <-said:
		if err == nil || !strings.Contains(err.Error(), "not taken within 1s") {
			t.Errorf("%v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it waits for an answer that does not come")
	}
	silent.Store(false)
	k.patience = 10 * time.Second
	if err := k.deliver(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	consume(t, c, 10)
}

// A broker that is away is an error within the delivery's time, and so is a
// topic that is not there.
func TestKafkaSaysWhatIsWrong(t *testing.T) {
	batch := messages(t, 2)
	logged, logs := observer.New(zap.DebugLevel)
	away := httpSink(policies.SinkKafka, "kafka://127.0.0.1:"+strconv.Itoa(freePorts(t, 1)[0]))
	c := newCluster(t)
	nowhere := kafkaSink(c)
	nowhere.Topic = "nowhere"
	for want, sink := range map[string]policies.Sink{"connection refused": away, "UNKNOWN_TOPIC": nowhere} {
		r, err := newKafka(sink, zap.New(logged))
		k := made(t, r, err).(*kafka)
		if sink.URL == away.URL {
			k.patience = time.Second
		}
		err = k.deliver(t.Context(), batch)
		if _, rejected := errors.AsType[*rejection](err); err == nil || rejected || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	if logs.FilterMessageSnippet("kafka: ").Len() == 0 {
		t.Error("the client's log goes nowhere")
	}
	ctx, cancel := context.WithCancel(t.Context()) // stopping does not wait for a broker
	r, err := newKafka(away, zap.NewNop())
	k := made(t, r, err)
	time.AfterFunc(100*time.Millisecond, cancel)
	began := time.Now()
	if err := k.deliver(ctx, batch); err == nil || time.Since(began) > 10*time.Second {
		t.Errorf("%v after %v", err, time.Since(began))
	}
}

func TestKafkaAuthenticates(t *testing.T) {
	pair, ca := certificate(t, "127.0.0.1")
	password := written(t, "password", "s3cret\n")
	batch := messages(t, 2)
	for _, test := range []struct {
		mechanism string
		encrypted bool
		ok        bool
	}{
		{"SCRAM-SHA-512", false, true}, {"SCRAM-SHA-256", false, true}, {"PLAIN", false, false},
		{"SCRAM-SHA-512", true, true}, {"PLAIN", true, true},
	} {
		options := []kfake.Opt{kfake.EnableSASL(), kfake.Superuser(test.mechanism, "lachan", "s3cret")}
		if test.encrypted {
			options = append(options, kfake.TLS(&tls.Config{Certificates: []tls.Certificate{pair}}))
		}
		c := newCluster(t, options...)
		offer(c, test.mechanism)
		sink := kafkaSink(c)
		sink.Username, sink.PasswordFile = "lachan", password
		if test.encrypted {
			sink.URL, sink.CA = strings.Replace(sink.URL, "kafka:", "kafkas:", 1), ca
		}
		r, err := newKafka(sink, zap.NewNop())
		k := made(t, r, err).(*kafka)
		if !test.ok {
			k.patience = time.Second
		}
		err = k.deliver(t.Context(), batch)
		if (err == nil) != test.ok || err != nil && !strings.Contains(err.Error(), "SASL") {
			t.Errorf("%+v: %v", test, err)
		}
	}
}

// offer makes a cluster know only this mechanism; kfake takes any by itself.
func offer(c *cluster, mechanism string) {
	c.ControlKey(int16(kmsg.SASLHandshake), func(r kmsg.Request) (kmsg.Response, error, bool) {
		c.KeepControl()
		req := r.(*kmsg.SASLHandshakeRequest)
		if req.Mechanism == mechanism {
			return nil, nil, false
		}
		answer := req.ResponseKind().(*kmsg.SASLHandshakeResponse)
		answer.ErrorCode, answer.SupportedMechanisms = kerr.UnsupportedSaslMechanism.Code, []string{mechanism}
		return answer, nil, true
	})
}
