package transform

// urlDecode decodes %HH and +. What is no escape stays.
func urlDecode(dst []byte, src string) []byte { return percentDecode(dst, src, false) }

// urlDecodeUni also decodes IIS's %uHHHH, to the ASCII that fits best or else
// the low byte.
func urlDecodeUni(dst []byte, src string) []byte { return percentDecode(dst, src, true) }

func percentDecode(dst []byte, src string, uni bool) []byte {
	for src != "" {
		n := 1
		switch c := src[0]; {
		case c == '+':
			dst = append(dst, ' ')
		case c == '%':
			var decoded byte
			decoded, n = percentEscape(src, uni)
			dst = append(dst, decoded)
		default:
			n = plain(src)
			dst = append(dst, src[:n]...)
		}
		src = src[n:]
	}
	return dst
}

// percentEscape decodes the escape at the head of s and tells its length: 1
// where there is none, and % stands for itself.
func percentEscape(s string, uni bool) (decoded byte, n int) {
	if uni && len(s) > 1 && s[1]|0x20 == 'u' {
		if code, n := hex(s[2:], 4); n == 4 {
			return bestFit(code), 6
		}
		return '%', 1
	}
	if code, n := hex(s[1:], 2); n == 2 {
		return byte(code), 3
	}
	return '%', 1
}

// plain returns the length of s before the next escape, after its first byte.
func plain(s string) int {
	n := 1
	for n < len(s) && s[n] != '%' && s[n] != '+' {
		n++
	}
	return n
}
