package audit

import (
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Letters without their marks: mật khẩu is written mat khau as often, and a
// name in full-width or mathematical letters is the same name.

const (
	tabulated = 0x2000 // the letters of Vietnamese are below
	mark      = 1      // in the table: a combining mark, which is stepped over
	several   = 2      // in the table: stands for more letters than one
)

// plainForms is by character: the ASCII letter or digit it is a form of, or 0.
var plainForms = sync.OnceValue(func() *[tabulated]byte {
	table := new([tabulated]byte)
	for r := rune(utf8.RuneSelf); r < tabulated; r++ {
		switch letters := decomposed(nil, r); {
		case len(letters) == 0:
			table[r] = mark
		case len(letters) > 1:
			table[r] = several
		case letters[0] != ' ':
			table[r] = letters[0]
		}
	}
	return table
})

// unmarked appends what the first character of s, one beyond ASCII, folds to:
// letters and digits, nothing for a mark, a space for all else.
func unmarked(dst, s []byte) (folded []byte, size int) {
	r, size := utf8.DecodeRune(s)
	if r >= tabulated {
		return decomposed(dst, r), size
	}
	switch c := plainForms()[r]; c {
	case 0:
		return append(dst, ' '), size
	case mark:
		return dst, size
	case several:
		return decomposed(dst, r), size
	default:
		return append(dst, c), size
	}
}

func decomposed(dst []byte, r rune) []byte {
	switch {
	case r == 'đ':
		return append(dst, 'd')
	case r == 'Đ':
		return append(dst, 'D')
	case unicode.Is(unicode.Mn, r):
		return dst
	}
	var raw [utf8.UTFMax]byte
	n := len(dst)
	for _, c := range norm.NFKD.Properties(raw[:utf8.EncodeRune(raw[:], r)]).Decomposition() {
		if column(c) > 0 {
			dst = append(dst, c)
		}
	}
	if len(dst) == n {
		return append(dst, ' ')
	}
	return dst
}
