package audit

import (
	"slices"
	"unicode/utf8"
)

// doubt is what the first look at a text leaves.
type doubt uint8

const (
	noDoubt doubt = iota // there is no secret in it
	coded                // something in it is encoded: look again once it is not
	doubted              // there may be one
)

// glance is what the first look has to know of a byte.
type glance struct {
	column  uint8
	digit   uint8 // 1 for a digit
	keep    uint8 // 0xff for what may stand between the digits of one number
	special bool
}

func glances() (table [256]glance) {
	for i := range table {
		c := byte(i)
		g := glance{column: column(c), special: c >= utf8.RuneSelf}
		switch c {
		case '%', '\\', '&', '@':
			g.special = true
		case ' ', '-':
			g.keep = 0xff
		}
		if c >= '0' && c <= '9' {
			g.digit, g.keep = 1, 0xff
		}
		table[i] = g
	}
	return table
}

// sight is what the first look at a text has seen.
type sight struct {
	doubt
	ends    []int32 // where words of secrets end: the places of their last bytes
	at      bool    // an '@' that may end a userinfo
	numbers bool    // as many digits as an identity card has
	decoded bool    // what still looks encoded is not
}

// look proves of most texts, in one pass, that scan would cut nothing from
// them: everything that it cuts is introduced by a word of the lexicon, is
// userinfo before an '@', or is a long number. FuzzLook holds it to that.
func (l *lexicon) look(t []byte, seen *sight, decoded bool) {
	*seen = sight{ends: seen.ends[:0], decoded: decoded}
	state, run, longest := uint32(0), uint8(0), uint8(0)
	for i := 0; i < len(t); i++ {
		g := &l.glances[t[i]]
		run = (run + g.digit) & g.keep
		longest = max(longest, run)
		if g.special {
			size := l.special(t, i, &state, seen)
			if seen.doubt == coded {
				return
			}
			i += size - 1
			continue
		}
		entry := l.next[state|uint32(g.column)]
		if entry&flags != 0 && l.meant(t, i, entry) {
			seen.word(i)
		}
		state = entry &^ flags
	}
	if longest >= minDigits {
		seen.doubt, seen.numbers = doubted, true
	}
}

func (s *sight) word(end int) {
	s.doubt = doubted
	s.ends = append(s.ends, int32(end))
}

// wordIn reports whether a word of a secret ends in a part of the text.
func (s *sight) wordIn(from, to int) bool {
	i, _ := slices.BinarySearch(s.ends, int32(from))
	return i < len(s.ends) && int(s.ends[i]) < to
}

// special looks at a byte that is more than a letter or a sign.
func (l *lexicon) special(t []byte, i int, state *uint32, seen *sight) (size int) {
	switch c := t[i]; {
	case c >= utf8.RuneSelf:
		return l.wide(t, i, state, seen)
	case c == '@':
		if authorityBefore(t, i) {
			seen.doubt, seen.at = doubted, true
		}
	default:
		if _, size := escape(t[i:]); size > 1 && !seen.decoded {
			seen.doubt = coded
		}
	}
	return 1
}

// authorityBefore reports whether an '@' may end a userinfo.
func authorityBefore(t []byte, at int) bool {
	for i := at - 1; i > 0; i-- {
		if slash(t[i]) {
			return slash(t[i-1])
		}
	}
	return false
}

// wide goes on with the letters that a character beyond ASCII folds to. What is
// around a word that ends there is for the second look.
func (l *lexicon) wide(t []byte, i int, state *uint32, seen *sight) (size int) {
	var room [32]byte
	letters, size := unmarked(room[:0], t[i:])
	for _, c := range letters {
		entry := l.next[*state|uint32(column(c))]
		if entry&flags != 0 {
			seen.word(i)
		}
		*state = entry &^ flags
	}
	return size
}

// meant reports whether one of the words that end at i stands there as it must.
func (l *lexicon) meant(t []byte, i int, entry uint32) bool {
	if entry&stemEnds != 0 {
		return true
	}
	for _, w := range l.words[entry/columns] {
		from := wordStart(t, i, w.size)
		if w.meant(t, from, i+1) || !ascii(t[from:i+1]) {
			return true
		}
	}
	return false
}

func (w word) meant(t []byte, from, to int) bool {
	switch w.kind {
	case whole:
		return border(t, from) && border(t, to)
	case ending:
		return border(t, to)
	case scheme:
		return to-from == w.size
	case token:
		return string(t[from:to]) == jwtStart
	case segment:
		return from > 0 && slash(t[from-1]) && to < len(t) && slash(t[to])
	}
	return true
}

// wordStart is where the word of so many letters and digits starts that ends
// at i; farther on the left where some of them are beyond ASCII.
func wordStart(t []byte, i, size int) int {
	for ; i > 0; i-- {
		if column(t[i]) > 0 {
			if size--; size == 0 {
				break
			}
		}
	}
	return i
}

// border reports whether one word may end and another start at i.
func border(t []byte, i int) bool {
	if i == 0 || i == len(t) || t[i-1] >= utf8.RuneSelf || t[i] >= utf8.RuneSelf {
		return true
	}
	before, behind := letterCase(t[i-1]), letterCase(t[i])
	return before == other || behind == other || startsWord(before, behind)
}

func slash(c byte) bool { return c == '/' || c == '\\' }

func ascii(t []byte) bool {
	for _, c := range t {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
