package clean

import (
	"bytes"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// scriptSignals says what in a script looks planted. Each reason alone is
// enough but for the weak ones, of which two must agree:
//
//   - a host that only shows once a literal is decoded (hidden-host)
//   - text that is decoded and then run (decoder)
//   - packers and obfuscators (packed)
//   - navigation to a host that may not be linked (leads-away)
//   - a script or frame created or written, or a module imported, from a host
//     that may not serve one (loads-script, writes-markup)
//   - a host on a list of known bad ones, hidden or in clear (listed-host)
//   - weak: a place behind </html> (after-html); another host, in clear
//
// It over-approximates: it reads text, not JavaScript, so that what it cannot
// parse hides nothing.
func (w *rewriter) scriptSignals(code []byte, afterHTML bool) (reasons []string, host string) {
	s := scriptReaders.Get().(*scriptReader)
	defer s.putBack()
	*s = scriptReader{w: w, code: code, text: code, folded: s.folded[:0]}
	if bytes.IndexByte(code, '\\') >= 0 || bytes.IndexByte(code, '+') >= 0 {
		s.folded = appendFolded(s.folded, code)
		s.text = s.folded
	}
	s.deeds = telling.look(s.text)
	if bytes.Contains(code, []byte("//")) || bytes.Contains(code, []byte("/*")) {
		s.plain = foldEscapes(withoutComments(code))
	}
	s.add(reasonPacked, s.deeds&deedPacks != 0 && packed(s.text))
	s.readDecoders()
	s.readHidden()
	s.readClear()
	if afterHTML && (len(s.reasons) > 0 || s.host != "" || s.deeds&deedNavigates != 0 && navigates(s.text)) {
		s.add(reasonAfterHTML, true)
	}
	if len(s.reasons) == 0 {
		return nil, ""
	}
	return s.reasons, s.host
}

var scriptReaders = sync.Pool{New: func() any { return new(scriptReader) }}

type scriptReader struct {
	w       *rewriter
	code    []byte
	text    []byte // code with escapes resolved and literals joined
	plain   []byte // text without comments, if it may have some: read beside it, as what is one is a guess
	deeds   deeds  // that it shows at a glance
	folded  []byte // what text is kept in where it is not code itself
	budget  int    // of what may be decoded
	clear   string // the first host in text that is on no list
	reasons []string
	host    string // the host that the reasons are about
}

// putBack keeps the buffer of an ordinary script for the next.
func (s *scriptReader) putBack() {
	if cap(s.folded) <= maxIdleHold {
		*s = scriptReader{folded: s.folded}
		scriptReaders.Put(s)
	}
}

func (s *scriptReader) add(reason string, found bool) {
	if found {
		s.reasons = append(s.reasons, reason)
	}
}

// runners run text as a script.
var runners = [...]string{"eval(", "Function(", "(eval)", "execScript(", "setTimeout(", "setInterval(", ".constructor(", "[\"eval\"]", "['eval']", "document.write(", "document.writeln(", "insertAdjacentHTML(", ".innerHTML", "outerHTML", "createContextualFragment("}

// evalDecoders turn data into the text that eval is given. parseInt and
// decodeURIComponent stand in too many honest scripts beside eval("("+json+")").
var evalDecoders = [...]string{".reverse().join(", "atob(", "unescape(", "fromCharCode", "fromCodePoint", "charCodeAt", "[\"atob\"]", "['atob']"}

// decoders turn data into text.
var decoders = [...]string{"atob(", "unescape(", "decodeURIComponent(", "decodeURI(", "fromCharCode", "fromCodePoint", "charCodeAt", "[\"atob\"]", "['atob']", "parseInt("}

// closely holds the pairs of a runner around a decoder that no honest inline
// script needs.
var closely = [...]string{"eval(atob", "eval(unescape", "eval(String.fromC", "eval(decodeURI", "Function(atob", "Function(unescape", "Function(String.fromC", "Function(decodeURI", "write(atob", "write(String.fromC", "eval(window.atob", "eval(function(p,a,c,k"}

func (s *scriptReader) readDecoders() {
	s.add(reasonDecoder, decodes(s.text, s.deeds) || s.plain != nil && decodes(s.plain, telling.look(s.plain)) || s.disguised())
}

// disguised reports a call of eval that is not in the code as it is written, such
// as \u0065val(…).
func (s *scriptReader) disguised() bool {
	return s.deeds&deedDecodes != 0 && bytes.Contains(s.text, []byte("eval(")) && !bytes.Contains(s.code, []byte("eval("))
}

// decodes reports whether a text in which these deeds are seen at a glance
// decodes what it then runs.
func decodes(text []byte, seen deeds) bool {
	if seen&deedDecodes == 0 {
		return false
	}
	dense := withoutSpace(text)
	return containsAny(dense, closely[:]) || bytes.Contains(text, []byte(`["eval"](`)) || bytes.Contains(text, []byte(`['eval'](`)) ||
		evaluates(dense) && containsAny(dense, evalDecoders[:])
}

// evaluates reports a call of eval for anything but JSON in the manner of old,
// eval("("+text+")").
func evaluates(dense []byte) bool {
	for rest := dense; ; {
		at := bytes.Index(rest, []byte("eval("))
		if at < 0 {
			return false
		}
		before, after := rest[:at], rest[at+len("eval("):]
		word := at > 0 && (isAlphanumeric(before[at-1]) || before[at-1] == '_' || before[at-1] == '$')
		if !word && !bytes.HasPrefix(after, []byte(`"("+`)) && !bytes.HasPrefix(after, []byte(`'('+`)) {
			return true
		}
		rest = after
	}
}

// readHidden looks for hosts and calls in what the script's literals decode to.
func (s *scriptReader) readHidden() {
	s.clear = s.stranger(s.text, kindScript)
	if host := s.clear; host != "" && !bytes.Contains(bytes.ToLower(s.code), []byte(host)) {
		s.host = host
		s.add(reasonHiddenHost, true)
	}
	s.budget = maxFolded
	for part := range decoded(s.text, 3, &s.budget) {
		if host := s.stranger(part, kindScript); host != "" {
			s.host = host
			s.add(reasonHiddenHost, true)
			return
		}
		if s.deeds&deedRuns != 0 && intrudes(part) && containsAny(s.text, runners[:]) {
			s.add(reasonDecoder, true)
			return
		}
	}
	s.add(reasonLimit, s.budget < 0)
}

// intrudes reports whether text that was hidden puts a script or a frame into
// the page, or leads away from it.
func intrudes(text []byte) bool {
	return bytes.Contains(text, []byte("<script")) && !onlyLoads(text) || bytes.Contains(text, []byte("<iframe")) || containsAny(text, navigators[:])
}

// onlyLoads reports whether every script element that markup writes loads a
// file and holds nothing: the usual way to fall back on a site's own copy of a
// library. Where the file comes from has been judged by then.
func onlyLoads(markup []byte) bool {
	for rest := markup; ; {
		at := bytes.Index(rest, []byte("<script"))
		if at < 0 {
			return true
		}
		start, content, closed := bytes.Cut(rest[at:], []byte(">"))
		if !bytes.Contains(start, []byte("src=")) || closed && !bytes.HasPrefix(content, []byte("</script")) {
			return false
		}
		rest = content
	}
}

// navigators lead the visitor to another page.
var navigators = [...]string{"location=", "location.href=", "location?.", "location.replace(", "location.assign(", "location[", `["location"]=`, `["location"][`, `["location"].`, "['location']=", "['location'][", "['location'].", "window.open(", "window.navigate(", "navigation.navigate(", "http-equiv=refresh", `http-equiv="refresh`, "http-equiv='refresh",
	`.httpEquiv="refresh`, ".httpEquiv='refresh", `"http-equiv","refresh`, "'http-equiv','refresh"}

func navigates(text []byte) bool { return containsAny(withoutSpace(text), navigators[:]) }

// loaders create what loads a script or a frame, in lower case.
var loaders = [...]string{`createelement("script`, `createelement('script`, `createelement("iframe`, `createelement('iframe`, "createelement(`",
	`"createelement"](`, `'createelement'](`, "createelementns(", "importscripts(", "importscripts.", `"importscripts"]`, `'importscripts']`, "getscript(",
	"serviceworker.register(", "<script", "<iframe", "newworker(", "sharedworker(", "window.worker(", "self.worker("}

// readClear looks at the hosts that stand in clear, and at what is done with
// them: by the script, not in what it says or is said of it.
func (s *scriptReader) readClear() {
	before, host := len(s.reasons), s.host
	s.readActs(s.text, s.deeds, s.clear)
	if len(s.reasons) == before && s.plain != nil {
		s.readActs(s.plain, telling.look(s.plain), s.clear)
	}
	if len(s.reasons) == before || !s.w.utf8() && !isASCII(s.code) {
		return
	}
	script, ok := scanScript(s.code)
	if !ok {
		return
	}
	text := script.acts
	if script.handsOn() {
		text = script.quiet
	}
	s.reasons, s.host = s.reasons[:before], host
	text = foldEscapes(text)
	s.readActs(text, telling.look(text), s.stranger(text, kindScript))
}

// readActs looks closer at a text in which these deeds are seen at a glance, and
// a host that is on no list.
func (s *scriptReader) readActs(text []byte, seen deeds, host string) {
	var dense []byte
	if seen&(deedNavigates|deedLoads|deedWrites|deedDecodes) != 0 {
		dense = withoutSpace(text)
	}
	if seen&deedNavigates != 0 {
		s.readNavigation(text, dense)
	}
	if listed := s.w.listedIn(text); listed != "" {
		s.host = listed
		s.add(reasonListedHost, true)
	}
	if host == "" {
		return
	}
	if s.host == "" {
		s.host = host
	}
	switch {
	case seen&deedLoads != 0 && loads(dense), seen&deedDecodes != 0 && runsFetched(dense):
		s.add(reasonLoadsScript, true)
	case seen&deedWrites != 0 && containsAny(dense, writers[:]):
		s.add(reasonWrites, true)
	}
}

// clickers follow a link or send a form without the visitor.
var clickers = [...]string{".click()", ".submit()", ".requestSubmit("}

// clicks reports whether a script makes a link or a form, and follows it at once.
func clicks(dense []byte) bool {
	return containsAny(dense, clickers[:]) &&
		containsAny(bytes.ToLower(dense), []string{`createelement("a")`, "createelement('a')", `createelement("form")`, "createelement('form')"})
}

// runsFetched reports whether a script fetches, and runs text.
func runsFetched(dense []byte) bool {
	return containsAny(dense, []string{"fetch(", "XMLHttpRequest", ".ajax(", "$.get(", "jQuery.get("}) && (evaluates(dense) || containsAny(dense, fetchRunners[:]))
}

// fetchRunners run what was fetched.
var fetchRunners = [...]string{"(eval)", "newFunction("}

// writers write markup.
var writers = [...]string{"document.write(", "document.writeln("}

// loads reports what creates or imports a script or a frame.
func loads(dense []byte) bool {
	lowered := bytes.ToLower(dense)
	return containsAny(lowered, loaders[:]) || imports(dense) || createsByName(lowered)
}

// createsByName reports the pattern of most loaders, which hand the names over:
// (function(d,s){… d.createElement(s) …})(document,"script").
func createsByName(dense []byte) bool {
	return bytes.Contains(dense, []byte("createelement(")) &&
		containsAny(dense, []string{`"script"`, `'script'`, `"iframe"`, `'iframe'`})
}

// readNavigation looks for a host that may not be linked within the
// expression that navigates, or for one anywhere where that is a variable, or
// where a link is made and followed.
func (s *scriptReader) readNavigation(text, dense []byte) {
	anywhere := s.stranger(text, kindLink) // once: a script may navigate a million times
	for _, name := range navigators {
		for rest := dense; ; {
			at := bytes.Index(rest, []byte(name))
			if at < 0 {
				break
			}
			rest = rest[at+len(name):]
			if len(rest) > 0 && rest[0] == '=' { // a comparison
				continue
			}
			expression := rest[:min(len(rest), 300)]
			if end := bytes.IndexAny(expression, ";}\n"); end >= 0 {
				expression = expression[:end]
			}
			if strings.Contains(name, "http") { // the URL stands behind a semicolon, or before
				expression = nil
			}
			if name != "window.open(" && isVariable(expression) {
				expression = nil
			}
			host := anywhere
			if expression != nil {
				host = s.stranger(expression, kindLink)
			}
			if host != "" {
				s.leadsTo(host)
				return
			}
		}
	}
	if anywhere != "" && clicks(dense) {
		s.leadsTo(anywhere)
	}
}

func (s *scriptReader) leadsTo(host string) {
	s.host = host
	s.add(reasonLeadsAway, true)
}

// stranger returns the first host in text that is on none of the lists a
// isVariable reports whether an expression begins with a name and holds no literal
// but for the subscripts of cfg["url"].
func isVariable(expression []byte) bool {
	if len(expression) == 0 || !isLetter(expression[0]) && expression[0] != '_' && expression[0] != '$' {
		return false
	}
	for rest := expression; ; {
		at := bytes.IndexAny(rest, `"'`)
		if at < 0 {
			return true
		}
		quote, before := rest[at], rest[:at]
		end := bytes.IndexByte(rest[at+1:], quote)
		if end < 0 || !bytes.HasSuffix(before, []byte("[")) || !bytes.HasPrefix(rest[at+1+end+1:], []byte("]")) {
			return false
		}
		rest = rest[at+1+end+1:]
	}
}

// script could mean it for.
func (s *scriptReader) stranger(text []byte, k kind) string {
	allow := &s.w.c.allow
	for host := range hostsIn(text) {
		if allow.permits(k, host, "/") || allow.permits(kindLink, host, "/") || allow.permits(kindRedirect, host, "/") ||
			allow.permits(kindConnect, host, "/") || allow.permits(kindFrame, host, "/") || vocabulary(host) {
			continue
		}
		return strings.Clone(host)
	}
	return ""
}

// listedIn returns the first host in text that is on a list of bad ones, and
// that the site names for nothing a script or linked data could mean it for.
func (w *rewriter) listedIn(text []byte) string {
	allow := &w.c.allow
	if len(allow.lists) == 0 {
		return ""
	}
	for host := range hostsIn(text) {
		if allow.listed(kindScript, host, "/") && allow.listed(kindLink, host, "/") && allow.listed(kindRedirect, host, "/") &&
			allow.listed(kindConnect, host, "/") && allow.listed(kindFrame, host, "/") {
			return strings.Clone(host)
		}
	}
	return ""
}

// vocabulary reports whether host names an XML namespace rather than a server,
// or is where every WordPress finds the images of its emoji.
func vocabulary(host string) bool {
	switch host {
	case "www.w3.org", "schema.org", "ogp.me", "purl.org", "xmlns.com", "gmpg.org", "s.w.org":
		return true
	}
	return false
}

// imports reports whether a module imports by URL.
func imports(dense []byte) bool {
	return containsAny(dense, []string{`import"`, `import'`, `from"`, `from'`, "import(", "import/*"})
}

// packed reports what packers and obfuscators leave: Dean Edwards's p,a,c,k,e,d
// and the _0x names of javascript-obfuscator, in numbers.
func packed(text []byte) bool {
	dense := withoutSpace(text)
	if bytes.Contains(dense, []byte("function(p,a,c,k,e,")) {
		return true
	}
	names := bytes.Count(text, []byte("_0x"))
	return names >= 8 || names >= 2 && (containsAny(dense, decoders[:]) || containsAny(dense, []string{"['push'](", `["push"](`, "while(!![])", "['shift']", `["shift"]`})) ||
		bytes.Contains(dense, []byte("[]+[])[+!![]")) || bytes.Contains(dense, []byte("(![]+[])["))
}

// withoutSpace leaves the white space of ECMAScript out (ECMA-262, 12.2 and 12.3).
func withoutSpace(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case isSpace(c) || c == '\v':
			i++
		case c < utf8.RuneSelf:
			out = append(out, c)
			i++
		default:
			r, n := utf8.DecodeRune(text[i:])
			if !unicode.Is(unicode.Zs, r) && r != '\u2028' && r != '\u2029' && r != '\uFEFF' {
				out = append(out, text[i:i+n]...)
			}
			i += n
		}
	}
	return out
}

func containsAny(text []byte, needles []string) bool {
	for _, n := range needles {
		if bytes.Contains(text, []byte(n)) {
			return true
		}
	}
	return false
}
