// Package evidence keeps, for sites with `response.evidence: full`, each
// document from which something was removed: as the origin sent it, decoded,
// and as the visitor got it.
//
//	store := evidence.Open(evidence.Options{Dir: cfg.StateDir, Lost: record})
//	…
//	doc := store.Begin(evidence.About{Site: "portal", RequestID: id, URL: url})
//	io.Copy(cleaner.NewWriter(doc.After(client), …), doc.Before(origin))
//	doc.Found(finding.Offset, finding.Removed) // each
//	sums := doc.Close(true)
//	…
//	err := store.Close(ctx)
//
// Three files stand for a document, in <Dir>/<site>/evidence/:
//
//	20261126T040501.123Z-01KB….before.zst
//	20261126T040501.123Z-01KB….after.zst
//	20261126T040501.123Z-01KB….json       Record: where it came from, sizes, hashes
//
// The names sort by time and hold the request's ID, which its events have too.
// Only the owner may read them: a page can hold what one visitor alone may see.
//
// A document is gathered in memory while it streams by, and written by one
// goroutine afterwards: no disk, slow, full or gone, delays a visitor. Every
// store of bytes is bounded (budget.go, queue.go, folder.go); what does not fit
// is not kept, and Options.Lost is told.
package evidence

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
)

// Options configure a Store. Dir is required.
type Options struct {
	// Dir is the state directory.
	Dir string
	// Logger is for the operator. Default: none.
	Logger *zap.Logger
	// Lost is told of documents that were not kept, now and then, from a
	// goroutine of the Store's own. Default: nobody.
	Lost func(Loss)
	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

// Loss is how many of a site's documents were not kept, why, and from when to when.
type Loss struct {
	Site, Reason string
	Count        uint64
	First, Last  time.Time
}

// Stats are a Store's figures since Open.
type Stats struct {
	Kept     uint64 // documents on disk, or since removed for younger ones
	Repeated uint64 // documents that were on disk already
	Lost     uint64 // documents that were not kept
}

// Store keeps documents. All methods are safe for concurrent use.
type Store struct {
	logger *zap.Logger
	now    func() time.Time
	budget budget
	chunks sync.Pool
	queue  *queue
	writer *writer
	closed sync.Once

	kept, repeated atomic.Uint64
}

// Open starts a Store. It touches the disk when there is something to keep.
func Open(o Options) *Store {
	if o.Logger == nil {
		o.Logger = zap.NewNop()
	}
	if o.Lost == nil {
		o.Lost = func(Loss) {}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Store{logger: o.Logger, now: o.Now, queue: newQueue()}
	s.budget.free.Store(maxHeld)
	s.chunks.New = func() any { return new(chunk) }
	s.writer = &writer{
		store: s, dir: o.Dir, lost: o.Lost, compressor: new(compressor), folders: make(map[string]*folder),
		closing: make(chan context.Context, 1), done: make(chan struct{}),
	}
	go s.writer.run() // ended by Close
	return s
}

// Stats returns the figures of now.
func (s *Store) Stats() Stats {
	return Stats{Kept: s.kept.Load(), Repeated: s.repeated.Load(), Lost: s.queue.everLost()}
}

// Close writes what is queued and ends the Store. When ctx ends first the rest
// is lost, which the error says. Documents closed later are lost as well.
func (s *Store) Close(ctx context.Context) error {
	var err error
	s.closed.Do(func() {
		s.queue.close()
		s.writer.closing <- ctx
		err = s.writer.wait(ctx)
	})
	return err
}
