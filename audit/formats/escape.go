package formats

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/lachan-waf/lachan/audit/notation"
)

// escaping is how a format writes a text: ASCII characters that get a
// backslash, and whether line breaks are \n and \r by the format's own rules.
type escaping struct {
	special string
	breaks  bool
}

// append adds the text. Characters that no message may hold (controls, and
// what changes how the text around it is shown) are written out as \t, \u0000
// and so on. Where the backslash is special it is doubled, and the reader sees
// the words; where a format has no escapes at all, this is the text.
func (s escaping) append(dst, text []byte) []byte {
	for len(text) > 0 {
		c := text[0]
		switch {
		case c == '\n' && s.breaks:
			dst, text = append(dst, `\n`...), text[1:]
		case c == '\r' && s.breaks:
			dst, text = append(dst, `\r`...), text[1:]
		case c >= 0x20 && c < 0x7f:
			n := s.run(text)
			if n == 0 {
				dst = append(dst, '\\')
				n = 1
			}
			dst, text = append(dst, text[:n]...), text[n:]
		default:
			r, size := utf8.DecodeRune(text)
			if c < 0x20 || notation.Deceptive(r) {
				dst = s.append(dst, appendVisible(nil, r))
			} else {
				dst = utf8.AppendRune(dst, r) // U+FFFD for what is no UTF-8
			}
			text = text[size:]
		}
	}
	return dst
}

// run is how many bytes go on as they are.
func (s escaping) run(text []byte) int {
	for i, c := range text {
		if c < 0x20 || c >= 0x7f {
			return i
		}
		for j := range len(s.special) {
			if c == s.special[j] {
				return i
			}
		}
	}
	return len(text)
}

// characters returns the first n characters of text, as a reader will see them.
func (s escaping) characters(text []byte, n int) []byte {
	if len(text)*len(`\u0000`) <= n {
		return text
	}
	for end := 0; end < len(text); {
		r, size := utf8.DecodeRune(text[end:])
		if s.breaks && (r == '\n' || r == '\r') {
			n--
		} else {
			n -= width(r)
		}
		if n < 0 {
			return text[:end]
		}
		end += size
	}
	return text
}

// width is how many characters stand for one that no message may hold; 1 for any other.
func width(r rune) int {
	if r >= 0x20 && !notation.Deceptive(r) {
		return 1
	}
	return len(appendVisible(nil, r))
}

const figures = "0123456789abcdef"

// appendVisible writes a character as the source of a program would have it.
func appendVisible(dst []byte, r rune) []byte {
	switch r {
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	}
	return appendUTF16(dst, r)
}

// appendUTF16 writes \u and four digits, twice beyond the basic plane.
func appendUTF16(dst []byte, r rune) []byte {
	if high, low := utf16.EncodeRune(r); high != utf8.RuneError {
		return appendUTF16(appendUTF16(dst, high), low)
	}
	return append(dst, '\\', 'u', figures[r>>12&15], figures[r>>8&15], figures[r>>4&15], figures[r&15])
}

// appendJSON writes a JSON string. Characters that deceive are escaped, and
// come back whole when it is read.
func appendJSON(dst, text []byte) []byte {
	dst = append(dst, '"')
	for len(text) > 0 {
		switch c := text[0]; {
		case c >= 0x20 && c < 0x7f:
			n := jsonEscapes.run(text)
			if n == 0 {
				dst = append(dst, '\\')
				n = 1
			}
			dst, text = append(dst, text[:n]...), text[n:]
		default:
			r, size := utf8.DecodeRune(text)
			if c < 0x20 || notation.Deceptive(r) {
				dst = appendVisible(dst, r)
			} else {
				dst = utf8.AppendRune(dst, r)
			}
			text = text[size:]
		}
	}
	return append(dst, '"')
}

var jsonEscapes = escaping{special: `"\`}

func holdsDeceptive(text []byte) bool { return bytes.ContainsFunc(text, notation.Deceptive) }

// printable writes a word of a syslog header or another place that takes
// visible ASCII only, at most limit bytes of it; "-" (RFC 5424's NILVALUE)
// stands for nothing and for each byte that may not be there.
func printable(dst, word []byte, limit int) []byte {
	if len(word) == 0 {
		return append(dst, '-')
	}
	for _, c := range word[:min(len(word), limit)] {
		if c <= ' ' || c >= 0x7f || c == '|' {
			c = '-'
		}
		dst = append(dst, c)
	}
	return dst
}
