package sinks

import (
	"context"
	"errors"
	"slices"
	"testing"
)

// script is a receiver that takes what is not bad, and says which is.
type script struct {
	bad   []uint64
	parts bool // it takes the others of a batch, and names those it refuses
	got   []uint64
}

func (s *script) send(_ context.Context, batch []message) error {
	var good, bad []message
	for _, m := range batch {
		if slices.Contains(s.bad, m.seq) {
			bad = append(bad, m)
		} else {
			good = append(good, m)
		}
	}
	if len(bad) > 0 && !s.parts {
		return &refusal{cause: errors.New("no"), sure: true}
	}
	for _, m := range good {
		s.got = append(s.got, m.seq)
	}
	if len(bad) > 0 {
		return &refusal{cause: errors.New("no"), sure: true, of: bad}
	}
	return nil
}

func TestHalvingSendsTheOthersOnceAndInOrder(t *testing.T) {
	var batch []message
	for seq := range uint64(64) {
		batch = append(batch, message{seq: seq + 1})
	}
	for _, parts := range []bool{false, true} {
		for _, bad := range [][]uint64{{1}, {64}, {1, 2, 3}, {10, 30, 31, 64}} {
			s := &script{bad: bad, parts: parts}
			h := halving{send: s.send}
			refused, ok := errors.AsType[*rejection](h.deliver(t.Context(), batch))
			if !ok || refused.count != len(bad) {
				t.Errorf("%v: %v", bad, refused)
			}
			var want []uint64
			for _, m := range batch {
				if !slices.Contains(bad, m.seq) {
					want = append(want, m.seq)
				}
			}
			if !slices.Equal(s.got, want) {
				t.Errorf("refused %v, got %v", bad, s.got)
			}
		}
	}
}
