package ring

import (
	"encoding/binary"
	"errors"
	"sync/atomic"
	"unsafe"
)

const (
	magic      = "lachan-ring/2\n\x00\x00"
	headAt     = 16
	lostAt     = 24
	asideAt    = 48
	whichAt    = 72 // of the marks is the writer's
	marksAt    = 80
	headerSize = 192
	// size of the circle, in bytes: some thousand lines, a tenth of a second of
	// more than one core can write. What does not fit waits in the process alone.
	size   = 4 << 20
	align  = 8 // of records
	length = 4 // bytes of a record's length
	// skipped stands in the place of a length where the rest of the circle is empty.
	skipped = 1<<32 - 1
)

// Ring is for one process. Put is called by one goroutine at a time, Commit by one
// too; both may run at once. A nil Ring holds nothing.
type Ring struct {
	mem  []byte        // header and circle
	done atomic.Uint64 // Mark().Ring, for Put
	free func(empty bool) error
}

// Line is a line that was put in, and its place for Mark.Ring.
type Line struct {
	Text  []byte
	Place uint64
}

// errForeign says that a file is none of ours, or a broken one.
var errForeign = errors.New("ring: not a ring of this version")

// attach takes over a file's memory, and reads the lines that are in it.
func attach(mem []byte, fresh bool, free func(empty bool) error) (*Ring, []Line, error) {
	r := &Ring{mem: mem, free: free}
	if fresh {
		copy(mem, magic)
		return r, nil, nil
	}
	lines, ok := r.lines()
	if !ok {
		return nil, nil, errForeign
	}
	r.done.Store(r.Mark().Ring)
	return r, lines, nil
}

func (r *Ring) head() *atomic.Uint64  { return r.counter(headAt) }
func (r *Ring) which() *atomic.Uint64 { return r.counter(whichAt) }

// counter is aligned: a page begins where mem does.
func (r *Ring) counter(at int) *atomic.Uint64 {
	return (*atomic.Uint64)(unsafe.Pointer(&r.mem[at])) //nolint:gosec // shared with the file, which outlives us
}

// Lost counts the events that were given up.
func (r *Ring) Lost() *Tally { return r.tally(lostAt) }

// Aside counts those that the process has without a line in here: they are only
// counted, or the circle had no room.
func (r *Ring) Aside() *Tally { return r.tally(asideAt) }

func (r *Ring) tally(at int) *Tally {
	if r == nil {
		return nil
	}
	return (*Tally)(unsafe.Pointer(&r.mem[at])) //nolint:gosec // as counter
}

func (r *Ring) circle() []byte { return r.mem[headerSize:] }

// Put keeps a copy of the line, and returns its place for Mark.Ring; 0 where there is
// no room.
func (r *Ring) Put(line []byte) (end uint64) {
	if r == nil {
		return 0
	}
	head, need := r.head().Load(), record(len(line))
	rest := size - head%size
	skip := rest < need
	if skip {
		need += rest
	}
	if head+need-r.done.Load() > size {
		return 0
	}
	at := head % size
	if skip {
		binary.LittleEndian.PutUint32(r.circle()[at:], skipped)
		at = 0
	}
	binary.LittleEndian.PutUint32(r.circle()[at:], uint32(len(line)))
	copy(r.circle()[at+length:], line)
	r.head().Store(head + need)
	return head + need
}

// record is how many bytes a line takes.
func record(line int) uint64 { return uint64(length+line+align-1) / align * align }

// Close lets go of the memory. A ring that still holds lines or counts stays for
// the next start.
func (r *Ring) Close() error {
	if r == nil {
		return nil
	}
	m := r.Mark()
	return r.free(r.head().Load() == m.Ring && r.Lost().Count() == m.Lost && r.Aside().Count() == m.Aside)
}

// lines copies what is between tail and head, and reports whether all of it makes
// sense.
func (r *Ring) lines() (lines []Line, ok bool) {
	head, m := r.head().Load(), r.Mark()
	tail := m.Ring
	if string(r.mem[:len(magic)]) != magic || head < tail || head-tail > size || (head|tail)%align != 0 ||
		r.Lost().Count() < m.Lost || r.Aside().Count() < m.Aside {
		return nil, false
	}
	for tail < head {
		rest := r.circle()[tail%size:]
		n := binary.LittleEndian.Uint32(rest)
		if n == skipped {
			tail += uint64(len(rest))
			continue
		}
		if uint64(n) > uint64(len(rest)-length) || tail+record(int(n)) > head {
			return nil, false
		}
		tail += record(int(n))
		lines = append(lines, Line{append([]byte(nil), rest[length:length+n]...), tail})
	}
	return lines, tail == head
}
