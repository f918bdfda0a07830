package audit

import (
	"sync"
	"time"

	"go.uber.org/zap/buffer"

	"github.com/lachan-waf/lachan/audit/ring"
)

// The queue holds what the disk has not taken yet: about a second of a flood,
// or minutes of a bad day. Past either bound events are counted, not kept.
const (
	maxQueuedLines = 1 << 14
	maxQueuedBytes = 16 << 20
)

// queue carries lines from the requests to the writer. Lines lost while it is
// full are counted under the same lock that admits lines, so that the count is
// exact and stands in the file exactly where the lines are missing.
type queue struct {
	ready chan struct{} // has a token when there is something to take

	mu       sync.Mutex
	ring     *ring.Ring // has what is in lines as well, as far as it has room; nil: there is none
	lines    []queued
	bytes    int
	maxLines int
	maxBytes int
	lost     Loss   // since the last take
	dropped  uint64 // ever
	closed   bool
}

// queued is a line, and what the file has with it of what the ring holds.
type queued struct {
	*buffer.Buffer
	place       uint64 // in the ring; 0: it is not in there
	lost, aside uint64 // how many of these it tells of
}

func newQueue(maxLines, maxBytes int) *queue {
	return &queue{ready: make(chan struct{}, 1), maxLines: maxLines, maxBytes: maxBytes}
}

// full tells a caller early that encoding would be in vain; it counts the event then.
func (q *queue) full(at time.Time) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	full := q.closed || len(q.lines) >= q.maxLines || q.bytes >= q.maxBytes
	if full {
		q.count(at)
	}
	return full
}

// put takes the line over, or counts it as lost. It never blocks.
func (q *queue) put(line *buffer.Buffer, at time.Time) {
	q.mu.Lock()
	fits := !q.closed && len(q.lines) < q.maxLines && q.bytes+line.Len() <= q.maxBytes
	if fits {
		q.lines = append(q.lines, q.keep(line, at))
		q.bytes += line.Len()
	} else {
		q.count(at)
	}
	q.mu.Unlock()
	if !fits {
		line.Free()
	}
	q.wake()
}

// keep has the ring hold the line as well or, where it has no room, count it.
func (q *queue) keep(line *buffer.Buffer, at time.Time) queued {
	if place := q.ring.Put(line.Bytes()); place > 0 {
		return queued{Buffer: line, place: place}
	}
	q.ring.Aside().Add(at)
	return queued{Buffer: line, aside: 1}
}

// recall takes over a ring, and what the process before has left in it, before
// there is a writer.
func (q *queue) recall(r *ring.Ring, lines []queued, lost Loss) {
	q.ring, q.lines, q.lost = r, lines, lost
	for _, line := range lines {
		q.bytes += line.Len()
	}
	q.wake()
}

// lose counts an event that could not become a line.
func (q *queue) lose(at time.Time) {
	q.mu.Lock()
	q.count(at)
	q.mu.Unlock()
	q.wake()
}

func (q *queue) count(at time.Time) {
	q.dropped++
	q.ring.Lost().Add(at)
	q.lost.Count++
	if q.lost.First.IsZero() || at.Before(q.lost.First) {
		q.lost.First = at
	}
	if at.After(q.lost.Last) {
		q.lost.Last = at
	}
}

func (q *queue) wake() {
	select {
	case q.ready <- struct{}{}:
	default:
	}
}

// take returns all lines, and what was lost after them. The slice given is
// used for the next ones.
func (q *queue) take(reuse []queued) ([]queued, Loss) {
	q.mu.Lock()
	defer q.mu.Unlock()
	lines, lost := q.lines, q.lost
	q.lines, q.bytes, q.lost = reuse[:0], 0, Loss{}
	return lines, lost
}

// close makes every further line a lost one.
func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.wake()
}

// leaveRing lets go of the ring, after the last line.
func (q *queue) leaveRing() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	r := q.ring
	q.ring = nil
	return r.Close()
}

func (q *queue) figures() (queued int, dropped uint64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.lines), q.dropped
}
