package transform

import "strings"

const base64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// ascii are the bytes that base64Decode changes, by decoding them or by ending
// at them. So are those beyond.
var ascii = func() string {
	var all strings.Builder
	for b := range byte(0x80) {
		all.WriteByte(b)
	}
	return all.String()
}()

// base64Values holds what each digit stands for, and notBase64 for other bytes.
var base64Values = func() (values [256]uint8) {
	for b := range values {
		values[b] = notBase64
	}
	for value, digit := range []byte(base64Digits) {
		values[digit] = uint8(value)
	}
	return values
}()

const notBase64 = 0xff

// base64Decode ends at the first byte that is neither a digit nor the end of a
// line, padding included, and returns what it has.
func base64Decode(dst []byte, src string) []byte {
	group, n := uint32(0), 0
	for i := 0; i < len(src); i++ {
		if src[i] == '\r' || src[i] == '\n' {
			continue
		}
		value := base64Values[src[i]]
		if value == notBase64 {
			break
		}
		group, n = group<<6|uint32(value), n+1
		if n == 4 {
			dst = append(dst, byte(group>>16), byte(group>>8), byte(group))
			group, n = 0, 0
		}
	}
	switch n {
	case 2:
		dst = append(dst, byte(group>>4))
	case 3:
		dst = append(dst, byte(group>>10), byte(group>>2))
	}
	return dst
}
