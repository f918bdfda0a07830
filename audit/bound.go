package audit

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/lachan-waf/lachan/audit/notation"
)

// The bounds of the fields, in bytes as they stand in the JSON line, escapes
// included: so their sum bounds the line, whatever the bytes are. maxLine is
// the promise; the sum stays below it by what the chain adds (TestLongestLine).
const (
	maxLine      = 32 << 10
	maxChain     = 256 // "chain":{"seq":…,"prev":"…","hash":"…"} in lachan
	maxID        = 64
	maxWord      = 64 // method, scheme, version, ruleset, kind, element, attribute
	maxName      = 256
	maxPath      = 2 << 10
	maxQuery     = 2 << 10
	maxReferrer  = 1 << 10
	maxUserAgent = 512
	maxTarget    = 1 << 10
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
	maxNote      = 1 << 10
)

const ellipsis = "…"

const hexDigits = "0123456789abcdef"

// appendText appends s as the inside of a JSON string that takes at most limit
// bytes: valid UTF-8, cut on a rune border with an ellipsis. more says that s is
// itself the beginning of something longer. Control characters beyond ASCII and
// direction overrides become visible text (\u202e): JSON would carry them raw
// into a terminal or a browser. limit is at least len(ellipsis).
func appendText[T string | []byte](dst []byte, s T, more bool, limit int) []byte {
	if len(s) <= limit && !more && plain(s) {
		return append(dst, s...)
	}
	start, fits := len(dst), len(dst) // fits: up to where an ellipsis still has room
	for i := 0; i < len(s); {
		var size int
		dst, size = appendPiece(dst, s[i:])
		i += size
		if len(dst)-start > limit {
			return append(dst[:fits], ellipsis...)
		}
		if len(dst)-start <= limit-len(ellipsis) {
			fits = len(dst)
		}
	}
	if more {
		return append(dst[:fits], ellipsis...)
	}
	return dst
}

// appendPiece appends the first character of s.
func appendPiece[T string | []byte](dst []byte, s T) (out []byte, size int) {
	if c := s[0]; c < 0x7f {
		return appendASCII(dst, c), 1
	}
	var raw [utf8.UTFMax]byte
	n := copy(raw[:], s)
	r, size := utf8.DecodeRune(raw[:n])
	switch {
	case r == utf8.RuneError:
		return append(dst, "\ufffd"...), size
	case !notation.Deceptive(r):
		return append(dst, raw[:size]...), size
	case r > 0xffff:
		return append(append(dst, `\\U`...), hex(r, 8)...), size
	}
	return append(append(dst, `\\u`...), hex(r, 4)...), size
}

func appendASCII(dst []byte, c byte) []byte {
	switch {
	case c == '"' || c == '\\':
		return append(dst, '\\', c)
	case c >= 0x20:
		return append(dst, c)
	case c == '\n':
		return append(dst, `\n`...)
	case c == '\r':
		return append(dst, `\r`...)
	case c == '\t':
		return append(dst, `\t`...)
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}

func hex(r rune, width int) string {
	digits := strconv.FormatInt(int64(r), 16)
	return strings.Repeat("0", max(0, width-len(digits))) + digits
}

// head returns the first n bytes of s: what is read of an unbounded field
// before it is redacted and bounded. A secret that this cuts in two is cut out
// to its end.
func head(s string, n int) (cut string, more bool) {
	if len(s) <= n {
		return s, false
	}
	return s[:n], true
}
