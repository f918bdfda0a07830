package clean

import "sync"

// maxHarmless bounds what is remembered of inline scripts.
const maxHarmless = 4096

// harmless remembers by their hash the inline scripts in which no signal was
// found: a CMS repeats the same dozen on every page, and reading one for signals
// costs ten times what its hash does. When it is full it starts afresh.
type harmless struct {
	mu   sync.RWMutex
	seen map[[32]byte]struct{}
}

func (h *harmless) has(sum [32]byte) bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	_, ok := h.seen[sum]
	return ok
}

func (h *harmless) add(sum [32]byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.seen == nil || len(h.seen) >= maxHarmless {
		h.seen = make(map[[32]byte]struct{})
	}
	h.seen[sum] = struct{}{}
}
