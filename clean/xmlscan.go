package clean

import "bytes"

// opensXMLTag reports whether b begins with a start tag.
func opensXMLTag(b []byte) bool {
	return len(b) > 1 && (isLetter(b[1]) || b[1] == '_' || b[1] == ':' || b[1] >= 0x80)
}

// xmlTagScan returns the length of the start tag, or the rest of one, at the
// head of b: up to its >, or to the < that makes it not well-formed, at which
// browsers stop reading. closed is false where neither is there.
func xmlTagScan(b []byte, from int) (n int, closed, broken bool) {
	var quote byte
	for i := from; i < len(b); i++ {
		switch c := b[i]; {
		case c == '<':
			return i, true, true
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i + 1, true, false
		}
	}
	return len(b), false, false
}

// startTag deals with a start tag, or with what follows a value in one that was
// too long to be held. What is held depends on the tag alone, not on how it came.
func (g *xmlGuard) startTag(b []byte) int {
	from := 0
	if len(g.head) == 0 {
		from = 1
	}
	n, closed, broken := xmlTagScan(b[:min(len(b), g.w.hold)], from)
	switch {
	case closed:
		g.state = xmlText
		g.judgeTag(b[:n], broken)
		return g.textAfter(b, n)
	case len(b) <= g.w.hold:
		return 0
	}
	return g.longTag(b[:n])
}

// textAfter goes on in text behind the first n bytes, of which there may be none.
func (g *xmlGuard) textAfter(b []byte, n int) int {
	if n == 0 {
		return g.text(b)
	}
	return n
}

// judgeTag passes on a tag without what may not stand in it.
func (g *xmlGuard) judgeTag(b []byte, broken bool) {
	text := b
	cut := len(g.head)
	if cut > 0 {
		text = append(g.head, b...)
		g.head = text[:0]
	}
	if !g.refs.concern(text) && cut == 0 {
		g.pass(b)
		g.torn(broken)
		return
	}
	t, ok := parseXMLTag(closedTag(text, broken))
	t.text = text
	if g.refs.enter(&t); broken || !ok {
		g.passBroken(&t, b)
		return
	}
	g.passJudged(&t, cut, len(text), cut > 0)
}

// closedTag is the tag with the > that it lacks.
func closedTag(text []byte, lacks bool) []byte {
	if !lacks {
		return text
	}
	return append(text[:len(text):len(text)], '>')
}

// passBroken deals with a tag that is not well-formed. No browser reads it, but
// who knows who does: where it could refer to anything it goes.
func (g *xmlGuard) passBroken(t *xmlTag, b []byte) {
	if !g.refs.judges(t) {
		g.pass(b)
		g.torn(true)
		return
	}
	f := Finding{Kind: kindMarkup.String(), Element: lowerString(localName(t.name)), Offset: g.offset, Reasons: []string{reasonAmbiguous}, Removed: !g.w.raw}
	g.w.found.add(f, b)
	g.apart()
}

// torn notes that what has been passed on ends within a tag: what is taken out
// behind it must not make it whole.
func (g *xmlGuard) torn(is bool) {
	if is {
		g.last = '<'
	}
}

// passJudged passes on the tag from one place to another, without the
// attributes that refer to what is not allowed. cut says that other attributes
// of the tag are not known.
func (g *xmlGuard) passJudged(t *xmlTag, from, to int, cut bool) {
	base := g.offset - int64(from)
	for i := range t.attrs {
		a := &t.attrs[i]
		f := g.refs.judge(t, a, cut)
		if f.Kind == "" {
			continue
		}
		gone := f.Removed
		f.Offset, f.Removed = base+int64(a.name.from), gone && !g.w.raw
		g.w.found.add(f, t.text[a.name.from:a.end])
		if gone {
			g.pass(t.text[from:a.name.from])
			from = a.end
		}
	}
	g.pass(t.text[from:to])
}

// longTag deals with the beginning of a tag that is too long to be held, mostly
// for an image within an attribute: with what is complete of it, and with the
// value that is not.
func (g *xmlGuard) longTag(b []byte) int {
	cut := len(g.head)
	text := append(g.head, b...)
	t, _ := parseXMLTag(closedTag(text, true))
	t.text = text
	g.refs.enter(&t)
	end := len(t.name) + len("<")
	if n := len(t.attrs); n > 0 {
		end = t.attrs[n-1].end
	}
	a, unfinished := openAttribute(text, end)
	isOpen := a.value.from > 0
	if !unfinished || end == len(text) || end <= cut && !isOpen {
		g.state, g.head = xmlText, g.head[:0]
		g.passBroken(&t, b)
		return len(b)
	}
	g.head = append(append(g.head[:0], '<'), t.name...)
	if !isOpen {
		g.passJudged(&t, cut, end, true)
		return end - cut
	}
	g.passJudged(&t, cut, a.name.from, true)
	g.openLong(&t, &a, cut)
	return len(b)
}

// openAttribute reads what stands behind the last complete attribute of a tag:
// spaces and an attribute that has come to no end. unfinished is false where it
// is anything else, so that the tag is not well-formed.
func openAttribute(text []byte, end int) (a xmlAttribute, unfinished bool) {
	space := func(i int) int {
		for i < len(text) && isSpace(text[i]) {
			i++
		}
		return i
	}
	a.name.from = space(end)
	a.name.to = xmlNameEnd(text, a.name.from)
	i := space(a.name.to)
	if i < len(text) && text[i] == '=' {
		i = space(i + 1)
	}
	if i == len(text) {
		return a, true
	}
	if quote := text[i]; a.name.from == a.name.to || quote != '"' && quote != '\'' || bytes.IndexByte(text[i+1:], quote) >= 0 {
		return a, false
	}
	a.value, a.end = span{i + 1, len(text)}, len(text)
	return a, true
}

// openLong passes on the beginning of a long value, or begins to take the
// attribute out: of a reference that is not complete only data shows what it is.
func (g *xmlGuard) openLong(t *xmlTag, a *xmlAttribute, cut int) {
	g.quote = t.text[a.value.from-1]
	piece := t.text[a.name.from:]
	if f := g.refs.long(t, a); f.Kind != "" {
		f.Offset, f.Removed = g.offset+int64(a.name.from-cut), !g.w.raw
		g.removal.begin(f)
		g.removal.write(piece)
		g.state = xmlValueGone
		return
	}
	g.state = xmlValue
	g.pass(piece)
}

// longValue goes on with such a value, to its end or to the < that may not
// stand in it.
func (g *xmlGuard) longValue(b []byte) int {
	n, then := len(b), g.state
	if at := bytes.IndexAny(b, string(g.quote)+"<"); at >= 0 {
		n, then = at, xmlText
		if b[at] == g.quote {
			n, then = at+1, xmlTagOpen
		}
	}
	if g.state == xmlValue {
		g.pass(b[:n])
	} else {
		g.removal.write(b[:n])
		if then != g.state {
			g.w.found.pass(g.removal.end())
		}
	}
	if g.state = then; then == xmlText {
		g.head = g.head[:0]
		g.torn(true)
		return g.textAfter(b, n)
	}
	return n
}
