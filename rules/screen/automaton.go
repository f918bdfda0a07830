package screen

// automaton seeks many words at once, whatever their case, as Aho and Corasick
// do (1975), with a row of classes of bytes for each state.
type automaton struct {
	class [256]uint8
	width uint32 // of a row: how many classes there are
	// next is by state and class. A state is the offset of its row, so that a step is
	// one addition and one load.
	next []uint32
	// found are the words that end where the state of a row is reached:
	// found[from[row]:from[row+1]].
	found []uint16
	from  []uint32
}

// final marks, in next, states in which a word ends, so that the others cost no look.
const final = 1 << 31

// newAutomaton seeks words, which are in lower case; their index is their number.
func newAutomaton(words []string) *automaton {
	a := new(automaton)
	a.width = uint32(a.classify(words))
	ends := a.grow(words)
	a.connect(ends)
	a.finish(ends)
	return a
}

// classify gives each byte that stands in a word a class of its own; 0 is for
// all others.
func (a *automaton) classify(words []string) (classes int) {
	classes = 1
	for _, word := range words {
		for _, c := range []byte(word) {
			if a.class[c] == 0 {
				a.class[c] = uint8(classes)
				if 'a' <= c && c <= 'z' {
					a.class[c-'a'+'A'] = uint8(classes)
				}
				classes++
			}
		}
	}
	return classes
}

// grow makes the tree of the words, whose states are numbers of rows, and tells
// which end in each.
func (a *automaton) grow(words []string) (ends [][]uint16) {
	a.next, ends = make([]uint32, a.width), make([][]uint16, 1)
	for number, word := range words {
		state := uint32(0)
		for _, c := range []byte(word) {
			to := &a.next[state*a.width+uint32(a.class[c])]
			if *to == 0 {
				*to = uint32(len(ends))
				a.next, ends = append(a.next, make([]uint32, a.width)...), append(ends, nil)
				to = &a.next[state*a.width+uint32(a.class[c])]
			}
			state = *to
		}
		ends[state] = append(ends[state], uint16(number))
	}
	return ends
}

// connect leads on from each state where its word breaks off: to the longest
// end of what has been read with which another word begins.
func (a *automaton) connect(ends [][]uint16) {
	back := make([]uint32, len(ends))
	queue := make([]uint32, 0, len(ends))
	for class := range a.width {
		if to := a.next[class]; to != 0 {
			queue = append(queue, to)
		}
	}
	for at := 0; at < len(queue); at++ {
		from := queue[at]
		ends[from] = append(ends[from], ends[back[from]]...)
		for class := range a.width {
			to, otherwise := &a.next[from*a.width+class], a.next[back[from]*a.width+class]
			if *to == 0 {
				*to = otherwise
				continue
			}
			back[*to] = otherwise
			queue = append(queue, *to)
		}
	}
}

// finish makes offsets of numbers, lays the found words out flat and marks the
// states that have some.
func (a *automaton) finish(ends [][]uint16) {
	for i, to := range a.next {
		a.next[i] = to * a.width
		if len(ends[to]) > 0 {
			a.next[i] |= final
		}
	}
	for _, words := range ends {
		a.from = append(a.from, uint32(len(a.found)))
		a.found = append(a.found, words...)
	}
	a.from = append(a.from, uint32(len(a.found)))
}
