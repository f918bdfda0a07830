package audit

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/lachan-waf/lachan/audit/chain"
)

const (
	// syncDelay is the most that a power cut takes with durability `batch`.
	syncDelay = 50 * time.Millisecond
	// maxGroup bounds one write: what a failure has to take back.
	maxGroup = 256 << 10

	firstRetry = 100 * time.Millisecond
	lastRetry  = 5 * time.Second
)

// Reasons of gaps that tell of what the ring counts.
const (
	queueFull = "queue full"
	killed    = "killed"
)

// appender is the file as the writer sees it.
type appender interface {
	append(lines []byte) error
	size() (int64, error)
	sync() error
	reopen() error
	// rotate goes on with an empty file, and leaves the old one under this name.
	rotate(name string) error
	close() error
}

// writer is the one goroutine that touches the file.
type writer struct {
	file    appender
	queue   *queue
	enc     *encoder
	meter   *meter
	log     *zap.Logger
	now     func() time.Time
	always  bool // sync after each group
	sealer  sealer
	cuts    cuts
	durable *durable
	floods  *floods

	reopens chan chan error
	closing chan context.Context // how long the last lines may take
	until   context.Context      //nolint:containedctx // what closing has brought; nil: nobody closes yet
	done    chan struct{}

	spare   []queued
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
			w.drain()
		case <-w.syncDue():
			w.sync()
		case <-w.sealer.due():
			w.checkpoint()
		case <-w.floods.due():
			w.sumUp(false)
		case reply := <-w.reopens:
			reply <- w.reopen()
		case w.until = <-w.closing:
			if !w.gaveUp {
				w.sumUp(true)
				w.drain()
				w.checkpoint()
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
func (w *writer) drain() {
	lines, lost := w.queue.take(w.spare)
	if lost.Count > 0 {
		lost.Reason = queueFull
		lines = w.gap(lines, lost, queued{lost: lost.Count})
	}
	w.spare = w.put(lines)
}

// gap adds the line that stands for what is missing.
func (w *writer) gap(lines []queued, loss Loss, tells queued) []queued {
	return w.own(lines, &Event{Action: Gap, Loss: &loss}, tells)
}

// put writes lines, and returns the emptied slice. Those that cannot be written
// until the deadline of Close stay with the meter, which has Close report them.
func (w *writer) put(lines []queued) []queued {
	w.meter.hold(len(lines))
	for rest := lines; len(rest) > 0; {
		w.cut()
		n := w.gather(rest)
		if !w.persist(rest[:n]) {
			w.gaveUp = true
			break
		}
		rest = release(rest, n)
	}
	clear(lines)
	return lines[:0]
}

// own adds the line of an event of the trail about itself, and what it tells.
func (w *writer) own(lines []queued, e *Event, tells queued) []queued {
	e.Time = w.now()
	line, err := w.enc.line(e)
	if err != nil {
		w.meter.failed(fmt.Errorf("encode: %w", err))
		w.log.Error("audit event could not be encoded", zap.String("action", string(e.Action)), zap.Error(err))
		return lines
	}
	tells.Buffer = line
	return append(lines, tells)
}

// sumUp writes what floods have come to since the last time.
func (w *writer) sumUp(last bool) {
	var lines []queued
	for _, e := range w.floods.take(last) {
		lines = w.own(lines, &e, queued{aside: e.Fold.Count})
	}
	w.put(lines)
}

// checkpoint signs where the chain stands, unless nothing was written since.
func (w *writer) checkpoint() {
	note := w.sealer.sign(w.now())
	if note == "" || w.gaveUp {
		return
	}
	w.put(w.own(nil, &Event{Action: Checkpoint, Checkpoint: &CheckpointDetail{Note: note}}, queued{}))
	w.sync()
	if w.durable.seq() >= w.sealer.head.Seq {
		w.sealer.remember(note, w.log)
	}
}

// cut goes on with a new file where the old one is large or of yesterday.
func (w *writer) cut() {
	size, err := w.file.size()
	if err != nil || !w.cuts.due(size, w.sealer.head.Seq+1, w.now()) {
		return
	}
	w.cuts.on() // the checkpoint is a line as well
	w.checkpoint()
	name, now := w.cuts.name(), w.now()
	if err := w.file.rotate(name); err != nil {
		w.cuts.later(now)
		w.failed("rotate", err)
		return
	}
	w.cuts.done(w.sealer.head.Seq+1, now)
}

// gather seals and joins as many lines as go into one write.
func (w *writer) gather(lines []queued) (n int) {
	w.group = w.group[:0]
	w.sealer.begin()
	for n < len(lines) && (n == 0 || len(w.group)+lines[n].Len()+chain.Overhead <= maxGroup) {
		w.group = w.sealer.seal(w.group, lines[n].Bytes())
		n++
	}
	return n
}

func release(lines []queued, n int) []queued {
	for _, line := range lines[:n] {
		line.Free()
	}
	return lines[n:]
}

// persist writes the group of these lines, for as long as it takes: meanwhile the
// queue fills and counts. Only the deadline of Close ends it early.
func (w *writer) persist(lines []queued) bool {
	for wait := firstRetry; ; wait = min(2*wait, lastRetry) {
		err := w.append(lines)
		if err == nil {
			w.wrote(len(lines))
			return true
		}
		w.failed("write", err)
		if !w.pause(wait) {
			return false
		}
	}
}

// append writes the group once. The ring knows before where it goes, and after what
// it has told.
func (w *writer) append(lines []queued) error {
	size, err := w.file.size()
	if err != nil {
		return err
	}
	mark := w.queue.ring.Mark()
	if mark.File != uint64(size) {
		mark.File = uint64(size)
		w.queue.ring.Commit(mark)
	}
	if err := w.file.append(w.group); err != nil {
		return err
	}
	mark.File += uint64(len(w.group))
	for _, line := range lines {
		mark.Ring = max(mark.Ring, line.place)
		mark.Lost += line.lost
		mark.Aside += line.aside
	}
	w.queue.ring.Commit(mark)
	return nil
}

// pause waits before the next attempt; Reopen and Close are served meanwhile.
func (w *writer) pause(wait time.Duration) bool {
	closing, deadline := w.closing, (<-chan struct{})(nil)
	if w.until != nil {
		closing, deadline = nil, w.until.Done()
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case reply := <-w.reopens:
		reply <- w.reopen()
	case w.until = <-closing:
		w.closing <- w.until // for run
	case <-deadline:
		return false
	}
	return true
}

func (w *writer) wrote(lines int) {
	w.meter.wrote(lines, len(w.group))
	w.sealer.commit()
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
		return
	}
	w.durable.reach(w.sealer.head.Seq)
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
	w.sealer.close()
	w.floods.close()
	if w.timer != nil {
		w.timer.Stop()
	}
	if err := w.queue.leaveRing(); err != nil {
		w.failed("ring", err)
	}
	if err := w.file.close(); err != nil {
		w.failed("close", err)
		return
	}
	w.durable.reach(w.sealer.head.Seq)
}
