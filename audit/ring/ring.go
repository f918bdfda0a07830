package ring

import (
	"encoding/binary"
	"errors"
	"sync/atomic"
	"unsafe"
)

const (
	magic      = "lachan-ring/1\n\x00\x00"
	headAt     = 16
	tailAt     = 24
	headerSize = 64
	// size of the circle, in bytes: some thousand lines, a tenth of a second of
	// more than one core can write. What does not fit waits in the process alone.
	size   = 4 << 20
	align  = 8 // of records
	length = 4 // bytes of a record's length
	// skipped stands in the place of a length where the rest of the circle is empty.
	skipped = 1<<32 - 1
)

// Ring is for one process. Put is called by one goroutine at a time, Done by one
// too; both may run at once. A nil Ring holds nothing.
type Ring struct {
	mem  []byte // header and circle
	free func(empty bool) error
}

// errForeign says that a file is none of ours, or a broken one.
var errForeign = errors.New("ring: not a ring of this version")

// attach takes over a file's memory, and reads the lines that are in it.
func attach(mem []byte, fresh bool, free func(empty bool) error) (*Ring, [][]byte, error) {
	r := &Ring{mem, free}
	if fresh {
		copy(mem, magic)
		return r, nil, nil
	}
	lines, ok := r.lines()
	if !ok {
		return nil, nil, errForeign
	}
	return r, lines, nil
}

func (r *Ring) head() *atomic.Uint64 { return r.counter(headAt) }
func (r *Ring) tail() *atomic.Uint64 { return r.counter(tailAt) }

// counter is aligned: a page begins where mem does.
func (r *Ring) counter(at int) *atomic.Uint64 {
	return (*atomic.Uint64)(unsafe.Pointer(&r.mem[at])) //nolint:gosec // shared with the file, which outlives us
}

func (r *Ring) circle() []byte { return r.mem[headerSize:] }

// Put keeps a copy of the line, and returns what Done wants to know of it; 0 where
// there is no room.
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
	if head+need-r.tail().Load() > size {
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

// Done says that a line, and all before it, are in the file. 0 says nothing.
func (r *Ring) Done(end uint64) {
	if r != nil && end > r.tail().Load() {
		r.tail().Store(end)
	}
}

// End is what Done is told when all lines are in the file.
func (r *Ring) End() uint64 {
	if r == nil {
		return 0
	}
	return r.head().Load()
}

// Close lets go of the memory. A ring that still holds lines stays for the next
// start.
func (r *Ring) Close() error {
	if r == nil {
		return nil
	}
	return r.free(r.head().Load() == r.tail().Load())
}

// lines copies what is between tail and head, and reports whether all of it makes
// sense.
func (r *Ring) lines() (lines [][]byte, ok bool) {
	head, tail := r.head().Load(), r.tail().Load()
	if string(r.mem[:len(magic)]) != magic || head < tail || head-tail > size || (head|tail)%align != 0 {
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
		lines = append(lines, append([]byte(nil), rest[length:length+n]...))
		tail += record(int(n))
	}
	return lines, tail == head
}
