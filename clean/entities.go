package clean

import (
	"bytes"
	"html"
	"strings"
	"unicode/utf8"
)

// decodeAttribute resolves the character references of an attribute's value
// as the tokenizer does there (WHATWG HTML 13.2.5.72 to 80). A value without
// & is returned as it is.
func decodeAttribute(value []byte) []byte {
	at := bytes.IndexByte(value, '&')
	if at < 0 {
		return value
	}
	out := make([]byte, 0, len(value))
	for at >= 0 {
		out = append(out, value[:at]...)
		value = value[at:]
		decoded, n := reference(value)
		if n == 0 {
			decoded, n = "&", 1
		}
		out = append(out, decoded...)
		value = value[n:]
		at = bytes.IndexByte(value, '&')
	}
	return append(out, value...)
}

// reference decodes the character reference at the head of b and tells its
// length, 0 where there is none.
func reference(b []byte) (decoded string, n int) {
	if len(b) > 1 && b[1] == '#' {
		return numericReference(b)
	}
	return namedReference(b)
}

// numericReference follows 13.2.5.75 to 80.
func numericReference(b []byte) (string, int) {
	i, base := 2, 10
	if i < len(b) && lower(b[i]) == 'x' {
		i, base = 3, 16
	}
	digits, code := 0, 0
	for ; i < len(b); i, digits = i+1, digits+1 {
		d := digit(b[i])
		if d >= base {
			break
		}
		code = min(code*base+d, utf8.MaxRune+1)
	}
	if digits == 0 {
		return "", 0
	}
	if i < len(b) && b[i] == ';' {
		i++
	}
	return numericRune(code), i
}

func digit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return 99
}

// numericRune is the numeric character reference end state: references to the
// C1 controls mean what windows-1252 has there.
func numericRune(code int) string {
	switch {
	case code == 0 || code > utf8.MaxRune || 0xD800 <= code && code <= 0xDFFF:
		return "\uFFFD"
	case 0x80 <= code && code <= 0x9F:
		if r := windows1252[code-0x80]; r != 0 {
			return string(r)
		}
	}
	return string(rune(code))
}

// windows1252 holds 0x80 to 0x9F; 0 stands for the control itself.
var windows1252 = [32]rune{
	0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
	0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178,
}

// maxReference is the length of the longest name, CounterClockwiseContourIntegral.
const maxReference = 31

// namedReference follows 13.2.5.73 within an attribute. The table of names is
// the standard library's; its reading of a name without a semicolon is that of
// text, so such a name counts only where it stands alone.
func namedReference(b []byte) (string, int) {
	i := 1
	for i < len(b) && i <= maxReference+1 && isAlphanumeric(b[i]) {
		i++
	}
	if i == 1 {
		return "", 0
	}
	if i < len(b) && b[i] == ';' {
		whole := string(b[:i+1])
		if s := html.UnescapeString(whole); s != whole && !strings.HasSuffix(s, ";") {
			return s, i + 1
		} else if whole == "&semi;" {
			return ";", i + 1
		}
	}
	if i < len(b) && b[i] == '=' {
		return "", 0
	}
	whole := string(b[:i])
	if s := html.UnescapeString(whole); s != whole && utf8.RuneCountInString(s) == 1 {
		return s, i
	}
	return "", 0
}

// escapeAttribute writes value so that it can stand between double quotes and
// holds no markup under any reading.
func escapeAttribute(dst, value []byte) []byte {
	for _, c := range value {
		switch c {
		case '"':
			dst = append(dst, "&quot;"...)
		case '<':
			dst = append(dst, "&lt;"...)
		case '>':
			dst = append(dst, "&gt;"...)
		case 0:
			dst = append(dst, "\uFFFD"...)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// escapeDecoded is escapeAttribute for a value in which & begins no reference.
func escapeDecoded(dst, value []byte) []byte {
	return escapeAttribute(dst, bytes.ReplaceAll(value, []byte("&"), []byte("&amp;")))
}

// escapeText writes text so that no reader finds markup in it; references in
// it stay references.
func escapeText(dst, text []byte) []byte {
	for _, c := range text {
		switch c {
		case '<':
			dst = append(dst, "&lt;"...)
		case '>':
			dst = append(dst, "&gt;"...)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// escapeRaw is escapeText for raw text, in which & begins no reference.
func escapeRaw(dst, text []byte) []byte {
	return escapeText(dst, bytes.ReplaceAll(text, []byte("&"), []byte("&amp;")))
}
