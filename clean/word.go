package clean

import (
	"encoding/binary"
	"math/bits"
)

// word is a name of up to 15 bytes in lower case, padded with zeros: two
// machine words, so that names are cut, folded and compared without a loop. The
// branches of such loops are what reading tags costs most.
type word struct{ lo, hi uint64 }

// wordLen is how many bytes a name and what ends it may take, wordRoom how many
// of the window must be there where a name begins.
const (
	wordLen  = 16
	wordRoom = wordLen + 8
)

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
	folds = 0x2020202020202020
)

// zeroBytes sets the high bit of each zero byte of x. A bit above the lowest
// may be set in error, by a borrow; the lowest never is.
func zeroBytes(x uint64) uint64 { return (x - ones) &^ x & highs }

// nameEnds marks, as zeroBytes does, what ends a name: space and the controls
// below it, / = and >; and < and ?, which differ from the latter in two bits and
// which nothing is that follows a plain name.
func nameEnds(x uint64) uint64 {
	return (x-0x21*ones)&^x&highs | zeroBytes(x^'/'*ones) | zeroBytes(x&^(3*ones)^'<'*ones)
}

// readWord reads the name at the head of b, of which there must be wordRoom
// bytes. n is 0 where there is no name, or a longer one.
//
// Setting bit 5 folds A to Z, and makes a letter of nothing else: the bytes it
// would make one of are controls, which end a name.
func readWord(b []byte) (w word, n int) {
	b = b[:wordLen]
	lo := binary.LittleEndian.Uint64(b)
	if ends := nameEnds(lo); ends != 0 {
		n = bits.TrailingZeros64(ends) >> 3
		return word{lo: (lo | folds) & (1<<(8*n) - 1)}, n
	}
	hi := binary.LittleEndian.Uint64(b[8:])
	ends := nameEnds(hi)
	if ends == 0 {
		return word{}, 0
	}
	n = bits.TrailingZeros64(ends) >> 3
	return word{lo: lo | folds, hi: (hi | folds) & (1<<(8*n) - 1)}, n + 8
}

// wordOf returns the zero word for a name that is too long.
func wordOf(name string) word {
	var room [wordRoom]byte
	copy(room[:], name)
	w, _ := readWord(room[:])
	return w
}

// caseBits is bit 5 of each letter of w, which bit 6 tells from figures and
// hyphens.
func (w word) caseBits() word { return word{w.lo >> 1 & folds, w.hi >> 1 & folds} }

// maskOf marks the first n bytes of a word.
func maskOf(n int) word {
	if n <= 8 {
		return word{lo: 1<<(8*n) - 1}
	}
	return word{lo: 1<<64 - 1, hi: 1<<(8*(n-8)) - 1}
}

// words is a hash table of names, by open addressing. It is built once and
// then only read.
type words[V any] struct {
	slots [512]struct {
		word word
		row  V
	}
}

func (w word) hash() uint64 { return (w.lo ^ w.hi*0x9E3779B97F4A7C15) * 0xD6E8FEB86659FD93 >> 55 }

// add leaves out a name that is too long: it is never found.
func (t *words[V]) add(name string, row V) {
	w := wordOf(name)
	if w.lo == 0 {
		return
	}
	at := w.hash()
	for t.slots[at].word.lo != 0 {
		at = (at + 1) % uint64(len(t.slots))
	}
	t.slots[at].word, t.slots[at].row = w, row
}

// find returns the row of w, or nil.
func (t *words[V]) find(w word) *V {
	for at := w.hash(); ; at = (at + 1) % uint64(len(t.slots)) {
		slot := &t.slots[at]
		if slot.word.lo == 0 {
			return nil
		}
		if slot.word == w {
			return &slot.row
		}
	}
}
