package incident

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"time"
)

// maxKeys bounds how many different things are counted apart. An attacker who
// sends ever new ones makes the rest count as others, which the report says.
const maxKeys = 10_000

// tally counts things by key, within maxKeys.
type tally[K comparable] struct {
	counts map[K]*count
	others int // of keys beyond the bound
}

// count is how often something was seen, and when.
type count struct {
	n           int
	first, last time.Time
	note        string // of the first: a hash, a name
	differ      bool   // others had another note
	score       int    // the highest
}

// add counts n more, and returns what is known of the key; nil where the tally
// is full.
func (t *tally[K]) add(key K, n int, at time.Time, note string) *count {
	if t.counts == nil {
		t.counts = make(map[K]*count)
	}
	c := t.counts[key]
	if c == nil {
		if len(t.counts) == maxKeys {
			t.others += n
			return nil
		}
		c = &count{first: at, last: at, note: note}
		t.counts[key] = c
	}
	c.n += n
	if at.Before(c.first) {
		c.first = at
	}
	if at.After(c.last) {
		c.last = at
	}
	c.differ = c.differ || c.note != note
	return c
}

// top ranges over what was seen most, at most limit of them. Equals stand in the
// order of compare.
func (t *tally[K]) top(limit int, compare func(a, b K) int) iter.Seq2[K, *count] {
	keys := slices.SortedFunc(maps.Keys(t.counts), func(a, b K) int {
		return cmp.Or(cmp.Compare(t.counts[b].n, t.counts[a].n), compare(a, b))
	})
	return func(yield func(K, *count) bool) {
		for _, key := range keys[:min(len(keys), limit)] {
			if !yield(key, t.counts[key]) {
				return
			}
		}
	}
}

// beyond is how many keys top leaves out.
func (t *tally[K]) beyond(limit int) int { return max(0, len(t.counts)-limit) }
