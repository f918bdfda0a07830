package sinks

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lachan-waf/lachan/audit/trail"
	"github.com/lachan-waf/lachan/policies"
)

// collector is a receiver of syslog in this process. The first connections are
// served by the misbehaviours, in order; the others are read.
type collector struct {
	net.Listener
	framing policies.Framing
	bad     []func(*net.TCPConn)

	mu       sync.Mutex
	accepted int
	ids      []string
	open     []net.Conn
	serving  sync.WaitGroup
}

func listen(t *testing.T, framing policies.Framing, bad ...func(*net.TCPConn)) *collector {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &collector{Listener: l, framing: framing, bad: bad}
	c.serving.Go(c.serve)
	t.Cleanup(c.end)
	return c
}

func (c *collector) end() {
	_ = c.Close()
	c.mu.Lock()
	for _, conn := range c.open {
		_ = conn.Close()
	}
	c.mu.Unlock()
	c.serving.Wait()
}

func (c *collector) serve() {
	for {
		conn, err := c.Accept()
		if err != nil {
			return
		}
		c.mu.Lock()
		c.open = append(c.open, conn)
		n := c.accepted
		c.accepted++
		c.mu.Unlock()
		if n < len(c.bad) {
			c.bad[n](conn.(*net.TCPConn))
			continue
		}
		c.serving.Go(func() { c.read(bufio.NewReader(conn)) })
	}
}

// read takes whole messages; half of one at the end counts for nothing.
func (c *collector) read(in *bufio.Reader) {
	for {
		var message []byte
		var err error
		if c.framing == policies.FramingNewline {
			message, err = in.ReadBytes('\n')
		} else {
			message, err = readCounted(in)
		}
		if err != nil {
			return
		}
		c.mu.Lock()
		if trail.HasAction(message, "block") {
			c.ids = append(c.ids, between(message, `"request":{"id":"`))
		}
		c.mu.Unlock()
	}
}

func readCounted(in *bufio.Reader) ([]byte, error) {
	length, err := in.ReadString(' ')
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(strings.TrimSuffix(length, " "))
	if err != nil || n <= 0 || n > trail.MaxLine {
		return nil, fmt.Errorf("length %q", length)
	}
	message := make([]byte, n)
	_, err = io.ReadFull(in, message)
	return message, err
}

// distinct returns the ids in their order, each once.
func (c *collector) distinct() (ids []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	seen := map[string]bool{}
	for _, id := range c.ids {
		if !seen[id] {
			ids = append(ids, id)
		}
		seen[id] = true
	}
	return ids
}

func (c *collector) connections() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.accepted
}

func tcpSyslog(t *testing.T, addr string, framing policies.Framing, window time.Duration) *syslog {
	t.Helper()
	sink := policies.Sink{URL: "tcp://" + addr, Framing: framing, Resend: policies.Duration(window)}
	to, err := newSyslog(sink)
	if err != nil {
		t.Fatal(err)
	}
	s := to.(*syslog)
	s.line.stall = time.Second
	return s
}

// reset closes with RST, in the middle of what was being read.
func reset(conn *net.TCPConn) {
	_, _ = io.CopyN(io.Discard, conn, 1000)
	_ = conn.SetLinger(0)
	_ = conn.Close()
}

func closeAtOnce(conn *net.TCPConn) { _ = conn.Close() }

// closeHalfway ends properly, after half a message.
func closeHalfway(conn *net.TCPConn) {
	_, _ = io.CopyN(io.Discard, conn, 777)
	_ = conn.CloseWrite()
	_ = conn.Close()
}

// takeNothing leaves the connection open and never reads: its window closes.
func takeNothing(conn *net.TCPConn) { _ = conn.SetReadBuffer(4 << 10) }

