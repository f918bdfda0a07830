package screen

import (
	"hash/maphash"
	"strings"
	"sync/atomic"
)

const (
	memoSlots = 1 << 10
	// maxMemo is the longest value that is remembered.
	maxMemo = 512
)

// memo remembers which rules may match a value: browsers send the same header
// fields with every request. It is keyed by what the value is, compared byte
// for byte.
type memo [memoSlots]atomic.Pointer[remembered]

type remembered struct {
	slot  *slot
	value string
	set   ruleSet
}

var seed = maphash.MakeSeed()

func (m *memo) look(c *Candidates, s *slot, value string) {
	if len(value) > maxMemo {
		c.look(s, value)
		return
	}
	at := &m[(maphash.String(seed, value)+s.number*31)%memoSlots]
	known := at.Load()
	if known == nil || known.slot != s || known.value != value {
		before := c.set
		c.set = ruleSet{}
		c.look(s, value)
		known = &remembered{s, strings.Clone(value), c.set}
		if !c.meter.Ended() { // else it was not looked at to the end
			at.Store(known)
		}
		c.set = before
	}
	c.set.addSet(&known.set)
}
