package sinks

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"
	"go.uber.org/zap"

	"github.com/lachan-waf/lachan/audit/remote"
	"github.com/lachan-waf/lachan/policies"
)

// kafka produces a record for each event: the site is its key, so that a site's
// events stay in order, and event.id a header. All in-sync replicas have a record
// before it counts. What the client sends again by itself is not doubled, since
// the producer is idempotent; what we send again is, and has the same event.id.
type kafka struct {
	halving
	options []kgo.Opt
	client  *kgo.Client // from the first delivery on
	// patience is how long a delivery may take, the client's own attempts included.
	patience time.Duration
	dials    *dials
}

const defaultTopic = "lachan-audit"

func newKafka(sink policies.Sink, log *zap.Logger) (receiver, error) {
	scheme, brokers, _ := strings.Cut(sink.URL, "://")
	topic := sink.Topic
	if topic == "" {
		topic = defaultTopic
	}
	k := &kafka{patience: remote.Patience, dials: &dials{}}
	k.options = []kgo.Opt{
		kgo.SeedBrokers(strings.Split(strings.TrimSuffix(brokers, "/"), ",")...),
		kgo.ClientID("lachan"),
		kgo.DefaultProduceTopic(topic),
		kgo.RequiredAcks(kgo.AllISRAcks()),
		// Otherwise a record on its way to a broker that died would hold up the
		// sink, without a word of it, until the broker is back.
		kgo.AllowIdempotentProduceCancellation(),
		// A partition that has moved is looked for again every second, and a topic
		// that is not there is said to be so at once: the sink tries again itself.
		kgo.MetadataMinAge(time.Second),
		kgo.UnknownTopicRetries(1),
		kgo.DisableClientMetrics(),
		kgo.WithLogger(kafkaLog{log.WithOptions(zap.WithCaller(false))}),
		kgo.WithHooks(k.dials),
	}
	if err := k.secure(sink, scheme == "kafkas"); err != nil {
		return nil, err
	}
	k.send = k.produce
	return k, nil
}

// secure adds TLS and SASL. Of the mechanisms that a broker has it takes the
// strongest; PLAIN, which shows it the password, only to a broker that TLS vouches for.
func (k *kafka) secure(sink policies.Sink, encrypted bool) error {
	if encrypted {
		trust, err := remote.TLS(sink.CA, sink.Cert, sink.Key)
		if err != nil {
			return err
		}
		k.options = append(k.options, kgo.DialTLSConfig(trust))
	}
	if sink.Username == "" {
		return nil
	}
	if _, err := remote.Secret(sink.PasswordFile); err != nil {
		return err
	}
	k.options = append(k.options, kgo.SASL(mechanisms(sink, encrypted)...))
	return nil
}

func mechanisms(sink policies.Sink, encrypted bool) []sasl.Mechanism {
	who := func(context.Context) (scram.Auth, error) {
		password, err := remote.Secret(sink.PasswordFile)
		return scram.Auth{User: sink.Username, Pass: password}, err
	}
	all := []sasl.Mechanism{scram.Sha512(who), scram.Sha256(who)}
	if encrypted {
		all = append(all, plain.Plain(func(context.Context) (plain.Auth, error) {
			password, err := remote.Secret(sink.PasswordFile)
			return plain.Auth{User: sink.Username, Pass: password}, err
		}))
	}
	return all
}

func (k *kafka) produce(ctx context.Context, batch []message) error {
	if k.client == nil {
		client, err := kgo.NewClient(k.options...)
		if err != nil {
			return fmt.Errorf("kafka: %w", err)
		}
		k.client = client
	}
	ctx, cancel := context.WithTimeout(ctx, k.patience)
	defer cancel()
	records := make([]*kgo.Record, len(batch))
	sent := make(map[*kgo.Record]message, len(batch))
	for i, m := range batch {
		records[i] = record(m)
		sent[records[i]] = m
	}
	err := verdict(k.client.ProduceSync(ctx, records...), sent)
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("kafka: events were not taken within %v; %w", k.patience, k.dials.last())
	}
	return err
}

func record(m message) *kgo.Record {
	r := &kgo.Record{Value: m.body}
	e, err := m.address()
	if err != nil {
		return r // the value is whole; who reads it sees what is wrong
	}
	if e.Service.Name != "" {
		r.Key = []byte(e.Service.Name)
	}
	r.Headers = []kgo.RecordHeader{{Key: "event.id", Value: []byte(e.Event.ID)}}
	return r
}

// verdict is an error if any record failed. Records that are too large together
// may be small enough alone: brokers count a batch of them as one message.
func verdict(results kgo.ProduceResults, sent map[*kgo.Record]message) error {
	large := &refusal{sure: true}
	for _, r := range results {
		switch {
		case r.Err == nil:
		case errors.Is(r.Err, kerr.MessageTooLarge):
			large.cause = fmt.Errorf("kafka: %w", r.Err)
			large.of = append(large.of, sent[r.Record])
		default:
			return fmt.Errorf("kafka: %w", r.Err)
		}
	}
	if large.of == nil {
		return nil
	}
	return large
}

func (k *kafka) close() error {
	if k.client != nil {
		k.client.Close()
	}
	return nil
}

// dials remembers how the last connection went: the client itself tries until its
// time is over, and then says no more than that.
type dials struct {
	mu  sync.Mutex
	err error
}

// OnBrokerConnect is a kgo.HookBrokerConnect.
func (d *dials) OnBrokerConnect(_ kgo.BrokerMetadata, _ time.Duration, _ net.Conn, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.err = err
}

func (d *dials) last() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err != nil {
		return d.err
	}
	return errors.New("brokers are reached, and do not answer in time")
}

// kafkaLog is the client's log in ours. What it warns of again and again while a
// broker is away is said once by the sink.
type kafkaLog struct{ *zap.Logger }

func (l kafkaLog) Level() kgo.LogLevel {
	if l.Core().Enabled(zap.DebugLevel) {
		return kgo.LogLevelInfo
	}
	return kgo.LogLevelError
}

func (l kafkaLog) Log(level kgo.LogLevel, text string, pairs ...any) {
	write := l.Debug
	if level == kgo.LogLevelError {
		write = l.Warn
	}
	fields := make([]zap.Field, 0, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		fields = append(fields, zap.Any(fmt.Sprint(pairs[i]), pairs[i+1]))
	}
	write("kafka: "+text, fields...)
}
