package clean

import "bytes"

// maxUnended is how much is read of what look like regular expressions and have
// no end. Honest files need none of it.
const maxUnended = 1 << 20

// withoutComments takes the comments out of a script file, or out of a piece of
// one. It knows strings, templates and, by what stands before the slash,
// regular expressions; it is no parser. A line that may be read in two ways it
// keeps as it is, lest /* in a regular expression hides what follows; the rest,
// where such a line may open what another ends, or a literal has no end.
func withoutComments(code []byte) []byte {
	out := make([]byte, 0, len(code))
	budget := maxUnended
	for i := 0; i < len(code); {
		n := 1
		switch c := code[i]; {
		case i == 0 && hashbang(code):
			n = lineLength(code)
		case c == '"' || c == '\'' || c == '`':
			n = quotedLength(code[i:], 0)
		case c == '/' && i+1 < len(code) && (code[i+1] == '/' || code[i+1] == '*'):
			if n = commentLength(code[i:]); n > 0 {
				out = append(out, ' ')
				i += n
				continue
			}
		case c == '/' && !divided(out):
			if n = regexpLength(code[i:], &budget); n > 1 && mayDivide(out) {
				n = unclearLength(code[i:])
			}
		case (c == '<' || c == '-') && htmlComment(out, code[i:]):
			n = unclearLength(code[i:])
		}
		if n <= 0 {
			return append(out, code[i:]...)
		}
		out = append(out, code[i:i+n]...)
		i += n
	}
	return out
}

// hashbang reports whether code begins with a comment that ends with its line,
// whatever it opens (ECMA-262, 12.5). No page has a reason for one, and not all
// readers know it.
func hashbang(code []byte) bool { return bytes.HasPrefix(code, []byte("#!")) }

// maxTemplates is how deep templates are followed into each other.
const maxTemplates = 8

// quotedLength is literalLength, for templates too.
func quotedLength(code []byte, depth int) int {
	if code[0] != '`' {
		return literalLength(code)
	}
	for i := 1; i < len(code); i++ {
		switch c := code[i]; {
		case c == '`':
			return i + 1
		case c == '\\':
			i++
		case c == '$' && i+1 < len(code) && code[i+1] == '{':
			n := substitutionLength(code[i:], depth+1)
			if n < 0 {
				return -1
			}
			i += n - 1
		}
	}
	return -1
}

// substitutionLength returns the length of the ${…} at the head of code, or -1
// where it has no end or holds what may be a comment or a regular expression.
func substitutionLength(code []byte, depth int) int {
	braces := 0
	for i := 1; i < len(code) && depth <= maxTemplates; i++ {
		switch code[i] {
		case '"', '\'', '`':
			n := quotedLength(code[i:], depth)
			if n < 0 {
				return -1
			}
			i += n - 1
		case '/':
			if !divides(code[:i], code[i+1:]) {
				return -1
			}
		case '{':
			braces++
		case '}':
			if braces--; braces == 0 {
				return i + 1
			}
		}
	}
	return -1
}

// divided reports whether a slash behind before divides rather than begins a
// regular expression. Behind what mayDivide it may do either.
func divided(before []byte) bool {
	before = bytes.TrimRight(before, " \t\r\n")
	if len(before) == 0 {
		return false
	}
	if last := before[len(before)-1]; last == '"' || last == '\'' || last == '`' {
		return true
	}
	return divides(before, nil)
}

// mayDivide reports whether a slash behind before may divide for all that: behind
// the end of a group, a step by one, or a word that is not always a keyword.
func mayDivide(before []byte) bool {
	before = bytes.TrimRight(before, " \t\r\n")
	for _, end := range [...]string{")", "}", "++", "--", "yield", "await", "of", "let"} {
		if bytes.HasSuffix(before, []byte(end)) {
			return true
		}
	}
	word := bytes.TrimRightFunc(before, func(r rune) bool { return r < 0x80 && isLetter(byte(r)) })
	return len(word) < len(before) && bytes.HasSuffix(word, []byte("."))
}

// htmlComment reports what is a comment in a script and an operator in a module
// (ECMA-262 B.1.1).
func htmlComment(before, code []byte) bool {
	if bytes.HasPrefix(code, []byte("<!--")) {
		return true
	}
	line := bytes.TrimRight(before, " \t")
	return bytes.HasPrefix(code, []byte("-->")) && (len(line) == 0 || line[len(line)-1] == '\n' || line[len(line)-1] == '\r')
}

// unclearLength returns the length of the rest of the line at the head of code,
// or 0 where no later line is any clearer.
func unclearLength(code []byte) int {
	line := code
	if end := bytes.IndexAny(code, "\r\n"); end >= 0 {
		line = code[:end]
	}
	if bytes.IndexByte(line, '`') >= 0 || bytes.Contains(line, []byte("/*")) {
		return 0
	}
	return len(line)
}

// regexpLength returns the length of the regular expression at the head of
// code; 1, the slash alone, where there is none; 0 where too many had no end.
func regexpLength(code []byte, budget *int) int {
	class := false
	i := 1
	for ; i < len(code) && code[i] != '\n' && code[i] != '\r'; i++ {
		switch code[i] {
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
	if *budget -= i; *budget < 0 {
		return 0
	}
	return 1
}
