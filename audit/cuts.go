package audit

import (
	"time"

	"github.com/lachan-waf/lachan/audit/trail"
)

// cuts decides when the file that grows becomes a segment: at a size, and at
// midnight where the machine stands. The zero value never does.
type cuts struct {
	path  string
	size  int64
	first uint64    // number of the file's first line
	begun time.Time // its time
	wait  time.Time // no attempt before it
}

// due is asked before a group is written, with the file's size and the number
// of the next line.
func (c *cuts) due(size int64, next uint64, now time.Time) bool {
	if c.size == 0 {
		return false
	}
	if size == 0 || c.begun.IsZero() {
		c.first, c.begun = next, now
		return false
	}
	return now.After(c.wait) && (size >= c.size || !sameDay(c.begun, now))
}

func sameDay(a, b time.Time) bool {
	a, b = a.Local(), b.Local()
	return a.YearDay() == b.YearDay() && a.Year() == b.Year()
}

func (c *cuts) name() string { return trail.SegmentName(c.path, c.first, c.begun) }

// on keeps the checkpoint that ends a file from asking for a cut of its own.
func (c *cuts) on() { c.wait = time.Unix(1<<40, 0) }

// later tries again when an operator may have made room.
func (c *cuts) later(now time.Time) { c.wait = now.Add(time.Minute) }

func (c *cuts) done(next uint64, now time.Time) { c.first, c.begun, c.wait = next, now, time.Time{} }
