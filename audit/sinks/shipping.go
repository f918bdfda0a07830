package sinks

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/lachan-waf/lachan/audit/trail"
	"github.com/lachan-waf/lachan/policies"
)

// Trouble is what happened to a sink. Without a cause it is over.
type Trouble struct {
	Sink     string
	Since    time.Time
	Rejected int // events it will never take; 0: it takes none for now
	Cause    error
}

// Options of a Shipping.
type Options struct {
	Logger *zap.Logger   // nil: none
	Notify func(Trouble) // nil: nobody; called from the sinks' goroutines
	Now    func() time.Time
}

func (o Options) withDefaults() Options {
	if o.Logger == nil {
		o.Logger = zap.NewNop()
	}
	if o.Notify == nil {
		o.Notify = func(Trouble) {}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// Shipping is all sinks at work.
type Shipping struct {
	shippers []*shipper
	source   Source
	cancel   context.CancelFunc
	running  sync.WaitGroup
}

// Start begins to ship to each sink where its cursor stands: for a new one with
// the first line there is. A file that a sink names and that cannot be read is an
// error; a receiver that does not answer is not.
func Start(configured []policies.Sink, source Source, o Options) (*Shipping, error) {
	o = o.withDefaults()
	ctx, cancel := context.WithCancel(context.Background())
	s := &Shipping{source: source, cancel: cancel}
	var problems []error
	for _, sink := range configured {
		shipper, err := newShipper(sink, source, o)
		if err != nil {
			problems = append(problems, fmt.Errorf("sink %s: %w", sink.Name, err))
			continue
		}
		s.shippers = append(s.shippers, shipper)
	}
	if err := errors.Join(problems...); err != nil {
		cancel()
		return nil, err
	}
	for _, shipper := range s.shippers {
		s.running.Go(func() { shipper.run(ctx) })
	}
	return s, nil
}

func newShipper(sink policies.Sink, source Source, o Options) (*shipper, error) {
	log := o.Logger.With(zap.String("sink", sink.Name), zap.String("to", place(sink.URL)))
	to, err := newReceiver(sink, log)
	if err != nil {
		return nil, err
	}
	format, err := newFormatter(sink)
	if err != nil {
		return nil, err
	}
	cursor, err := trail.LoadCursor(source.State, sink.Name)
	if err != nil {
		return nil, err
	}
	s := &shipper{
		sink: sink, source: source, to: to, format: format, wants: newFilter(sink.Filter),
		reader: trail.OpenReader(source.Path, cursor.Seq+1), now: o.Now, notify: o.Notify,
		log:    log,
		last:   cursor.Seq,
		cursor: cursor,
	}
	s.flight.done = cursor.Seq
	if lost, ok := to.(unconfirmed); ok {
		s.flight.window = lost.window()
	}
	return s, nil
}

// place is what of a URL may stand in a log: path and query of a webhook can be its secret.
func place(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	if u.Host == "" {
		return u.Scheme + "://" + u.Path
	}
	return u.Scheme + "://" + u.Host
}

// Close stops shipping. What is not delivered goes out at the next start.
func (s *Shipping) Close() {
	s.cancel()
	s.running.Wait()
}

// Status is how a sink does.
type Status struct {
	trail.Cursor
	Lag uint64 `json:"lag"` // lines of the trail that are not delivered for good
}

// Status returns how each sink does.
func (s *Shipping) Status() []Status {
	durable, _ := s.source.Durable()
	all := make([]Status, 0, len(s.shippers))
	for _, shipper := range s.shippers {
		c := shipper.status()
		all = append(all, Status{c, durable - min(durable, c.Seq)})
	}
	return all
}
