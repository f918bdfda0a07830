package transform

import (
	"strconv"
	"unicode"
	"unicode/utf8"
)

// lowercase is strings.ToLower: it also folds letters beyond ASCII, and makes
// U+FFFD of every byte that is not UTF-8.
func lowercase(dst []byte, src string) []byte { return mapLetters(dst, src, 'A', toLower) }

// uppercase is strings.ToUpper.
func uppercase(dst []byte, src string) []byte { return mapLetters(dst, src, 'a', unicode.ToUpper) }

// mapLetters changes the case of the 26 letters from first on, and maps what is
// not ASCII.
func mapLetters(dst []byte, src string, first byte, beyond func(rune) rune) []byte {
	for src != "" {
		n := 0
		for n < len(src) && src[n] < utf8.RuneSelf {
			n++
		}
		from := len(dst)
		dst = append(dst, src[:n]...)
		for i, c := range dst[from:] {
			if c-first < 26 {
				dst[from+i] = c ^ 0x20
			}
		}
		for n < len(src) && src[n] >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(src[n:])
			dst = utf8.AppendRune(dst, beyond(r))
			n += size
		}
		src = src[n:]
	}
	return dst
}

// toLower is unicode.ToLower, with a short way for the letters of Vietnamese:
// that one's search made up most of the time a page of text took.
func toLower(r rune) rune {
	switch {
	case 0x1ea0 <= r && r <= 0x1eff: // Ạ to ỿ, in pairs
		return r | 1
	case 0xdf <= r && r <= 0xff: // ß to ÿ
		return r
	}
	return unicode.ToLower(r)
}

// utf8ToUnicode writes what is not ASCII as %uHHHH, with five or six digits
// beyond the Basic Multilingual Plane, and a byte that is not UTF-8 as %ufffd.
func utf8ToUnicode(dst []byte, src string) []byte {
	const digits = "0123456789abcdef"
	for i := 0; i < len(src); {
		c := src[i]
		if c < utf8.RuneSelf {
			dst = append(dst, c)
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(src[i:])
		if r <= 0xffff {
			dst = append(dst, '%', 'u', digits[r>>12], digits[r>>8&15], digits[r>>4&15], digits[r&15])
		} else {
			dst = strconv.AppendUint(append(dst, "%u"...), uint64(r), 16)
		}
		i += n
	}
	return dst
}
