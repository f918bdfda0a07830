package sinks

import "time"

// flight remembers what was sent when, for receivers that do not say what they
// have: a message counts as delivered when its window has passed and the
// connection still stands. Without a window it does at once.
type flight struct {
	window time.Duration
	marks  []mark
	done   uint64
}

// mark says that everything up to seq was sent at a time.
type mark struct {
	seq uint64
	at  time.Time
}

// resolution joins marks, so that a window of any length needs few.
const resolution = 100 * time.Millisecond

func (f *flight) add(seq uint64, now time.Time) {
	if n := len(f.marks); n > 0 && f.marks[n-1].seq >= seq {
		return
	}
	if n := len(f.marks); n > 1 && now.Sub(f.marks[n-2].at) < resolution {
		f.marks[n-1] = mark{seq, now} // later than it was: never too early
		return
	}
	f.marks = append(f.marks, mark{seq, now})
}

// landed returns the last line whose window has passed.
func (f *flight) landed(now time.Time) uint64 {
	n := 0
	for n < len(f.marks) && now.Sub(f.marks[n].at) >= f.window {
		f.done = f.marks[n].seq
		n++
	}
	f.marks = f.marks[:copy(f.marks, f.marks[n:])]
	return f.done
}

func (f *flight) clear() { f.marks = f.marks[:0] }
