package clean

import "bytes"

// withoutComments takes the comments out of a script file, or out of a piece of
// one. It knows strings, templates and, by what stands before the slash,
// regular expressions; it is no parser. Where a literal has no end it keeps
// the rest as it is.
func withoutComments(code []byte) []byte {
	out := make([]byte, 0, len(code))
	for i := 0; i < len(code); {
		n := 1
		switch c := code[i]; {
		case c == '"' || c == '\'' || c == '`':
			n = quotedLength(code[i:])
		case c == '/' && i+1 < len(code) && (code[i+1] == '/' || code[i+1] == '*'):
			if n = commentLength(code[i:]); n > 0 {
				out = append(out, ' ')
				i += n
				continue
			}
		case c == '/' && !divided(out):
			n = regexpLength(code[i:])
		}
		if n <= 0 {
			return append(out, code[i:]...)
		}
		out = append(out, code[i:i+n]...)
		i += n
	}
	return out
}

// quotedLength is literalLength, for templates too.
func quotedLength(code []byte) int {
	if code[0] != '`' {
		return literalLength(code)
	}
	for i := 1; i < len(code); i++ {
		switch code[i] {
		case '`':
			return i + 1
		case '\\':
			i++
		}
	}
	return -1
}

// divided reports whether a slash behind before divides rather than begins a
// regular expression.
func divided(before []byte) bool {
	before = bytes.TrimRight(before, " \t\r\n")
	if len(before) == 0 {
		return false
	}
	if last := before[len(before)-1]; last == ')' || last == '}' || last == '"' || last == '\'' || last == '`' {
		return true
	}
	return divides(before, nil)
}

// regexpLength returns the length of the regular expression at the head of
// code; 1, the slash alone, where there is none.
func regexpLength(code []byte) int {
	class := false
	for i := 1; i < len(code); i++ {
		switch code[i] {
		case '\n', '\r':
			return 1
		case '\\':
			i++
		case '[':
			class = true
		case ']':
			class = false
		case '/':
			if !class {
				return i + 1
			}
		}
	}
	return 1
}
