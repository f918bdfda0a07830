package sinks

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/audit/trail"
	"github.com/lachan-waf/lachan/policies"
)

// testTrail is a trail with a writer.
type testTrail struct {
	*audit.Log
	path, state string
}

func newTrail(t *testing.T) *testTrail {
	t.Helper()
	dir := t.TempDir()
	tr := &testTrail{path: filepath.Join(dir, "audit.jsonl"), state: filepath.Join(dir, "state")}
	l, err := audit.Open(policies.Audit{File: tr.path}, audit.Info{State: tr.state})
	if err != nil {
		t.Fatal(err)
	}
	tr.Log = l
	t.Cleanup(func() { l.Close(context.Background()) })
	return tr
}

func (t *testTrail) source() Source {
	return Source{Path: t.path, State: t.state, Durable: t.Durable}
}

func (t *testTrail) record(from, to int) {
	for i := from; i < to; i++ {
		t.Record(audit.Event{Action: audit.Block, RequestID: fmt.Sprint(i), Site: []string{"a", "b"}[i%2]})
	}
}

// scripted is a receiver that fails as told, and keeps what it got.
type scripted struct {
	mu       sync.Mutex
	got      []string
	fail     func(delivery int) error
	attempts int
	gone     error
	dropped  int
}

func (r *scripted) deliver(_ context.Context, batch []message) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.attempts++
	if r.fail != nil {
		if err := r.fail(r.attempts); err != nil {
			return err
		}
	}
	for _, m := range batch {
		_, rest, _ := strings.Cut(string(m.body), `"request":{"id":"`)
		id, _, _ := strings.Cut(rest, `"`)
		if trail.HasAction(m.line, "block") {
			r.got = append(r.got, id)
		}
	}
	return nil
}

func (r *scripted) close() error { return nil }

func (r *scripted) ids() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got)
}

// streaming is scripted without confirmations.
type streaming struct{ *scripted }

func (streaming) window() time.Duration { return 200 * time.Millisecond }

func (r streaming) contact() (contact, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return contact{}, r.gone
}

func (r streaming) drop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.gone = nil
	r.dropped++
}

// ship runs one shipper until the receiver has seen what it should.
func ship(t *testing.T, tr *testTrail, to receiver, sink policies.Sink, until func() bool) *shipper {
	t.Helper()
	return shipFrom(t, tr.source(), to, sink, until)
}

func shipFrom(t *testing.T, source Source, to receiver, sink policies.Sink, until func() bool) *shipper {
	t.Helper()
	s := newTestShipper(t, source, to, sink)
	shipWith(t, s, until)
	return s
}

func newTestShipper(t *testing.T, source Source, to receiver, sink policies.Sink) *shipper {
	t.Helper()
	cursor, err := trail.LoadCursor(source.State, sink.Name)
	if err != nil {
		t.Fatal(err)
	}
	o := Options{}.withDefaults()
	s := &shipper{
		sink: sink, source: source, to: to, format: raw{}, wants: newFilter(sink.Filter),
		reader: trail.OpenReader(source.Path, cursor.Seq+1), now: o.Now, notify: o.Notify, log: o.Logger, last: cursor.Seq, cursor: cursor,
	}
	s.flight.done = cursor.Seq
	if lost, ok := to.(unconfirmed); ok {
		s.flight.window = lost.window()
	}
	return s
}

func shipWith(t *testing.T, s *shipper, until func() bool) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var running sync.WaitGroup
	running.Go(func() { s.run(ctx) })
	deadline := time.Now().Add(2 * time.Minute)
	for !until() {
		if time.Now().After(deadline) {
			cancel()
			running.Wait()
			t.Fatal("the receiver did not get what it should")
		}
		time.Sleep(5 * time.Millisecond)
	}
	cancel()
	running.Wait()
}

func testSink(name string) policies.Sink {
	s := policies.DefaultSink()
	s.Name, s.Batch.Events, s.Batch.Delay = name, 50, policies.Duration(10*time.Millisecond)
	return s
}

func numbers(from, to int) (ids []string) {
	for i := from; i < to; i++ {
		ids = append(ids, fmt.Sprint(i))
	}
	return ids
}

func TestEveryEventArrivesInOrder(t *testing.T) {
	tr := newTrail(t)
	r := &scripted{fail: func(n int) error {
		if n%3 == 1 {
			return errors.New("500")
		}
		return nil
	}}
	tr.record(0, 300)
	s := ship(t, tr, r, testSink("soc"), func() bool { return len(r.ids()) >= 300 })
	if got := r.ids(); !slices.Equal(got, numbers(0, 300)) {
		t.Errorf("%d events: %v", len(got), got)
	}
	c, err := trail.LoadCursor(tr.state, "soc")
	if err != nil || c.Seq != s.last || c.Seq < 300 || c.Error != "" {
		t.Errorf("%+v, %v", c, err)
	}
	tr.record(300, 310) // a restart goes on where it was
	ship(t, tr, r, testSink("soc"), func() bool { return len(r.ids()) >= 310 })
	if got := r.ids(); !slices.Equal(got, numbers(0, 310)) {
		t.Errorf("after a restart: %v", got[300:])
	}
}

// What was on its way when the connection broke is sent again, and no more.
func TestAStreamThatBreaksIsSentAgain(t *testing.T) {
	tr := newTrail(t)
	r := streaming{&scripted{}}
	tr.record(0, 100)
	ship(t, tr, r, testSink("soc"), func() bool {
		c, _ := trail.LoadCursor(tr.state, "soc")
		return c.Seq >= 100
	})
	tr.record(100, 200)
	ship(t, tr, r, testSink("soc"), func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		if len(r.got) >= 200 && r.dropped == 0 {
			r.gone = errors.New("reset by peer")
		}
		return len(r.got) >= 300
	})
	if got := r.ids(); !slices.Equal(got[:200], numbers(0, 200)) || !slices.Equal(got[200:], numbers(100, 200)) {
		t.Errorf("%v", got[90:])
	}
}

func TestFiltersSelect(t *testing.T) {
	tr := newTrail(t)
	r := &scripted{}
	sink := testSink("soc")
	sink.Filter = policies.SinkFilter{Sites: []string{"b"}}
	tr.record(0, 100)
	ship(t, tr, r, sink, func() bool {
		c, _ := trail.LoadCursor(tr.state, "soc")
		return len(r.ids()) >= 50 && c.Sent >= 100
	})
	for _, id := range r.ids() {
		if !strings.ContainsAny(id[len(id)-1:], "13579") {
			t.Errorf("got %s", id)
		}
	}
}

func TestRejectedEventsDoNotHoldUpTheOthers(t *testing.T) {
	tr := newTrail(t)
	r := &scripted{fail: func(n int) error {
		if n == 1 {
			return &rejection{2, errors.New("mapping")}
		}
		return nil
	}}
	tr.record(0, 50)
	s := ship(t, tr, r, testSink("soc"), func() bool { r.mu.Lock(); defer r.mu.Unlock(); return r.attempts == 1 })
	tr.record(50, 60)
	ship(t, tr, r, testSink("soc"), func() bool { return len(r.ids()) >= 10 })
	if c := s.status(); c.Rejected != 2 {
		t.Errorf("%+v", c)
	}
}

// raw passes lines on as they are.
type raw struct{}

func (raw) Append(dst, line []byte) ([]byte, error) { return append(dst, line...), nil }
