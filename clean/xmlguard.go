package clean

import (
	"bytes"
	"strings"

	"github.com/lachan-waf/lachan/policies"
)

// xmlGuard takes out of XML what a browser acts on before any policy can
// speak: processing instructions, by which a document is transformed into
// another (XSLT), and the internal subset of a document type, whose entities
// expand into markup that nobody has read. Of the elements of XHTML and SVG it
// takes out what refers to hosts that are not allowed (xmlrefs.go). What it
// passes on, a feedReader reads.
//
// Where XML is well-formed no < stands in a tag, and where it is not, a browser
// reads no further.
type xmlGuard struct {
	w        *BodyWriter
	reader   *feedReader // nil where feeds are not read
	cleans   bool        // the feedReader passes on what may stay
	resolver *resolver
	refs     xmlRefs

	hold    []byte // the beginning of what cannot be told yet: a few bytes, or a tag
	head    []byte // < and name of a start tag that is passed on piece by piece
	state   xmlState
	begun   bool // something other than white space has passed
	last    byte // what has passed last
	quote   byte // that is open in a document type or a long value, or 0
	removal removal
	cut     []byte // of an instruction, as far as it is looked at
	offset  int64

	// passed is what of a window the reader is to read. It is given all at once:
	// a tag that waits for its end is read again with every piece.
	passed []byte
	at     int64 // of passed
}

// xmlState is where the guard stands.
type xmlState uint8

const (
	xmlText        xmlState = iota
	xmlTagOpen              // in a start tag
	xmlValue                // passed on up to the quote of a long value
	xmlValueGone            // taken out up to it
	xmlDeclared             // in the XML declaration
	xmlComment              // passed on up to -->
	xmlCDATA                // passed on up to ]]>
	xmlInstruction          // taken out up to ?>
	xmlDoctype              // passed on up to [ or >
	xmlSubset               // taken out up to ]
	xmlSubsetNote           // a comment in the subset
	xmlSubsetOrder          // an instruction in the subset
	xmlAfterSubset          // taken out up to >
)

// maxInstruction bounds what is looked at of an instruction.
const maxInstruction = 4 << 10

func newXMLGuard(w *BodyWriter, policy policies.BodyPolicy, r *resolver) *xmlGuard {
	g := &xmlGuard{w: w, resolver: r, cleans: policy == policies.BodyClean, refs: xmlRefs{c: w.c, resolver: r}}
	if policy != policies.BodyOff {
		g.reader = newFeedReader(w, r, g.cleans)
	}
	return g
}

func (g *xmlGuard) feed(p []byte) error {
	b := append(g.hold, p...)
	pos := 0
	for pos < len(b) {
		n := g.step(b[pos:])
		if n == 0 {
			break
		}
		pos += n
		g.offset += int64(n)
	}
	g.hold = append(g.hold[:0], b[pos:]...)
	return g.read()
}

// eof ends the document. What it leaves open is not passed on.
func (g *xmlGuard) eof() error {
	switch g.state {
	case xmlText, xmlValue, xmlComment, xmlCDATA, xmlDeclared, xmlDoctype:
		g.pass(g.hold)
	case xmlTagOpen:
		g.judgeTag(g.hold, true)
	case xmlInstruction:
		g.removal.write(g.hold)
		g.endInstruction()
	default:
		g.removal.write(g.hold)
		g.w.found.pass(g.removal.end())
	}
	if err := g.read(); err != nil || g.reader == nil {
		return err
	}
	return g.unread(g.reader.eof())
}

// step deals with the head of b, and tells how many bytes it took; 0 where
// more must come first.
func (g *xmlGuard) step(b []byte) int {
	switch g.state {
	case xmlText:
		return g.text(b)
	case xmlTagOpen:
		return g.startTag(b)
	case xmlValue, xmlValueGone:
		return g.longValue(b)
	case xmlComment:
		return g.passTo(b, "-->")
	case xmlCDATA:
		return g.passTo(b, "]]>")
	case xmlDeclared:
		return g.passTo(b, "?>")
	case xmlInstruction:
		return g.instruction(b)
	case xmlDoctype:
		return g.doctype(b)
	case xmlSubsetNote:
		return g.dropTo(b, "-->", xmlSubset)
	case xmlSubsetOrder:
		return g.dropTo(b, "?>", xmlSubset)
	case xmlSubset:
		return g.subset(b)
	}
	return g.afterSubset(b)
}

