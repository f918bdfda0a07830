package evidence

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"go.uber.org/zap"
)

// tellDelay is how long losses are gathered before they are told.
const tellDelay = 5 * time.Second

// writer is the one goroutine that touches the disk.
type writer struct {
	store   *Store
	dir     string
	lost    func(Loss)
	folders map[string]*folder // by site
	tell    <-chan time.Time   // due when losses are to be told; nil: there are none
	failing bool
	left    int // documents that the deadline of Close has cost

	compressor *compressor

	closing chan context.Context // how long the last documents may take
	done    chan struct{}
}

// run ends when closing has delivered a context, and the queue is empty or
// that context has ended.
func (w *writer) run() {
	defer close(w.done)
	for {
		select {
		case <-w.store.queue.ready:
			w.drain(nil)
			if w.tell == nil && w.store.queue.anyLost() {
				w.tell = time.After(tellDelay)
			}
		case <-w.tell:
			w.tellLosses()
		case ctx := <-w.closing:
			w.drain(ctx.Done())
			w.leave()
			w.tellLosses()
			return
		}
	}
}

// drain keeps what is queued, one document after the other, and lets a
// shutdown in between.
func (w *writer) drain(deadline <-chan struct{}) {
	for {
		select {
		case <-deadline:
			return
		case ctx := <-w.closing:
			w.closing <- ctx // for run
			return
		default:
		}
		d := w.store.queue.take()
		if d == nil {
			return
		}
		w.keep(d)
	}
}

// leave counts what the deadline has left in the queue.
func (w *writer) leave() {
	for d := w.store.queue.take(); d != nil; d = w.store.queue.take() {
		w.left++
		d.lose(lostClosing)
	}
}

// closeGrace is what the writer gets to notice that the deadline has passed.
// One that hangs in the kernel (a dead network file system) does not notice.
const closeGrace = time.Second

// wait returns when run has ended, or has failed to in time.
func (w *writer) wait(ctx context.Context) error {
	select {
	case <-w.done:
	case <-ctx.Done():
		select {
		case <-w.done:
		case <-time.After(closeGrace):
			return fmt.Errorf("evidence: close: the disk does not answer: %w", ctx.Err())
		}
	}
	if w.left > 0 {
		return fmt.Errorf("evidence: close: %d documents not written: %w", w.left, ctx.Err())
	}
	return nil
}

func (w *writer) keep(d *Document) {
	repeated, err := w.folder(d.about.Site).keep(d)
	switch {
	case err != nil:
		w.failed(err)
		d.lose(lostDisk)
		return
	case repeated:
		w.store.repeated.Add(1)
	default:
		w.store.kept.Add(1)
		w.failing = false
	}
	d.free()
}

// failed speaks once for each run of failures; the figures count them all.
func (w *writer) failed(err error) {
	if !w.failing {
		w.failing = true
		w.store.logger.Error("evidence cannot be kept; documents are counted", zap.Error(err))
	}
}

func (w *writer) folder(site string) *folder {
	f := w.folders[site]
	if f == nil {
		f = &folder{dir: filepath.Join(w.dir, site, "evidence"), bounds: defaultBounds(), compressor: w.compressor}
		w.folders[site] = f
	}
	return f
}

func (w *writer) tellLosses() {
	w.tell = nil
	for _, l := range w.store.queue.losses() {
		w.lost(l)
	}
}
