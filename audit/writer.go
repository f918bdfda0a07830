package audit

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/buffer"
)

const (
	// syncDelay is the most that a power cut takes with durability `batch`.
	syncDelay = 50 * time.Millisecond
	// maxGroup bounds one write: what a failure has to take back.
	maxGroup = 256 << 10

	firstRetry = 100 * time.Millisecond
	lastRetry  = 5 * time.Second
)

// appender is the file as the writer sees it.
type appender interface {
	append(lines []byte) error
	sync() error
	reopen() error
	close() error
}

// writer is the one goroutine that touches the file.
type writer struct {
	file   appender
	queue  *queue
	enc    *encoder
	meter  *meter
	log    *zap.Logger
	now    func() time.Time
	always bool // sync after each group

	reopens chan chan error
	closing chan context.Context // how long the last lines may take
	done    chan struct{}

	spare   []*buffer.Buffer
	group   []byte
	timer   *time.Timer // of the sync that is due; nil: all is synced
	failing bool
	gaveUp  bool // the deadline of Close passed before all was written
}

// run ends when closing has delivered a context and the queue is empty, or
// that context has.
func (w *writer) run() {
	defer close(w.done)
	for {
		select {
		case <-w.queue.ready:
			w.drain(nil) //nolint:staticcheck // no deadline while the log is open; closing brings one
		case <-w.syncDue():
			w.sync()
		case reply := <-w.reopens:
			reply <- w.reopen()
		case ctx := <-w.closing:
			if !w.gaveUp {
				w.drain(ctx)
			}
			w.finish()
			return
		}
	}
}

func (w *writer) syncDue() <-chan time.Time {
	if w.timer == nil {
		return nil
	}
	return w.timer.C
}

// drain writes what is queued, and the gap after it.
func (w *writer) drain(ctx context.Context) {
	lines, lost := w.queue.take(w.spare)
	if lost.Count > 0 {
		lost.Reason = "queue full"
		lines = append(lines, w.gap(lost)...)
	}
	w.meter.hold(len(lines))
	for rest := lines; len(rest) > 0; {
		n := w.gather(rest)
		if !w.persist(n, &ctx) {
			w.gaveUp = true // the meter still holds the lines: Close reports them
			break
		}
		rest = release(rest, n)
	}
	clear(lines)
	w.spare = lines[:0]
}

// gap makes the line that stands for what is missing.
func (w *writer) gap(lost Loss) []*buffer.Buffer {
	line, err := w.enc.line(&Event{Time: w.now(), ID: NewID(), Action: Gap, Loss: &lost})
	if err != nil {
		w.log.Error("audit gap could not be encoded", zap.Error(err), zap.Uint64("events", lost.Count))
		return nil
	}
	return []*buffer.Buffer{line}
}

// gather joins as many lines as go into one write.
func (w *writer) gather(lines []*buffer.Buffer) (n int) {
	w.group = w.group[:0]
	for n < len(lines) && (n == 0 || len(w.group)+lines[n].Len() <= maxGroup) {
		w.group = append(w.group, lines[n].Bytes()...)
		n++
	}
	return n
}

func release(lines []*buffer.Buffer, n int) []*buffer.Buffer {
	for _, line := range lines[:n] {
		line.Free()
	}
	return lines[n:]
}

// persist writes the group, for as long as it takes: meanwhile the queue fills
// and counts. Only the deadline of Close ends it early.
func (w *writer) persist(lines int, ctx *context.Context) bool {
	for wait := firstRetry; ; wait = min(2*wait, lastRetry) {
		err := w.file.append(w.group)
		if err == nil {
			w.wrote(lines)
			return true
		}
		w.failed("write", err)
		if !w.pause(wait, ctx) {
			return false
		}
	}
}

// pause waits before the next attempt; Reopen and Close are served meanwhile.
func (w *writer) pause(wait time.Duration, ctx *context.Context) bool {
	closing, deadline := w.closing, (<-chan struct{})(nil)
	if *ctx != nil {
		closing, deadline = nil, (*ctx).Done()
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case reply := <-w.reopens:
		reply <- w.reopen()
	case next := <-closing:
		*ctx = next
		w.closing <- next // for run
	case <-deadline:
		return false
	}
	return true
}

func (w *writer) wrote(lines int) {
	w.meter.wrote(lines, len(w.group))
	if w.failing {
		w.failing = false
		w.log.Info("audit log is written again")
	}
	switch {
	case w.always:
		w.sync()
	case w.timer == nil:
		w.timer = time.NewTimer(syncDelay)
	}
}

func (w *writer) sync() {
	if w.timer != nil {
		w.timer.Stop()
		w.timer = nil
	}
	if err := w.file.sync(); err != nil {
		w.failed("sync", err)
	}
}

// failed speaks once for each run of failures; the figures count them all.
func (w *writer) failed(operation string, err error) {
	w.meter.failed(fmt.Errorf("%s: %w", operation, err))
	if !w.failing {
		w.failing = true
		w.log.Error("audit log cannot be written; events wait, then are counted", zap.String("operation", operation), zap.Error(err))
	}
}

func (w *writer) reopen() error {
	if err := w.file.reopen(); err != nil {
		w.meter.failed(fmt.Errorf("reopen: %w", err))
		return err
	}
	return nil
}

func (w *writer) finish() {
	if w.timer != nil {
		w.timer.Stop()
	}
	if err := w.file.close(); err != nil {
		w.failed("close", err)
	}
}
