package sinks

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/lachan-waf/lachan/audit/trail"
	"github.com/lachan-waf/lachan/policies"
)

// Source is the trail that is shipped.
type Source struct {
	Path  string // of the growing file
	State string // folder of the cursors
	// Durable is the last line that may be shipped, and a channel that is closed
	// when there are more.
	Durable func() (seq uint64, more <-chan struct{})
}

// message is one event as its receiver wants it.
type message struct {
	seq  uint64
	body []byte // formatted, without framing
	line []byte // as it stands in the trail, without the newline
}

// receiver takes messages. It is used by one goroutine, and connects when it
// first has something to deliver.
type receiver interface {
	// deliver returns nil when the receiver has the messages for good or, if it
	// is unconfirmed, when they are on their way. A *rejection tells of messages
	// that it will never take; the others are delivered. Any other error means
	// that the same messages must be delivered again.
	deliver(ctx context.Context, batch []message) error
	close() error
}

// unconfirmed is a receiver that does not say what it has.
type unconfirmed interface {
	receiver
	// window is how long a message counts as on its way.
	window() time.Duration
	// contact tells how the connection stands over which messages went. An error
	// says that it is gone, and what was on its way may be lost.
	contact() (contact, error)
	// drop forgets the connection: the next delivery makes a new one.
	drop()
}

// rejection is an answer that trying again does not change.
type rejection struct {
	count int
	cause error
}

func (r *rejection) Error() string { return fmt.Sprintf("%d events rejected: %v", r.count, r.cause) }
func (r *rejection) Unwrap() error { return r.cause }

// shipper carries the trail to one receiver. It is one goroutine.
type shipper struct {
	sink   policies.Sink
	source Source
	to     receiver
	format formatter
	wants  filter
	reader *trail.Reader
	log    *zap.Logger
	now    func() time.Time
	notify func(Trouble)

	batch  []message
	arena  []byte
	last   uint64 // the last line that was looked at, sent or passed over
	flight flight
	saved  mark // the cursor on the disk
	wait   backoff
	told   bool // the log knows of the trouble, which may be older than this process

	mu     sync.Mutex
	cursor trail.Cursor // written by run's goroutine, under mu for those who ask
}

// formatter is formats.Formatter.
type formatter interface {
	Append(dst, line []byte) ([]byte, error)
}

// run ships until ctx ends.
func (s *shipper) run(ctx context.Context) {
	defer s.end()
	for ctx.Err() == nil {
		if err := s.round(ctx); err != nil {
			s.failed(ctx, err)
		}
	}
}

func (s *shipper) round(ctx context.Context) error {
	if err := s.gather(ctx); err != nil {
		return err
	}
	if err := s.settle(); err != nil {
		return err
	}
	if err := s.deliver(ctx); err != nil {
		return err
	}
	return s.settle()
}

func (s *shipper) end() {
	if s.cursor.Error == "" {
		_ = s.settle() // what may be lost goes out at the next start
	}
	s.save()
	if err := errors.Join(s.to.close(), s.reader.Close()); err != nil {
		s.log.Debug("sink closed", zap.Error(err))
	}
}

// idle is how often a shipper without events looks at its connection.
const idle = time.Second

