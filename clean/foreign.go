package clean

import "bytes"

// island is a stretch of SVG or MathML. Where such content begins and ends,
// and which start tags in it begin raw text, is what browsers, readers and
// their versions differ in most. So an island is passed on in a form that
// leaves no question: known foreign elements only, titles and the like with
// text alone, plain HTML where the standard has it, end tags that match, and an
// explicit end before any HTML around it.
type island struct {
	stack []foreignElement
	gone  []goneTag
	math  bool // the root is math
}

// goneTag is a start tag within an island that did not stay. Its end tag goes
// with it: it would end an element around the island, and so the island.
type goneTag struct {
	key   uint64
	depth int // of the stack where it stood
}

type foreignElement struct {
	el  element
	key uint64
	// html is true for an HTML element at an integration point.
	html bool
}

// maxGone bounds the start tags whose end tags are awaited to go with them.
const maxGone = 32

// maxIsland is the depth at which Chromium starts to flatten trees.
const maxIsland = 512

func (s *island) open() bool { return len(s.stack) > 0 }

func (s *island) top() *foreignElement { return &s.stack[len(s.stack)-1] }

// foreign reports whether <![CDATA[ opens a CDATA section here.
func (s *island) foreign() bool { return s.open() && !s.top().html }

// empty is an island without elements, in the memory of s.
func (s *island) empty() island { return island{stack: s.stack[:0], gone: s.gone[:0]} }

// textOnly reports whether el may hold nothing but text: elements whose HTML
// namesakes hold raw text, and annotations, of which an attribute decides
// whether HTML is read in them.
func (e *foreignElement) textOnly() bool {
	switch e.el {
	case elTitle, elStyle, elScript, elAnnotation, elAnnotationXML:
		return true
	}
	return false
}

// integrates reports whether el is an integration point, at which browsers read
// start tags as HTML (WHATWG HTML 13.2.6): all but those of mglyph and malignmark
// in MathML, which stay nowhere. A title is one as well, but see textOnly.
func (e *foreignElement) integrates() bool {
	switch e.el {
	case elForeignobject, elDesc, elMi, elMo, elMn, elMs, elMtext:
		return true
	}
	return false
}

// atIntegration reports whether an HTML element may stand at an integration
// point: those that neither begin raw text nor make the tree builder rearrange.
func atIntegration(el element) bool {
	switch el {
	case elDiv, elSpan, elP, elB, elI, elEm, elStrong, elCode, elSmall, elU, elS, elSub, elSup, elTt, elVar, elLabel, elA,
		elUl, elOl, elLi, elH1, elH2, elH3, elH4, elH5, elH6, elPre, elSection, elBR, elHR, elImg:
		return true
	}
	return false
}

// openIsland deals with an svg or math start tag in HTML.
func (w *rewriter) openIsland(b []byte) {
	t := &w.tok.tag
	if w.judge(b) == outcomeGone {
		return
	}
	w.hidden.startTag(w, b)
	w.passStart(b)
	if !t.selfClosing {
		w.place.island.math = t.el == elMath
		w.push(b)
	}
}

func (w *rewriter) push(b []byte) {
	t := &w.tok.tag
	s := &w.place.island
	s.stack = append(s.stack, foreignElement{el: t.el, key: nameKey(t.name.of(b))})
	w.escapeAt(b, s.top().textOnly())
}

// escapeAt sets whether text from the token's end on is passed on without <.
func (w *rewriter) escapeAt(b []byte, escape bool) {
	if w.place.escape != escape {
		w.passText(b, w.tok.start)
		w.out.emit(b[w.cursor:w.tok.pos])
		w.cursor = w.tok.pos
		w.place.escape = escape
	}
}

// startForeign deals with a start tag within an island.
func (w *rewriter) startForeign(b []byte) {
	t, s := &w.tok.tag, &w.place.island
	top := s.top()
	switch {
	case top.textOnly():
		w.removeForeign(b)
	case top.html || top.integrates():
		w.startAtIntegration(b)
	case t.el.has(breakout):
		w.leaveIsland(b)
		w.startHTML(b)
	case len(s.stack) >= maxIsland || !s.admits(t, b):
		w.removeForeign(b)
	default:
		w.startIslander(b)
	}
}

// removeForeign takes a start tag out, and will its end tag.
func (w *rewriter) removeForeign(b []byte) {
	w.remove(b)
	w.startGone(b)
}

