package clean

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/lachan-waf/lachan/policies"
)

// cssReader finds the references of a style sheet or of declarations: the
// arguments of url(), src() and image-set(), what a custom property may hand
// to those, and what @import names. Those that may not stand it cuts out, and
// what its strings say where that advertises (csstext.go).
type cssReader struct {
	allow    *allowlists
	resolver *resolver
	links    policies.LinkPolicy           // which judges what strings say
	found    func(f Finding, from, to int) // told of css[from:to] before it is cut out

	css  []byte
	more bool   // there may be more behind css: a token that its end cuts waits
	cut  bool   // and one does
	pos  int    // of the next token
	out  []byte // what has been passed on, once something was cut out
	from int    // up to where css has been passed on or cut out
	last byte   // what was passed on before, where nothing of css has been; a space for nothing

	imports   bool     // within an @import
	start     int      // which began here
	outside   cssDepth // as deep as this
	namespace bool     // within an @namespace, whose references may be names
	custom    bool     // within what may be put into functions, whose strings may become references
	depth     cssDepth
	compares  bool // behind an equals sign, where no string is a reference: [href^="…"]
	address   bool // within a function whose strings are references
	said      cssText
}

// cssDepth is how many parentheses are open. Those that are no function's count
// too: image-set(calc((1)*1x), "…").
type cssDepth struct {
	open     int
	function int // of the outermost function, one like url("…") too; 0 where none is open
}

func (d *cssDepth) begin(function bool) {
	if d.open++; function && d.function == 0 {
		d.function = d.open
	}
}

func (d *cssDepth) end() {
	if d.open == d.function {
		d.function = 0
	}
	d.open = max(0, d.open-1)
}

// read reads all tokens; where there may be more, up to the one that is cut.
func (r *cssReader) read() {
	for r.cut = false; r.pos < len(r.css); {
		at := r.pos
		if r.token(); r.cut {
			r.pos = at
			return
		}
		if c := r.css[at]; !isSpace(c) {
			r.compares = c == '='
		}
	}
}

// token reads one token (CSS Syntax 4.3.1) as far as references go. Until it
// knows the token to be whole it changes nothing but pos.
func (r *cssReader) token() {
	at := r.pos
	switch c := r.css[at]; {
	case c == '/':
		r.slash()
	case c == '"' || c == '\'':
		r.string(c)
	case c == ';' || c == '{' || c == '}':
		if c != ';' {
			r.endText()
		}
		r.imports, r.namespace, r.custom = false, false, false
		r.pos++
	case c == '(':
		r.depth.begin(false)
		r.pos++
	case c == ')':
		r.depth.end()
		r.address = false
		r.pos++
	case c == '@':
		r.pos++
		if name := r.ident(); !r.cut && !r.imports { // within an @import all is taken for its own
			r.imports, r.namespace = equalFold(name, "import"), equalFold(name, "namespace")
			r.start, r.outside = at, r.depth
		}
	case isNameCSS(c) && (c < '0' || c > '9') || c == '\\' && r.escape():
		r.name()
	default:
		r.pos++
	}
}

func (r *cssReader) slash() {
	switch rest := r.css[r.pos:]; {
	case len(rest) == 1 && r.more:
		r.cut = true
	case len(rest) > 1 && rest[1] == '*':
		end := bytes.Index(rest[2:], []byte("*/"))
		if r.cut = end < 0 && r.more; !r.cut {
			r.pos = commentEndCSS(r.css, r.pos)
		}
	default:
		r.pos++
	}
}

func (r *cssReader) string(quote byte) {
	at := r.pos
	r.pos++
	text := r.until(string(quote) + "\n\r\f")
	switch {
	case r.cut || r.compares:
	case (r.imports || r.mayRefer() && !isWords(text)) && !r.judge(text, at, `""`):
	case !r.imports && !r.namespace && !r.address:
		r.say(text, at)
	}
}

// mayRefer reports whether a string that stands here may become a reference.
func (r *cssReader) mayRefer() bool { return r.custom || r.depth.function > 0 }

// isWords tells words with a colon behind the first, such as "Email: ", from a
// reference: no browser loads from a scheme it does not know. Nor do slashes
// alone, which divide, lead anywhere.
func isWords(text []byte) bool {
	if len(bytes.Trim(text, "/")) == 0 {
		return true
	}
	first, rest, found := bytes.Cut(text, []byte(":"))
	if !found || len(first) == 0 || len(rest) > 0 && rest[0] != ' ' {
		return false
	}
	for _, c := range first {
		if !isLetter(c) {
			return false
		}
	}
	switch lowerString(first) {
	case "http", "https", "ftp", "ws", "wss", "file", "data", "blob", "filesystem", "javascript":
		return false
	}
	return true
}

