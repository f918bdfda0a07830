package screen

// maskBits is how many sets of bytes are told apart.
const maskBits = 128

// byteMask tells which of the sets of bytes a value has a byte of.
type byteMask [maskBits / 64]uint64

func (m *byteMask) add(set int)      { m[set>>6] |= 1 << (set & 63) }
func (m *byteMask) has(set int) bool { return m[set>>6]>>(set&63)&1 != 0 }

// masks are those of values of one byte each.
type masks [256]byteMask

// of returns the mask of a value.
func (s *masks) of(value string) (m byteMask) {
	for i := range len(value) {
		of := &s[value[i]]
		m[0] |= of[0]
		m[1] |= of[1]
	}
	return m
}

// each is of, and calls meet with the number of each of a's words in value, some of
// them often. One pass for both costs little more than the words alone: the loads
// of the one do not wait for those of the other.
func (s *masks) each(value string, a *automaton, meet func(word uint16)) (m byteMask) {
	state := uint32(0)
	for i := range len(value) {
		of := &s[value[i]]
		m[0] |= of[0]
		m[1] |= of[1]
		state = a.next[state+uint32(a.class[value[i]])]
		if state&final == 0 {
			continue
		}
		state &^= final
		row := state / a.width
		for _, word := range a.found[a.from[row]:a.from[row+1]] {
			meet(word)
		}
	}
	return m
}
