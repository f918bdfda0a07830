package sinks

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

const (
	firstWait = 250 * time.Millisecond
	lastWait  = 30 * time.Second
)

// backoff is how long to wait before the next attempt: twice as long each
// time, and between half and all of it, so that hundreds of senders do not come
// back to a receiver in the same moment.
type backoff struct{ next time.Duration }

func (b *backoff) reset() { b.next = 0 }

// pause waits, at least as long as the receiver asks for.
func (b *backoff) pause(ctx context.Context, asked time.Duration) {
	b.next = min(max(2*b.next, firstWait), lastWait)
	half := b.next / 2
	timer := time.NewTimer(max(asked, half) + rand.N(half)) //nolint:gosec // no secret
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// busy is a receiver's word that it has no time now, and how long it wants to be
// left alone; 0: it does not say.
type busy struct {
	cause error
	wait  time.Duration
}

func (b *busy) Error() string { return b.cause.Error() }
func (b *busy) Unwrap() error { return b.cause }

// asked is the wait that an error carries.
func asked(err error) time.Duration {
	if b, ok := errors.AsType[*busy](err); ok {
		return b.wait
	}
	return 0
}
