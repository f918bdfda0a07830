package rx

import (
	"sync/atomic"
	"unicode/utf8"
)

// What stands in a table instead of a state.
const (
	unknown uint32 = iota // not asked yet
	dead                  // no match from here
	match
	firstState // states are at least that
)

// table holds the transitions of states, a row of the program's classes for
// each. A state is the offset of its row, so that a step is one addition and
// one load. Readers load entries atomically, without a lock.
type table struct {
	next     []uint32
	initial  uint32
	waiting  uint32 // reached while nothing is begun, or unknown
	lifetime *lifetime
}

// lifetime is what is known of the states between two flushes. A reader that
// still runs in an old one finds what its states are here.
type lifetime struct {
	keys []string // by row
	ids  map[string]uint32
	read int // bytes that values with new states in them were read for
}

// states makes states and their transitions.
type states struct {
	program *program
	account *account
	stride  uint32
	table   *table
}

func newStates(p *program, a *account) *states {
	if p == nil {
		return nil
	}
	return &states{program: p, account: a, stride: max(firstState, uint32(len(p.kinds)))}
}

// begin makes the first table.
func (m *Matcher) begin() *table {
	m.mu.Lock()
	defer m.mu.Unlock()
	if t := m.table.Load(); t != nil {
		return t
	}
	b := newBuilder(m.program)
	defer b.free()
	m.findLeaves(b)
	m.states.clear(b)
	m.table.Store(m.states.table)
	return m.states.table
}

// miss finds the transition that t does not have, and where to go on: after a
// flush in another table. It returns no table if this value is better left to
// regexp. read is how far the value was read since its last miss.
func (m *Matcher) miss(t *table, state, class uint32, read int) (*table, uint32) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.states
	key := t.lifetime.keys[state/s.stride]
	s.table.lifetime.read += read
	b := newBuilder(m.program)
	defer b.free()
	if s.full() {
		if owed := s.flush(b); owed > 0 {
			m.owed.Store(owed)
			m.table.Store(s.table)
			return nil, 0
		}
	}
	if s.table.lifetime != t.lifetime {
		state = s.intern(key)
	}
	next := s.destination(b.step(key, class))
	atomic.StoreUint32(&s.table.next[state+class], next)
	m.table.Store(s.table)
	return s.table, next
}

// flush forgets all states, and returns for how many bytes regexp should do the
// work, if they were not worth making: a state takes about as long to make as
// regexp takes for perState bytes. So values made to lead to ever new states
// cost at most twice what they cost with regexp alone.
func (s *states) flush(b *builder) (owed int64) {
	const perState = 32
	old := s.table.lifetime
	s.clear(b)
	if old.read < perState*len(old.keys) {
		return int64(perState * len(old.keys))
	}
	return 0
}

// clear begins a lifetime.
func (s *states) clear(b *builder) {
	s.account.set(0)
	s.table = &table{lifetime: &lifetime{keys: []string{""}, ids: map[string]uint32{}}}
	s.grow(4)
	initial := s.destination(b.first(edge))
	s.table.initial = initial
	if waiting := s.destination(b.first(0)); waiting >= firstState {
		s.table.waiting = waiting
	}
}

// destination is what stands in the table for a state.
func (s *states) destination(key string, matched bool) uint32 {
	switch {
	case matched:
		return match
	case key == "":
		return dead
	}
	return s.intern(key)
}

// intern returns the state of a key.
func (s *states) intern(key string) uint32 {
	l := s.table.lifetime
	id, found := l.ids[key]
	if !found {
		id = uint32(len(l.keys)) * s.stride
		if int(id+s.stride) > len(s.table.next) {
			s.grow(len(l.keys) + len(l.keys)/2)
		}
		l.keys = append(l.keys, key)
		l.ids[key] = id
		s.account.add(len(key) + perKey)
	}
	return id
}

// perKey is what a state takes besides its row and the text of its key: two
// strings, a number, and the map's share of empty slots.
const perKey = 110

// grow replaces the table by one with more rows. Readers of the old one go on
// in it: it lacks what is found from now on, and no more.
func (s *states) grow(rows int) {
	t := *s.table
	t.next = make([]uint32, rows*int(s.stride))
	for i := range s.table.next {
		t.next[i] = atomic.LoadUint32(&s.table.next[i])
	}
	s.account.add(4 * (len(t.next) - len(s.table.next)))
	s.table = &t
}

// findLeaves works out which bytes lead away from the state in which nothing is
// begun.
func (m *Matcher) findLeaves(b *builder) {
	p := m.program
	waiting, matched := b.first(0)
	if matched || waiting == "" {
		return
	}
	leaves := make([]bool, p.end())
	for class := range p.end() {
		next, matched := b.step(waiting, class)
		leaves[class] = matched || next != waiting
	}
	for i := range m.leaves {
		if class := p.bytes[i]; class != decode {
			m.leaves[i] = leaves[class]
		} else {
			// Any byte may be no part of a rune, and then is U+FFFD.
			m.leaves[i] = leaves[p.class(utf8.RuneError)]
		}
	}
	if p.bytes[0xFF] == decode {
		m.findLeads(leaves)
	}
	m.only = -1
	for i, leave := range m.leaves {
		switch {
		case leave && m.only >= 0:
			m.only = -1
			return
		case leave:
			m.only = i
		}
	}
}

// findLeads marks the first bytes of the runes beyond ASCII that lead away.
func (m *Matcher) findLeads(leaves []bool) {
	p := m.program
	for i, from := range p.from {
		to := rune(utf8.MaxRune)
		if i+1 < len(p.from) {
			to = p.from[i+1] - 1
		}
		if to < utf8.RuneSelf || !leaves[p.of[i]] {
			continue
		}
		for lead := firstByte(max(from, utf8.RuneSelf)); lead <= firstByte(to); lead++ {
			m.leaves[lead] = true
		}
	}
}

// firstByte is the first byte of a rune beyond ASCII. Unlike in utf8, what is
// between two runes is so here, for surrogates too.
func firstByte(r rune) byte {
	switch {
	case r < 0x800:
		return byte(0xC0 | r>>6)
	case r < 0x10000:
		return byte(0xE0 | r>>12)
	}
	return byte(0xF0 | r>>18)
}
