package transform

// hex reads up to most hexadecimal digits, and tells how many there were.
func hex(s string, most int) (number rune, n int) {
	for n < min(most, len(s)) {
		d := hexDigit[s[n]]
		if d < 0 {
			break
		}
		number = number<<4 | rune(d)
		n++
	}
	return number, n
}

// octal reads up to three octal digits, and tells how many there were.
func octal(s string) (number rune, n int) {
	for n < min(3, len(s)) && isOctal(s[n]) {
		number = number<<3 | rune(s[n]-'0')
		n++
	}
	return number, n
}

func isOctal(c byte) bool { return '0' <= c && c <= '7' }

// hexDigit is the value of each hexadecimal digit, -1 for other bytes.
var hexDigit = func() (table [256]int8) {
	for i := range table {
		table[i] = -1
	}
	for i, c := range "0123456789ABCDEF" {
		table[c] = int8(i)
	}
	for i, c := range "abcdef" {
		table[c] = int8(10 + i)
	}
	return table
}()

// hexDecode leaves what is not pairs of digits from end to end as it is: the
// engine's fails there.
func hexDecode(dst []byte, src string) []byte {
	start := len(dst)
	for rest := src; rest != ""; rest = rest[2:] {
		code, n := hex(rest, 2)
		if n < 2 {
			return append(dst[:start], src...)
		}
		dst = append(dst, byte(code))
	}
	return dst
}
