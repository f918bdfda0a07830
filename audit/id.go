package audit

import (
	"crypto/rand"
	"io"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"
)

// NewRequestID returns a new ULID for a request: 26 characters that sort by
// time and can be read out on the telephone (Crockford's base 32: no I, L, O, U).
func NewRequestID() string { return NewID() }

// NewID returns a new ULID. IDs of one process ascend strictly, also within a
// millisecond. Safe for concurrent use.
func NewID() string {
	var room [ulid.EncodedSize]byte
	return string(appendID(room[:0]))
}

// appendID is NewID for a line.
func appendID(dst []byte) []byte { return sharedIDs().appendNext(dst, time.Now()) }

// sharedIDs is the process's one generator: two would not ascend together.
var sharedIDs = sync.OnceValue(func() *ids { return newIDs(rand.Reader) })

// ids makes ULIDs (github.com/ulid/spec), monotonic even when the clock steps back.
type ids struct {
	mu      sync.Mutex
	entropy *ulid.MonotonicEntropy
	last    ulid.ULID // here, as entropy is read through an interface
}

func newIDs(random io.Reader) *ids {
	return &ids{entropy: ulid.Monotonic(random, 0)}
}

func (g *ids) appendNext(dst []byte, now time.Time) []byte {
	g.mu.Lock()
	defer g.mu.Unlock()
	// A clock without a battery may stand before 1970, which ULIDs cannot say.
	ms := min(uint64(max(now.UnixMilli(), 0)), ulid.MaxTime()-1)
	if ms = max(ms, g.last.Time()); g.draw(ms) != nil { // 2^80 exhausted within the millisecond; crypto/rand itself never fails
		_ = g.draw(ms + 1)
	}
	var text [ulid.EncodedSize]byte
	_ = g.last.MarshalTextTo(text[:]) // its only error is about the length
	return append(dst, text[:]...)
}

func (g *ids) draw(ms uint64) error {
	if err := g.last.SetTime(ms); err != nil {
		return err
	}
	return g.entropy.MonotonicRead(ms, g.last[6:])
}
