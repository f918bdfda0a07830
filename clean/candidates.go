package clean

import "bytes"

// candidates reads the references of a list. Lists of images (srcset) part their
// candidates at commas, lists of hosts to ping at white space alone, and a comma may
// be of a URL. So each run without white space is read as one: a descriptor taken
// for a relative reference does no harm, a URL taken for a descriptor would. Where
// commas stand in runs, the list is read once more as srcset has it.
type candidates struct {
	rest      []byte
	whole     []byte // to be read as srcset, or nil
	srcset    bool   // that is being done
	described bool   // a descriptor, or its end, comes next
}

func candidatesOf(value []byte) candidates { return candidates{rest: value, whole: value} }

// next returns the next reference, which may be empty, and false at the end.
func (c *candidates) next() (ref []byte, ok bool) {
	if !c.srcset {
		if len(c.rest) > 0 {
			ref, c.rest = nextCandidate(c.rest)
			return ref, true
		}
		if !commaWithin(c.whole) {
			return nil, false
		}
		c.srcset, c.rest = true, c.whole
	}
	return c.nextOfSrcset()
}

// nextOfSrcset follows WHATWG HTML, 4.8.4.3.10, to the letter, and returns the
// descriptors as well.
func (c *candidates) nextOfSrcset() (ref []byte, ok bool) {
	if c.described {
		n := descriptorsEnd(c.rest)
		ref, c.rest, c.described = c.rest[:n], c.rest[n:], false
		return ref, true
	}
	c.rest = bytes.TrimLeft(c.rest, ", \t\n\f\r")
	if len(c.rest) == 0 {
		return nil, false
	}
	n := runEnd(c.rest)
	ref, c.rest = c.rest[:n], c.rest[n:]
	c.described = ref[n-1] != ','
	return bytes.TrimRight(ref, ","), true
}

// descriptorsEnd returns where the comma stands that ends the descriptors at the
// head of s: the first that is in no parentheses, which do not nest.
func descriptorsEnd(s []byte) int {
	inParens := false
	for i, c := range s {
		switch {
		case c == '(':
			inParens = true
		case c == ')':
			inParens = false
		case c == ',' && !inParens:
			return i
		}
	}
	return len(s)
}

// nextCandidate cuts the first run off a list, without the commas around it.
func nextCandidate(value []byte) (ref, rest []byte) {
	for len(value) > 0 && (isSpace(value[0]) || value[0] == ',') {
		value = value[1:]
	}
	end := runEnd(value)
	return bytes.TrimRight(value[:end], ","), value[end:]
}

// runEnd returns the length of the run without white space at the head of s.
func runEnd(s []byte) int {
	end := 0
	for end < len(s) && !isSpace(s[end]) {
		end++
	}
	return end
}

// commaWithin reports whether a comma stands before anything but white space or
// another.
func commaWithin(value []byte) bool {
	for i, c := range value[:max(0, len(value)-1)] {
		if c == ',' && value[i+1] != ',' && !isSpace(value[i+1]) {
			return true
		}
	}
	return false
}