// xmlOpenings are what the guard looks for. A document type is found in any
// case, as some readers do.
var xmlOpenings = [...]struct {
	text  string
	state xmlState
}{
	{"<!--", xmlComment}, {"<![cdata[", xmlCDATA}, {"<?", xmlInstruction}, {"<!doctype", xmlDoctype},
}

func (g *xmlGuard) text(b []byte) int {
	for from := 0; ; from++ {
		at := bytes.IndexByte(b[from:], '<')
		if at < 0 {
			g.pass(b)
			return len(b)
		}
		from += at
		length, state, unclear := xmlOpening(b[from:])
		switch {
		case length == 0 && !unclear && !opensXMLTag(b[from:]):
		case from > 0:
			g.pass(b[:from])
			return from
		case unclear:
			return 0
		case length == 0:
			g.state = xmlTagOpen
			return g.startTag(b)
		default:
			return g.open(b, length, state)
		}
	}
}

// xmlOpening returns the length of what b begins with, if it begins with
// anything of xmlOpenings; unclear says that it may.
func xmlOpening(b []byte) (length int, state xmlState, unclear bool) {
	for _, o := range xmlOpenings {
		if hasPrefixFold(b, o.text) {
			return len(o.text), o.state, false
		}
		unclear = unclear || len(b) < len(o.text) && equalFold(b, o.text[:len(b)])
	}
	return 0, xmlText, unclear
}

// open begins what xmlOpening has found.
func (g *xmlGuard) open(b []byte, n int, state xmlState) int {
	const declaration = "<?xml"
	if state == xmlInstruction {
		if len(b) <= len(declaration) && bytes.HasPrefix([]byte(declaration), b) {
			return 0
		}
		if !g.begun && bytes.HasPrefix(b, []byte(declaration)) && isSpace(b[len(declaration)]) {
			return g.declaration(b, n)
		}
		g.beginInstruction(b[:n])
		return n
	}
	g.state, g.quote = state, 0
	g.pass(b[:n])
	return n
}

// declaration deals with the XML declaration. In place of one that names another
// encoding than the document is sent in stands one that is true: many readers
// of feeds go by it, whatever the header says.
func (g *xmlGuard) declaration(b []byte, n int) int {
	end := bytes.Index(b[:min(len(b), maxInstruction)], []byte("?>"))
	if end < 0 && len(b) < maxInstruction {
		return 0
	}
	if end >= 0 && g.declaresTruly(b[:end]) {
		g.state = xmlDeclared
		g.pass(b[:n])
		return n
	}
	g.pass([]byte(`<?xml version="1.0" encoding="` + g.w.charset.sent() + `"?>`))
	g.beginInstruction(b[:n])
	return n
}

func (g *xmlGuard) declaresTruly(declaration []byte) bool {
	switch bytes.Count(declaration, []byte("encoding")) {
	case 0:
		return g.w.charset.sent() == "utf-8" && g.w.decode == nil
	case 1:
		c, ok := usable(xmlDeclaration(append(declaration[:len(declaration):len(declaration)], '>')))
		return ok && c.name == g.w.charset.name && g.w.decode == nil
	}
	return false
}

// beginInstruction begins to take out an instruction.
func (g *xmlGuard) beginInstruction(head []byte) {
	g.apart()
	g.state, g.cut = xmlInstruction, g.cut[:0]
	g.removal.begin(Finding{Kind: kindStyle.String(), Element: "?xml-stylesheet", Offset: g.offset, Removed: !g.w.raw})
	g.removal.write(head)
}

// apart keeps what stands before a removal from joining what stands behind it:
// <<?x?>!DOCTYPE must not become a document type.
func (g *xmlGuard) apart() {
	if g.last != 0 && g.last != '>' && !isSpace(g.last) {
		g.pass([]byte("<!---->"))
	}
}

// pass passes on p, by way of the feedReader where that cleans.
func (g *xmlGuard) pass(p []byte) {
	if len(p) == 0 {
		return
	}
	g.begun = g.begun || !xmlBlank(p)
	g.last = p[len(p)-1]
	if g.reader == nil || !g.cleans {
		g.w.out.put(p)
	}
	if g.reader != nil {
		if len(g.passed) == 0 {
			g.at = g.offset
		}
		g.passed = append(g.passed, p...)
	}
}

// xmlBlank reports whether b is white space, with a byte order mark or a part
// of one.
func xmlBlank(b []byte) bool {
	for _, c := range b {
		if !isSpace(c) && c != 0xEF && c != 0xBB && c != 0xBF {
			return false
		}
	}
	return true
}

