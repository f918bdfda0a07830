package sinks

import (
	"context"
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

func (b *backoff) pause(ctx context.Context) {
	b.next = min(max(2*b.next, firstWait), lastWait)
	half := b.next / 2
	timer := time.NewTimer(half + rand.N(half)) //nolint:gosec // no secret
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