func TestBadReceiversLoseNothing(t *testing.T) {
	for _, c := range []struct {
		name    string
		framing policies.Framing
		bad     []func(*net.TCPConn)
	}{
		{"resets", policies.FramingOctets, []func(*net.TCPConn){reset, reset}},
		{"closes", policies.FramingOctets, []func(*net.TCPConn){closeAtOnce, closeAtOnce, closeAtOnce}},
		{"halves", policies.FramingOctets, []func(*net.TCPConn){closeHalfway, closeHalfway}},
		{"stalls", policies.FramingOctets, []func(*net.TCPConn){takeNothing}},
		{"everything", policies.FramingNewline, []func(*net.TCPConn){reset, closeAtOnce, takeNothing, closeHalfway}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			tr, to := newTrail(t), listen(t, c.framing, c.bad...)
			sink := testSink("soc")
			sink.Batch.Events = 500
			go tr.slowly(many)
			ship(t, tr, tcpSyslog(t, to.Addr().String(), c.framing, time.Second), sink, func() bool { return len(to.distinct()) == many })
			if got := to.distinct(); !slices.Equal(got, numbers(0, many)) {
				t.Errorf("%d events, and not in order", len(got))
			}
			if n := to.connections(); n < len(c.bad)+1 {
				t.Errorf("%d connections: not every misbehaviour was met", n)
			}
		})
	}
}

// many events are more than the buffers of a connection hold.
const many = 12_000

// slowly records no faster than a disk takes it.
func (t *testTrail) slowly(events int) {
	for i := 0; i < events; i += 1000 {
		t.record(i, i+1000)
		for t.Stats().Queued > 0 {
			time.Sleep(time.Millisecond)
		}
	}
}

// A receiver that is restarted while nothing is on its way is no trouble.
func TestIdleConnectionsMayEnd(t *testing.T) {
	t.Parallel()
	tr := newTrail(t)
	took := make(chan *net.TCPConn, 1)
	c := listen(t, policies.FramingOctets, func(conn *net.TCPConn) {
		in := bufio.NewReader(conn)
		for range 10 {
			_, _ = readCounted(in)
		}
		took <- conn
	})
	tr.record(0, 10)
	s := newTestShipper(t, tr.source(), tcpSyslog(t, c.Addr().String(), policies.FramingOctets, 100*time.Millisecond), testSink("soc"))
	s.notify = func(trouble Trouble) { t.Errorf("%+v", trouble) }
	settled := false
	shipWith(t, s, func() bool {
		if !settled && s.status().Seq >= 10 {
			settled = true
			_ = (<-took).Close()
			time.Sleep(100 * time.Millisecond)
			tr.record(10, 20)
		}
		return len(c.distinct()) == 10
	})
}

func TestReceiverThatTalksIsNoneOfSyslog(t *testing.T) {
	t.Parallel()
	tr, c := newTrail(t), listen(t, policies.FramingOctets, func(conn *net.TCPConn) {
		_, _ = io.CopyN(io.Discard, conn, 100)
		_, _ = conn.Write([]byte("HTTP/1.1 400 Bad Request\r\n"))
		_ = conn.CloseWrite()
		_, _ = io.Copy(io.Discard, conn)
	})
	tr.record(0, 10)
	s := newTestShipper(t, tr.source(), tcpSyslog(t, c.Addr().String(), policies.FramingOctets, time.Second), testSink("soc"))
	told := make(chan error, 100)
	s.notify = func(trouble Trouble) { told <- trouble.Cause }
	shipWith(t, s, func() bool { return len(c.distinct()) == 10 })
	if err := <-told; err == nil || !strings.Contains(err.Error(), "HTTP/1.1 400 Bad Request") {
		t.Errorf("%v", err)
	}
}

// Without a certificate the events wait, and the status says that something is wrong.
func TestMutualTLSIsAskedFor(t *testing.T) {
	t.Parallel()
	for _, receiver := range []*syslogd{newRsyslog(t), newSyslogNG(t)} {
		receiver.start(t)
		tr, sink := newTrail(t), syslogSink(receiver)
		sink.Cert, sink.Key = "", ""
		to, err := newSyslog(sink)
		if err != nil {
			t.Fatal(err)
		}
		tr.record(0, 10)
		s := newTestShipper(t, tr.source(), to, sink)
		shipWith(t, s, func() bool { return s.status().Error != "" })
		if c := s.status(); c.Seq != 0 {
			t.Errorf("%+v", c)
		}
	}
}

