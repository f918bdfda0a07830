package screen

// ByteSet is a set of bytes.
type ByteSet [4]uint64

// Add puts c into the set.
func (s *ByteSet) Add(c byte) { s[c>>6] |= 1 << (c & 63) }

// AddRange puts lo to hi into the set.
func (s *ByteSet) AddRange(lo, hi byte) {
	for c := int(lo); c <= int(hi); c++ {
		s.Add(byte(c))
	}
}

// AddSet puts all of o into the set.
func (s *ByteSet) AddSet(o *ByteSet) {
	for i := range s {
		s[i] |= o[i]
	}
}

// Has reports whether c is in the set.
func (s *ByteSet) Has(c byte) bool { return s[c>>6]>>(c&63)&1 != 0 }

// Meets reports whether the sets have a byte in common.
func (s *ByteSet) Meets(o *ByteSet) bool {
	return s[0]&o[0]|s[1]&o[1]|s[2]&o[2]|s[3]&o[3] != 0
}

// foldLetters adds the other case of each ASCII letter.
func (s *ByteSet) foldLetters() {
	const letters = 1<<26 - 1
	both := (s[1]>>1 | s[1]>>33) & letters
	s[1] |= both<<1 | both<<33
}
