package rx

import (
	"encoding/binary"
	"regexp/syntax"
	"slices"
	"unicode"

	bytesyntax "rsc.io/binaryregexp/syntax"
)

// program is a syntax.Prog whose instructions speak of classes of runes: runes
// that no instruction tells apart.
type program struct {
	insts    []inst
	start    uint32
	asserts  syntax.EmptyOp // all that occur
	anchored bool           // a match begins where the text does
	sets     []bitset       // of classes, by inst.arg of opRune
	classes
}

// inst is a syntax.Inst in a third of its size.
type inst struct {
	op       op
	out, arg uint32
}

type op uint32

const (
	opFail   op = iota
	opMatch     //
	opNop       // go on at out
	opAlt       // go on at out and at arg
	opAssert    // go on at out where the syntax.EmptyOp arg holds
	opRune      // read a rune of sets[arg]
)

// newProgram returns nil for a program with more classes than bytes have
// values; CRS has none with a third of that.
func newProgram(compiled *syntax.Prog, last rune) *program {
	p := &program{insts: make([]inst, len(compiled.Inst)), start: uint32(compiled.Start)}
	var sets []runes
	known := map[string]uint32{}
	for pc, in := range compiled.Inst {
		to := inst{out: in.Out, arg: in.Arg}
		switch in.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			to.op = opAlt
		case syntax.InstCapture, syntax.InstNop:
			to.op = opNop
		case syntax.InstEmptyWidth:
			to.op = opAssert
			p.asserts |= syntax.EmptyOp(in.Arg)
		case syntax.InstMatch:
			to.op = opMatch
		case syntax.InstFail:
			to.op = opFail
		default:
			set := runesOf(&in)
			n, found := known[set.String()]
			if !found {
				n = uint32(len(sets))
				known[set.String()] = n
				sets = append(sets, set)
			}
			to.op, to.arg = opRune, n
		}
		p.insts[pc] = to
	}
	if !p.classify(sets, last) {
		return nil
	}
	p.sets = p.bitsets(sets)
	b := newBuilder(p)
	defer b.free()
	p.anchored = !b.add(&b.to, p.start, beginnings, syntax.EmptyBeginLine) && len(b.to.dense) == 0
	return p
}

// runes are the bounds, both inclusive, of ranges in order.
type runes []rune

// runesOf lists what an instruction reads, as syntax.Inst.MatchRune has it.
func runesOf(in *syntax.Inst) runes {
	switch in.Op {
	case syntax.InstRuneAny:
		return runes{0, unicode.MaxRune}
	case syntax.InstRuneAnyNotNL:
		return runes{0, '\n' - 1, '\n' + 1, unicode.MaxRune}
	}
	if len(in.Rune) != 1 {
		return in.Rune
	}
	all := []rune{in.Rune[0]}
	if in.Op == syntax.InstRune && syntax.Flags(in.Arg)&syntax.FoldCase != 0 {
		for r := unicode.SimpleFold(all[0]); r != all[0]; r = unicode.SimpleFold(r) {
			all = append(all, r)
		}
	}
	slices.Sort(all)
	var set runes
	for _, r := range all {
		set = append(set, r, r)
	}
	return set
}

// String is not that of the runes: surrogates have none of their own.
func (set runes) String() string {
	var text []byte
	for _, r := range set {
		text = binary.BigEndian.AppendUint32(text, uint32(r))
	}
	return string(text)
}

func (set runes) has(r rune) bool {
	i, exact := slices.BinarySearch(set, r)
	return exact || i%2 == 1
}

// compileBytes hands over what binaryregexp makes of a pattern. Its package
// syntax is regexp/syntax of an older Go, and its values are the same.
func compileBytes(pattern string) (*syntax.Prog, error) {
	parsed, err := bytesyntax.Parse(pattern, bytesyntax.Perl)
	if err != nil {
		return nil, err
	}
	compiled, err := bytesyntax.Compile(parsed.Simplify())
	if err != nil {
		return nil, err
	}
	p := &syntax.Prog{Start: compiled.Start}
	for _, in := range compiled.Inst {
		p.Inst = append(p.Inst, syntax.Inst{Op: syntax.InstOp(in.Op), Out: in.Out, Arg: in.Arg, Rune: in.Rune})
	}
	return p, nil
}
