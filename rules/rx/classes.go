package rx

import (
	"regexp/syntax"
	"slices"
	"unicode/utf8"
)

// classes number the runes that a program tells apart.
type classes struct {
	bytes [256]uint8 // the class of a byte, or decode
	from  []rune     // where the class changes beyond ASCII, in order
	of    []uint8    // the class from there on
	kinds []kind     // of each class, and last that of the text's end
}

// kind is what assertions see of a rune.
type kind uint8

const (
	newline kind = 1 << iota
	word
	edge // before the first rune, after the last
)

// decode stands in classes.bytes for a byte that is not a rune of its own.
const decode = 0xFF

// class finds the class of a rune beyond ASCII.
func (c *classes) class(r rune) uint32 {
	lo, hi := 0, len(c.from)
	for hi-lo > 1 {
		if mid := int(uint(lo+hi) / 2); c.from[mid] <= r {
			lo = mid
		} else {
			hi = mid
		}
	}
	return uint32(c.of[lo])
}

// end is the class of the end of the text.
func (c *classes) end() uint32 { return uint32(len(c.kinds) - 1) }

// classify fills in the classes of the runes up to last, or reports that they
// are too many. Runes are of one class when the same sets have them and
// assertions see no difference.
func (p *program) classify(sets []runes, last rune) bool {
	if p.asserts&lines != 0 {
		sets = append(sets, runes{'\n', '\n'})
	}
	if p.asserts&words != 0 {
		sets = append(sets, runes{'0', '9', 'A', 'Z', '_', '_', 'a', 'z'})
	}
	known := map[string]uint8{}
	signature := make([]byte, len(sets))
	for _, from := range bounds(sets, last) {
		for i, set := range sets {
			signature[i] = 0
			if set.has(from) {
				signature[i] = 1
			}
		}
		class, found := known[string(signature)]
		if !found {
			if len(known) == decode {
				return false
			}
			class = uint8(len(known))
			known[string(signature)] = class
			p.kinds = append(p.kinds, p.kindOf(from))
		}
		if n := len(p.of); n == 0 || p.of[n-1] != class {
			p.from, p.of = append(p.from, from), append(p.of, class)
		}
	}
	p.kinds = append(p.kinds, edge)
	for b := range p.bytes {
		p.bytes[b] = decode
		if b < utf8.RuneSelf || last == 0xFF {
			p.bytes[b] = uint8(p.class(rune(b)))
		}
	}
	return true
}

// bounds lists where a set begins or ends, and 0.
func bounds(sets []runes, last rune) []rune {
	all := []rune{0}
	for _, set := range sets {
		for i := 0; i < len(set); i += 2 {
			all = append(all, set[i], set[i+1]+1)
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	beyond, _ := slices.BinarySearch(all, last+1)
	return all[:beyond]
}

// kindOf leaves out what no assertion of the program asks for: states that
// differ in nothing else are one.
func (p *program) kindOf(r rune) (k kind) {
	if r == '\n' && p.asserts&lines != 0 {
		k |= newline
	}
	if syntax.IsWordChar(r) && p.asserts&words != 0 {
		k |= word
	}
	return k
}

// bitset is a set of classes.
type bitset [4]uint64

func (s *bitset) has(class uint32) bool { return s[class/64%4]>>(class%64)&1 != 0 }

func (p *program) bitsets(sets []runes) []bitset {
	all := make([]bitset, len(sets))
	for i, from := range p.from {
		class := p.of[i]
		for n, set := range sets {
			if set.has(from) {
				all[n][class/64] |= 1 << (class % 64)
			}
		}
	}
	return all
}