// startGone notes a start tag that has been taken out, where it has an end tag.
func (w *rewriter) startGone(b []byte) {
	t, s := &w.tok.tag, &w.place.island
	if s.open() && !t.el.has(void) && !t.selfClosing && !w.drop.active && len(s.gone) < maxGone {
		s.gone = append(s.gone, goneTag{nameKey(t.name.of(b)), len(s.stack)})
	}
}

// endGone reports whether an end tag is that of a start tag that is gone, and
// stood within the element at on the stack.
func (s *island) endGone(key uint64, at int) bool {
	for i := len(s.gone) - 1; i >= 0 && s.gone[i].depth > at; i-- {
		if s.gone[i].key == key {
			s.gone = s.gone[:i]
			return true
		}
	}
	return false
}

// cut ends the elements from at on.
func (s *island) cut(at int) {
	s.stack = s.stack[:min(at, len(s.stack))]
	for len(s.gone) > 0 && s.gone[len(s.gone)-1].depth > len(s.stack) {
		s.gone = s.gone[:len(s.gone)-1]
	}
}

// admits reports whether a start tag may stand in the island.
func (s *island) admits(t *tag, b []byte) bool {
	switch {
	case t.el == elOther && oddName(t.name.of(b)):
		return false
	case t.el == elOther:
		return !hasPrefixFold(t.name.of(b), "esi:")
	case s.math:
		return t.el.has(inMath) && t.el != elMglyph && t.el != elMalignmark
	}
	return t.el.has(inSVG)
}

// startIslander deals with a foreign element that may stand.
func (w *rewriter) startIslander(b []byte) {
	t := &w.tok.tag
	if t.el.has(animation) && w.animatesHref(b) || w.judge(b) == outcomeGone {
		w.startGone(b)
		return
	}
	if t.el == elScript && !w.foreignScript(b) {
		return
	}
	if t.el == elStyle && !t.selfClosing {
		w.holdForeignStyle(b)
		return
	}
	w.passStart(b)
	if !t.selfClosing {
		w.push(b)
	}
}

// holdForeignStyle keeps a style element in SVG back until its end.
func (w *rewriter) holdForeignStyle(b []byte) {
	w.mark, w.body, w.odd = w.tok.start, w.tok.pos, false
	w.tok.raw = elStyle
	if w.tok.tag.odd || w.verdict.changed {
		w.holdRebuilt(b)
	}
}

// foreignStyleToken deals with a token in such a style. Its content is read as
// markup: references are resolved, comments left out, and a tag in it would be
// an element.
func (w *rewriter) foreignStyleToken(b []byte, k token) {
	t := &w.tok.tag
	text := b[w.tok.start:w.tok.pos]
	switch {
	case w.heldTooLong(w.tok.pos):
		w.dropForeignStyle(b, k)
	case k == tokenCDATA && w.tok.start == w.body && !hasMarkup(text[1:]):
	case k == tokenTag && t.closing && t.el == elStyle:
		css, plain := foreignText(b[w.body:w.tok.start])
		if !plain {
			w.dropForeignStyle(b, k)
			return
		}
		switch _, f, ok := w.cleanCSS(css); {
		case ok:
		case f.Removed:
			w.foundHeld(b, w.tok.pos, kindStyle, f.Host, f.Reasons...)
			return
		default:
			f.Element, f.Offset = "style", w.offset+int64(w.mark)
			w.found(f, b[w.mark:w.tok.pos])
		}
		w.passHeld(b)
	default:
		w.dropForeignStyle(b, k)
	}
}

// foreignText is the text content of an element that holds either text or one
// CDATA section: of a mixture, and of comments, the tree joins what is left.
func foreignText(b []byte) (text []byte, plain bool) {
	if inner, found := bytes.CutPrefix(b, []byte("<![CDATA[")); found {
		inner, found = bytes.CutSuffix(inner, []byte("]]>"))
		return inner, found && !bytes.Contains(inner, []byte("]]>"))
	}
	return decodeAttribute(b), bytes.IndexByte(b, '<') < 0
}

func (w *rewriter) dropForeignStyle(b []byte, k token) {
	w.passText(b, w.mark)
	w.beginDrop(Finding{
		Kind: kindStyle.String(), Element: "style",
		Offset: w.offset + int64(w.mark), Reasons: []string{reasonAmbiguous},
	}, elStyle, false)
	w.mark = -1
	w.passText(b, w.tok.start)
	w.dropToken(b, k)
}

