package sinks

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"go.uber.org/zap"

	"github.com/lachan-waf/lachan/audit/trail"
	"github.com/lachan-waf/lachan/policies"
)

// Replaying says what Replay sends.
type Replaying struct {
	Path     string    // of the growing file
	From, To time.Time // From is in it, To is not; To zero: to the end of the trail as it is
	// DryRun reads and filters, and sends nothing.
	DryRun   bool
	Logger   *zap.Logger    // nil: none
	Progress func(Progress) // after each batch; nil: nobody asks
}

// Progress is how far a replay has got. Once it is over, it is the result.
type Progress struct {
	Sent     uint64    `json:"sent"`          // events; those sent again after a connection broke count again
	Rejected uint64    `json:"rejected"`      // of them
	Seq      uint64    `json:"seq"`           // the last line that was looked at
	Time     time.Time `json:"time,omitzero"` // its time
}

// maxAttempts is how often a delivery is tried in a row, half a minute in all:
// somebody is waiting, and can go on where it ended.
const maxAttempts = 8

// disorder is how far the order of lines may differ from that of their times.
const disorder = 10 * time.Minute

// Replay sends a time of the trail to a sink once more, whatever a running
// Lachan does meanwhile: the sink's cursor is neither read nor moved. The
// receiver tells what it has already by event.id. Where the receiver stays away,
// the Progress beside the error says how far the replay got.
func Replay(ctx context.Context, sink policies.Sink, r Replaying) (Progress, error) {
	to, err := receiver(nowhere{}), error(nil)
	if !r.DryRun {
		to, err = newReceiver(sink, r.Logger)
	}
	if err != nil {
		return Progress{}, fmt.Errorf("sink %s: %w", sink.Name, err)
	}
	format, err := newFormatter(sink)
	if err != nil {
		return Progress{}, fmt.Errorf("sink %s: %w", sink.Name, errors.Join(err, to.close()))
	}
	done, err := replayTo(ctx, sink, r, to, format)
	if err = errors.Join(err, to.close()); err != nil {
		return done, fmt.Errorf("sink %s: %w", sink.Name, err)
	}
	return done, nil
}

// nowhere is the receiver of a dry run.
type nowhere struct{}

func (nowhere) deliver(context.Context, []message) error { return nil }
func (nowhere) close() error                             { return nil }

// replay is a shipper that comes to an end.
type replay struct {
	shipper
	from, until, over string    // stamps; until and over "": no bound
	end               uint64    // the last line of the trail when it began
	attempts          int       // that failed, in a row
	time              time.Time // of the last line that was looked at
	tell              func(Progress)
	at                Progress
}

func replayTo(ctx context.Context, sink policies.Sink, r Replaying, to receiver, format formatter) (Progress, error) {
	files, err := trail.Files(r.Path)
	if err != nil {
		return Progress{}, err
	}
	head, err := trail.Head(files)
	if err != nil {
		return Progress{}, err
	}
	reader, err := trail.OpenReaderAt(r.Path, r.From.Add(-disorder))
	if err != nil {
		return Progress{}, err
	}
	o := Options{Logger: r.Logger}.withDefaults()
	p := &replay{
		shipper: shipper{
			sink: sink, to: to, format: format, wants: newFilter(sink.Filter), reader: reader,
			source: Source{Path: r.Path}, now: o.Now, notify: o.Notify, log: o.Logger,
			last: reader.Seq() - 1, cursor: trail.Cursor{Seq: reader.Seq() - 1},
		},
		from: trail.FormatStamp(r.From), end: head.Seq, tell: r.Progress,
	}
	if !r.To.IsZero() {
		p.until, p.over = trail.FormatStamp(r.To), trail.FormatStamp(r.To.Add(disorder))
	}
	if lost, ok := to.(unconfirmed); ok {
		p.flight.window = lost.window()
	}
	defer func() { p.reader.Close() }() // which a lost connection replaces
	err = p.run(ctx)
	return p.at, err
}

func (p *replay) run(ctx context.Context) error {
	for ctx.Err() == nil {
		ended, err := p.fill(ctx)
		if err != nil {
			return err
		}
		if err := p.send(ctx); err != nil {
			if p.attempts++; p.attempts == maxAttempts {
				return fmt.Errorf("given up after %d attempts: %w", maxAttempts, err)
			}
			p.failed(ctx, err)
			continue
		}
		p.attempts = 0
		p.report()
		if !ended {
			continue
		}
		if p.cursor.Seq >= p.last || p.at.Sent == 0 {
			return nil
		}
		p.rest(ctx)
	}
	return ctx.Err()
}

func (p *replay) send(ctx context.Context) error {
	if err := p.deliver(ctx); err != nil {
		return err
	}
	return p.settle()
}

// rest passes the time in which a connection may still turn out to be lost.
func (p *replay) rest(ctx context.Context) {
	timer := time.NewTimer(resolution)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// fill makes a batch, and reports that no line comes after it. One that failed
// stays as it is.
func (p *replay) fill(ctx context.Context) (ended bool, err error) {
	if len(p.batch) > 0 {
		return false, nil
	}
	p.arena = p.arena[:0]
	for ctx.Err() == nil && len(p.batch) < p.sink.Batch.Events && len(p.arena) < int(p.sink.Batch.Bytes) {
		line, err := p.reader.Next(p.end)
		if errors.Is(err, io.EOF) {
			return true, nil
		}
		if err != nil {
			return false, err
		}
		stamp, _ := trail.Stamp(line.Raw)
		if p.over != "" && stamp > p.over {
			return true, nil
		}
		p.look(line, stamp)
	}
	return false, nil
}

// look takes a line that is of the time. One without a stamp or a place in the
// chain is no event.
func (p *replay) look(line trail.Line, stamp string) {
	if line.Seq == 0 {
		return
	}
	if stamp >= p.from && (p.until == "" || stamp < p.until) {
		p.take(line)
	}
	p.last = line.Seq
	if at, ok := trail.Time(line.Raw); ok {
		p.time = at
	}
}

func (p *replay) report() {
	p.at = Progress{Sent: p.cursor.Delivered, Rejected: p.cursor.Rejected, Seq: p.last, Time: p.time}
	if p.tell != nil {
		p.tell(p.at)
	}
}
