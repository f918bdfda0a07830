package alerts

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/lachan-waf/lachan/policies"
)

// channel is one way to people.
type channel interface {
	send(ctx context.Context, m message) error
}

const (
	// maxWaiting is how many alerts wait for a channel. Past it the oldest goes,
	// and the next message says so.
	maxWaiting  = 100
	sendTimeout = 30 * time.Second
	firstPause  = 5 * time.Second
	lastPause   = 10 * time.Minute
)

// outbox brings alerts to one channel, in order, for as long as it takes.
type outbox struct {
	name  string
	to    channel
	texts *texts
	log   *zap.Logger

	mu      sync.Mutex
	waiting []Alert
	missed  int
	sending bool
	more    chan struct{}
}

func newOutbox(c policies.AlertChannel, to channel, t *texts, log *zap.Logger) *outbox {
	return &outbox{name: c.Name, to: to, texts: t, log: log.With(zap.String("channel", c.Name)), more: make(chan struct{}, 1)}
}

func (o *outbox) put(a Alert) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.waiting) == maxWaiting {
		o.waiting = o.waiting[1:]
		o.missed++
	}
	o.waiting = append(o.waiting, a)
	select {
	case o.more <- struct{}{}:
	default:
	}
}

// empty says that nothing waits and nothing is under way.
func (o *outbox) empty() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.waiting) == 0 && !o.sending
}

func (o *outbox) next() (Alert, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sending = len(o.waiting) > 0
	if !o.sending {
		return Alert{}, false
	}
	a := o.waiting[0]
	o.waiting = o.waiting[1:]
	a.Missed, o.missed = o.missed, 0
	return a, true
}

// run ends with ctx.
func (o *outbox) run(ctx context.Context) {
	for ctx.Err() == nil {
		a, ok := o.next()
		if !ok {
			select {
			case <-o.more:
			case <-ctx.Done():
			}
			continue
		}
		o.deliver(ctx, a)
	}
}

func (o *outbox) deliver(ctx context.Context, a Alert) {
	m, err := o.texts.message(a)
	if err != nil {
		o.log.Error("alert could not be written", zap.String("when", string(a.When)), zap.Error(err))
		return
	}
	for pause := firstPause; ctx.Err() == nil; pause = min(2*pause, lastPause) {
		attempt, cancel := context.WithTimeout(ctx, sendTimeout)
		err := o.to.send(attempt, m)
		cancel()
		if err == nil {
			return
		}
		o.log.Error("alert could not be sent, it will be tried again", zap.String("subject", m.Subject), zap.Error(err))
		half := pause / 2
		timer := time.NewTimer(half + rand.N(half)) //nolint:gosec // no secret
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}
