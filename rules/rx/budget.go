package rx

import (
	"runtime"
	"sync/atomic"
)

// mostOfOne bounds what the states of one Matcher take, in bytes.
const mostOfOne = 512 << 10

// Budget bounds what the states of several Matchers take together. The zero
// value bounds each by itself, to half a MiB.
type Budget struct {
	// Most is the number of bytes from which on a Matcher that needs a new state
	// forgets the ones it has, unless it has next to none. 0: no bound.
	Most int64

	held atomic.Int64
}

// Held is the number of bytes that states take now.
func (b *Budget) Held() int64 { return b.held.Load() }

// account is what one Matcher takes of a budget.
type account struct {
	budget *Budget
	held   atomic.Int64
}

// open returns an account that is closed when nobody has the Matcher any more.
func (b *Budget) open(m *Matcher) *account {
	a := &account{budget: b}
	runtime.AddCleanup(m, func(a *account) { a.set(0) }, a)
	return a
}

func (a *account) add(n int) { a.set(a.held.Load() + int64(n)) }

func (a *account) set(n int64) { a.budget.held.Add(n - a.held.Swap(n)) }

// full reports whether the states must be forgotten before one more is made.
func (s *states) full() bool {
	const fewest = mostOfOne / 16 // flushed earlier, a Matcher would do nothing else
	held, b := s.account.held.Load(), s.account.budget
	return held > mostOfOne || held > fewest && b.Most > 0 && b.held.Load() > b.Most
}
