package transform

import (
	_ "embed"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// htmlEntityDecode resolves the character references of HTML as they are
// resolved in text, where the semicolon of the oldest may be missing.
func htmlEntityDecode(dst []byte, src string) []byte { return unescape(dst, src, '&', entity) }

// entity follows WHATWG HTML 13.2.5.72 to 80.
func entity(dst []byte, s string) ([]byte, int) {
	if strings.HasPrefix(s, "&#") {
		if code, n := numericEntity(s); n > 0 {
			return utf8.AppendRune(dst, code), n
		}
	} else if text, n := namedEntity(s); n > 0 {
		return append(dst, text...), n
	}
	return append(dst, '&'), 1
}

// numericEntity reads &#D… and &#xH…, of any number of digits.
func numericEntity(s string) (code rune, n int) {
	start, base := 2, rune(10)
	if len(s) > 2 && s[2]|0x20 == 'x' {
		start, base = 3, 16
	}
	n = start
	for n < len(s) {
		d := rune(hexDigit[s[n]])
		if d < 0 || d >= base {
			break
		}
		code = min(code*base+d, utf8.MaxRune+1)
		n++
	}
	if n == start {
		return 0, 0
	}
	if n < len(s) && s[n] == ';' {
		n++
	}
	switch {
	case code == 0:
		code = utf8.RuneError
	case 0x80 <= code && code <= 0x9f:
		code = windows1252[code-0x80]
	}
	return code, n // AppendRune makes U+FFFD of surrogates and what is too large
}

// windows1252 is what HTML reads in the references to the C1 controls.
var windows1252 = [32]rune{
	'€', 0x81, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0x8d, 'Ž', 0x8f,
	0x90, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0x9d, 'ž', 'Ÿ',
}

// The longest names that HTML knows, as entities.txt has them.
const (
	longestEntity = len("CounterClockwiseContourIntegral;")
	longestLegacy = len("Aacute") // without a semicolon
)

// namedEntity reads the letters and digits after the & as one name, and only
// where that is unknown the longest legacy name they begin with.
func namedEntity(s string) (text string, n int) {
	name := s[1:]
	end := 0
	for end < min(len(name), longestEntity) && (isLetter(name[end]) || isDigit(name[end])) {
		end++
	}
	if end < len(name) && name[end] == ';' {
		end++
	}
	known := entities()
	if text, ok := known[name[:end]]; ok {
		return text, 1 + end
	}
	for end = min(end-1, longestLegacy); end > 1; end-- {
		if text, ok := known[name[:end]]; ok {
			return text, 1 + end
		}
	}
	return "", 0
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

//go:embed entities.txt
var entityNames string

// entities maps the names, with their semicolon where they have one, to what
// they stand for: to the engine's library, for the standard library's leaves
// &nGt; and &nLt; as they are.
var entities = sync.OnceValue(func() map[string]string {
	known := make(map[string]string)
	for name := range strings.Lines(entityNames) {
		name = strings.TrimSuffix(name, "\n")
		known[name] = html.UnescapeString("&" + name)
	}
	return known
})