// gather fills the batch: to its bounds, or with what has come when the first
// message has waited for its time.
func (s *shipper) gather(ctx context.Context) error {
	if len(s.batch) > 0 {
		return nil // of an attempt that failed
	}
	s.arena = s.arena[:0]
	deadline := time.NewTimer(idle)
	defer deadline.Stop()
	for begun := false; ; {
		durable, more := s.source.Durable()
		if full, err := s.fill(durable); full || err != nil {
			return err
		}
		if len(s.batch) > 0 && !begun {
			begun = true
			deadline.Reset(time.Duration(s.sink.Batch.Delay))
		}
		select {
		case <-more:
		case <-deadline.C:
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}

// fill takes what there is, and reports that the batch is full.
func (s *shipper) fill(durable uint64) (bool, error) {
	for len(s.batch) < s.sink.Batch.Events && len(s.arena) < int(s.sink.Batch.Bytes) {
		line, err := s.reader.Next(durable)
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		s.take(line)
	}
	return true, nil
}

// take adds a line that the sink wants to the batch.
func (s *shipper) take(line trail.Line) {
	s.last = max(s.last, line.Seq) // one without a link has none
	if !s.wants.takes(line.Raw) {
		return
	}
	from := len(s.arena)
	formatted, err := s.format.Append(s.arena, line.Raw)
	if err != nil { // a line that was altered; verify names it
		if line.Seq <= s.cursor.Sent {
			return // told before
		}
		s.reject(&rejection{1, fmt.Errorf("line %d: %w", line.Seq, err)})
		return
	}
	to := len(formatted)
	s.arena = append(formatted, line.Raw...)
	s.batch = append(s.batch, message{line.Seq, s.arena[from:to:to], s.arena[to:]})
}

// deliver hands the batch over. Lines that the filter passed over count as
// delivered with those before them.
func (s *shipper) deliver(ctx context.Context) error {
	var c contact
	if len(s.batch) > 0 {
		err := s.to.deliver(ctx, s.batch)
		var refused *rejection
		if errors.As(err, &refused) {
			s.reject(refused)
			err = nil
		}
		if err == nil {
			c, err = s.contact()
		}
		if err != nil {
			return err
		}
	}
	s.flight.add(mark{s.last, s.now(), c.written})
	s.mu.Lock()
	s.cursor.Sent = max(s.cursor.Sent, s.last)
	s.cursor.Delivered += uint64(len(s.batch))
	s.mu.Unlock()
	s.batch = s.batch[:0]
	return nil
}

func (s *shipper) contact() (contact, error) {
	if to, ok := s.to.(unconfirmed); ok {
		return to.contact()
	}
	return contact{}, nil
}

// settle moves the cursor over what has been delivered for good. A connection
// that has ended with nothing on its way is no trouble: receivers restart, and
// close what was idle for long.
func (s *shipper) settle() error {
	c, err := s.contact()
	if err != nil && !s.flight.oldest().IsZero() {
		return err
	}
	if err != nil {
		s.log.Debug("connection lost, with nothing on its way", zap.Error(err))
		s.drop()
	}
	now := s.now()
	seq := s.flight.landed(now, c)
	s.mu.Lock()
	moved := seq > s.cursor.Seq
	s.cursor.Seq = max(s.cursor.Seq, seq)
	s.mu.Unlock()
	if oldest := s.flight.oldest(); moved || s.settled() || !oldest.IsZero() && now.Sub(oldest) >= steady {
		s.recovered()
	}
	if s.cursor.Seq > s.saved.seq && now.Sub(s.saved.at) >= time.Second {
		s.save()
	}
	return nil
}

// steady is how long a connection stands before it counts as a good one, where
// the window is longer. One that breaks at once, each time, is trouble that goes on.
const steady = 30 * time.Second

// settled says that nothing is on its way.
func (s *shipper) settled() bool { return len(s.batch) == 0 && s.cursor.Seq >= s.last }

func (s *shipper) recovered() {
	s.wait.reset()
	if s.cursor.Error == "" {
		return
	}
	s.told = false
	s.log.Info("sink takes events again")
	s.notify(Trouble{Sink: s.sink.Name, Since: s.cursor.Since})
	s.mu.Lock()
	s.cursor.Error, s.cursor.Since = "", time.Time{}
	s.mu.Unlock()
}

func (s *shipper) save() {
	if s.source.State == "" {
		return // a replay has no cursor
	}
	s.mu.Lock()
	s.cursor.Updated = s.now()
	c := s.cursor
	s.mu.Unlock()
	s.saved = mark{seq: c.Seq, at: c.Updated}
	if err := c.Save(s.source.State); err != nil {
		s.log.Error("the sink's cursor cannot be saved: a restart will send events again", zap.Error(err))
	}
}

func (s *shipper) reject(r *rejection) {
	s.mu.Lock()
	s.cursor.Rejected += uint64(r.count)
	s.mu.Unlock()
	s.log.Error("sink rejects events; they stay in the trail", zap.Int("events", r.count), zap.Error(r.cause))
	s.notify(Trouble{Sink: s.sink.Name, Rejected: r.count, Cause: r.cause})
}

// failed goes back to what is not delivered for good, and waits.
func (s *shipper) failed(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	if s.drop() {
		s.rewind(s.cursor.Seq)
	}
	s.troubled(err)
	s.save()
	s.wait.pause(ctx, asked(err))
}

// drop reports that there was something to drop: that the receiver is unconfirmed.
func (s *shipper) drop() bool {
	to, ok := s.to.(unconfirmed)
	if ok {
		to.drop()
	}
	return ok
}

func (s *shipper) troubled(err error) {
	s.mu.Lock()
	if s.cursor.Error == "" {
		s.cursor.Since = s.now()
	}
	s.cursor.Error = err.Error()
	since := s.cursor.Since
	s.mu.Unlock()
	if !s.told {
		s.told = true
		s.log.Warn("sink takes no events; they wait in the trail", zap.Error(err))
	}
	s.notify(Trouble{Sink: s.sink.Name, Since: since, Cause: err})
}

// rewind reads again from after the last line that was delivered for good.
func (s *shipper) rewind(seq uint64) {
	if err := s.reader.Close(); err != nil {
		s.log.Debug("trail closed", zap.Error(err))
	}
	s.reader = trail.OpenReader(s.source.Path, seq+1)
	s.batch, s.last = s.batch[:0], seq
	s.flight.clear()
}

// status is the cursor of now.
func (s *shipper) status() trail.Cursor {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cursor
}
