package evidence

import (
	"sync"
	"time"
)

// maxQueued bounds the documents that wait for the disk; their bytes the
// budget bounds.
const maxQueued = 256

// Why a document was not kept.
const (
	lostMemory  = "evidence: memory full"
	lostQueue   = "evidence: disk too slow"
	lostDisk    = "evidence: not written"
	lostClosing = "evidence: shutting down"
)

// queue carries documents from the requests to the writer, and counts those
// that are lost. It never blocks.
type queue struct {
	ready chan struct{} // has a token when there is something to take

	mu     sync.Mutex
	docs   []*Document
	lost   map[lossKey]*Loss // since they were last told
	ever   uint64
	closed bool
}

type lossKey struct{ site, reason string }

func newQueue() *queue {
	return &queue{ready: make(chan struct{}, 1), lost: make(map[lossKey]*Loss)}
}

// put takes the document over, or counts it as lost.
func (q *queue) put(d *Document) {
	q.mu.Lock()
	closed, fits := q.closed, len(q.docs) < maxQueued
	if !closed && fits {
		q.docs = append(q.docs, d)
	}
	q.mu.Unlock()
	switch {
	case closed:
		d.lose(lostClosing)
	case !fits:
		d.lose(lostQueue)
	default:
		q.wake()
	}
}

// take returns the oldest document; nil: there is none.
func (q *queue) take() *Document {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.docs) == 0 {
		return nil
	}
	d := q.docs[0]
	q.docs[0] = nil
	q.docs = q.docs[1:]
	return d
}

// lose counts a document. The sites are those of the configuration: few.
func (q *queue) lose(site, reason string, at time.Time) {
	q.mu.Lock()
	q.ever++
	l := q.lost[lossKey{site, reason}]
	if l == nil {
		l = &Loss{Site: site, Reason: reason, First: at}
		q.lost[lossKey{site, reason}] = l
	}
	l.Count++
	l.Last = at
	q.mu.Unlock()
	q.wake()
}

// losses returns what was counted since the last time.
func (q *queue) losses() []Loss {
	q.mu.Lock()
	defer q.mu.Unlock()
	var all []Loss
	for _, l := range q.lost {
		all = append(all, *l)
	}
	clear(q.lost)
	return all
}

func (q *queue) anyLost() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.lost) > 0
}

func (q *queue) wake() {
	select {
	case q.ready <- struct{}{}:
	default:
	}
}

// close makes every further document a lost one.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
}

func (q *queue) everLost() uint64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.ever
}

// lose gives up a document on its way to the disk.
func (d *Document) lose(reason string) {
	d.free()
	d.store.queue.lose(d.about.Site, reason, d.store.now())
}
