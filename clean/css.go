package clean

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"
)

// foldCSS appends a piece of CSS in lower case, without spaces and comments,
// escapes resolved (CSS Syntax 4.3.7).
func foldCSS(out, css []byte) []byte {
	for i := 0; i < len(css); {
		switch c := css[i]; {
		case isSpace(c):
			i++
		case c == '/' && i+1 < len(css) && css[i+1] == '*':
			i = commentEndCSS(css, i)
		case c == '\\':
			var n int
			out, n = unescapeCSS(out, css[i:])
			i += n
		default:
			out = append(out, lower(c))
			i++
		}
	}
	return out
}

// foldValue appends a value in lower case, comments and white space as a single
// space, and none beside what parts by itself, escapes resolved.
func foldValue(out, css []byte) []byte {
	const alone = "),/*!"
	from, space := len(out), false
	for i := 0; i < len(css); {
		switch c := css[i]; {
		case isSpace(c):
			space = true
			i++
			continue
		case c == '/' && i+1 < len(css) && css[i+1] == '*':
			space = true
			i = commentEndCSS(css, i)
			continue
		}
		if space && len(out) > from && strings.IndexByte(alone, css[i]) < 0 && strings.IndexByte("(,/*!", out[len(out)-1]) < 0 {
			out = append(out, ' ')
		}
		space = false
		if css[i] == '\\' {
			var n int
			out, n = unescapeCSS(out, css[i:])
			i += n
			continue
		}
		out = append(out, lower(css[i]))
		i++
	}
	return out
}

// cutValue cuts a folded value at the first sep that stands outside of brackets.
func cutValue(value []byte, sep byte) (part, rest []byte) {
	depth := 0
	for i, c := range value {
		switch {
		case c == sep && depth == 0:
			return value[:i], value[i+1:]
		case c == '(':
			depth++
		case c == ')':
			depth--
		}
	}
	return value, nil
}

func commentEndCSS(css []byte, at int) int {
	end := bytes.Index(css[at+2:], []byte("*/"))
	if end < 0 {
		return len(css)
	}
	return at + 2 + end + 2
}

// withoutCommentsCSS is css without its comments. It knows no strings.
func withoutCommentsCSS(css []byte) []byte {
	out := make([]byte, 0, len(css))
	for {
		at := bytes.Index(css, []byte("/*"))
		if at < 0 {
			return append(out, css...)
		}
		out = append(out, css[:at]...)
		css = css[commentEndCSS(css, at):]
	}
}

// endCSS returns where the first of ends stands in css outside of comments,
// strings, url() and blocks, or its length. What opens a block only its own end
// closes (CSS Syntax 5.5.9), whatever stands in it.
func endCSS(css []byte, ends string) int {
	var room [16]byte
	closers := room[:0]
	for i := 0; i < len(css); {
		c := css[i]
		switch {
		case len(closers) == 0 && strings.IndexByte(ends, c) >= 0:
			return i
		case c == '\\':
			i++
		case c == '/' && i+1 < len(css) && css[i+1] == '*':
			i = commentEndCSS(css, i)
			continue
		case c == '"' || c == '\'':
			i = stringEndCSS(css, i)
			continue
		case c == '(' && opensURL(css, i):
			i = quoteEndCSS(css, i, ")")
			continue
		case c == '(':
			closers = append(closers, ')')
		case c == '[':
			closers = append(closers, ']')
		case c == '{':
			closers = append(closers, '}')
		case len(closers) > 0 && c == closers[len(closers)-1]:
			closers = closers[:len(closers)-1]
		}
		i++
	}
	return len(css)
}

// stringEndCSS returns where the string ends that begins at at. A line's end
// ends it too (CSS Syntax 4.3.5).
func stringEndCSS(css []byte, at int) int { return quoteEndCSS(css, at, string(css[at])+"\n\r\f") }

func quoteEndCSS(css []byte, at int, ends string) int {
	for i := at + 1; i < len(css); i++ {
		switch {
		case css[i] == '\\':
			i++
		case strings.IndexByte(ends, css[i]) >= 0:
			return i + 1
		}
	}
	return len(css)
}

// opensURL reports whether the parenthesis at at begins the text of a url().
func opensURL(css []byte, at int) bool {
	if at < 3 || !equalFold(css[at-3:at], "url") || at > 3 && isNameCSS(css[at-4]) {
		return false
	}
	rest := bytes.TrimLeft(css[at+1:], " \t\r\n\f")
	return len(rest) == 0 || rest[0] != '"' && rest[0] != '\''
}

