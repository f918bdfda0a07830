package search

import "bytes"

// needles are byte strings of which a line must hold at least one.
type needles [][]byte

func (n needles) in(line []byte) bool {
	for _, needle := range n {
		if bytes.Contains(line, needle) {
			return true
		}
	}
	return false
}

// maxNeedles is how many are looked for at once: each is another pass.
const maxNeedles = 16

// hunt yields the lines of a block that hold a needle, in order, each without its
// newline. where is the block in which to look, of the same length: the block
// itself, or a copy of it with its letters changed. yield returns false to stop.
func (n needles) hunt(block, where []byte, yield func(line []byte) bool) bool {
	var next [maxNeedles]int // of each needle, from at on; len(block): none
	for i, needle := range n {
		next[i] = seek(where, needle, 0)
	}
	for at := 0; ; {
		nearest := len(block)
		for i := range n {
			nearest = min(nearest, next[i])
		}
		if nearest == len(block) {
			return true
		}
		from := at + bytes.LastIndexByte(block[at:nearest], '\n') + 1
		line, _, _ := bytes.Cut(block[from:], []byte{'\n'})
		if !yield(line) {
			return false
		}
		at = min(from+len(line)+1, len(block))
		for i, needle := range n {
			if next[i] < at {
				next[i] = seek(where, needle, at)
			}
		}
	}
}

// seek is where the needle stands at or after a place, len(b) if nowhere.
func seek(b, needle []byte, from int) int {
	if i := bytes.Index(b[from:], needle); i >= 0 {
		return from + i
	}
	return len(b)
}

// each yields all lines of a block.
func each(block []byte, yield func(line []byte) bool) bool {
	for len(block) > 0 {
		line, rest, _ := bytes.Cut(block, []byte{'\n'})
		if !yield(line) {
			return false
		}
		block = rest
	}
	return true
}
