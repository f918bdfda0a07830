package search

import (
	"bytes"
	"encoding/binary"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// text is what somebody looks for in the values of a line, whatever the case of
// its ASCII letters and, where it folds, with or without diacritics.
type text struct {
	want  []byte // as it stands in a line, lower or folded
	folds bool
	space []byte
}

// newText is nil for nothing.
func newText(s string, folds bool) *text {
	if s == "" {
		return nil
	}
	t := &text{folds: folds}
	t.want = bytes.Clone(t.plain([]byte(escaped(s))))
	return t
}

// clone is for another goroutine.
func (t *text) clone() *text {
	if t == nil {
		return nil
	}
	return &text{want: t.want, folds: t.folds}
}

// in reports whether the text stands in b. Escapes such as \n are no letters.
func (t *text) in(b []byte) bool { return bytes.Contains(t.plain(b), t.want) }

// plain is b as it is compared. It is valid until the next call.
func (t *text) plain(b []byte) []byte {
	if t.folds {
		t.space = appendFolded(t.space[:0], b)
	} else {
		t.space = appendLower(t.space[:0], b)
	}
	return t.space
}

// appendLower makes ASCII letters lower-case, eight bytes at a time: all else,
// and every place, stays what it is.
func appendLower(dst, b []byte) []byte {
	from := len(dst)
	dst = append(dst, b...)
	out := dst[from:]
	for len(out) >= 8 {
		binary.LittleEndian.PutUint64(out, lower8(binary.LittleEndian.Uint64(out)))
		out = out[8:]
	}
	for i, c := range out {
		if c >= 'A' && c <= 'Z' {
			out[i] = c | 0x20
		}
	}
	return dst
}

// lower8 works on eight bytes at once: with the high bits off, a sum carries into
// them exactly where a byte is at least 'A', or above 'Z'.
func lower8(x uint64) uint64 {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	low := x &^ high
	atLeastA := low + (0x80-'A')*ones
	aboveZ := low + (0x80-'Z'-1)*ones
	upper := atLeastA &^ aboveZ &^ x & high
	return x | upper>>2
}

// appendFolded is appendLower with the diacritics taken off: mật khẩu is mat khau.
func appendFolded(dst, b []byte) []byte {
	for len(b) > 0 {
		n := 0
		for n < len(b) && b[n] < utf8.RuneSelf {
			n++
		}
		dst = appendLower(dst, b[:n])
		if b = b[n:]; len(b) == 0 {
			break
		}
		r, size := utf8.DecodeRune(b)
		switch letter := base(r); {
		case r == utf8.RuneError && size == 1:
			dst = append(dst, b[0])
		case letter != 0:
			dst = utf8.AppendRune(dst, letter)
		}
		b = b[size:]
	}
	return dst
}

// folded runes are those of scripts that know diacritics, up to Greek Extended.
const folded = 0x2000

// base is the lower-case letter under the diacritics of r; 0 for a diacritic.
func base(r rune) rune {
	if r < folded {
		return bases()[r]
	}
	return unicode.ToLower(r)
}

var bases = sync.OnceValue(func() *[folded]rune {
	var table [folded]rune
	for r := range rune(folded) {
		first := r
		if d := norm.NFD.PropertiesString(string(r)).Decomposition(); len(d) > 0 {
			first, _ = utf8.DecodeRune(d)
		}
		switch {
		case unicode.Is(unicode.Mn, first):
			first = 0
		case first == 'đ' || first == 'Đ': // a letter of its own in Unicode
			first = 'd'
		}
		table[r] = unicode.ToLower(first)
	}
	return &table
})

// escaped is s as package audit writes it into a line, between quotes.
func escaped(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == '"' || r == '\\' }) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch r {
		case '"', '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case '\n':
			b.WriteString(`\n`)
		case '\r':
			b.WriteString(`\r`)
		case '\t':
			b.WriteString(`\t`)
		default:
			if r < ' ' {
				b.WriteString(`\u00`)
				b.WriteByte("0123456789abcdef"[r>>4])
				r = rune("0123456789abcdef"[r&15])
			}
			b.WriteRune(r)
		}
	}
	return b.String()
}