// read has the feedReader read what has been passed on.
func (g *xmlGuard) read() error {
	if len(g.passed) == 0 || g.reader == nil {
		return nil
	}
	err := g.reader.feed(g.passed, g.at)
	g.passed = g.passed[:0]
	return g.unread(err)
}

// unread deals with the outcome of a feedReader. One that only reports is given
// up where it cannot go on.
func (g *xmlGuard) unread(err error) error {
	if err == nil || g.cleans {
		return err
	}
	g.reader = nil
	g.w.found.add(Finding{Kind: kindMarkup.String(), Offset: g.offset, Reasons: []string{reasonUnreadable}}, nil)
	return nil
}

func (g *xmlGuard) passTo(b []byte, end string) int {
	n := max(0, len(b)-len(end)+1)
	if at := bytes.Index(b, []byte(end)); at >= 0 {
		n, g.state = at+len(end), xmlText
	}
	g.pass(b[:n])
	return n
}

func (g *xmlGuard) dropTo(b []byte, end string, then xmlState) int {
	n := max(0, len(b)-len(end)+1)
	if at := bytes.Index(b, []byte(end)); at >= 0 {
		n, g.state = at+len(end), then
	}
	g.removal.write(b[:n])
	return n
}

func (g *xmlGuard) instruction(b []byte) int {
	n := g.dropTo(b, "?>", xmlText)
	g.cut = append(g.cut, b[:min(n, maxInstruction-len(g.cut))]...)
	if g.state == xmlText {
		g.endInstruction()
	}
	return n
}

// endInstruction reports an instruction that refers to another host, or to a
// transformation within the document. The site's own style sheets, which every
// WordPress has for its sitemaps, go without a word: the sandbox would not load
// them anyway.
func (g *xmlGuard) endInstruction() {
	f := g.removal.end()
	rest, is := bytes.CutPrefix(g.cut, []byte("xml-stylesheet"))
	_, ref, found := bytes.Cut(rest, []byte("href"))
	ref = bytes.TrimLeft(ref, " \t\r\n=")
	if !is || !found || len(ref) == 0 {
		return
	}
	ref, _, _ = bytes.Cut(ref[1:], ref[:1])
	ref = decodeAttribute(ref)
	t := g.resolver.resolve(ref)
	reason, ok := g.w.c.allow.allows(kindStyle, t, ref)
	if ok && !bytes.HasPrefix(trimControls(ref), []byte("#")) {
		return
	}
	f.Target, f.Host, f.Reasons = t.String(), strings.Clone(t.host), []string{reasonInstruction}
	if !ok {
		f.Reasons = append(f.Reasons, reason)
	}
	g.w.found.pass(f)
}

func (g *xmlGuard) doctype(b []byte) int {
	for i, c := range b {
		switch {
		case g.quote != 0:
			if c == g.quote {
				g.quote = 0
			}
		case c == '"' || c == '\'':
			g.quote = c
		case c == '[':
			g.state = xmlSubset
			g.removal.begin(Finding{Kind: kindMarkup.String(), Element: "!doctype", Offset: g.offset + int64(i), Reasons: []string{reasonEntities}, Removed: !g.w.raw})
			g.removal.write(b[i : i+1])
			g.pass(b[:i])
			return i + 1
		case c == '>':
			g.state = xmlText
			g.pass(b[:i+1])
			return i + 1
		}
	}
	g.pass(b)
	return len(b)
}

// subset takes out the internal subset (XML 2.8), in whose comments and
// instructions quotes and brackets mean nothing.
func (g *xmlGuard) subset(b []byte) int {
	if g.quote == 0 && b[0] == '<' {
		if len(b) < 4 {
			return 0
		}
		if bytes.HasPrefix(b, []byte("<!--")) {
			g.state = xmlSubsetNote
			g.removal.write(b[:4])
			return 4
		}
		if b[1] == '?' {
			g.state = xmlSubsetOrder
		}
	}
	switch c := b[0]; {
	case g.quote != 0:
		if c == g.quote {
			g.quote = 0
		}
	case c == '"' || c == '\'':
		g.quote = c
	case c == ']':
		g.state = xmlAfterSubset
	}
	g.removal.write(b[:1])
	return 1
}

func (g *xmlGuard) afterSubset(b []byte) int {
	at := bytes.IndexByte(b, '>')
	if at < 0 {
		g.removal.write(b)
		return len(b)
	}
	g.removal.write(b[:at])
	g.w.found.pass(g.removal.end())
	g.state = xmlText
	g.pass(b[at : at+1])
	return at + 1
}