// unescapeCSS appends what the escape at the head of css stands for, in lower case.
func unescapeCSS(out, css []byte) ([]byte, int) {
	n := 1
	for n < len(css) && n < 7 && digit(css[n]) < 16 {
		n++
	}
	if n == 1 {
		if len(css) > 2 && css[1] == '\r' && css[2] == '\n' { // one newline (CSS Syntax 3.3)
			return out, 3
		}
		if len(css) > 1 && strings.IndexByte("\n\r\f", css[1]) >= 0 { // in a string, nothing (4.3.5)
			return out, 2
		}
		if len(css) > 1 {
			return append(out, lower(css[1])), 2
		}
		return out, 1
	}
	r, _ := strconv.ParseUint(string(css[1:n]), 16, 32)
	switch {
	case bytes.HasPrefix(css[n:], []byte("\r\n")): // one newline
		n += 2
	case n < len(css) && isSpace(css[n]):
		n++
	}
	if 'A' <= r && r <= 'Z' {
		r += 'a' - 'A'
	}
	return utf8.AppendRune(out, rune(r)), n
}

// cleanCSS cuts references to hosts that are not on the list out of css, and
// what advertises. ok is true where there is neither; else f tells of the
// first, or, Removed being false, that css stays although it advertises.
func (w *rewriter) cleanCSS(css []byte) (cleaned []byte, f Finding, ok bool) {
	if plainCSS(css) {
		return css, f, true
	}
	if f = w.judgeDecoded(css); f.Kind != "" {
		return nil, f, false
	}
	if cleaned, f = w.cutCSS(css, &w.resolver); f.Kind == "" {
		return css, f, true
	}
	return cleaned, f, false
}

// cutCSS returns css without what may not stand, and a finding of the first
// that goes; where nothing does, of the first.
func (w *rewriter) cutCSS(css []byte, resolver *resolver) (cleaned []byte, f Finding) {
	r := cssReader{last: ' ', allow: &w.c.allow, links: w.c.links, resolver: resolver, css: css}
	r.found = func(found Finding, _, _ int) {
		if f.Kind == "" || found.Removed && !f.Removed {
			f = found
		}
	}
	r.read()
	r.endText()
	return append(r.out, css[r.from:]...), f
}

// judgeDecoded reads css as its characters, where its bytes may read otherwise
// (charset.in). What not all decoders agree on counts as a finding.
func (w *rewriter) judgeDecoded(css []byte) Finding {
	if isASCII(css) {
		return Finding{}
	}
	c := charsetOf(w.doc.Charset).in(MediumCSS)
	if !c.mixed {
		return Finding{}
	}
	text, err := c.enc.NewDecoder().Bytes(css)
	if err != nil || bytes.ContainsRune(text, utf8.RuneError) {
		return Finding{Kind: kindMedia.String(), Reasons: []string{reasonAmbiguous}, Removed: true}
	}
	r := newResolver(w.doc.URL, nil)
	_, f := w.cutCSS(text, &r)
	return f
}

// plainCSS reports whether css can hold nothing that is judged.
func plainCSS(css []byte) bool { return !mayReferAway(css) && !mayAdvertise(css) }

// mayReferAway reports whether css can name another host at all: nearly none
// does, and what does not need not be read.
func mayReferAway(css []byte) bool {
	for rest := css; ; {
		at := bytes.IndexAny(rest, "/\\:")
		if at < 0 || at+1 >= len(rest) {
			return at >= 0 && rest[at] == '\\'
		}
		next := rest[at+1]
		switch rest[at] {
		case '\\':
			return true
		case '/':
			if next == '/' || next == '\t' || next == '\\' {
				return true
			}
		case ':':
			if at >= 3 && isLetter(rest[at-1]) && schemeEnds(rest[:at]) {
				return true
			}
		}
		rest = rest[at+1:]
	}
}

func schemeEnds(css []byte) bool {
	for _, scheme := range [...]string{"http", "https", "ftp", "data", "blob", "script"} {
		if len(css) >= len(scheme) && equalFold(css[len(css)-len(scheme):], scheme) {
			return true
		}
	}
	return false
}

// judgeStyle weighs an attribute that holds CSS; it goes as a whole.
func (w *rewriter) judgeStyle(b []byte, i int) {
	value := decodeAttribute(w.tok.tag.attrs[i].value.of(b))
	if _, f, ok := w.cleanCSS(value); !ok {
		f.Element = lowerString(w.tok.tag.name.of(b))
		f.Attribute = lowerString(w.tok.tag.attrs[i].name.of(b))
		w.dropAttribute(b, i, f)
	}
}
