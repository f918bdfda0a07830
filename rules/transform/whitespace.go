package transform

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

func trim(dst []byte, src string) []byte      { return append(dst, strings.Trim(src, space)...) }
func trimLeft(dst []byte, src string) []byte  { return append(dst, strings.TrimLeft(src, space)...) }
func trimRight(dst []byte, src string) []byte { return append(dst, strings.TrimRight(src, space)...) }

// removeWhitespace drops what Unicode calls white space, and makes U+FFFD of
// every byte that is not UTF-8.
func removeWhitespace(dst []byte, src string) []byte {
	for i := 0; i < len(src); {
		c := src[i]
		if c < utf8.RuneSelf {
			if !isSpace(c) {
				dst = append(dst, c)
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(src[i:])
		if !unicode.IsSpace(r) {
			dst = utf8.AppendRune(dst, r)
		}
		i += n
	}
	return dst
}

// compressWhitespace makes one space of each run of white space: C's, U+0085,
// U+00A0, and a byte A0 that is not part of a character.
func compressWhitespace(dst []byte, src string) []byte {
	within := false
	for i := 0; i < len(src); {
		blank, n := isSpace(src[i]), 1
		if src[i] >= utf8.RuneSelf {
			var r rune
			r, n = utf8.DecodeRuneInString(src[i:])
			blank = r == 0x85 || r == 0xa0 || src[i] == 0xa0
		}
		switch {
		case !blank:
			dst = append(dst, src[i:i+n]...)
		case !within:
			dst = append(dst, ' ')
		}
		within = blank
		i += n
	}
	return dst
}

// isSpace is C's isspace: true for the bytes of space.
func isSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }
