package sinks

import "time"

// flight remembers what was sent when, for receivers that do not say what they
// have. A message counts as delivered when the receiver's system has all of it,
// and has been heard a window after it was sent: a receiver that died with the
// message in its hands would have closed the connection by then, or been silent.
// Without a window it counts at once.
type flight struct {
	window time.Duration
	marks  []mark
	done   uint64 // the last line that counts as delivered
}

// mark says that everything up to seq was sent at a time, with the first so many
// bytes of the connection.
type mark struct {
	seq   uint64
	at    time.Time
	bytes uint64
}

// contact is what is known of a connection. The zero value is that of none, and
// of receivers that say what they have.
type contact struct {
	written uint64 // bytes that were handed to it
	taken   uint64 // of them, what the receiver's system has acknowledged
	silence time.Duration
}

// resolution joins marks, so that a window of any length needs few.
const resolution = 100 * time.Millisecond

func (f *flight) add(m mark) {
	if m.seq <= f.done || len(f.marks) > 0 && m.seq <= f.marks[len(f.marks)-1].seq {
		return
	}
	if n := len(f.marks); n > 1 && m.at.Sub(f.marks[n-2].at) < resolution {
		m.bytes = max(m.bytes, f.marks[n-1].bytes)
		f.marks[n-1] = m // later than it was: never too early
		return
	}
	f.marks = append(f.marks, m)
}

// landed returns done, moved on by what is known now.
func (f *flight) landed(now time.Time, c contact) uint64 {
	n, heard := 0, now.Add(-c.silence)
	for n < len(f.marks) && f.marks[n].bytes <= c.taken && heard.Sub(f.marks[n].at) >= f.window {
		f.done = f.marks[n].seq
		n++
	}
	f.marks = f.marks[:copy(f.marks, f.marks[n:])]
	return f.done
}

// oldest is when the first of what is on its way was sent; zero: nothing is.
func (f *flight) oldest() time.Time {
	if len(f.marks) == 0 {
		return time.Time{}
	}
	return f.marks[0].at
}

func (f *flight) clear() { f.marks = f.marks[:0] }
