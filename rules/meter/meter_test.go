package meter

import (
	"context"
	"runtime"
	"testing"
	"time"
)

// work keeps a processor busy, and asks as it goes.
func work(m *Meter, most time.Duration) (took time.Duration) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for start := threadTime(); !m.Over(interval) && took < most; took = threadTime() - start {
	}
	return took
}

func TestBudget(t *testing.T) {
	ends := 0
	m := New(t.Context(), 20*time.Millisecond, func() { ends++ })
	m.Start()
	work(m, 5*time.Millisecond)
	m.Stop()
	m.Stop()
	if m.Spent() || m.Used() < time.Millisecond || m.Used() > 15*time.Millisecond {
		t.Fatalf("%v of 5 ms were counted, spent %v", m.Used(), m.Spent())
	}
	m.Start()
	defer m.Stop()
	work(m, time.Minute)
	if !m.Spent() || !m.Over(0) || !m.Ended() || ends != 1 {
		t.Error("a budget of 20 ms outlasts a minute")
	}
	m.Stop()
	if m.Used() > 60*time.Millisecond {
		t.Errorf("%v were used of 20 ms", m.Used())
	}
}

// Time in which others run, or the body is awaited, does not count.
func TestWaitingIsFree(t *testing.T) {
	m := New(t.Context(), 20*time.Millisecond, func() {})
	m.Start()
	time.Sleep(60 * time.Millisecond)
	if m.Over(interval) {
		t.Error("sleep counts")
	}
	m.Stop()
	work(nil, 30*time.Millisecond)
	m.Start()
	if m.Over(interval) {
		t.Error("what happens between Stop and Start counts")
	}
	m.Stop()
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	m := New(ctx, 0, func() {})
	m.Start()
	defer m.Stop()
	if work(m, 30*time.Millisecond) < 30*time.Millisecond {
		t.Error("over without a bound")
	}
	cancel()
	if !m.Over(interval) || m.Spent() {
		t.Error("a cancelled context goes on, or counts as spent")
	}
}

func TestNil(t *testing.T) {
	if (*Meter)(nil).Over(1<<20) || (*Meter)(nil).Ended() || Of(t) != nil {
		t.Error("nothing is over")
	}
	m := New(t.Context(), 0, nil)
	detach := Attach(t, m)
	if Of(t) != m {
		t.Error("an attached meter is not found")
	}
	detach()
	if Of(t) != nil {
		t.Error("a detached meter is found")
	}
}

func BenchmarkRequest(b *testing.B) {
	tx := new(int)
	for b.Loop() {
		m := New(context.Background(), time.Second, nil)
		detach := Attach(tx, m)
		m.Start()
		for range 100 {
			Of(tx).Over(40)
		}
		m.Stop()
		detach()
	}
}
