package rx

import (
	"encoding/binary"
	"regexp/syntax"
	"slices"
	"sync"
)

// What assertions look at.
const (
	beginnings = syntax.EmptyBeginText | syntax.EmptyBeginLine // the rune before
	words      = syntax.EmptyWordBoundary | syntax.EmptyNoWordBoundary
	lines      = syntax.EmptyBeginLine | syntax.EmptyEndLine
	everything = ^syntax.EmptyOp(0)
)

// builder works out states. A state is a string: the kind of the rune it was
// reached by, then its instructions in order, each as the distance from the one
// before. They read a rune, or are assertions that look at the rune to come.
// The kind is left out (0) where no assertion waits for it.
type builder struct {
	program *program
	from    set
	to      set
	stack   []uint32
	text    []byte
}

var builders = sync.Pool{New: func() any { return new(builder) }}

func newBuilder(p *program) *builder {
	b := builders.Get().(*builder)
	b.program = p
	b.from.reset(len(p.insts))
	b.to.reset(len(p.insts))
	return b
}

func (b *builder) free() {
	b.program = nil
	builders.Put(b)
}

// first is the state before the first rune, or, with another kind, the one that
// comes of nothing begun.
func (b *builder) first(before kind) (state string, matched bool) {
	b.to.clear()
	if b.add(&b.to, b.program.start, beginnings, before.begins()) {
		return "", true
	}
	return b.encode(before), false
}

// step is the state after a rune of the class, unless a match ends there or
// before it. No state ("") means that there is no match.
func (b *builder) step(state string, class uint32) (next string, matched bool) {
	p, to := b.program, b.program.kinds[class]
	waits := b.decode(state)
	if waits && b.resolve(kind(state[0]), to) {
		return "", true
	}
	b.to.clear()
	if class == p.end() {
		return "", false
	}
	for _, pc := range b.from.dense {
		in := p.insts[pc]
		if in.op == opRune && p.sets[in.arg].has(class) && b.add(&b.to, in.out, beginnings, to.begins()) {
			return "", true
		}
	}
	if !p.anchored && b.add(&b.to, p.start, beginnings, to.begins()) {
		return "", true
	}
	return b.encode(to), false
}

// resolve follows the assertions of from that hold between two runes, and
// reports whether they lead to a match.
func (b *builder) resolve(before, after kind) bool {
	holds := before.begins() | after.ends()
	if (before^after)&word != 0 {
		holds |= syntax.EmptyWordBoundary
	} else {
		holds |= syntax.EmptyNoWordBoundary
	}
	for _, pc := range b.from.dense { // what add appends is resolved already
		in := b.program.insts[pc]
		if in.op == opAssert && holds&syntax.EmptyOp(in.arg) != 0 && b.add(&b.from, in.out, everything, holds) {
			return true
		}
	}
	return false
}

// begins are the assertions that hold after a rune of kind k.
func (k kind) begins() syntax.EmptyOp {
	switch {
	case k&edge != 0:
		return beginnings
	case k&newline != 0:
		return syntax.EmptyBeginLine
	}
	return 0
}

// ends are the assertions that hold before a rune of kind k.
func (k kind) ends() syntax.EmptyOp {
	switch {
	case k&edge != 0:
		return syntax.EmptyEndText | syntax.EmptyEndLine
	case k&newline != 0:
		return syntax.EmptyEndLine
	}
	return 0
}

// add puts what is reached from pc without a rune into s, and reports whether
// that is a match. Of the assertions that are decided it follows those that
// hold; the others stay in the set.
func (b *builder) add(s *set, pc uint32, decided, holds syntax.EmptyOp) bool {
	b.stack = append(b.stack[:0], pc)
	for len(b.stack) > 0 {
		pc := b.stack[len(b.stack)-1]
		b.stack = b.stack[:len(b.stack)-1]
		if !s.visit(pc) {
			continue
		}
		switch in := b.program.insts[pc]; in.op {
		case opMatch:
			return true
		case opAlt:
			b.stack = append(b.stack, in.out, in.arg)
		case opNop:
			b.stack = append(b.stack, in.out)
		case opRune:
			s.dense = append(s.dense, pc)
		case opAssert:
			switch op := syntax.EmptyOp(in.arg); {
			case op&decided == 0:
				s.dense = append(s.dense, pc)
			case op&holds != 0:
				b.stack = append(b.stack, in.out)
			}
		}
	}
	return false
}

func (b *builder) encode(before kind) string {
	if len(b.to.dense) == 0 && b.program.anchored {
		return ""
	}
	slices.Sort(b.to.dense)
	b.text = append(b.text[:0], 0)
	last := uint32(0)
	for _, pc := range b.to.dense {
		if b.program.insts[pc].op == opAssert {
			b.text[0] = byte(before)
		}
		b.text = binary.AppendUvarint(b.text, uint64(pc-last))
		last = pc
	}
	return string(b.text)
}

// decode reads a state into from, and reports whether an assertion waits in it.
func (b *builder) decode(state string) (waits bool) {
	b.from.clear()
	pc := uint32(0)
	for rest := []byte(state[1:]); len(rest) > 0; {
		distance, n := binary.Uvarint(rest)
		rest = rest[n:]
		pc += uint32(distance)
		b.from.visit(pc)
		b.from.dense = append(b.from.dense, pc)
		waits = waits || b.program.insts[pc].op == opAssert
	}
	return waits
}

// set is a set of instructions: dense holds those that read or wait, visited
// all that were come by, cleared by counting up now.
type set struct {
	dense   []uint32
	visited []uint32
	now     uint32
}

func (s *set) reset(size int) {
	if len(s.visited) < size {
		s.visited, s.now = make([]uint32, size), 0
	}
	s.clear()
}

func (s *set) clear() {
	s.dense = s.dense[:0]
	if s.now++; s.now == 0 {
		clear(s.visited)
		s.now = 1
	}
}

func (s *set) visit(pc uint32) bool {
	if s.visited[pc] == s.now {
		return false
	}
	s.visited[pc] = s.now
	return true
}
