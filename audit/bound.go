package audit

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// The bounds of the fields, in bytes as they stand in the JSON line, escapes
// included: so their sum bounds the line, whatever the bytes are. maxLine is
// the promise; the sum stays below it (TestLongestLine).
const (
	maxLine      = 32 << 10
	maxID        = 64
	maxWord      = 64 // method, scheme, version, ruleset, kind, element, attribute
	maxName      = 256
	maxPath      = 2 << 10
	maxQuery     = 2 << 10
	maxReferrer  = 1 << 10
	maxUserAgent = 512
	maxTarget    = 2 << 10
	maxValue     = 256
	maxSnippet   = 512 // of at most 256 raw bytes, mostly quotes and line breaks
	maxMessage   = 1 << 10
	maxReason    = 128
	maxReasons   = 16
	maxRuleIDs   = 128
	maxDetail    = 256
	maxDetails   = 32
	maxOpinion   = 88
	maxOpinions  = 8
)

const ellipsis = "…"

// bound returns s as valid UTF-8 that takes at most limit bytes of a JSON
// string, cut on a rune border with an ellipsis. Control characters beyond
// ASCII and direction overrides become visible text (\u202e): JSON would carry
// them raw into a terminal or a browser. limit is at least len(ellipsis).
func bound(s string, limit int) string {
	if plain(s) && len(s) <= limit {
		return s
	}
	var b strings.Builder
	b.Grow(min(len(s), limit) + len(ellipsis))
	used, fits := 0, 0 // fits: the length up to which an ellipsis still has room
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		piece := visible(s[i:i+size], r)
		used += escapedLen(piece)
		if used > limit {
			return b.String()[:fits] + ellipsis
		}
		b.WriteString(piece)
		if used <= limit-len(ellipsis) {
			fits = b.Len()
		}
		i += size
	}
	return b.String()
}

// plain reports whether JSON carries s as it is.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c > 0x7e || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// visible returns the text that stands for the rune r, read from raw.
func visible(raw string, r rune) string {
	switch {
	case r == utf8.RuneError:
		return "\ufffd"
	case !deceptive(r):
		return raw
	case r > 0xffff:
		return `\U` + hex(r, 8)
	}
	return `\u` + hex(r, 4)
}

// deceptive runes change how a terminal or an editor shows what follows: DEL
// and C1 controls, line separators, direction controls (CVE-2021-42574), the
// byte order mark and the tag characters.
func deceptive(r rune) bool {
	switch {
	case r < 0x7f:
		return false
	case r <= 0x9f, r == 0x061c, r == 0xfeff:
		return true
	case r >= 0x200b && r <= 0x200f, r >= 0x2028 && r <= 0x202e, r >= 0x2060 && r <= 0x206f:
		return true
	}
	return r >= 0xe0000 && r <= 0xe007f
}

func hex(r rune, width int) string {
	digits := strconv.FormatInt(int64(r), 16)
	return strings.Repeat("0", max(0, width-len(digits))) + digits
}

// escapedLen is the length of s, one rune or one escape, in zap's JSON.
func escapedLen(s string) int {
	n := len(s)
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\' || c == '\n' || c == '\r' || c == '\t':
			n++
		case c < 0x20:
			n += len(`\u0000`) - 1
		}
	}
	return n
}

// head returns the first n bytes of s: what is read of an unbounded field
// before it is redacted and bounded.
func head(s string, n int) (cut string, whole bool) {
	if len(s) <= n {
		return s, true
	}
	return s[:n], false
}
