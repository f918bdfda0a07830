package transform

import (
	"strings"
	"unicode/utf8"
)

// unescape copies src, with what decode makes of each escape that mark begins.
// decode appends it to dst and tells how many bytes of s, at least one, it read.
func unescape(dst []byte, src string, mark byte, decode func(dst []byte, s string) ([]byte, int)) []byte {
	for {
		at := strings.IndexByte(src, mark)
		if at < 0 {
			return append(dst, src...)
		}
		dst = append(dst, src[:at]...)
		var n int
		dst, n = decode(dst, src[at:])
		src = src[at+n:]
	}
}

func jsDecode(dst []byte, src string) []byte        { return unescape(dst, src, '\\', jsEscape) }
func cssDecode(dst []byte, src string) []byte       { return unescape(dst, src, '\\', cssEscape) }
func escapeSeqDecode(dst []byte, src string) []byte { return unescape(dst, src, '\\', cEscape) }

// jsEscape decodes \u{H…}, \uHHHH, \xHH, \OOO and \C. Of a code point only the
// low byte remains. A backslash at the end stays.
func jsEscape(dst []byte, s string) ([]byte, int) {
	if len(s) == 1 {
		return append(dst, '\\'), 1
	}
	switch c := s[1]; {
	case c == 'u':
		if code, n := jsCodePoint(s[2:]); n > 0 {
			return append(dst, byte(narrow(code))), 2 + n
		}
	case c == 'x':
		if code, n := hex(s[2:], 2); n == 2 {
			return append(dst, byte(code)), 4
		}
	case isOctal(c):
		code, n := octal(s[1:])
		if code > 0xff { // \400 is \40 and a 0
			code, n = code>>3, n-1
		}
		return append(dst, byte(code)), 1 + n
	}
	return append(dst, control(s[1])), 2
}

// jsCodePoint reads HHHH or {H…}, of one to six digits. n is 0 for neither.
func jsCodePoint(s string) (code rune, n int) {
	if strings.HasPrefix(s, "{") {
		if code, n = hex(s[1:], 6); n > 0 && strings.HasPrefix(s[1+n:], "}") {
			return code, n + 2
		}
		return 0, 0
	}
	if code, n = hex(s, 4); n == 4 {
		return code, 4
	}
	return 0, 0
}

// cssEscape decodes as CSS Syntax 4.3.7 does, and makes ASCII of full-width
// forms. A backslash at the end goes.
func cssEscape(dst []byte, s string) ([]byte, int) {
	code, n := hex(s[1:], 6)
	switch {
	case n > 0:
		if code == 0 {
			code = utf8.RuneError
		}
		n++
		if n < len(s) && isSpace(s[n]) {
			n++
		}
		return utf8.AppendRune(dst, narrow(code)), n
	case len(s) == 1:
		return dst, 1
	case s[1] == '\n':
		return dst, 2
	default:
		return append(dst, s[1]), 2
	}
}

// cEscape decodes \xHH, \OOO and \C as ANSI C does, of octal numbers the low
// byte. A backslash at the end stays.
func cEscape(dst []byte, s string) ([]byte, int) {
	if len(s) == 1 {
		return append(dst, '\\'), 1
	}
	switch c := s[1]; {
	case c == 'x' || c == 'X':
		if code, n := hex(s[2:], 2); n == 2 {
			return append(dst, byte(code)), 4
		}
	case isOctal(c):
		code, n := octal(s[1:])
		return append(dst, byte(code)), 1 + n
	}
	return append(dst, control(s[1])), 2
}

// control returns the control character that c stands for after a backslash, or
// c itself.
func control(c byte) byte {
	switch c {
	case 'a':
		return '\a'
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case 'v':
		return '\v'
	}
	return c
}

// narrow makes ASCII of full-width forms (U+FF01 to U+FF5E).
func narrow(r rune) rune {
	if r >= 0xff01 && r <= 0xff5e {
		return r - 0xfee0
	}
	return r
}
