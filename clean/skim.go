package clean

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"sync"
)

// skim moves on over what certainly stays as it is: text, and tags in their
// plainest form that change nothing in how the document reads on and refer
// nowhere, or to where they may. That is nine tenths of a page. It stops at the
// < of the first token it cannot vouch for, which the tokenizer then reads.
//
// It decides nothing of its own: whatever it passes the tokenizer and the
// judgement would pass byte for byte, and FuzzSkim holds it to that. In doubt it
// stops.
func (w *rewriter) skim(b []byte) {
	at := w.tok.pos
	for {
		if at == len(b) || b[at] != '<' { // for every other tag there is nothing to search
			to := bytes.IndexByte(b[at:], '<')
			if to < 0 {
				at = len(b)
				break
			}
			at += to
		}
		end := w.skimTag(b, at)
		if end < 0 {
			break
		}
		at = end
	}
	w.tok.pos = at
}

// skims reports whether the reader stands in plain HTML, where nothing is held
// back, hidden or being removed.
func (w *rewriter) skims() bool {
	p := &w.place
	return w.tok.state == data && w.mark < 0 && w.tok.start < 0 &&
		!w.link.active && !w.drop.active && !w.hidden.by.active && !w.hidden.around.active() &&
		!p.island.open() && !p.frameset && !p.selecting && !p.noscript && !p.escape
}

// skimTag returns where the tag at b[at] ends, or -1 where it must be read.
func (w *rewriter) skimTag(b []byte, at int) int {
	name := at + 1
	if len(b)-name < 1+wordRoom {
		return -1
	}
	switch b[name] {
	case '/':
		return w.skimEndTag(b, name+1)
	case '!':
		if b[at+2] != '-' {
			return w.skimDoctype(b, at)
		}
		return skimComment(b, at)
	}
	el := w.skimmed.numbered[w.likely.start()]
	n := el.heads(b[name:])
	if n == 0 || b[name+n] != ' ' && b[name+n] != '>' {
		el, n = w.likely.otherStart(b[name:], &w.skimmed.elements)
	}
	if el == nil || (w.hidden.sheet.types || w.hidden.sheet.attributes) && w.hidden.sheet.mustRead(el.key, b[name+n] == '>') {
		return -1
	}
	if el.whole {
		if end := w.skimWhole(b, at, el); end >= 0 || el.ends == nil {
			return end
		}
	}
	end, seen := name+n, attrs{}
	if b[end] != '>' {
		if end, seen = w.skimAttributes(b, end, el); end < 0 || end-at > maxHold {
			return -1
		}
	}
	if el.ends != nil {
		return w.skimText(b, end+1, el, seen)
	}
	if el.el == elBody && w.place.template == 0 {
		w.endHead()
	}
	w.skimmedStart(el)
	return end + 1
}

// skimEndTag returns where the end tag whose name begins at name ends, or -1.
func (w *rewriter) skimEndTag(b []byte, name int) int {
	likely := w.skimmed.numbered[w.likely.end()]
	if n := likely.heads(b[name:]); n > 0 && b[name+n] == '>' {
		w.likely.top--
		w.place.columns = false
		w.place.close(likely.el)
		return name + n + 1
	}
	el, n := w.likely.otherEnd(b[name:], &w.skimmed.elements)
	if el == nil || el.opensOnly || b[name+n] != '>' {
		return -1
	}
	w.leave(el.el)
	return name + n + 1
}

// skimDoctype returns where the doctype of every page of today ends, or -1 at
// any other.
func (w *rewriter) skimDoctype(b []byte, at int) int {
	const doctype = "<!doctype html>"
	if w.place.begun || !hasPrefixFold(b[at:], doctype) {
		return -1
	}
	w.place.begun = true
	return at + len(doctype)
}

// skimComment returns where a comment ends that begins as one should and ends
// at the first --> (13.2.5.43 to 51), or -1.
func skimComment(b []byte, at int) int {
	content := at + len("<!--")
	if b[at+2] != '-' || b[at+3] != '-' || b[content] == '>' || b[content] == '-' || b[content]|0x20 == 'e' {
		return -1
	}
	for to := content; ; {
		n := bytes.IndexByte(b[to:], '>')
		if n < 0 || to+n-at > maxHold {
			return -1
		}
		to += n + 1
		switch {
		case bytes.HasSuffix(b[content:to], []byte("-->")):
			return to
		case bytes.HasSuffix(b[content:to], []byte("--!>")):
			return -1
		}
	}
}

