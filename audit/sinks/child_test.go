package sinks

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/audit/trail"
	"github.com/lachan-waf/lachan/policies"
)

// childEnv makes the test binary a process that ships, to be killed.
const childEnv = "LACHAN_TEST_CHILD"

// order is what a child ships, and where.
type order struct {
	Sink        policies.Sink
	Path, State string
	Last        uint64
}

// send ships until it is killed.
func send(text string) {
	var o order
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		panic(err)
	}
	_, err := Start([]policies.Sink{o.Sink}, Source{o.Path, o.State, upTo(o.Last)}, Options{})
	if err != nil {
		panic(err)
	}
	select {}
}

func upTo(last uint64) func() (uint64, <-chan struct{}) {
	never := make(chan struct{})
	return func() (uint64, <-chan struct{}) { return last, never }
}

// child is a process that ships. It is started as often as it was killed.
type child struct {
	t     *testing.T
	order order
	mu    sync.Mutex
	cmd   *exec.Cmd
	kills int
}

func (s *child) start() {
	s.t.Helper()
	text, err := json.Marshal(s.order)
	if err != nil {
		s.t.Fatal(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cmd = exec.Command(os.Args[0])
	s.cmd.Env = append(os.Environ(), childEnv+"="+string(text))
	s.cmd.Stderr = os.Stderr
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
}

// kill ends the process with SIGKILL.
func (s *child) kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cmd.Process.Kill()
	s.cmd.Wait()
	s.kills++
}

// longTrail is a trail of 100,000 events, written once.
type longTrail struct {
	path string
	last uint64
	ids  map[string]uint64 // event.id → its line
}

const longTrailEvents = 100_000

var longTrailDir string

var writeLongTrail = sync.OnceValues(func() (*longTrail, error) {
	dir, err := os.MkdirTemp("", "sinks")
	if err != nil {
		return nil, err
	}
	longTrailDir = dir
	l := &longTrail{path: filepath.Join(dir, "audit.jsonl"), ids: map[string]uint64{}}
	log, err := audit.Open(policies.Audit{File: l.path}, audit.Info{})
	if err != nil {
		return nil, err
	}
	tr := &testTrail{Log: log}
	for from := 0; from < longTrailEvents; from += 4000 {
		tr.record(from, from+4000)
		for seq, more := log.Durable(); seq < uint64(from+4000); seq, more = log.Durable() {
			<-more
		}
	}
	if err := log.Close(context.Background()); err != nil {
		return nil, err
	}
	for _, m := range read(l.path) {
		e, err := m.address()
		if err != nil {
			return nil, err
		}
		l.ids[e.Event.ID], l.last = m.seq, m.seq
	}
	return l, nil
})

func theLongTrail(t *testing.T) *longTrail {
	t.Helper()
	l, err := writeLongTrail()
	if err != nil {
		t.Fatal(err)
	}
	if len(l.ids) < longTrailEvents {
		t.Fatalf("the trail holds %d events", len(l.ids))
	}
	return l
}

func (l *longTrail) source(t *testing.T) Source { return Source{l.path, t.TempDir(), upTo(l.last)} }

// read returns the trail's lines as messages in ECS.
func read(path string) (all []message) {
	r := trail.OpenReader(path, 1)
	defer r.Close()
	for {
		line, err := r.Next(trail.Everything)
		if err != nil {
			return all
		}
		raw := append([]byte(nil), line.Raw...)
		all = append(all, message{line.Seq, raw, raw})
	}
}

// inbox counts what a receiver got, by event.id.
type inbox struct {
	mu   sync.Mutex
	seen map[string]int
}

func (a *inbox) add(line []byte) {
	e, err := message{line: line}.address()
	if err != nil {
		panic(err)
	}
	a.count(e.Event.ID)
}

func (a *inbox) count(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.seen == nil {
		a.seen = map[string]int{}
	}
	a.seen[id]++
}

func (a *inbox) events() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.seen)
}

// check finds every event of the trail, and reports how many came twice.
func (a *inbox) check(t *testing.T, want map[string]uint64) (copies int) {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	lost := 0
	for id := range want {
		if a.seen[id] == 0 {
			lost++
		}
		copies += max(a.seen[id]-1, 0)
	}
	if lost > 0 || len(a.seen) != len(want) {
		t.Errorf("%d of %d events are lost, %d are not of the trail", lost, len(want), len(a.seen)+lost-len(want))
	}
	t.Logf("%d events, %d copies", len(a.seen), copies)
	return copies
}

// eventually waits for what other processes do.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal(what)
		}
	}
}
