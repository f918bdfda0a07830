package transform

import "unsafe"

// Scratch is the room in which chains write. Its zero value is ready; it grows
// to several times its largest value (utf8toUnicode makes six bytes of one), and
// one goroutine uses it at a time.
type Scratch struct {
	// buf holds the output of each step after that of the one before, so that
	// no step ever writes over the text it reads.
	buf []byte
	// cursors and chains hold, one after the other, the chains that a Set has at
	// the texts it is at: those that go on, and those that have come to an end.
	cursors []cursor
	chains  []int
}

func (s *Scratch) reset() { s.buf, s.cursors, s.chains = s.buf[:0], s.cursors[:0], s.chains[:0] }

// apply returns what a step makes of v: v itself where that is the same text.
func (s *Scratch) apply(step int, v Value) Value {
	start := len(s.buf)
	s.buf = steps[step].rewrite(s.buf, v.text)
	out := view(s.buf[start:])
	if out == v.text {
		s.buf = s.buf[:start]
		return v
	}
	return Of(out)
}

// view is a string of the bytes themselves. While it is in use, what is written
// goes behind them, or into a larger array.
func view(b []byte) string {
	return unsafe.String(unsafe.SliceData(b), len(b)) //nolint:gosec // see above: the bytes outlive the string
}

// Shrink lets go of a room of more than most bytes.
func (s *Scratch) Shrink(most int) {
	if cap(s.buf) > most {
		s.buf = nil
	}
}
