package search

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/lachan-waf/lachan/audit/trail"
)

const (
	// batchSize and maxBatches bound what a file's matches wait in until it is
	// their turn.
	batchSize  = 128 << 10
	maxBatches = 8
	// MaxReverse bounds the lines of a search from the end, of which a file's last
	// ones are kept in memory.
	MaxReverse = 100_000
	maxHeld    = 64 << 20 // bytes of them, for each worker
)

// batch is lines of one file, in the order in which they are wanted.
type batch struct {
	lines [][]byte
	more  bool // lines before them did not fit
}

// Run calls emit for each line that is wanted, without its newline, in the order
// of the trail. Files are read at once, as many as there are processors. What
// cannot be read is passed over, and is the error when all else has been. An
// error of emit ends the search, and is returned.
func Run(ctx context.Context, path string, q Query, o Options, emit func(line []byte) error) (Figures, error) {
	begun := time.Now()
	if o.Reverse && (o.Limit <= 0 || o.Limit > MaxReverse) {
		o.Limit = MaxReverse
	}
	c, err := hire(path, &q, o)
	if err != nil {
		return Figures{}, err
	}
	if o.Reverse {
		slices.Reverse(c.files)
	}
	outside := ctx
	ctx, cancel := context.WithCancel(ctx)
	turns := make([]chan batch, len(c.files))
	for i := range turns {
		turns[i] = make(chan batch, maxBatches)
	}
	c.work(ctx, &q, func(s *scan, i int, f trail.File) error {
		if o.Reverse {
			return c.backward(ctx, s, f, turns[i])
		}
		return c.forward(ctx, s, f, turns[i])
	}, func(i int) { close(turns[i]) })
	matches, more, err := inOrder(ctx, turns, o.Limit, emit)
	cancel()
	c.running.Wait()
	c.figures.Matches, c.figures.More, c.figures.Took = matches, more, time.Since(begun)
	return c.figures, errors.Join(append(c.errs, err, outside.Err())...)
}

// inOrder emits what the files have, one after the other.
func inOrder(ctx context.Context, turns []chan batch, limit int, emit func(line []byte) error) (n uint64, more bool, err error) {
	for _, turn := range turns {
		for b := range receive(ctx, turn) {
			for _, line := range b.lines {
				if err := emit(line); err != nil {
					return n, false, err
				}
				if n++; limit > 0 && n == uint64(limit) {
					return n, false, nil
				}
			}
			if b.more {
				return n, true, nil
			}
		}
	}
	return n, false, nil
}

// receive ranges over a channel until ctx ends.
func receive(ctx context.Context, turn chan batch) func(yield func(batch) bool) {
	return func(yield func(batch) bool) {
		for {
			select {
			case b, ok := <-turn:
				if !ok || !yield(b) {
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}
}

func send(ctx context.Context, turn chan batch, b batch) bool {
	select {
	case turn <- b:
		return true
	case <-ctx.Done():
		return false
	}
}

// forward sends a file's lines as they are found.
func (c *crew) forward(ctx context.Context, s *scan, f trail.File, turn chan batch) error {
	var b batch
	var room []byte // for the lines of the batch
	err := c.scan(ctx, s, f, func(line []byte, _ *facts) bool {
		if len(line) > cap(room)-len(room) {
			full := b
			b, room = batch{}, make([]byte, 0, max(batchSize, len(line)))
			if len(full.lines) > 0 && !send(ctx, turn, full) {
				return false
			}
		}
		from := len(room)
		room = append(room, line...)
		b.lines = append(b.lines, room[from:len(room):len(room)])
		return true
	})
	if len(b.lines) > 0 {
		send(ctx, turn, b)
	}
	return err
}

// backward sends a file's last lines, the last one first.
func (c *crew) backward(ctx context.Context, s *scan, f trail.File, turn chan batch) error {
	var b batch
	held := 0
	err := c.scan(ctx, s, f, func(line []byte, _ *facts) bool {
		b.lines = append(b.lines, slices.Clone(line))
		held += len(line)
		for len(b.lines) > c.options.Limit || held > maxHeld {
			b.more = b.more || held > maxHeld
			held -= len(b.lines[0])
			b.lines[0] = nil
			b.lines = b.lines[1:]
		}
		return true
	})
	slices.Reverse(b.lines)
	send(ctx, turn, b)
	return err
}
