package audit

import "unicode/utf8"

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

// load takes the string as it is.
func (v *view) load(s string) {
	v.src, v.coded = s, false
	v.text = append(v.text[:0], s...)
}

// decode undoes all layers.
func (v *view) decode() {
	for range maxRounds {
		if !v.layer() {
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

// layer undoes one layer, in place, and reports whether there was one.
func (v *view) layer() bool {
	first := nextEscape(v.text)
	if first < 0 {
		return false
	}
	v.track()
	t, off, depth := v.text, v.off, v.depth
	w := first
	for i := first; i < len(t); {
		if c := t[i]; c != '%' && c != '\\' && c != '&' {
			t[w], off[w], depth[w] = c, off[i], depth[i]
			i, w = i+1, w+1
			continue
		}
		code, size := escape(t[i:])
		at, deepest := off[i], v.deepest(i, i+size)
		i += size
		for n := code.write(t[w:]); n > 0; n-- {
			off[w], depth[w] = at, deepest
			w++
		}
	}
	off[w] = off[len(t)]
	v.text = t[:w]
	return true
}

func nextEscape(t []byte) int {
	for i, c := range t {
		switch c {
		case '%', '\\', '&':
			if _, size := escape(t[i:]); size > 1 {
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
	n := len(v.text) + 1
	if cap(v.off) < n {
		v.off, v.depth = make([]int32, 2*n), make([]uint8, 2*n)
	}
	v.off, v.depth = v.off[:n], v.depth[:n]
	clear(v.depth)
	for i := range v.off {
		v.off[i] = int32(i)
	}
}

// deepest is the depth of what an escape stands for: one more than its own.
func (v *view) deepest(from, to int) (d uint8) {
	for _, n := range v.depth[from:to] {
		d = max(d, n)
	}
	if to-from > 1 {
		d++
	}
	return d
}

// character is what an escape stands for: a byte, or from 0x80 a character that
// is written in UTF-8.
type character struct {
	code rune
	byte bool
}

// write puts the character where its escape stood, which was no shorter.
func (c character) write(t []byte) int {
	if c.byte || c.code < utf8.RuneSelf {
		t[0] = byte(c.code)
		return 1
	}
	return utf8.EncodeRune(t, c.code)
}
