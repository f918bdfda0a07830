package audit

import (
	"bytes"
	"strconv"
	"unicode/utf16"
)

// escape reads one byte of text, or one escape that stands for a character.
func escape(b []byte) (c character, size int) {
	switch b[0] {
	case '%':
		return percent(b)
	case '\\':
		return backslash(b)
	case '&':
		return reference(b)
	}
	return asIs(b)
}

func asIs(b []byte) (c character, size int) { return character{rune(b[0]), true}, 1 }

// percent reads %HH (RFC 3986, section 2.1) and the %uHHHH of JavaScript's
// escape(), which IIS understands.
func percent(b []byte) (c character, size int) {
	if len(b) >= 3 {
		if n, ok := hexByte(b[1:3]); ok {
			return character{rune(n), true}, 3
		}
		if b[1]|0x20 == 'u' {
			return utf16Unit(b)
		}
	}
	return asIs(b)
}

// backslash reads the escapes of JSON (RFC 8259, section 7), and \xHH, \u{H}
// and octal numbers of programming languages.
func backslash(b []byte) (c character, size int) {
	if len(b) < 2 {
		return asIs(b)
	}
	switch n := b[1]; n {
	case '"', '\'', '\\', '/':
		return character{rune(n), true}, 2
	case 'n':
		return character{'\n', true}, 2
	case 'r':
		return character{'\r', true}, 2
	case 't':
		return character{'\t', true}, 2
	case 'x':
		if len(b) >= 4 {
			if n, ok := hexByte(b[2:4]); ok {
				return character{rune(n), true}, 4
			}
		}
	case 'u':
		return utf16Unit(b)
	case '0', '1', '2', '3':
		if len(b) >= 4 && octal(b[2]) && octal(b[3]) {
			return character{rune(n-'0')<<6 | rune(b[2]-'0')<<3 | rune(b[3]-'0'), true}, 4
		}
	}
	return asIs(b)
}

// utf16Unit reads \uHHHH, two of them for a surrogate pair, and \u{HHHHHH}.
func utf16Unit(b []byte) (c character, size int) {
	if len(b) > 2 && b[2] == '{' {
		return braced(b)
	}
	first, ok := hexUnit(b)
	if !ok {
		return asIs(b)
	}
	if utf16.IsSurrogate(first) && len(b) >= 12 && b[6] == b[0] && b[7] == b[1] {
		if second, ok := hexUnit(b[6:]); ok {
			if r := utf16.DecodeRune(first, second); r != '\ufffd' {
				return character{r, false}, 12
			}
		}
	}
	return character{first, false}, 6 // a lone surrogate is written as U+FFFD
}

func hexUnit(b []byte) (rune, bool) {
	if len(b) < 6 {
		return 0, false
	}
	hi, ok1 := hexByte(b[2:4])
	lo, ok2 := hexByte(b[4:6])
	return rune(hi)<<8 | rune(lo), ok1 && ok2
}

func braced(b []byte) (c character, size int) {
	end := bytes.IndexByte(b[:min(len(b), 10)], '}')
	if end < 4 {
		return asIs(b)
	}
	n, err := strconv.ParseUint(string(b[3:end]), 16, 20)
	if err != nil {
		return asIs(b)
	}
	return character{rune(n), false}, end + 1
}

// reference reads the character references that stand for ASCII in HTML, and
// the numeric ones.
func reference(b []byte) (c character, size int) {
	end := bytes.IndexByte(b[:min(len(b), maxReference)], ';')
	if end < 2 {
		return asIs(b)
	}
	if b[1] == '#' {
		return numeric(b[:end+1])
	}
	if r := named(string(b[1:end])); r != 0 {
		return character{r, true}, end + 1
	}
	return asIs(b)
}

// maxReference is the length of &#x10ffff; and some zeros.
const maxReference = 14

func named(name string) rune {
	switch name {
	case "quot", "QUOT":
		return '"'
	case "apos":
		return '\''
	case "amp", "AMP":
		return '&'
	case "lt", "LT":
		return '<'
	case "gt", "GT":
		return '>'
	case "equals":
		return '='
	case "colon":
		return ':'
	case "commat":
		return '@'
	case "lowbar":
		return '_'
	case "sol":
		return '/'
	case "quest":
		return '?'
	case "percnt":
		return '%'
	case "bsol":
		return '\\'
	case "Tab":
		return '\t'
	case "NewLine":
		return '\n'
	}
	return 0
}

// numeric reads &#HHH; whose characters are at most as long as it is in UTF-8.
func numeric(b []byte) (c character, size int) {
	digits, base := b[2:len(b)-1], 10
	if len(digits) > 0 && digits[0]|0x20 == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(string(digits), base, 20)
	if err != nil {
		return asIs(b)
	}
	return character{rune(n), false}, len(b)
}

func octal(c byte) bool { return c >= '0' && c <= '7' }

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
