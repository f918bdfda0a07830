package transform

// Set computes several chains together. Chains that are at the same text and
// come to the same step, having skipped those that do not touch it, take the
// step once: the chains of CRS make two texts of a plain English value, and ten
// of a Vietnamese one.
//
// A Set never changes, and may be used by many at once.
type Set struct{ chains []member }

// member is a chain of a set. after[i] are the marks that count from its step i
// on; none are left after the last.
type member struct {
	steps []int
	after []marks
}

// NewSet makes a set of chains, which it will call by their index.
//
// With ignoreCase the texts are right but for the case of A to Z, for readers
// that fold it: no text is then made only to tell a from A.
func NewSet(chains []Chain, ignoreCase bool) *Set {
	counted := ^marks(0)
	if ignoreCase {
		counted = ^(capitals | smalls)
	}
	t := &Set{make([]member, len(chains))}
	for i, c := range chains {
		after := make([]marks, len(c.steps)+1)
		for at := len(c.steps) - 1; at >= 0; at-- {
			after[at] = after[at+1] | marksOf(c.steps[at])&counted
		}
		t.chains[i] = member{c.steps, after}
	}
	return t
}

// Apply calls visit with each text that the chains make of v, and which chains
// they are. Every chain is called once; now and then a text is called twice,
// where chains came to it on different ways. Both arguments lie in s, and are
// gone when visit returns.
//
// v must not lie in s, and visit must not use s.
func (t *Set) Apply(s *Scratch, v Value, visit func(text string, chains []int)) {
	s.reset()
	for i := range t.chains {
		s.cursors = append(s.cursors, cursor{chain: i})
	}
	t.apply(s, v, 0, visit)
}

// cursor is where a chain is: before its step at.
type cursor struct{ chain, at int }

// next returns the step that the chain takes of v, having skipped those that do
// not touch it; ok is false where nothing that is left counts.
func (t *Set) next(c *cursor, v Value) (step int, ok bool) {
	m := t.chains[c.chain]
	if v.marks&m.after[c.at] == 0 {
		return 0, false
	}
	for v.marks&marksOf(m.steps[c.at]) == 0 {
		c.at++
	}
	return m.steps[c.at], true
}

// apply visits what the chains of s.cursors[from:] make of v. Those that make
// no more of it are kept in s.chains, above those of the texts before v.
func (t *Set) apply(s *Scratch, v Value, from int, visit func(string, []int)) {
	kept := len(s.chains)
	for len(s.cursors) > from {
		step, ok := t.next(&s.cursors[len(s.cursors)-1], v)
		if !ok {
			s.chains = append(s.chains, s.cursors[len(s.cursors)-1].chain)
			s.cursors = s.cursors[:len(s.cursors)-1]
			continue
		}
		first := t.gather(s, v, from, step)
		bytes := len(s.buf)
		if out := s.apply(step, v); out.text != v.text {
			t.apply(s, out, first, visit)
		}
		s.buf = s.buf[:bytes]
	}
	if len(s.chains) > kept {
		visit(v.text, s.chains[kept:])
		s.chains = s.chains[:kept]
	}
}

// gather moves the cursors that take the step to the end, puts them behind it,
// and returns where they begin.
func (t *Set) gather(s *Scratch, v Value, from, step int) int {
	first := len(s.cursors)
	for i := first - 1; i >= from; i-- {
		c := &s.cursors[i]
		if next, ok := t.next(c, v); ok && next == step {
			c.at++
			first--
			s.cursors[first], s.cursors[i] = *c, s.cursors[first]
		}
	}
	return first
}