// skimWhole returns where an element ends that skim knows by its whole tag: one
// of a head, or a script or a frame with nothing in it. Its first > need not be
// its end; then it is none that is known.
func (w *rewriter) skimWhole(b []byte, at int, el *skimElement) int {
	n := bytes.IndexByte(b[at:], '>') + 1
	if n == 0 {
		return -1
	}
	known := w.familiar.tag(b[at : at+n])
	if known == nil {
		return -1
	}
	end := w.skimmedText(b, at+n, at+n, el)
	if end < 0 {
		return -1
	}
	if known.furnishes {
		w.furnishOwn(at + n)
	}
	w.identity.ours = w.identity.ours || known.ours
	return end
}

// skimText passes over an element whose content is text and begins at from. A
// script or a style sheet must have been found to be harmless.
func (w *rewriter) skimText(b []byte, from int, el *skimElement, seen attrs) int {
	to := textEnd(b, from, el)
	if to < 0 {
		return -1
	}
	content, known := b[from:to], false
	switch el.el {
	case elTextarea:
		known = true
	case elTitle:
		known = w.keepsTitle(content)
	case elIframe:
		known = from == to
	case elStyle:
		known = w.c.harmless.knows(sortStyle, content)
	case elScript:
		known = w.skimScript(content, seen)
	}
	if !known {
		return -1
	}
	end := w.skimmedText(b, from, to, el)
	if end >= 0 && el.el == elScript && seen.has(attrSrc) {
		w.furnishOwn(from)
	}
	return end
}

// textEnd returns where the end tag of el stands, or -1 where it is not the
// first thing that might be one, or that leads into the escaped states of
// script data (13.2.5.15 to 31). In text that is read for tags it must stand
// where the first < does.
func textEnd(b []byte, from int, el *skimElement) int {
	for at := from; ; at++ {
		n := bytes.IndexByte(b[at:], '<')
		if n < 0 {
			return -1
		}
		at += n
		switch rest := b[at:]; {
		case bytes.HasPrefix(rest, el.ends):
			return at
		case el.el != elScript && el.el != elStyle || len(rest) < 3 || rest[1] == '!' || rest[1] == '/' && rest[2]|0x20 == 's':
			return -1
		}
	}
}

// skimScript reports whether a script with these attributes may stay for what
// it holds, or names.
func (w *rewriter) skimScript(content []byte, seen attrs) bool {
	if seen.has(attrSrc) {
		return len(content) == 0
	}
	if seen.has(attrType) || seen.has(attrLanguage) || w.place.afterHTML || w.doc.Script != nil || len(content) > maxHarmless {
		return false
	}
	if known := w.c.harmless.find(sortRuns, content); known != nil {
		return !known.hides
	}
	w.sort = sortRuns
	if reasons, _ := w.judgeScript(content); len(reasons) > 0 {
		return false
	}
	w.c.harmless.add(sortRuns, content, nil)
	return !mayHide(content)
}

// skimmedText passes over an element whose content is b[from:to], and gives a
// script its nonce.
func (w *rewriter) skimmedText(b []byte, from, to int, el *skimElement) int {
	if !bytes.HasPrefix(b[to:], el.ends) {
		return -1
	}
	if el.el == elScript && len(w.nonce) > 0 {
		if b[from-len("/>")] == '/' { // does it close the tag, or end a value?
			return -1
		}
		w.passText(b, from-len(">"))
		w.out.emit(w.nonce)
	}
	w.skimmedStart(el)
	return to + len(el.ends)
}

// remembers reports whether the start tag of el, which stays, is for skimWhole.
func (w *rewriter) remembers(el element) bool {
	switch el {
	case elLink, elMeta, elIframe:
	case elScript:
		if !w.has(attrSrc) {
			return false
		}
	default:
		return false
	}
	return !w.tok.tag.odd && !w.place.noscript && !w.place.selecting
}

// skimmedStart notes what a start tag that was passed over changes.
func (w *rewriter) skimmedStart(el *skimElement) {
	p := &w.place
	p.begun, p.columns, p.body = true, false, p.body || el.body
	p.open[el.el]++
	w.likely.open(el)
}

