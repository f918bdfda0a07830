package audit

import "unicode/utf8"

// lane is where the automaton reads. Each of its steps waits for a load from the
// table that the one before has to name, five cycles of a processor that could do
// twenty things meanwhile. Therefore the two halves of a text are read at once.
type lane struct {
	at     int
	state  uint16
	digits int   // how many it has met
	hits   []hit // words that it has met, by their ends
}

// minHalf is the half of a text from which a second lane saves more than it costs.
const minHalf = 24

// middle is where the second half begins, with a byte that no character before it
// reaches into; 0: one lane will do.
func middle(t []byte) int {
	half := len(t) / 2
	if half < minHalf {
		return 0
	}
	for _, c := range t[half:min(half+minHalf, len(t))] {
		if c < utf8.RuneSelf {
			return half
		}
		half++
	}
	return 0
}

// read goes on to the end, or to an encoding.
func (l *lexicon) read(t []byte, a *lane, end int, seen *sight) {
	next, glances, ending := l.next, &l.glances, l.ending
	for a.at < end && !seen.coded {
		i, state, met := a.at, a.state, a.digits // not in memory, where they would take as long as a step
		for ; i < end; i++ {
			g := glances[t[i]]
			if g == special {
				break
			}
			met += g.digit()
			if state = next[state+uint16(g)]; state >= ending {
				l.meant(t, i, state, a)
			}
		}
		if a.at, a.state, a.digits = i, state, met; i < end {
			a.at += l.special(t, a, seen)
		}
	}
}

// digit is 1 for a digit, and no branch.
func (g glance) digit() (n int) {
	if g == digits {
		n = 1
	}
	return n
}

// readBoth reads the halves. The first lane goes on into the second half, until
// nothing that it has read in the first matters any more: from there on both are
// in the same states.
func (l *lexicon) readBoth(t []byte, a, b *lane, seen *sight) {
	end := b.at
	l.abreast(t, a, b, seen)
	l.read(t, a, end, seen)
	l.read(t, b, len(t), seen)
	for letters := uint16(0); l.depths[a.state/columns] > letters && a.at < len(t) && !seen.coded; {
		letters += min(1, uint16(column(t[a.at])))
		l.read(t, a, a.at+1, seen)
	}
}

// abreast reads both halves, to the end of one.
func (l *lexicon) abreast(t []byte, a, b *lane, seen *sight) {
	next, glances, ending, end, met := l.next, &l.glances, l.ending, b.at, 0
	for a.at < end && b.at < len(t) && !seen.coded {
		i, j, p, q := a.at, b.at, a.state, b.state
		var g, h glance
		for ; i < end && j < len(t); i, j = i+1, j+1 {
			if g, h = glances[t[i]], glances[t[j]]; g == special || h == special {
				break
			}
			met += g.digit() + h.digit()
			p, q = next[p+uint16(g)], next[q+uint16(h)]
			if p >= ending {
				l.meant(t, i, p, a)
			}
			if q >= ending {
				l.meant(t, j, q, b)
			}
		}
		a.at, b.at, a.state, b.state = i, j, p, q
		if g == special {
			a.at += l.special(t, a, seen)
		}
		if h == special {
			b.at += l.special(t, b, seen)
		}
	}
	a.digits += met
}

// join adds what the second lane has found behind the place that the first has
// come to. Before it, the first has found the same and more. Digits that both
// have met count twice: there are rather too many than too few.
func (a *lane) join(b *lane) {
	a.digits += b.digits
	for _, h := range b.hits {
		if int(h.end) >= a.at {
			a.hits = append(a.hits, h)
		}
	}
}

// special looks at a byte that is more than a letter or a sign.
func (l *lexicon) special(t []byte, a *lane, seen *sight) (size int) {
	switch c := t[a.at]; {
	case c >= utf8.RuneSelf:
		return l.wide(t, a)
	case c == '@':
		if !seen.at && authorityBefore(t, a.at) {
			seen.at = true
		}
	default:
		if _, size := escape(t[a.at:]); size > 1 && !seen.decoded {
			seen.coded = true
		}
	}
	return 1
}

// wide goes on with the letters that a character beyond ASCII folds to. What is
// around a word that ends there is for the second look.
func (l *lexicon) wide(t []byte, a *lane) (size int) {
	var room [32]byte
	letters, size := unmarked(room[:0], t[a.at:])
	for _, c := range letters {
		a.state = l.next[int(a.state)+int(column(c))]
		if a.state >= l.ending {
			a.hits = append(a.hits, hit{int32(a.at), int32(a.at), false})
		}
	}
	return size
}

// meant notes one of the words that end at i, if it stands there as it must. The
// automaton stays in a state over what it steps over.
func (l *lexicon) meant(t []byte, i int, state uint16, a *lane) {
	if column(t[i]) == 0 {
		return
	}
	for _, w := range l.words[state/columns] {
		from := wordStart(t, i, len(w.text))
		plain := ascii(t[from : i+1])
		if w.meant(t, from, i+1) || !plain {
			a.hits = append(a.hits, hit{int32(from), int32(i), plain && w.kind <= whole && w.sameDigits(t[from:i+1])})
			return
		}
	}
}
