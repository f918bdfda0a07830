package audit

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/lachan-waf/lachan/policies"
)

// ErrClosed is returned by the methods of a Log after Close.
var ErrClosed = errors.New("audit: log is closed")

// Info is what a Log says of the process that writes it, and what it is given.
type Info struct {
	Version  string           // observer.version
	Hostname string           // observer.hostname
	Logger   *zap.Logger      // operational log; nil: none
	Now      func() time.Time // nil: time.Now
	// State is a folder for what must outlive a restart and nobody else may read:
	// the key that signs checkpoints, and Key where that is not given. Empty:
	// nothing is signed.
	State string
	// Key makes the tags of what is cut: [redacted:1a2b3c4d] is the beginning of
	// HMAC-SHA256 over the secret, so that the same session or password can be
	// recognised in several events and not be guessed. 32 random bytes; empty, and
	// no State: no tags.
	Key []byte
}

// Log writes the trail to its file. One Log writes a file; Open says ErrInUse
// to a second. All methods are safe for concurrent use.
type Log struct {
	path   string
	now    func() time.Time
	enc    *encoder
	queue  *queue
	floods *floods
	meter  *meter
	writer *writer
	keeper *keeper // nil: the file is none that can be cut
	closed sync.Once
	err    error // of Close
}

// Open opens or creates cfg.File and starts the writer. A last line torn by a
// crash is removed and accounted for with a gap event, and so are lines that the
// last checkpoint has seen and the trail no longer has. cfg's durability,
// rotation, retention and folding are heeded; which matches are recorded is the
// caller's decision.
func Open(cfg policies.Audit, info Info) (*Log, error) {
	info = info.withDefaults()
	if len(info.Key) == 0 && info.State != "" {
		key, err := tagKey(info.State)
		if err != nil {
			return nil, fmt.Errorf("audit: %w", err)
		}
		info.Key = key
	}
	file, torn, err := openSpool(cfg.File, info.Logger)
	if err != nil {
		return nil, fmt.Errorf("audit: open %s: %w", cfg.File, bare(err))
	}
	l, left, err := start(file, cfg, info)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("audit: open %s: %w", cfg.File, err), file.close())
	}
	if torn && !left { // what a killed process has left has that line, or counts it
		info.Logger.Warn("half a line of an earlier crash removed from the audit log", zap.String("file", cfg.File))
		l.Record(Event{Action: Gap, Loss: &Loss{Count: 1, Reason: "torn line"}})
	}
	return l, nil
}

// start goes on with the chain where the files of the trail leave it. left says
// that a process that was killed has left something.
func start(file *spool, cfg policies.Audit, info Info) (l *Log, left bool, err error) {
	if !file.regular {
		l, err := newLog(file, cfg, info, newQueue(maxQueuedLines, maxQueuedBytes), origin{})
		if err != nil {
			return nil, false, err
		}
		return l.run(), false, nil
	}
	from, err := findOrigin(cfg.File, info)
	if err != nil {
		return nil, false, err
	}
	l, err = newLog(file, cfg, info, newQueue(maxQueuedLines, maxQueuedBytes), from)
	if err != nil {
		return nil, false, err
	}
	l.writer.cuts.size = int64(cfg.Rotate)
	if info.State != "" {
		left = l.recall(info.Logger)
	}
	l.run()
	l.keeper = startKeeper(cfg, info, l)
	if from.lost > 0 {
		info.Logger.Error("lines that were signed are missing at the end of the audit log", zap.Uint64("lines", from.lost), zap.String("file", cfg.File))
		l.Record(Event{Action: Gap, Loss: &Loss{Count: from.lost, Reason: "trail cut"}})
	}
	return l, left, nil
}

func (info Info) withDefaults() Info {
	if info.Logger == nil {
		info.Logger = zap.NewNop()
	}
	if info.Now == nil {
		info.Now = time.Now
	}
	return info
}

func newLog(file appender, cfg policies.Audit, info Info, q *queue, from origin) (*Log, error) {
	seal, err := newSealer(from.head, &info)
	if err != nil {
		return nil, err
	}
	l := &Log{path: cfg.File, now: info.Now, enc: newEncoder(info), queue: q, meter: &meter{}, floods: newFloods(cfg.Fold)}
	l.writer = &writer{
		file: file, queue: q, enc: l.enc, meter: l.meter, now: info.Now, floods: l.floods,
		log:     info.Logger.With(zap.String("file", cfg.File)),
		always:  cfg.Durability == policies.DurabilityAlways,
		sealer:  seal,
		cuts:    cuts{path: cfg.File, first: from.first, begun: from.begun},
		durable: newDurable(from.head.Seq),
		reopens: make(chan chan error),
		closing: make(chan context.Context, 1),
		done:    make(chan struct{}),
	}
	return l, nil
}

func (l *Log) run() *Log {
	go l.writer.run() // ended by Close
	return l
}

// Record puts the event on its way to the file. It never blocks on the disk
// and keeps nothing of e. An event for which there is no room, and any after
// Close, is counted, and a gap event says how many when there is room again.
func (l *Log) Record(e Event) {
	if e.Time.IsZero() {
		e.Time = l.now()
	}
	if l.floods.folds(&e) || l.queue.full(e.Time) {
		return
	}
	line, err := l.enc.line(&e)
	if err != nil {
		l.queue.lose(e.Time)
		l.meter.failed(fmt.Errorf("encode: %w", err))
		return
	}
	l.queue.put(line, e.Time)
}

// Reopen goes over to a fresh file after logrotate has moved the old one away.
// On an error the old file stays in use. It waits for a write under way.
func (l *Log) Reopen() error {
	reply := make(chan error, 1)
	select {
	case l.writer.reopens <- reply:
	case <-l.writer.done:
		return ErrClosed
	}
	if err := <-reply; err != nil {
		return fmt.Errorf("audit: reopen %s: %w", l.path, bare(err))
	}
	return nil
}

// Close writes what is queued, syncs and closes the file. When ctx ends first
// the error says how many events were not written.
func (l *Log) Close(ctx context.Context) error {
	l.closed.Do(func() {
		l.keeper.stop()
		l.queue.close()
		l.writer.closing <- ctx
		l.err = l.wait(ctx)
	})
	return l.err
}

// closeGrace is what the writer gets to notice that the deadline has passed.
// One that hangs in the kernel (a dead network file system) does not notice.
const closeGrace = time.Second

func (l *Log) wait(ctx context.Context) error {
	select {
	case <-l.writer.done:
	case <-ctx.Done():
		select {
		case <-l.writer.done:
		case <-time.After(closeGrace):
		}
	}
	if s := l.Stats(); s.Queued > 0 {
		return fmt.Errorf("audit: close %s: %d events not written: %w", l.path, s.Queued, l.cause(ctx))
	}
	return nil
}

func (l *Log) cause(ctx context.Context) error {
	if err := l.meter.lastError(); err != nil {
		return err
	}
	return ctx.Err()
}

// Stats returns the figures of now.
func (l *Log) Stats() Stats {
	s := l.meter.stats()
	queued, dropped := l.queue.figures()
	s.Queued += queued
	s.Dropped = dropped
	s.Folded = l.floods.figures()
	return s
}