// A receiver with a certificate of somebody else's gets nothing.
func TestStrangersGetNothing(t *testing.T) {
	t.Parallel()
	receiver := newRsyslog(t)
	receiver.start(t)
	other := t.TempDir()
	writeCertificates(t, other)
	sink := syslogSink(receiver)
	sink.CA = filepath.Join(other, "ca.pem")
	to, err := newSyslog(sink)
	if err != nil {
		t.Fatal(err)
	}
	err = to.deliver(t.Context(), []message{{1, []byte("secret"), nil}})
	if err == nil || !strings.Contains(err.Error(), "x509") {
		t.Errorf("%v", err)
	}
}

func TestFilesOfASinkAreReadAtTheStart(t *testing.T) {
	for _, sink := range []policies.Sink{
		{URL: "tls://soc.example:6514", CA: "/no/such/ca.pem"},
		{URL: "tls://soc.example:6514", Cert: "/no/such/cert.pem", Key: "/no/such/key.pem"},
		{URL: "ftp://soc.example:21"},
	} {
		if _, err := newSyslog(sink); err == nil {
			t.Errorf("%+v: no error", sink)
		}
	}
}

func TestDatagrams(t *testing.T) {
	t.Parallel()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := conn.LocalAddr().String()
	_ = conn.Close()
	to, err := newSyslog(policies.Sink{URL: "udp://" + addr, Resend: policies.Duration(time.Second)})
	if err != nil {
		t.Fatal(err)
	}
	tr := newTrail(t)
	tr.record(0, 10)
	s := newTestShipper(t, tr.source(), to, testSink("soc"))
	shipWith(t, s, func() bool { return strings.Contains(s.status().Error, "refused") })
	if conn, err = net.ListenPacket("udp", addr); err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	got := map[string]bool{}
	s = newTestShipper(t, tr.source(), to, testSink("soc"))
	shipWith(t, s, func() bool {
		buf := make([]byte, 64<<10)
		_ = conn.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
		if n, _, err := conn.ReadFrom(buf); err == nil && trail.HasAction(buf[:n], "block") {
			got[between(buf[:n], `"request":{"id":"`)] = true
		}
		return len(got) == 10
	})
}

func TestDatagramsThatAreTooLargeAreRejected(t *testing.T) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	to, err := newSyslog(policies.Sink{URL: "udp://" + conn.LocalAddr().String()})
	if err != nil {
		t.Fatal(err)
	}
	defer to.close()
	err = to.deliver(t.Context(), []message{{1, make([]byte, 66<<10), nil}, {2, []byte("fits"), nil}})
	if refused, ok := err.(*rejection); !ok || refused.count != 1 {
		t.Errorf("%v", err)
	}
	buf := make([]byte, 100)
	if n, _, err := conn.ReadFrom(buf); err != nil || string(buf[:n]) != "fits" {
		t.Errorf("%q, %v", buf[:n], err)
	}
}

// Many messages go out in few writes, and cost no memory each.
func TestWritesAreJoined(t *testing.T) {
	c := listen(t, policies.FramingOctets, func(conn *net.TCPConn) { go io.Copy(io.Discard, conn) })
	s := tcpSyslog(t, c.Addr().String(), policies.FramingOctets, time.Second)
	defer s.close()
	batch := slices.Repeat([]message{{1, bytes.Repeat([]byte("x"), 1000), nil}}, 500)
	if err := s.deliver(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(10, func() {
		if err := s.deliver(context.Background(), batch); err != nil {
			t.Fatal(err)
		}
	}); n > 100 {
		t.Errorf("%v allocations for 500 messages", n)
	}
}

// A shipper ends soon, whatever its receiver does.
func TestStalledReceiverDoesNotHoldUpTheEnd(t *testing.T) {
	t.Parallel()
	c := listen(t, policies.FramingOctets, takeNothing)
	s := tcpSyslog(t, c.Addr().String(), policies.FramingOctets, time.Second)
	s.line.stall = time.Hour
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(200*time.Millisecond, cancel)
	big := slices.Repeat([]message{{1, bytes.Repeat([]byte("x"), 60<<10), nil}}, 500)
	begun := time.Now()
	if err := s.deliver(ctx, big); err == nil {
		t.Error("30 MB went out")
	}
	if err := s.close(); err != nil {
		t.Log(err)
	}
	if took := time.Since(begun); took > 20*time.Second {
		t.Errorf("took %v", took)
	}
}
