package sinks

import (
	"context"
	"errors"
	"fmt"
)

// refusal says that a receiver will not take messages, as they are, together.
type refusal struct {
	cause error
	sure  bool      // it is about the messages, and not about us
	of    []message // which; nil: all that were sent
}

func (r *refusal) Error() string { return r.cause.Error() }
func (r *refusal) Unwrap() error { return r.cause }

// halving delivers a batch that is refused in halves, until the messages that
// are to blame stand alone, and only those are rejected.
type halving struct {
	// send hands messages over. Beside what deliver may return it returns a *refusal.
	send func(ctx context.Context, batch []message) error
	// inRow counts the messages refused alone since one was taken.
	inRow int
}

// maxInRow is when a receiver that refuses message after message is taken for
// one that is set up wrongly: from then on they wait. What somebody finds in the
// trail of a visitor is hardly ever refused, a wrong path or index always.
const maxInRow = 16

func (h *halving) deliver(ctx context.Context, batch []message) error {
	var bad tally
	if err := h.part(ctx, batch, &bad); err != nil {
		return err
	}
	return bad.err()
}

func (h *halving) part(ctx context.Context, batch []message, bad *tally) error {
	err := h.send(ctx, batch)
	var some *rejection
	var refused *refusal
	switch {
	case err == nil:
		h.inRow = 0
		return nil
	case errors.As(err, &some):
		bad.add(some.count, some.cause)
		if some.count < len(batch) {
			h.inRow = 0
		}
		return nil
	case !errors.As(err, &refused):
		return err
	}
	if refused.of != nil {
		batch = refused.of
	}
	if len(batch) == 1 {
		return h.alone(batch[0], refused, bad)
	}
	half := len(batch) / 2
	if err := h.part(ctx, batch[:half], bad); err != nil {
		return err
	}
	return h.part(ctx, batch[half:], bad)
}

// alone judges a message that is refused without company.
func (h *halving) alone(m message, refused *refusal, bad *tally) error {
	if !refused.sure {
		h.inRow++
	}
	if h.inRow > maxInRow {
		return fmt.Errorf("every event is refused: %w", refused.cause)
	}
	bad.add(1, fmt.Errorf("line %d: %w", m.seq, refused.cause))
	return nil
}

// tally counts what a batch loses, and remembers the first cause.
type tally struct {
	count int
	cause error
}

func (t *tally) add(count int, cause error) {
	if t.cause == nil {
		t.cause = cause
	}
	t.count += count
}

func (t *tally) err() error {
	if t.count == 0 {
		return nil
	}
	return &rejection{t.count, t.cause}
}
