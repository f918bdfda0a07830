package clean

import (
	"sync"
	"sync/atomic"
)

const (
	harmlessSlots = 512 // of two texts each
	// maxHarmless is the longest text that is remembered, harmlessTotal how many
	// bytes are, in all. A site of its own has one of these.
	maxHarmless   = 16 << 10
	harmlessTotal = 256 << 10
)

// harmless remembers the inline scripts and style sheets that were judged and
// may stay: a CMS repeats the same dozen on every page, and judging one costs
// a hundred times what comparing it does. They are compared byte for byte, as a
// hash quick enough to be worth it would not withstand an intruder who looks
// for collisions.
type harmless struct {
	slots [harmlessSlots][2]atomic.Pointer[harmlessText] // the later one first
	mu    sync.Mutex
	total int
}

// harmlessText is the content of a script or style element that may stay.
type harmlessText struct {
	sort      sort
	text      string
	selectors []selector // of the elements that a style sheet hides, or shows
	hides     bool       // may hide what follows: it is read each time
}

// find returns what is known of text, or nil.
func (h *harmless) find(s sort, text []byte) *harmlessText {
	slot := &h.slots[hashOf(text)%harmlessSlots]
	for i := range slot {
		if known := slot[i].Load(); known != nil && known.sort == s && known.text == string(text) {
			return known
		}
	}
	return nil
}

// knows reports whether text may stay and has nothing that is read each time.
func (h *harmless) knows(s sort, text []byte) bool {
	known := h.find(s, text)
	return known != nil && !known.hides
}

// add remembers text, in place of the earlier one that its slot held. When all
// of it is too long, everything is forgotten.
func (h *harmless) add(s sort, text []byte, selectors []selector) {
	if len(text) > maxHarmless {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	slot := &h.slots[hashOf(text)%harmlessSlots]
	if before := slot[1].Load(); before != nil {
		h.total -= len(before.text)
	}
	if h.total+len(text) > harmlessTotal {
		for i := range h.slots {
			h.slots[i][0].Store(nil)
			h.slots[i][1].Store(nil)
		}
		h.total = 0
	}
	h.total += len(text)
	slot[1].Store(slot[0].Load())
	slot[0].Store(&harmlessText{
		sort: s, text: string(text), selectors: selectors,
		hides: len(selectors) > 0 || s == sortRuns && mayHide(text),
	})
}
