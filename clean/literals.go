package clean

import (
	"bytes"
	"slices"
)

// scannedScript is a script taken apart without being parsed.
type scannedScript struct {
	acts  []byte // without comments
	quiet []byte // and with what string literals say made unable to act; hosts stay
	bare  []byte // and without any literal's content
}

// scanScript finds the comments and string literals of a script. It reports
// false where one's end cannot be told without parsing: at a template, at what
// may be a regular expression, at most comments in the manner of HTML, at names
// with escapes. Then nobody hides code behind such a thing, as all of it is read.
//
// Its bytes must be characters: in Shift_JIS or GBK half of one may be what
// looks like a backslash, and another a line's end.
func scanScript(code []byte) (s scannedScript, ok bool) {
	if hashbang(code) {
		return s, false
	}
	for i := openingComment(code); i < len(code); {
		switch c := code[i]; {
		case c == '"' || c == '\'':
			n := literalLength(code[i:])
			if n < 0 {
				return s, false
			}
			s.acts = append(s.acts, code[i:i+n]...)
			s.quiet = append(append(append(s.quiet, c), quiet(code[i+1:i+n-1])...), c)
			s.bare = append(s.bare, c, c)
			i += n
		case c == '/' && divides(s.bare, code[i+1:]):
			s.add(c)
			i++
		case c == '/':
			n := commentLength(code[i:])
			if n < 0 {
				return s, false
			}
			s.add(' ')
			i += n
		case c == '`' || c == '\\' || bytes.HasPrefix(code[i:], []byte("<!--")) || bytes.HasPrefix(code[i:], []byte("-->")):
			return s, false
		default:
			s.add(c)
			i++
		}
	}
	return s, true
}

func (s *scannedScript) add(c byte) {
	s.acts, s.quiet, s.bare = append(s.acts, c), append(s.quiet, c), append(s.bare, c)
}

// handsOn reports whether the script does nothing but hand data on: an editor's
// page holds the article as JSON, and the article may be about JavaScript.
func (s *scannedScript) handsOn() bool { return namesHandOn(s.bare) && !subscripts(s.bare) }

// openingComment returns the length of the <!-- line that scripts of the last
// century begin with. A module that began so would not run at all.
func openingComment(code []byte) int {
	start := len(code) - len(bytes.TrimLeft(code, " \t\r\n"))
	if !bytes.HasPrefix(code[start:], []byte("<!--")) {
		return 0
	}
	return start + lineLength(code[start:])
}

// lineLength returns the length of the line at the head of code (ECMA-262, 12.3).
func lineLength(code []byte) int {
	if end := bytes.IndexAny(code, "\r\n\u2028\u2029"); end >= 0 {
		return end
	}
	return len(code)
}

// divides reports whether a slash divides for certain: behind a number, a
// subscript or a name that is no keyword. Behind a parenthesis it may begin a
// regular expression.
func divides(before, after []byte) bool {
	if len(after) > 0 && (after[0] == '/' || after[0] == '*') {
		return false
	}
	before = bytes.TrimRight(before, " \t\r\n")
	from := len(before)
	for from > 0 && isNamePart(before[from-1]) {
		from--
	}
	switch word := string(before[from:]); word {
	case "":
		return from > 0 && before[from-1] == ']'
	case "return", "typeof", "case", "in", "of", "do", "else", "void", "delete", "new", "instanceof", "throw", "yield", "await",
		"default", "extends", "break", "continue", "debugger", "let":
		return false
	}
	return true
}

// subscripts reports whether a script names a member by an expression, by
// which it reaches everything. An array begins behind other bytes.
func subscripts(bare []byte) bool {
	var before byte
	for _, c := range bare {
		if c == '[' && (isNamePart(before) || bytes.IndexByte([]byte(`)]"'.`), before) >= 0) {
			return true
		}
		if !isSpace(c) {
			before = c
		}
	}
	return false
}

// handing is what a script may name that only hands a server's data to others.
// Whatever else it names, but for what it assigns to, it might act with: a list
// of what acts in a browser would never be complete.
var handing = [...]string{"var", "let", "const", "window", "wp", "true", "false", "null", "undefined", "JSON", "parse",
	"apiFetch", "use", "createRootURLMiddleware", "createNonceMiddleware", "createPreloadingMiddleware", "mediaUploadMiddleware",
	"nonceMiddleware", "nonceEndpoint", "i18n", "setLocaleData"}

// acting are names to which an assignment acts.
var acting = [...]string{"location", "href", "src", "srcdoc", "data", "action", "innerHTML", "outerHTML", "domain", "cookie", "name"}

// namesHandOn reports whether a script without its literals' contents names
// nothing but what hands data on.
func namesHandOn(bare []byte) bool {
	for i := 0; i < len(bare); {
		if !isName(bare[i]) {
			i++
			continue
		}
		from := i
		for i < len(bare) && isNamePart(bare[i]) {
			i++
		}
		if name := string(bare[from:i]); !slices.Contains(handing[:], name) && (!assigned(bare[i:]) || slices.Contains(acting[:], name)) {
			return false
		}
	}
	return true
}

func isName(c byte) bool { return isLetter(c) || c == '_' || c == '$' || c >= 0x80 }

func isNamePart(c byte) bool { return isName(c) || '0' <= c && c <= '9' }

// assigned reports whether a name is followed by = or, in an object, by a colon.
func assigned(rest []byte) bool {
	rest = bytes.TrimLeft(rest, " \t\r\n")
	return len(rest) > 0 && rest[0] == ':' || len(rest) > 1 && rest[0] == '=' && rest[1] != '=' && rest[1] != '>'
}

// literalLength returns the length of the string literal at the head of code, or -1.
func literalLength(code []byte) int {
	for i := 1; i < len(code); i++ {
		switch code[i] {
		case code[0]:
			return i + 1
		case '\\':
			i++
		case '\n', '\r':
			return -1
		}
	}
	return -1
}

// commentLength returns the length of the comment at the head of code, or -1.
func commentLength(code []byte) int {
	end := -1
	switch {
	case bytes.HasPrefix(code, []byte("//")):
		end = lineLength(code)
	case bytes.HasPrefix(code, []byte("/*")):
		if end = bytes.Index(code[2:], []byte("*/")); end >= 0 {
			end += 4
		}
	}
	return end
}

// quiet resolves a literal's escapes and takes away what calls, assignments,
// subscripts and tags are written with.
func quiet(content []byte) []byte {
	out := append([]byte(nil), foldEscapes(content)...)
	for i, c := range out {
		switch c {
		case '(', '=', '[', '<', '"', '\'', '\\':
			out[i] = ' '
		}
	}
	return out
}
