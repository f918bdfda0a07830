package audit

import "unicode/utf8"

// glance is what the first look has to know of a byte: its column, or special.
type glance uint8

// special is above the columns: a byte that is not read on its own.
const special = columns

func glances() (table [256]glance) {
	for i := range table {
		switch c := byte(i); {
		case c >= utf8.RuneSelf, c == '%', c == '\\', c == '&', c == '@':
			table[i] = special
		default:
			table[i] = glance(column(c))
		}
	}
	return table
}

// sight is what the first look at a text has seen.
type sight struct {
	coded   bool  // an encoding, at which it ended: look again once it is undone
	hits    []hit // words of secrets, by their ends
	late    []hit // memory for those of the second half
	next    int   // of hits: where the last question was about
	at      bool  // an '@' that may end a userinfo
	numbers bool  // as many digits as an identity card has
	decoded bool  // what still looks encoded is not
}

// hit is a word of a secret that ends at a byte. Where it is not sure it may be
// one, or introduces a secret without being a name.
type hit struct {
	from, end int32
	sure      bool
}

// look proves of most texts, in one pass, that scan would cut nothing from
// them: everything that it cuts is introduced by a word of the lexicon, is
// userinfo before an '@', or is a long number. FuzzLook holds it to that.
func (l *lexicon) look(t []byte, seen *sight, decoded bool) {
	*seen = sight{hits: seen.hits[:0], late: seen.late[:0], decoded: decoded}
	first := lane{hits: seen.hits}
	if middle := middle(t); middle > 0 {
		second := lane{at: middle, hits: seen.late}
		l.readBoth(t, &first, &second, seen)
		first.join(&second)
		seen.late = second.hits
	} else {
		l.read(t, &first, len(t), seen)
	}
	seen.hits, seen.numbers = first.hits, first.digits >= minDigits
}

// wordsIn are the words of secrets that end in a part of the text. Questions go
// mostly from left to right.
func (s *sight) wordsIn(from, to int) []hit {
	i := s.next
	for i > 0 && int(s.hits[i-1].end) >= from {
		i--
	}
	for i < len(s.hits) && int(s.hits[i].end) < from {
		i++
	}
	s.next = i
	for i < len(s.hits) && int(s.hits[i].end) < to {
		i++
	}
	return s.hits[s.next:i]
}

func (s *sight) wordIn(from, to int) bool { return len(s.wordsIn(from, to)) > 0 }

// wordBehind reports whether one ends behind a place.
func (s *sight) wordBehind(at int) bool {
	return len(s.hits) > 0 && int(s.hits[len(s.hits)-1].end) > at
}

// authorityBefore reports whether an '@' may end a userinfo. What is before
// another one has been looked at.
func authorityBefore(t []byte, at int) bool {
	for i := at - 1; i > 0 && t[i] != '@'; i-- {
		if slash(t[i]) {
			return slash(t[i-1])
		}
	}
	return false
}

// sameDigits reports whether the digits are the word's, of which the automaton
// knows only that they are digits.
func (w word) sameDigits(t []byte) bool {
	n := 0
	for _, c := range t {
		if column(c) == 0 {
			continue
		}
		if digitByte(c) && c != w.text[n] {
			return false
		}
		n++
	}
	return true
}

func (w word) meant(t []byte, from, to int) bool {
	switch w.kind {
	case whole:
		return border(t, from) && border(t, to)
	case ending:
		return border(t, to)
	case scheme:
		return to-from == len(w.text) && credentialsAt(t, to) >= minCredentials
	case token:
		return string(t[from:to]) == jwtStart
	case segment: // and what folding a name takes out of one
		for from > 0 && dash(t[from-1]) {
			from--
		}
		for to < len(t) && dash(t[to]) {
			to++
		}
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

func dash(c byte) bool { return c == '-' || c == '_' }

func slash(c byte) bool { return c == '/' || c == '\\' }

func ascii(t []byte) bool {
	for _, c := range t {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