// animatesHref takes out an animation that would write a link.
func (w *rewriter) animatesHref(b []byte) bool {
	switch lowerString(trimControls(w.valueOf(b, attrAttributeName))) {
	case "href", "xlink:href":
		w.removeFound(b, Finding{
			Kind: kindLink.String(), Element: w.tok.tag.el.String(),
			Attribute: "attributename", Reasons: []string{reasonAnimates},
		})
		return true
	}
	return false
}

// foreignScript deals with a script element in SVG, where comments and
// references count within its content: one without a reference to judge goes.
func (w *rewriter) foreignScript(b []byte) bool {
	if w.has(attrHref) || w.has(attrXlinkHref) || w.c.scripts == scriptsReport {
		return true
	}
	w.beginDropTag(b, Finding{Kind: kindScript.String(), Element: "script", Reasons: []string{reasonAmbiguous}}, false)
	return false
}

// startAtIntegration keeps to HTML whose end tags can be relied on. A link in a
// link would end the one around it (13.2.6.4.7, "a").
func (w *rewriter) startAtIntegration(b []byte) {
	t, s := &w.tok.tag, &w.place.island
	key := nameKey(t.name.of(b))
	if !atIntegration(t.el) || len(s.stack) >= maxIsland || t.odd && oddName(t.name.of(b)) ||
		t.el == elA && (w.place.open[elA] > 0 || s.find(key) >= 0) {
		w.removeForeign(b)
		return
	}
	if w.judge(b) == outcomeGone {
		w.startGone(b)
		return
	}
	w.passStart(b)
	if !t.el.has(void) {
		w.push(b)
		s.top().html = true
	}
}

// endForeign deals with an end tag within an island: it ends the elements up
// to its own, explicitly where that is needed, or goes.
func (w *rewriter) endForeign(b []byte) {
	t, s := &w.tok.tag, &w.place.island
	key := nameKey(t.name.of(b))
	at := s.find(key)
	switch {
	case s.endGone(key, at):
		w.remove(b)
	case at >= 0:
		w.closeTo(b, at)
		s.cut(at)
		w.passEnd(b)
		w.islandEnded(b, w.tok.pos)
	case t.el == elOther || t.el.has(inSVG|inMath) || s.inForeignObject():
		w.remove(b)
	default:
		w.leaveIsland(b)
		w.endHTML(b)
	}
}

func (s *island) find(key uint64) int {
	for i := len(s.stack) - 1; i >= 0; i-- {
		if s.stack[i].key == key {
			return i
		}
	}
	return -1
}

func (s *island) inForeignObject() bool {
	for i := range s.stack {
		if s.stack[i].el == elForeignobject {
			return true
		}
	}
	return false
}

// closeTo writes the end tags of the elements above at where one of them is an
// integration point or HTML, at which browsers would read the end tag by other
// rules. Plain foreign elements every browser pops alike.
func (w *rewriter) closeTo(b []byte, at int) {
	s := &w.place.island
	needed := false
	for i := at + 1; i < len(s.stack); i++ {
		e := &s.stack[i]
		needed = needed || e.html || e.textOnly() || e.integrates()
	}
	w.passText(b, w.tok.start)
	w.place.escape = false
	if !needed {
		return
	}
	for i := len(s.stack) - 1; i > at && i < len(s.stack); i-- {
		w.emitEnd(s.stack[i].el)
	}
}

// emitEnd writes an end tag. An element the table does not hold needs none:
// it is a plain foreign one, which its parent's end tag closes.
func (w *rewriter) emitEnd(el element) {
	if el != elOther {
		w.link.written(w, el)
		w.out.emitString("</")
		w.out.emitString(el.String())
		w.out.emitString(">")
	}
}

// leaveIsland ends the island before the token.
func (w *rewriter) leaveIsland(b []byte) {
	w.passText(b, w.tok.start)
	w.closeIsland(b, w.tok.start)
}

// closeIsland writes the end tags that are missing, at to in the window.
func (w *rewriter) closeIsland(b []byte, to int) {
	s := &w.place.island
	for i := len(s.stack) - 1; i >= 0 && i < len(s.stack); i-- {
		w.emitEnd(s.stack[i].el)
	}
	if s.open() {
		w.place.escape = false
		s.cut(0)
		w.islandEnded(b, to)
	}
}

// islandEnded tells who follows HTML elements, for which an island is one
// element, that its root has ended.
func (w *rewriter) islandEnded(b []byte, to int) {
	root := elSVG
	if w.place.island.math {
		root = elMath
	}
	if !w.place.island.open() && w.hidden.endTag(w, b, root, []byte(root.String())) {
		w.hidden.end(w, b, to)
	}
}