// name reads a name, and where it is that of a function begins that.
func (r *cssReader) name() {
	at := r.pos
	name := r.ident()
	switch {
	case r.cut:
	case r.pos >= len(r.css) || r.css[r.pos] != '(':
		r.custom = r.custom || bytes.HasPrefix(name, []byte("--")) || equalFold(name, "initial-value") || equalFold(name, "result")
	case !equalFold(name, "url"):
		r.pos++
		r.depth.begin(true)
		r.address = takesReferences(name)
	default:
		r.pos++
		r.url(at)
	}
}

// url reads what is behind url(, which makes a token of its own unless a
// quoted string follows.
func (r *cssReader) url(at int) {
	for r.pos < len(r.css) && isSpace(r.css[r.pos]) {
		r.pos++
	}
	switch {
	case r.pos >= len(r.css) && r.more:
		r.cut = true
	case r.pos < len(r.css) && (r.css[r.pos] == '"' || r.css[r.pos] == '\''):
		r.depth.begin(true)
		r.address = true
	default:
		if text := r.until(")"); !r.cut {
			r.judge(text, at, "url()")
		}
	}
}

// ident reads a name, escapes resolved.
func (r *cssReader) ident() []byte {
	from := r.pos
	for r.pos < len(r.css) && isNameCSS(r.css[r.pos]) {
		r.pos++
	}
	if r.pos < len(r.css) && r.css[r.pos] != '\\' {
		return r.css[from:r.pos]
	}
	out := append([]byte(nil), r.css[from:r.pos]...)
	for r.pos < len(r.css) && (isNameCSS(r.css[r.pos]) || r.css[r.pos] == '\\' && r.escape()) {
		out = r.character(out)
	}
	r.cut = r.cut || r.more && r.pos >= len(r.css)
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
	if r.pos+1 >= len(r.css) {
		r.cut = r.cut || r.more
		return true
	}
	return strings.IndexByte("\n\r\f", r.css[r.pos+1]) < 0
}

// until reads up to one of ends and past it, escapes resolved.
func (r *cssReader) until(ends string) (out []byte) {
	from, escaped := r.pos, false
	for r.pos < len(r.css) {
		c := r.css[r.pos]
		switch {
		case strings.IndexByte(ends, c) >= 0:
			if r.pos++; escaped {
				return out
			}
			return r.css[from : r.pos-1]
		case c == '\\' && !escaped:
			escaped, out = true, append(out, r.css[from:r.pos]...)
		}
		if escaped {
			out = r.character(out)
		} else {
			r.pos++
		}
	}
	r.cut = r.more
	if escaped {
		return out
	}
	return r.css[from:r.pos]
}

// maxEscape is the length of the longest escape: six digits and CR LF.
const maxEscape = 9

// character appends the next character, an escape resolved.
func (r *cssReader) character(out []byte) []byte {
	if r.css[r.pos] != '\\' {
		r.pos++
		return append(out, r.css[r.pos-1])
	}
	r.cut = r.cut || r.more && len(r.css)-r.pos < maxEscape
	out, n := unescapeCSS(out, r.css[r.pos:])
	r.pos += n
	return out
}

// judge asks the allowlist about the reference of the token that began at at,
// and reports whether it may stand; one that may not is cut out. Of an @import
// the whole rule goes.
func (r *cssReader) judge(ref []byte, at int, instead string) (stands bool) {
	k := kindMedia
	if r.imports {
		k = kindStyle
	}
	t := r.resolver.resolve(ref)
	reason, ok := r.allow.allows(k, t, ref)
	if ok || r.namespace && vocabulary(t.host) { // other names go: @namespace may be where it is no rule
		return true
	}
	if r.imports {
		if at, instead = r.start, r.between(); !r.endRule() {
			return false
		}
	}
	r.found(Finding{Kind: k.String(), Target: t.String(), Host: strings.Clone(t.host), Reasons: []string{reason}, Removed: true}, at, r.pos)
	r.out = append(append(r.out, r.css[r.from:at]...), instead...)
	r.from = r.pos
	return false
}

// endRule goes to the end of the rule, and reports whether it is there.
func (r *cssReader) endRule() bool {
	end := bytes.IndexByte(r.css[r.pos:], ';')
	switch {
	case end >= 0:
		r.pos += end + 1
	case r.more:
		r.cut = true
		return false
	default:
		r.pos = len(r.css)
	}
	r.imports, r.depth = false, r.outside
	return true
}

// between is what stands in place of a rule: nothing, but where what stood
// before could join what stood behind. @imp@import "a";ort "b" must not.
func (r *cssReader) between() string {
	last := r.before(r.start)
	if bytes.IndexByte([]byte(" \t\r\n\f;{}"), last) >= 0 {
		return ""
	}
	return "/**/"
}

// before is what stands before css[at] in what is passed on.
func (r *cssReader) before(at int) byte {
	switch {
	case at > r.from:
		return r.css[at-1]
	case len(r.out) > 0:
		return r.out[len(r.out)-1]
	}
	return r.last
}
