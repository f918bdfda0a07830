package ring

import (
	"sync/atomic"
	"time"
)

// Tally counts events that no line in the ring stands for; a Mark says how many of
// them a line in the trail tells of. It may be used by many at once. A nil Tally
// counts nothing.
type Tally struct {
	count       atomic.Uint64
	first, last atomic.Int64 // about when, in nanoseconds of Unix time; 0: none since
}

// Add counts one event.
func (t *Tally) Add(at time.Time) {
	if t == nil {
		return
	}
	now := at.UnixNano()
	t.count.Add(1)
	t.first.CompareAndSwap(0, now)
	if now > t.last.Load() {
		t.last.Store(now)
	}
}

// begin says that some have been told of: the first of the others is yet to come.
func (t *Tally) begin() { t.first.Store(0) }

// Count returns how many there have been, from the beginning of time.
func (t *Tally) Count() uint64 {
	if t == nil {
		return 0
	}
	return t.count.Load()
}

// Untold returns how many there are besides those told of, and from when to when,
// as nearly as is known.
func (t *Tally) Untold(told uint64) (count uint64, first, last time.Time) {
	if t == nil || t.count.Load() <= told {
		return 0, time.Time{}, time.Time{}
	}
	last = time.Unix(0, t.last.Load())
	if first = last; t.first.Load() != 0 {
		first = time.Unix(0, t.first.Load())
	}
	return t.count.Load() - told, first, last
}
