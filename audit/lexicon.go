package audit

// lexicon finds the words of secrets in a text, all of them in one pass, by the
// automaton of Aho and Corasick (CACM 18:6, 1975). It reads letters and digits
// without case and marks and steps over everything else, so that pass_word,
// user[pass][word] and Mật-Khẩu are one word each. A secret's name is a piece of
// the text it stands in: a text in which no word ends holds no such name.
type lexicon struct {
	// next is by state and column. An entry is the state to go to, a multiple of
	// columns; those in which something ends come last.
	// All that an entry can be is there, so that no bound is checked; what no word
	// needs is never touched.
	next    *[1 << 16]uint16
	ending  uint16
	words   [][]word // by state / columns: what ends there
	depths  []uint16 // and how many letters and digits lead there
	glances [256]glance
	steps   [256]bool
}

// columns is a power of two: 0 for what is stepped over, the letters, and one
// for all digits. The table has to fit the processor's nearest cache.
const columns = 32

// maxStates is what fits an entry.
const maxStates = 1 << 16 / columns

// word is something that ends at a state.
type word struct {
	text string // in letters and digits
	kind wordKind
}

type wordKind uint8

const (
	stem    wordKind = iota // anywhere in a name
	whole                   // a whole word of a name
	ending                  // the end of a word of a name
	scheme                  // no name: `basic`, before credentials
	token                   // no name: eyJ, as it stands
	segment                 // no name: /reset/, as it stands
)

// lexiconBuilder is the trie that a lexicon is made of.
type lexiconBuilder struct {
	next   [][columns]int32
	words  [][]word
	depths []uint16
}

func newLexiconBuilder() *lexiconBuilder {
	b := &lexiconBuilder{}
	b.node(0)
	return b
}

func (b *lexiconBuilder) node(depth int) int32 {
	b.next = append(b.next, [columns]int32{})
	b.words = append(b.words, nil)
	b.depths = append(b.depths, uint16(depth))
	return int32(len(b.next) - 1)
}

// add takes lower-case ASCII letters and digits.
func (b *lexiconBuilder) add(kind wordKind, list ...string) {
	for _, s := range list {
		state := int32(0)
		for i := range len(s) {
			at := &b.next[state][column(s[i])]
			if *at == 0 {
				n := b.node(i + 1)
				at = &b.next[state][column(s[i])] // node may have moved it
				*at = n
			}
			state = *at
		}
		b.words[state] = append(b.words[state], word{s, kind})
	}
}

// build makes the automaton: breadth first, so that the state to fall back to
// is always done before.
func (b *lexiconBuilder) build() *lexicon {
	fail := make([]int32, len(b.next))
	order := []int32{0}
	for at := 0; at < len(order); at++ {
		state := order[at]
		for col := 1; col < columns; col++ {
			fallback := int32(0)
			if state != 0 {
				fallback = b.next[fail[state]][col]
			}
			child := b.next[state][col]
			if child == 0 {
				b.next[state][col] = fallback
				continue
			}
			fail[child] = fallback
			b.words[child] = append(b.words[child], b.words[fallback]...)
			order = append(order, child)
		}
	}
	return b.pack()
}

// pack numbers the states anew, those in which something ends last.
func (b *lexiconBuilder) pack() *lexicon {
	l := &lexicon{next: new([1 << 16]uint16), words: make([][]word, len(b.next)), depths: make([]uint16, len(b.next)), glances: glances(), steps: steps()}
	number := make([]uint16, len(b.next))
	n := uint16(0)
	for _, ends := range []bool{false, true} {
		if ends {
			l.ending = n * columns
		}
		for state, words := range b.words {
			if len(words) > 0 == ends {
				number[state], l.words[n], l.depths[n] = n, words, b.depths[state]
				n++
			}
		}
	}
	for state, next := range b.next {
		at := int(number[state]) * columns
		for col, to := range next {
			l.next[at+col] = number[to] * columns
		}
		l.next[at] = number[state] * columns // stepped over
	}
	return l
}

// column is where an ASCII letter or digit stands in the table.
func column(c byte) uint8 {
	switch {
	case c|0x20 >= 'a' && c|0x20 <= 'z':
		return c | 0x20 - 'a' + 1
	case digitByte(c):
		return digits
	}
	return 0
}

const digits = 27
