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
//   - cookies, or what a visitor types, sent to another host (sends-data)
//   - a host on a list of known bad ones, hidden or in clear (listed-host)
//   - weak: a place behind </html> (after-html); another host, in clear
//
// It over-approximates: it reads text, not JavaScript, so that what it cannot
// parse hides nothing.
func (w *rewriter) scriptSignals(code []byte, afterHTML bool) (reasons []string, host string) {
	s := scriptReaders.Get().(*scriptReader)
	defer s.putBack()
	*s = scriptReader{w: w, code: code, folded: s.folded[:0]}
	text := code
	if foldable(code) {
		s.folded = appendFolded(s.folded, code)
		text = s.folded
	}
	s.whole = glanceAt(text)
	if bytes.Contains(code, []byte("//")) || bytes.Contains(code, []byte("/*")) {
		s.plain = glanceAt(foldEscapes(withoutComments(code)))
	}
	s.add(reasonPacked, s.whole.does(deedPacks) && packed(s.whole.dense()))
	s.readDecoders()
	s.readHidden()
	s.readClear()
	if afterHTML && (len(s.reasons) > 0 || s.host != "" || s.whole.does(deedNavigates) && navigates(s.whole.dense())) {
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
	whole   glanced // code with escapes resolved and literals joined
	plain   glanced // that without comments, if it may have some: read beside it, as what is one is a guess
	folded  []byte  // what whole is kept in where it is not code itself
	budget  int     // of what may be decoded
	clear   string  // the first host in whole that is on no list
	reasons []string
	host    string // the host that the reasons are about
}

// glanced is a script, or what is made of one, of which a glance has been taken.
type glanced struct {
	text  []byte
	deeds deeds  // that it shows at a glance
	tight []byte // without white space, once that has been asked for
}

func glanceAt(text []byte) glanced { return glanced{text: text, deeds: telling.look(text)} }

// does reports whether the text shows one of the deeds at a glance.
func (t *glanced) does(any deeds) bool { return t.deeds&any != 0 }

// dense is the text without white space.
func (t *glanced) dense() []byte {
	if t.tight == nil {
		t.tight = withoutSpace(t.text)
	}
	return t.tight
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

func (s *scriptReader) readDecoders() {
	s.add(reasonDecoder, mayDecode(&s.whole) || mayDecode(&s.plain) || s.disguised())
}

// mayDecode is decodes for a text that is known at a glance.
func mayDecode(t *glanced) bool { return t.does(deedDecodes) && decodes(t.dense()) }

// disguised reports a call of eval that is not in the code as it is written, such
// as \u0065val(…).
func (s *scriptReader) disguised() bool {
	return s.whole.does(deedRuns) && bytes.Contains(s.whole.text, []byte("eval(")) && !bytes.Contains(s.code, []byte("eval("))
}

// readHidden looks for hosts and calls in what the script's literals decode to.
func (s *scriptReader) readHidden() {
	s.clear = s.stranger(s.whole.text, kindScript)
	if host := s.clear; host != "" && !bytes.Contains(bytes.ToLower(s.code), []byte(host)) {
		s.host = host
		s.add(reasonHiddenHost, true)
	}
	s.budget = maxFolded
	for part := range decoded(s.whole.text, &s.budget) {
		if host := s.stranger(part, kindScript); host != "" {
			s.host = host
			s.add(reasonHiddenHost, true)
			return
		}
		if s.whole.does(deedRuns) && intrudes(part) && containsAny(s.whole.text, runners[:]) {
			s.add(reasonDecoder, true)
			return
		}
	}
	s.add(reasonLimit, s.budget < 0)
}

// intrudes reports whether text that was hidden puts a script or a frame into
// the page, or leads away from it.
func intrudes(text []byte) bool {
	return bytes.Contains(text, []byte("<script")) && !onlyLoads(text) || bytes.Contains(text, []byte("<iframe")) || navigates(withoutSpace(text))
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

// readClear looks at the hosts that stand in clear, and at what is done with
// them: by the script, not in what it says or is said of it.
func (s *scriptReader) readClear() {
	before, host := len(s.reasons), s.host
	s.readActs(&s.whole, s.clear)
	if len(s.reasons) == before && s.plain.text != nil {
		s.readActs(&s.plain, s.clear)
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
	acts := glanceAt(foldEscapes(text))
	s.readActs(&acts, s.stranger(acts.text, kindScript))
}

// readActs looks closer at a text in which these deeds are seen at a glance, and
// a host that is on no list.
func (s *scriptReader) readActs(t *glanced, host string) {
	var dense []byte
	if t.does(deedNavigates | deedLoads | deedWrites | deedFetches | deedSpies) {
		dense = t.dense()
	}
	if t.does(deedNavigates) {
		s.readNavigation(t.text, dense)
	}
	if listed := s.w.listedIn(t.text); listed != "" {
		s.host = listed
		s.add(reasonListedHost, true)
	}
	if t.does(deedWrites) {
		s.readTitle(dense)
	}
	if host == "" {
		return
	}
	if s.host == "" {
		s.host = host
	}
	if t.does(deedSpies) && s.sendsSecrets(dense) != "" {
		s.add(reasonSends, true)
	}
	switch {
	case t.does(deedLoads) && (loads(dense) || loadsStyle(dense) && s.stranger(t.text, kindStyle) != ""), t.does(deedFetches) && s.runsFetched(dense):
		s.add(reasonLoadsScript, true)
	case t.does(deedWrites) && (writesMarkup(dense) || s.plantsLinks(t.text, dense)):
		s.add(reasonWrites, true)
	}
}

// stranger returns the first host in text that is on none of the lists a
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
	case "www.w3.org", "schema.org", "www.schema.org", "ogp.me", "purl.org", "xmlns.com", "gmpg.org", "s.w.org":
		return true
	}
	return false
}

// packed reports what packers and obfuscators leave: Dean Edwards's p,a,c,k,e,d
// and the _0x names of javascript-obfuscator, in numbers.
func packed(dense []byte) bool {
	if bytes.Contains(dense, []byte("function(p,a,c,k,e,")) {
		return true
	}
	names := bytes.Count(dense, []byte("_0x"))
	return names >= 8 || names >= 2 && containsAny(dense, obfuscated[:]) || containsAny(dense, symbols[:])
}

// obfuscated is what javascript-obfuscator does with its names.
var obfuscated = [...]string{"['push'](", `["push"](`, "while(!![])", "['shift']", `["shift"]`, "atob", "unescape(", "decodeURI", "fromCharCode", "charCodeAt", "parseInt("}

// symbols are what scripts without letters begin with (JSFuck, aaencode, jjencode),
// and how javascript-obfuscator turns its list of words round, whatever it calls it.
var symbols = [...]string{"[]+[])[+!![]", "(![]+[])[", "=_=3;", "=~[];", "while(!![]){try{"}

// withoutSpace leaves the white space of ECMAScript out (ECMA-262, 12.2 and 12.3),
// but for one blank between two names.
func withoutSpace(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for i, blank := 0, false; i < len(text); {
		n := spaceLength(text[i:])
		if n > 0 {
			blank = true
			i += n
			continue
		}
		if blank && endsName(out) && isNamePart(text[i]) {
			out = append(out, ' ')
		}
		blank = false
		out = append(out, text[i])
		i++
	}
	return out
}

// spaceLength returns the length of the character at the head of text if that is
// white space, or 0.
func spaceLength(text []byte) int {
	switch c := text[0]; {
	case isSpace(c) || c == '\v':
		return 1
	case c < utf8.RuneSelf:
		return 0
	}
	r, n := utf8.DecodeRune(text)
	if unicode.Is(unicode.Zs, r) || r == '\u2028' || r == '\u2029' || r == '\uFEFF' {
		return n
	}
	return 0
}

func containsAny(text []byte, needles []string) bool {
	for _, n := range needles {
		if bytes.Contains(text, []byte(n)) {
			return true
		}
	}
	return false
}
