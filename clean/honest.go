package clean

import (
	"crypto/sha256"
	"sync"
)

// maxHonest bounds what is remembered of script files.
const maxHonest = 4096

// honest remembers by their hash the script files in which no signal was found:
// every page brings the same ones, and reading one for signals costs fifty times
// what its hash does. When it is full it starts afresh.
type honest struct {
	mu   sync.Mutex
	sums map[[sha256.Size]byte]struct{}
}

func (h *honest) has(sum [sha256.Size]byte) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	_, ok := h.sums[sum]
	return ok
}

func (h *honest) add(sum [sha256.Size]byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.sums == nil || len(h.sums) >= maxHonest {
		h.sums = make(map[[sha256.Size]byte]struct{})
	}
	h.sums[sum] = struct{}{}
}
