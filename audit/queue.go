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

// queued is a line, and its place in the ring; 0: it is not in there.
type queued struct {
	*buffer.Buffer
	end uint64
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
		q.lines = append(q.lines, queued{line, q.ring.Put(line.Bytes())})
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

// recall takes over a ring and the lines that it holds, before there is a writer.
// When the last of them is written the ring is done with all.
func (q *queue) recall(r *ring.Ring, lines []*buffer.Buffer) {
	q.ring = r
	if len(lines) == 0 {
		r.Done(r.End())
		return
	}
	for _, line := range lines {
		q.lines = append(q.lines, queued{Buffer: line})
		q.bytes += line.Len()
	}
	q.lines[len(lines)-1].end = r.End()
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

func (q *queue) figures() (queued int, dropped uint64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.lines), q.dropped
}
