package clean

import "bytes"

const (
	// maxFeedDepth is deeper than any feed; what lies deeper is not read.
	maxFeedDepth = 128
	// maxFeedNodes bounds the elements of one entry.
	maxFeedNodes = 4096
)

// feedReader reads RSS 2.0, RSS 1.0, Atom, an entry of it alone (RFC 4287 2) and
// sitemaps. What stands in the containers (rss, channel, RDF, feed, entry,
// urlset, sitemapindex) it takes as units, an entry or a field of the feed
// itself, each held back until its end and judged as a whole (feedunit.go). A
// unit longer than what may be held back goes.
//
// Where the root element is another the document is not a feed, and passes.
type feedReader struct {
	w        *BodyWriter
	resolver *resolver
	cleans   bool // what may stay is passed on

	buf    []byte
	from   int   // up to where buf has been passed on or taken out
	pos    int   // of the next token
	offset int64 // of buf[0]

	format   feedFormat
	ended    bool     // the root element has
	stack    []string // the open elements
	section  string   // what ends the comment or CDATA section that pos is in, or ""
	inUnit   bool     // a unit begins at from
	depth    int      // of the stack there
	dropping bool     // the unit is too long, and goes
	removal  removal
}

// feedFormat is the family of a root element.
type feedFormat uint8

const (
	feedUnknown feedFormat = iota // its root has not been seen
	feedOther                     // no feed
	feedSyndication
	feedSitemap
)

func newFeedReader(w *BodyWriter, r *resolver, cleans bool) *feedReader {
	return &feedReader{w: w, resolver: r, cleans: cleans}
}

// feed reads p, which began at offset in the decoded body.
func (f *feedReader) feed(p []byte, offset int64) error {
	if len(f.buf) == 0 {
		f.offset = offset
	}
	f.buf = append(f.buf, p...)
	for f.pos < len(f.buf) {
		before := f.pos
		if err := f.step(f.buf[f.pos:]); err != nil {
			return err
		}
		if f.pos == before {
			break
		}
	}
	f.settle()
	f.buf = f.buf[:copy(f.buf, f.buf[f.from:])]
	f.offset, f.pos, f.from = f.offset+int64(f.from), f.pos-f.from, 0
	if len(f.buf) > f.w.hold {
		return f.tooLong()
	}
	return nil
}

func (f *feedReader) eof() error {
	if f.section != "" || len(f.stack) > 0 || f.pos < len(f.buf) {
		return f.broken("the document ends inside an element")
	}
	return nil
}

func (f *feedReader) broken(reason string) error {
	return f.w.broken(f.offset+int64(f.pos), reason)
}

// settle passes on what is before pos, or takes it out, unless it is held.
func (f *feedReader) settle() {
	switch {
	case f.dropping:
		f.removal.write(f.buf[f.from:f.pos])
	case f.inUnit:
		return
	case f.cleans:
		f.w.out.put(f.buf[f.from:f.pos])
	}
	f.from = f.pos
}

// tooLong deals with a token or a unit that is held no longer.
func (f *feedReader) tooLong() error {
	if !f.inUnit || f.dropping {
		return f.broken("a tag is too long")
	}
	f.removal.begin(Finding{
		Kind: kindLimit.String(), Element: lowerString([]byte(f.stack[f.depth])), Offset: f.offset,
		Reasons: []string{reasonTooLong, reasonLimit}, Removed: f.w.removes,
	})
	f.dropping = true
	f.settle()
	return nil
}

// feedSections are what is not made of tags.
var feedSections = [...]struct{ begins, ends string }{{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}, {"<!DOCTYPE", ">"}}

// step deals with the token at pos, the head of b, and moves pos behind it; or
// leaves pos where more must come first.
func (f *feedReader) step(b []byte) error {
	switch {
	case f.format == feedOther:
		f.pos = len(f.buf)
		return nil
	case f.section != "":
		f.endSection(b)
		return nil
	case b[0] != '<':
		return f.text(b)
	}
	for _, s := range feedSections {
		if bytes.HasPrefix(b, []byte(s.begins)) {
			f.section = s.ends
			f.pos += len(s.begins)
			return nil
		}
		if bytes.HasPrefix([]byte(s.begins), b) {
			return nil
		}
	}
	n := xmlTagLength(b)
	if n == 0 {
		return nil
	}
	t, ok := parseXMLTag(b[:n])
	switch {
	case !ok:
		return f.broken("a tag is not well-formed")
	case t.closing:
		return f.endTag(&t)
	}
	return f.startTag(&t)
}

