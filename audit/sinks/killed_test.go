package sinks

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/lachan-waf/lachan/audit/trail"
	"github.com/lachan-waf/lachan/policies"
)

// newSender is a process that ships the long trail, and is killed at the end.
func newSender(t *testing.T, l *longTrail, source Source, sink policies.Sink) *child {
	t.Helper()
	sink.Batch.Events = 500
	s := &child{t: t, order: order{sink, source.Path, source.State, l.last}}
	t.Cleanup(s.kill)
	s.start()
	return s
}

// pace keeps a receiver slow enough for a cursor to be saved before each kill.
const pace = 20 * time.Millisecond

// resume starts it again, where its cursor stands.
func (s *child) resume() {
	s.t.Helper()
	c, err := trail.LoadCursor(s.order.State, s.order.Sink.Name)
	if err != nil || c.Seq == 0 || c.Seq >= s.order.Last {
		s.t.Errorf("killed at an interesting moment? %+v, %v", c, err)
	}
	s.start()
}

// checkCursor holds the cursor on the disk to what the receiver has: a kill may
// come in any moment.
func checkCursor(t *testing.T, source Source, got *inbox, l *longTrail) {
	t.Helper()
	c, err := trail.LoadCursor(source.State, "soc")
	if err != nil {
		t.Error(err)
	}
	got.mu.Lock()
	defer got.mu.Unlock()
	for id, seq := range l.ids {
		if seq <= c.Seq && got.seen[id] == 0 {
			t.Errorf("the cursor stands at line %d, and line %d has not arrived", c.Seq, seq)
			return
		}
	}
}

func await(t *testing.T, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(time.Minute):
		t.Fatal("nothing comes from the sender")
	}
}

// Events that the receiver has, and the sender does not know of, come again. The
// receiver fails now and then as well.
func TestWebhookGetsEverythingFromASenderThatIsKilled(t *testing.T) {
	t.Parallel() // it waits most of the time
	l := theLongTrail(t)
	source := l.source(t)
	s := &troubled{stall: 300 * time.Millisecond}
	var requests atomic.Int64
	kill, killed := make(chan struct{}), make(chan struct{})
	url := server(t, func(w http.ResponseWriter, r *http.Request) {
		checkCursor(t, source, &s.inbox, l)
		s.ServeHTTP(w, r)
		time.Sleep(pace)
		if n := requests.Add(1); n == 70 || n == 140 {
			kill <- struct{}{}
			<-killed
		}
	})
	sender := newSender(t, l, source, httpSink(policies.SinkHTTP, url))
	for range 2 {
		await(t, kill)
		sender.kill()
		killed <- struct{}{}
		sender.resume()
	}
	eventually(t, "events are lost", func() bool { return s.events() == len(l.ids) })
	if copies := s.check(t, l.ids); copies == 0 || s.faults.Load() < 14 {
		t.Errorf("%d copies in %d faults: killing it made no difference", copies, s.faults.Load())
	}
}

// The brokers' connections are cut, and they are killed with the sender.
func TestKafkaGetsEverythingFromASenderThatIsKilled(t *testing.T) {
	l := theLongTrail(t)
	c := newCluster(t)
	var requests atomic.Int64
	kill := make(chan struct{}, 2)
	produced := func(kmsg.Request) (kmsg.Response, error, bool) {
		c.KeepControl()
		time.Sleep(pace)
		switch n := requests.Add(1); {
		case n == 70 || n == 140:
			kill <- struct{}{}
		case n%30 == 0:
			c.cut()
		}
		return nil, nil, false
	}
	c.ControlKey(int16(kmsg.Produce), produced)
	s := newSender(t, l, l.source(t), kafkaSink(c))
	for range 2 {
		await(t, kill)
		s.kill()
		c.restart()
		c.ControlKey(int16(kmsg.Produce), produced)
		s.resume()
	}
	got := consume(t, c, len(l.ids))
	if copies := got.check(t, l.ids); copies == 0 {
		t.Error("killing it made no difference")
	}
}
