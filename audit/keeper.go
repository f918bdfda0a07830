package audit

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"go.uber.org/zap"

	"github.com/lachan-waf/lachan/audit/trail"
	"github.com/lachan-waf/lachan/policies"
)

// keepEvery is how often the files and the disk are looked at.
const keepEvery = 10 * time.Second

// How full the trail's disk may be. From the alarm an operator is told; from the
// limit on segments go, those first that every sink has.
const (
	diskAlarm = 0.80
	diskLimit = 0.95
)

// keeper compresses the segments of a trail and removes those whose time is
// over, or that the disk has no room for. It is one goroutine.
type keeper struct {
	log       *Log
	logger    *zap.Logger
	now       func() time.Time
	retention time.Duration
	path      string
	usage     func(folder string) (float64, error)
	delivered func() (uint64, bool) // the last line that every sink has; false: there are no sinks
	alarmed   bool
	stopping  chan struct{}
	done      chan struct{}
}

// startKeeper is ended by stop.
func startKeeper(cfg policies.Audit, info Info, l *Log) *keeper {
	k := newKeeper(cfg, info, l)
	go k.run()
	return k
}

func newKeeper(cfg policies.Audit, info Info, l *Log) *keeper {
	return &keeper{
		log: l, logger: info.Logger, now: info.Now, retention: time.Duration(cfg.Retention), path: cfg.File,
		usage: trail.DiskUsage, delivered: deliveredTo(cfg.Sinks, info.State),
		stopping: make(chan struct{}), done: make(chan struct{}),
	}
}

// deliveredTo reads the sinks' cursors.
func deliveredTo(sinks []policies.Sink, folder string) func() (uint64, bool) {
	return func() (uint64, bool) {
		if len(sinks) == 0 || folder == "" {
			return 0, false
		}
		least := uint64(trail.Everything)
		for _, sink := range sinks {
			c, err := trail.LoadCursor(folder, sink.Name)
			if err != nil {
				return 0, true // not known: nothing counts as delivered
			}
			least = min(least, c.Seq)
		}
		return least, true
	}
}

func (k *keeper) stop() {
	if k == nil {
		return
	}
	close(k.stopping)
	<-k.done
}

func (k *keeper) run() {
	defer close(k.done)
	ticker := time.NewTicker(keepEvery)
	defer ticker.Stop()
	for {
		if err := k.keep(); err != nil {
			k.logger.Error("audit segments cannot be kept in order", zap.Error(err))
		}
		select {
		case <-ticker.C:
		case <-k.stopping:
			return
		}
	}
}

func (k *keeper) stopped() bool {
	select {
	case <-k.stopping:
		return true
	default:
		return false
	}
}

// keep is one round.
func (k *keeper) keep() error {
	if err := k.expire(); err != nil {
		return err
	}
	if err := k.compress(); err != nil {
		return err
	}
	return k.relieve()
}

// segments are the files that have been cut off, oldest first, and the number
// of the first line after them.
func (k *keeper) segments() (segments []trail.File, next uint64, err error) {
	files, err := trail.Files(k.path)
	if err != nil {
		return nil, 0, err
	}
	seq, _ := k.log.Durable()
	next = seq + 1
	for _, f := range files {
		if f.Growing {
			if f.First > 0 {
				next = f.First
			}
			continue
		}
		segments = append(segments, f)
	}
	return segments, next, nil
}

func (k *keeper) compress() error {
	segments, _, err := k.segments()
	if err != nil {
		return err
	}
	for _, f := range segments {
		if f.Compressed || k.stopped() {
			continue
		}
		if _, err := trail.Compress(f); err != nil {
			return err
		}
	}
	return nil
}

// expire removes segments whose last line is older than the retention: one
// ends when the next begins.
func (k *keeper) expire() error {
	segments, next, err := k.segments()
	if err != nil || k.retention <= 0 {
		return err
	}
	oldest := k.now().Add(-k.retention)
	n := 0
	for n < len(segments)-1 && segments[n+1].Begun.Before(oldest) {
		n++
	}
	if n == 0 && len(segments) == 1 && segments[0].Begun.Before(oldest.Add(-2*24*time.Hour)) {
		n = 1 // cut at midnight: the only one has been over for a day at least
	}
	return k.remove(segments[:n], segments[n:], next, "their time is over")
}

