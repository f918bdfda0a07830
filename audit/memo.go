package audit

import (
	"hash/maphash"
	"strings"
	"sync/atomic"
)

const (
	memoSlots = 1 << 10
	// maxMemo bounds a text that is remembered: with memoSlots of them, half a megabyte.
	maxMemo = 512
	// minMemo is the length from which a look costs more than a hash.
	minMemo = 24
)

// memo remembers texts in which there is no secret: what browsers and rules say of
// themselves comes again with each event, and need not be read each time. A text is
// taken in when it is met twice in a row in its slot, so that texts which never come
// again cost no memory and push nothing out. Only texts that stand in the trail
// anyhow are kept. It is safe for concurrent use.
type memo struct {
	seed  maphash.Seed
	slots [memoSlots]atomic.Pointer[string]
	met   [memoSlots]atomic.Uint32 // part of the hash of what was met last
}

func newMemo() *memo { return &memo{seed: maphash.MakeSeed()} }

// holds reports whether there is no secret in s for certain.
func (m *memo) holds(s string, hash uint64) bool {
	known := m.slots[hash%memoSlots].Load()
	return known != nil && *known == s
}

// note says that there is none in s.
func (m *memo) note(s string, hash uint64) {
	at, mark := hash%memoSlots, uint32(hash>>32)
	if m.met[at].Swap(mark) != mark {
		return
	}
	kept := strings.Clone(s)
	m.slots[at].Store(&kept)
}

// hash is what holds and note want; false where remembering is not worth it.
func (m *memo) hash(s string) (uint64, bool) {
	if m == nil || len(s) < minMemo || len(s) > maxMemo {
		return 0, false
	}
	return maphash.String(m.seed, s), true
}
