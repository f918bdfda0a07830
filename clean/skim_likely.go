package clean

// likely guesses at the next tag, so that its name need not be cut off and
// looked up: an end tag is most often that of the element opened last, and
// behind the start tag of one element there comes most often that of the same
// element as before. It holds hints and no more: a wrong one costs a comparison.
type likely struct {
	opened [16]uint8 // the numbers of elements, in a ring
	top    uint8     // of them
	last   uint8     // the element whose start tag came last
	next   [maxSkimmed]uint8
}

// start returns the number of the element whose start tag is expected.
func (l *likely) start() uint8 { return l.next[l.last] }

// otherStart reads the name of a start tag at the head of b that is another.
// el is nil where skim does not know it.
func (l *likely) otherStart(b []byte, elements *words[skimElement]) (el *skimElement, n int) {
	word, n := readWord(b)
	if el = elements.find(word); el != nil {
		l.next[l.last] = el.number
	}
	return el, n
}

// end returns the number of the element whose end tag is expected.
func (l *likely) end() uint8 { return l.opened[(l.top-1)%ringSize] }

// otherEnd is otherStart for an end tag.
func (l *likely) otherEnd(b []byte, elements *words[skimElement]) (el *skimElement, n int) {
	word, n := readWord(b)
	if el = elements.find(word); el == nil {
		return nil, 0
	}
	for back := uint8(2); back <= 4; back++ { // what is in between needs no end tag
		if l.opened[(l.top-back)%ringSize] == el.number {
			l.top -= back
			break
		}
	}
	return el, n
}

const ringSize = uint8(len(likely{}.opened))

// open notes a start tag of el.
func (l *likely) open(el *skimElement) {
	l.last = el.number
	if el.ended {
		l.opened[l.top%ringSize] = el.number
		l.top++
	}
}