// endSection goes to the end of a comment, a CDATA section or the like.
func (f *feedReader) endSection(b []byte) {
	if at := bytes.Index(b, []byte(f.section)); at >= 0 {
		f.pos += at + len(f.section)
		f.section = ""
		return
	}
	f.pos += max(0, len(b)-len(f.section)+1)
}

// text is what stands between tags. Outside the root element nothing may.
func (f *feedReader) text(b []byte) error {
	n := bytes.IndexByte(b, '<')
	if n < 0 {
		n = len(b)
	}
	if len(f.stack) == 0 && !xmlBlank(b[:n]) {
		return f.broken("text outside the root element")
	}
	f.pos += n
	return nil
}

func (f *feedReader) startTag(t *xmlTag) error {
	switch {
	case f.ended:
		return f.broken("an element behind the root element")
	case len(f.stack) == maxFeedDepth:
		return f.broken("elements are nested too deeply")
	case f.format == feedUnknown:
		if f.format = formatOf(localName(t.name)); f.format == feedOther {
			f.pos = len(f.buf)
			return nil
		}
		f.container(t)
	case !f.inUnit && len(f.stack) == 1 && equalFold(localName(t.name), "channel") && !f.isRSS1():
		f.container(t)
	case !f.inUnit:
		f.settle()
		f.inUnit, f.depth = true, len(f.stack)
		f.pos += len(t.text)
	default:
		f.pos += len(t.text)
	}
	f.stack = append(f.stack, string(t.name))
	if t.empty {
		f.close()
	}
	return nil
}

func (f *feedReader) endTag(t *xmlTag) error {
	if len(f.stack) == 0 || f.stack[len(f.stack)-1] != string(t.name) {
		return f.broken("end tags do not match")
	}
	f.pos += len(t.text)
	f.close()
	return nil
}

// close ends the innermost element before pos, and judges the unit with it.
func (f *feedReader) close() {
	f.stack = f.stack[:len(f.stack)-1]
	f.ended = len(f.stack) == 0
	if !f.inUnit || len(f.stack) > f.depth {
		return
	}
	if f.dropping {
		f.settle()
		f.w.found.pass(f.removal.end())
	} else if kept := f.judgeUnit(f.buf[f.from:f.pos]); f.cleans {
		f.w.out.put(kept)
	}
	f.inUnit, f.dropping, f.from = false, false, f.pos
}

// container passes on the start tag of a container, without an xml:base by
// which every reference in it would lead elsewhere.
func (f *feedReader) container(t *xmlTag) {
	f.settle()
	text := t.text
	for i := len(t.attrs) - 1; i >= 0; i-- {
		a := t.attrs[i]
		ref := decodeAttribute(a.value.of(t.text))
		found := f.refers(t, lowerString(localName(a.name.of(t.text))), kindBase, ref)
		if !equalFold(localName(a.name.of(t.text)), "base") || found.Kind == "" {
			continue
		}
		found.Offset = f.offset + int64(f.pos) + int64(a.name.from)
		f.w.found.add(found, t.text[a.name.from:a.end])
		text = append(append([]byte(nil), text[:a.name.from]...), text[a.end:]...)
	}
	if f.cleans {
		f.w.out.put(text)
	}
	f.pos += len(t.text)
	f.from = f.pos
}

// isRSS1 reports whether the entries stand beside the channel, not in it.
func (f *feedReader) isRSS1() bool { return equalFold(localName([]byte(f.stack[0])), "rdf") }

func formatOf(root []byte) feedFormat {
	switch lowerString(root) {
	case "rss", "rdf", "feed", "channel", "entry":
		return feedSyndication
	case "urlset", "sitemapindex":
		return feedSitemap
	}
	return feedOther
}
