package audit

import "strconv"

// view is a string with its encodings undone, and the way back: each byte
// knows where it stood and how many encodings it lay under. Percent-encoding,
// JSON and JavaScript escapes and HTML character references are undone
// repeatedly, because a secret's name may be written pass%77ord, or lie in a
// URL within a form field within a log line.
//
// The depth keeps structure apart from content: after a plain '=' the value
// ends at a plain '&', never at the %26 of the value itself.
type view struct {
	src   string
	text  []byte
	off   []int32 // text[i] was src[off[i]:off[i+1]]; unused while identical
	depth []uint8
	coded bool // off and depth are in use
}

// maxRounds bounds how many layers of encoding are undone. Each takes at
// least two bytes per byte hidden, so that deeper ones do not fit a field.
const maxRounds = 12

func (v *view) reset(s string) {
	v.src, v.coded = s, false
	v.text = append(v.text[:0], s...)
	for range maxRounds {
		if !v.decode() {
			return
		}
	}
}

// at returns the place in src of text[i].
func (v *view) at(i int) int {
	if !v.coded {
		return i
	}
	return int(v.off[i])
}

func (v *view) depthAt(i int) uint8 {
	if !v.coded {
		return 0
	}
	return v.depth[i]
}

// decode undoes one layer, in place, and reports whether there was one.
func (v *view) decode() bool {
	first := v.nextEscape(0)
	if first < 0 {
		return false
	}
	v.track()
	w := first
	for i := first; i < len(v.text); w++ {
		c, size := escape(v.text[i:])
		v.depth[w] = v.deepest(i, i+size)
		if size > 1 {
			v.depth[w]++
		}
		v.text[w], v.off[w] = c, v.off[i]
		i += size
	}
	v.off[w] = v.off[len(v.text)]
	v.text = v.text[:w]
	return true
}

func (v *view) nextEscape(from int) int {
	for i := from; i < len(v.text); i++ {
		switch v.text[i] {
		case '%', '\\', '&':
			if _, size := escape(v.text[i:]); size > 1 {
				return i
			}
		}
	}
	return -1
}

// track starts to record places and depths.
func (v *view) track() {
	if v.coded {
		return
	}
	v.coded = true
	v.off, v.depth = v.off[:0], v.depth[:0]
	for i := range len(v.text) + 1 {
		v.off = append(v.off, int32(i))
		v.depth = append(v.depth, 0)
	}
}

func (v *view) deepest(from, to int) uint8 {
	var d uint8
	for _, n := range v.depth[from:to] {
		d = max(d, n)
	}
	return d
}

// escape reads one byte of text, or one escape that stands for a byte.
func escape(b []byte) (c byte, size int) {
	switch {
	case b[0] == '%' && len(b) >= 3:
		if n, ok := hexByte(b[1:3]); ok {
			return n, 3
		}
	case b[0] == '\\' && len(b) >= 2:
		return backslash(b)
	case b[0] == '&':
		return reference(b)
	}
	return b[0], 1
}

// backslash reads the escapes of JSON (RFC 8259, section 7) and \xHH.
func backslash(b []byte) (c byte, size int) {
	switch b[1] {
	case '"', '\'', '\\', '/':
		return b[1], 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 'x':
		if len(b) >= 4 {
			if n, ok := hexByte(b[2:4]); ok {
				return n, 4
			}
		}
	case 'u':
		if len(b) >= 6 && b[2] == '0' && b[3] == '0' {
			if n, ok := hexByte(b[4:6]); ok && n < 0x80 {
				return n, 6
			}
		}
	}
	return b[0], 1
}

// reference reads the character references for ASCII that HTML attributes use.
func reference(b []byte) (c byte, size int) {
	end := 1
	for end < len(b) && end < 10 && b[end] != ';' {
		end++
	}
	if end >= len(b) || b[end] != ';' {
		return b[0], 1
	}
	switch name := string(b[1:end]); name {
	case "quot":
		return '"', end + 1
	case "apos":
		return '\'', end + 1
	case "amp":
		return '&', end + 1
	case "lt":
		return '<', end + 1
	case "gt":
		return '>', end + 1
	default:
		if n, ok := numeric(name); ok {
			return n, end + 1
		}
	}
	return b[0], 1
}

func numeric(name string) (byte, bool) {
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	digits, base := name[1:], 10
	if digits[0]|0x20 == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 7)
	return byte(n), err == nil
}

func hexByte(b []byte) (byte, bool) {
	hi, ok1 := nibble(b[0])
	lo, ok2 := nibble(b[1])
	return hi<<4 | lo, ok1 && ok2
}

func nibble(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10, true
	}
	return 0, false
}