// remove deletes segments, and says so in the trail: a hole that nothing
// accounts for is what verify finds.
func (k *keeper) remove(gone, rest []trail.File, next uint64, why string) error {
	if len(gone) == 0 {
		return nil
	}
	last := next - 1
	if len(rest) > 0 {
		last = rest[0].First - 1
	}
	for _, f := range gone {
		if err := os.Remove(f.Path); err != nil {
			return fmt.Errorf("remove: %w", err)
		}
	}
	k.logger.Info("audit segments removed", zap.String("why", why), zap.Int("segments", len(gone)), zap.Uint64("last_line", last))
	k.log.Record(Event{
		Action: Notice, Reason: "retention", Message: fmt.Sprintf("lines 1 to %d are no longer kept: %s", last, why),
		Notice: &NoticeDetail{Kind: "retention", FirstSeq: 1, LastSeq: last},
	})
	return nil
}

// relieve looks after the disk.
func (k *keeper) relieve() error {
	used, err := k.usage(filepath.Dir(k.path))
	if err != nil {
		return fmt.Errorf("disk: %w", err)
	}
	k.alarm(used)
	for used >= diskLimit && !k.stopped() {
		removed, err := k.sacrifice()
		if err != nil || !removed {
			return err
		}
		if used, err = k.usage(filepath.Dir(k.path)); err != nil {
			return fmt.Errorf("disk: %w", err)
		}
	}
	return nil
}

// alarm speaks when the disk fills up, and when there is room again.
func (k *keeper) alarm(used float64) {
	if high := used >= diskAlarm; high != k.alarmed {
		k.alarmed = high
		e := Event{
			Action: Notice, Reason: "disk", Message: fmt.Sprintf("the disk of the audit trail is %.0f %% full", 100*used),
			Notice: &NoticeDetail{Kind: "disk", Name: filepath.Dir(k.path), Value: int64(100 * used)},
		}
		if high {
			e.Error = "the disk fills up: make room, or shorten audit.retention"
			k.logger.Error("the disk of the audit trail fills up", zap.Float64("used", used))
		}
		k.log.Record(e)
	}
}

// sacrifice frees room: the oldest segment that every sink has, else the lines
// of the oldest segments that tell of nothing Lachan did, else the oldest segment.
func (k *keeper) sacrifice() (bool, error) {
	segments, next, err := k.segments()
	if err != nil || len(segments) == 0 {
		return false, err
	}
	end := next
	if len(segments) > 1 {
		end = segments[1].First
	}
	if seq, sinks := k.delivered(); sinks && seq+1 >= end {
		return true, k.remove(segments[:1], segments[1:], next, "the disk was full, and the sinks have them")
	}
	for _, f := range segments {
		thinned, span, err := trail.Thin(f, keepLine)
		if err != nil {
			return false, err
		}
		if thinned {
			k.thinned(span)
			return true, nil
		}
	}
	return true, k.remove(segments[:1], segments[1:], next, "the disk was full")
}

func (k *keeper) thinned(span trail.Span) {
	k.logger.Warn("events of requests that passed were removed from an audit segment: the disk was full",
		zap.Uint64("first_line", span.First), zap.Uint64("last_line", span.Last), zap.Uint64("removed", span.Removed))
	k.log.Record(Event{
		Action: Notice, Reason: "retention",
		Message: fmt.Sprintf("%d events of requests that passed, between the lines %d and %d, are no longer kept: the disk was full", span.Removed, span.First, span.Last),
		Notice:  &NoticeDetail{Kind: "retention", FirstSeq: span.First, LastSeq: span.Last, Value: int64(span.Removed)},
	})
}

// keepLine tells what is sacrificed last: all but events of what went on.
func keepLine(line []byte) bool { return !trail.HasAction(line, string(Detect)) }
