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

func commentEndCSS(css []byte, at int) int {
	end := bytes.Index(css[at+2:], []byte("*/"))
	if end < 0 {
		return len(css)
	}
	return at + 2 + end + 2
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
		if len(css) > 1 {
			return append(out, lower(css[1])), 2
		}
		return out, 1
	}
	r, _ := strconv.ParseUint(string(css[1:n]), 16, 32)
	if n < len(css) && isSpace(css[n]) {
		n++
	}
	if 'A' <= r && r <= 'Z' {
		r += 'a' - 'A'
	}
	return utf8.AppendRune(out, rune(r)), n
}

// cssReader finds the references of a style sheet or of declarations: the
// arguments of url(), src() and image-set(), and what @import names.
type cssReader struct {
	w    *rewriter
	css  []byte
	pos  int
	out  []byte // what has been passed on, once something was cut out
	from int    // up to where css has been passed on
	cut  bool
	f    Finding
}

// cleanCSS cuts references to hosts that are not on the list out of css. ok
// is true where there are none.
func (w *rewriter) cleanCSS(css []byte) (cleaned []byte, f Finding, ok bool) {
	if !mayReferAway(css) {
		return css, f, true
	}
	r := cssReader{w: w, css: css}
	r.read()
	if !r.cut {
		return css, f, true
	}
	return append(r.out, css[r.from:]...), r.f, false
}

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

func (r *cssReader) read() {
	imports, namespace, function := false, false, 0
	start := 0
	for r.pos < len(r.css) {
		at := r.pos
		switch c := r.css[r.pos]; {
		case c == '/' && r.pos+1 < len(r.css) && r.css[r.pos+1] == '*':
			r.pos = commentEndCSS(r.css, r.pos)
		case c == '"' || c == '\'':
			if text := r.quoted(c); (imports || function > 0) && !namespace {
				r.judge(text, imports, at, start, `""`)
			}
		case c == ';' || c == '{' || c == '}':
			imports, namespace = false, false
			r.pos++
		case c == ')':
			function = max(0, function-1)
			r.pos++
		case c == '@':
			r.pos++
			name := r.ident()
			imports, namespace, start = string(name) == "import", string(name) == "namespace", at
		case isNameCSS(c) && (c < '0' || c > '9') || c == '\\' && r.escape():
			name := r.ident()
			if r.pos >= len(r.css) || r.css[r.pos] != '(' {
				continue
			}
			r.pos++
			if string(name) == "url" && !r.atQuote() {
				if text := r.unquotedURL(); !namespace {
					r.judge(text, imports, at, start, "url()")
				}
				continue
			}
			function++
		default:
			r.pos++
		}
	}
}

// atQuote skips white space and reports whether a quoted string follows.
func (r *cssReader) atQuote() bool {
	for r.pos < len(r.css) && isSpace(r.css[r.pos]) {
		r.pos++
	}
	return r.pos < len(r.css) && (r.css[r.pos] == '"' || r.css[r.pos] == '\'')
}

// ident reads a name, escapes resolved, in lower case.
func (r *cssReader) ident() []byte {
	var out []byte
	for r.pos < len(r.css) {
		c := r.css[r.pos]
		switch {
		case isNameCSS(c):
			out = append(out, lower(c))
			r.pos++
		case c == '\\' && r.escape():
			var n int
			out, n = unescapeCSS(out, r.css[r.pos:])
			r.pos += n
		default:
			return out
		}
	}
	return out
}

// isNameCSS reports whether c is part of a name (CSS Syntax 4.2). NUL is, as
// browsers read U+FFFD in its place.
func isNameCSS(c byte) bool {
	return isAlphanumeric(c) || c == '-' || c == '_' || c == 0 || c >= utf8.RuneSelf
}

// escape reports whether the backslash here begins an escape: before a line
// break, outside strings, it does not (CSS Syntax 4.3.8).
func (r *cssReader) escape() bool {
	return r.pos+1 >= len(r.css) || strings.IndexByte("\n\r\f", r.css[r.pos+1]) < 0
}

// quoted reads a string.
func (r *cssReader) quoted(quote byte) []byte {
	r.pos++
	return r.until(string(quote) + "\n\r\f")
}

// unquotedURL reads the rest of url( … ).
func (r *cssReader) unquotedURL() []byte { return r.until(")") }

// until reads up to one of ends and past it, escapes resolved.
func (r *cssReader) until(ends string) (out []byte) {
	for r.pos < len(r.css) {
		switch c := r.css[r.pos]; {
		case strings.IndexByte(ends, c) >= 0:
			r.pos++
			return out
		case c == '\\':
			var n int
			out, n = unescapeCSS(out, r.css[r.pos:])
			r.pos += n
		default:
			out = append(out, c)
			r.pos++
		}
	}
	return out
}

// judge asks the allowlist about a reference that began at at, in a rule that
// began at start; one that may not stand is cut out.
func (r *cssReader) judge(ref []byte, imports bool, at, start int, instead string) {
	k := kindMedia
	if imports {
		k, at, instead = kindStyle, start, r.separator(start)
	}
	t := r.w.resolver.resolve(ref)
	reason, ok := r.w.c.allow.allows(k, t, ref)
	if ok {
		return
	}
	rest := r.pos
	if imports { // the whole rule goes; its ; is read, for what it ends
		if end := bytes.IndexByte(r.css[r.pos:], ';'); end >= 0 {
			r.pos += end
			rest = r.pos + 1
		} else {
			r.pos, rest = len(r.css), len(r.css)
		}
	}
	if !r.cut {
		r.cut = true
		r.f = Finding{Kind: k.String(), Target: t.String(), Host: strings.Clone(t.host), Reasons: []string{reason}}
	}
	r.out = append(append(r.out, r.css[r.from:at]...), instead...)
	r.from = rest
}

// separator keeps what stands before at from joining what is read next into
// one name; where it cannot, it is empty.
func (r *cssReader) separator(at int) string {
	before := r.css[r.from:at]
	if len(before) == 0 {
		before = r.out
	}
	if len(before) == 0 || strings.IndexByte(" \t\n\r\f;{}", before[len(before)-1]) >= 0 {
		return ""
	}
	return "/**/"
}

// judgeStyle weighs an attribute that holds CSS; it goes as a whole.
func (w *rewriter) judgeStyle(b []byte, i int) {
	value := decodeAttribute(w.tok.tag.attrs[i].value.of(b))
	if _, f, ok := w.cleanCSS(value); !ok {
		f.Element = lowerString(w.tok.tag.name.of(b))
		f.Attribute, f.Removed = lowerString(w.tok.tag.attrs[i].name.of(b)), true
		w.dropAttribute(b, i, f)
	}
}
