package screen

// maskBits is how many sets of bytes are told apart.
const maskBits = 128

// byteMask tells which of the sets of bytes a value has a byte of.
type byteMask [maskBits / 64]uint64

func (m *byteMask) add(set int)      { m[set>>6] |= 1 << (set & 63) }
func (m *byteMask) has(set int) bool { return m[set>>6]>>(set&63)&1 != 0 }

func (s *Screen) maskOf(value string) (m byteMask) {
	for i := range len(value) {
		of := &s.masks[value[i]]
		m[0] |= of[0]
		m[1] |= of[1]
	}
	return m
}
