// Package meter tells when the inspection of a request has cost enough.
//
//	m := meter.New(ctx, 250*time.Millisecond, func() { … evaluate no more rules … })
//	defer meter.Attach(tx, m)()
//	m.Start()
//	… rules are evaluated; whoever looks at a value asks first:
//		if meter.Of(tx).Over(len(value)) { return false }
//	m.Stop() // the body is waited for
//	m.Start()
//	…
//	m.Stop()
//	if m.Spent() { … refuse the request … }
//
// What counts is the time that the goroutine was on a processor, not the time
// that went by: on a busy machine every request takes long, and the one that is
// meant to must not take the others with it.
package meter

import (
	"context"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Meter counts what one inspection costs. Only the goroutine that started it
// may use it. A nil Meter is never over.
type Meter struct {
	ctx    context.Context
	budget time.Duration // 0: without bound
	end    func()
	used   time.Duration // before the last Start
	began  time.Duration // the thread's clock at the last Start
	sooner time.Time     // the budget lasts at least until then
	unseen int           // bytes since the clock was last read
	runs   bool
	over   bool
	spent  bool
}

const (
	// interval is how many bytes are looked at between two looks at the clock,
	// which takes 90 ns here. The slowest of operators takes 0.3 ms for them.
	interval = 4 << 10
	// perValue counts for a value besides its bytes.
	perValue = 64
	// least is the shortest time between two looks at the thread's clock.
	least = 100 * time.Microsecond
)

// New returns a Meter that is over once the budget is spent, or ctx ended, and
// calls end when it finds so. A budget of 0 is never spent.
func New(ctx context.Context, budget time.Duration, end func()) *Meter {
	return &Meter{ctx: ctx, budget: budget, end: end}
}

// Start goes on counting. The goroutine keeps its thread until Stop, since that
// is what the kernel can measure.
func (m *Meter) Start() {
	runtime.LockOSThread()
	m.runs = true
	if m.budget > 0 {
		m.began = threadTime()
		m.sooner = time.Now().Add(m.budget - m.used)
	}
}

// Stop interrupts counting. It may be called more than once.
func (m *Meter) Stop() {
	if !m.runs {
		return
	}
	m.runs = false
	if m.budget > 0 {
		m.used += threadTime() - m.began
	}
	runtime.UnlockOSThread()
}

// Over reports whether to end the inspection before a value of some bytes.
func (m *Meter) Over(bytes int) bool {
	if m == nil || m.over {
		return m != nil
	}
	if m.unseen += bytes + perValue; m.unseen < interval {
		return false
	}
	m.unseen = 0
	if m.over = m.ctx.Err() != nil || m.isSpent(); m.over {
		m.end()
	}
	return m.over
}

// Ended reports whether Over has.
func (m *Meter) Ended() bool { return m != nil && m.over }

// isSpent asks the thread's clock, which is a system call, only when the other
// one says that the budget may be spent.
func (m *Meter) isSpent() bool {
	if m.budget <= 0 || !m.runs {
		return false
	}
	now := time.Now()
	if now.Before(m.sooner) {
		return false
	}
	left := m.budget - m.used - (threadTime() - m.began)
	m.sooner = now.Add(max(left, least))
	m.spent = left <= 0
	return m.spent
}

// Spent reports whether the inspection was ended because its budget was spent.
func (m *Meter) Spent() bool { return m.spent }

// Used is what was counted up to the last Stop.
func (m *Meter) Used() time.Duration { return m.used }

func threadTime() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		return 0 // no kernel of Linux: Over then only heeds the context
	}
	return time.Duration(t.Nano())
}

// running finds the Meter of a transaction: operators are shown nothing else,
// and coraza has one list of operators for the whole process.
var running sync.Map

// Attach lets Of find m until detach is called.
func Attach(tx any, m *Meter) (detach func()) {
	running.Store(tx, m)
	return func() { running.Delete(tx) }
}

// Of returns the Meter of a transaction, or nil.
func Of(tx any) *Meter {
	if m, ok := running.Load(tx); ok {
		return m.(*Meter)
	}
	return nil
}
