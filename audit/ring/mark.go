package ring

import "unsafe"

// Mark is how far the writer has come.
type Mark struct {
	Ring        uint64 // place of the last line that is in the file
	File        uint64 // length of the file with it; what is behind that was being written
	Lost, Aside uint64 // how many of each tally, ever, lines in the file tell of
}

// Mark returns what was last committed. It is for whoever commits.
func (r *Ring) Mark() Mark {
	if r == nil {
		return Mark{}
	}
	return *r.mark(r.which().Load())
}

// Commit takes over a mark, all of it at once: there are two, and one word says
// which of them holds.
func (r *Ring) Commit(m Mark) {
	if r == nil {
		return
	}
	now, other := r.Mark(), 1-r.which().Load()&1
	*r.mark(other) = m
	r.which().Store(other)
	r.done.Store(m.Ring)
	if m.Lost != now.Lost {
		r.Lost().begin()
	}
	if m.Aside != now.Aside {
		r.Aside().begin()
	}
}

func (r *Ring) mark(i uint64) *Mark {
	const each = uint64(unsafe.Sizeof(Mark{}))
	return (*Mark)(unsafe.Pointer(&r.mem[marksAt+(i&1)*each])) //nolint:gosec // as counter
}