// skimElement is what skim knows of an element.
type skimElement struct {
	el        element
	name      word
	mask      word   // of the bytes of name
	fold      word   // the case bit of its letters
	length    int    // of name
	ended     bool   // its end tag may be guessed at
	number    uint8  // counts those that skim knows
	key       uint64 // hash of its name
	body      bool   // a frameset may not follow
	opensOnly bool   // its end tag must be read
	whole     bool   // its tag may be known as a whole
	ends      []byte // its end tag, where its content is text
	rules     []rule // of the table
}

// heads returns the length of e's name where b begins with it, in any case.
func (e *skimElement) heads(b []byte) int {
	b = b[:wordLen]
	if ((binary.LittleEndian.Uint64(b)|e.fold.lo)^e.name.lo)&e.mask.lo|((binary.LittleEndian.Uint64(b[8:])|e.fold.hi)^e.name.hi)&e.mask.hi != 0 {
		return 0
	}
	return e.length
}

// maxSkimmed bounds the elements that skim knows.
const maxSkimmed = 256

// skimTables hold the names that skim knows.
type skimTables struct {
	elements   words[skimElement]
	attributes words[attr]
	numbered   [maxSkimmed]*skimElement
}

// skimmed returns the tables, built from table and attributeNames.
var skimmed = sync.OnceValue(func() *skimTables {
	t := new(skimTables)
	t.numbered[0] = new(skimElement) // what is expected at first: nothing
	count := 1
	add := func(name string, row skimElement) {
		row.number, row.key = uint8(count), nameKey([]byte(name))
		row.name, row.mask, row.length = wordOf(name), maskOf(len(name)), len(name)
		row.fold = row.name.caseBits()
		t.elements.add(name, row)
		t.numbered[count] = t.elements.find(row.name)
		count++
	}
	for _, name := range plainElements {
		add(name, skimElement{el: elOther, body: true, ended: true})
	}
	for i := range table {
		if el := element(i); skimmable(el) {
			row := skimElement{el: el, body: !inHead(el), rules: table[el].rules}
			row.whole = el == elLink || el == elMeta || el == elScript || el == elIframe
			if el.has(rawText | rawScript | rcdata) {
				row.ends = []byte("</" + el.String() + ">")
			}
			row.opensOnly = row.ends != nil || row.whole
			row.ended = !row.opensOnly && !el.has(void) && el != elHTML && el != elHead && el != elBody
			add(el.String(), row)
		}
	}
	for id, name := range attributeNames {
		if name != "" {
			t.attributes.add(name, attr(id))
		}
	}
	for i, name := range plainAttributes {
		t.attributes.add(name, attrCount+attr(i))
	}
	if int(attrCount)+len(plainAttributes) > len(attrs{})*64 || count > maxSkimmed {
		panic("clean: more names than there is room for")
	}
	return t
})

// plainElements are the common elements that have no row in the table.
var plainElements = [...]string{
	"abbr", "acronym", "address", "bdi", "bdo", "cite", "data", "del", "dfn", "dir", "fieldset", "hgroup", "ins",
	"kbd", "legend", "map", "mark", "meter", "output", "picture", "progress", "q", "rt", "samp", "search", "time",
}

// skimmable reports whether el changes nothing in how what follows is read.
func skimmable(el element) bool {
	switch el {
	case elOther, elNoscript, elPlaintext, elTemplate, elSelect, elFrameset, elFrame, elSVG, elMath,
		elCol, elColgroup, elMarquee, elDetails, elVideo, elAudio:
		return false
	}
	switch el {
	case elScript, elIframe, elStyle, elTitle, elTextarea:
		return true
	}
	return !el.has(rawText | rawScript | rcdata)
}

// attrs is a set of attributes.
type attrs [2]uint64

func (s *attrs) add(a attr)      { s[a>>6&1] |= 1 << (a & 63) }
func (s *attrs) has(a attr) bool { return s[a>>6&1]>>(a&63)&1 != 0 }

// closingQuote returns where the value ends that begins at from, or -1 where
// the window does. No NUL stands in it: run has seen to that.
func closingQuote(b []byte, from int, quote byte) int {
	quotes := uint64(quote) * ones
	for far := from + 48; from+8 <= len(b) && from < far; from += 8 {
		if found := zeroBytes(binary.LittleEndian.Uint64(b[from:from+8]) ^ quotes); found != 0 {
			return from + bits.TrailingZeros64(found)>>3
		}
	}
	n := bytes.IndexByte(b[from:], quote) // a long one: this looks at 32 bytes at once
	if n < 0 {
		return -1
	}
	return from + n
}
