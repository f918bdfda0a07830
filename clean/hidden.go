package clean

import "bytes"

// hidden follows the element that hides what the reader is in, if there is
// one: the outermost that hides outright.
type hidden struct {
	by     hiddenBy
	opened opened // within it
	deeper int    // elements of its name beyond those
	sheet  pageStyle
	around lineage
	keys   []uint64 // of the classes of the element looked at
	steps  uint64   // that it matches
}

// hiddenBy is the element that hides. Where its end is in doubt it ends too
// early rather than too late: a link that is not known to be hidden keeps its
// words, one that is taken for hidden loses them.
type hiddenBy struct {
	active  bool
	veil    bool // hides by its nature: noscript, template, details that are closed, a video
	written bool // by a script, so that its tags are not in the document
	el      element
	key     uint64 // hash of its name
	from    int64
	means   means // none where it hides by its nature
}

func (h *hidden) reset() {
	h.by, h.deeper = hiddenBy{}, 0
	h.opened.reset()
	h.around.reset()
	h.sheet.reset()
}

// outright reports whether what is read now is out of the visitor's sight by
// somebody's doing.
func (h *hidden) outright() bool { return h.by.active && !h.by.veil }

// startTag notes an element that hides its content, or stands in one.
func (h *hidden) startTag(w *rewriter, b []byte) {
	t := &w.tok.tag
	h.showWithin(w, b)
	if h.by.active && (h.endsBefore(&w.place, t.el) || h.by.key == rpKey && rubyPart(t.name.of(b))) {
		h.endBefore(w, b)
	}
	rests := h.by.active
	if !rests {
		h.around.before(&w.place, t.el)
	}
	switch {
	case t.el.has(void|rawText|rawScript|rcdata) || t.el == elHTML || t.el == elBody || t.el == elHead || t.el == elFrameset:
		return
	case t.selfClosing && (t.el == elSVG || t.el == elMath):
		return
	case h.outright():
		h.inside(w, b)
		return
	}
	h.steps = 0
	switch by := h.hides(t, b); {
	case by != 0 && t.el != elA && !(h.by.active && w.link.active):
		h.endBefore(w, b)
		h.begin(w, b, false)
		h.by.means = by
		return
	case h.by.active:
		h.inside(w, b)
	case w.veils(b):
		h.begin(w, b, true)
	}
	if !rests && (h.steps != 0 || h.around.active()) {
		h.around.startTag(nameKey(t.name.of(b)), t.el, h.steps)
	}
}

// veils reports an element whose content is hidden by its nature: what is not
// run, not opened, or for browsers that know less. The fallback of an object is
// none, as it shows where the object does not load.
func (w *rewriter) veils(b []byte) bool {
	switch t := &w.tok.tag; t.el {
	case elNoscript, elTemplate, elVideo, elAudio:
		return true
	case elDetails:
		return !w.has(attrOpen)
	case elOther:
		return equalFold(t.name.of(b), "canvas")
	}
	return false
}

func (h *hidden) begin(w *rewriter, b []byte, veil bool) {
	t := &w.tok.tag
	h.by = hiddenBy{active: true, veil: veil, el: t.el, key: nameKey(t.name.of(b)), from: w.offset + int64(w.tok.start)}
	if t.el == elTable {
		h.opened.tables = 1
	}
	w.passText(b, w.tok.start)
	w.beginBlock(w.place.before(t.el), lowerString(t.name.of(b)))
}

// inside notes an element within the one that hides. Past the depth that is
// followed only those of its own name are told from the others.
func (h *hidden) inside(w *rewriter, b []byte) {
	t := &w.tok.tag
	if key := nameKey(t.name.of(b)); !h.opened.push(key, t.el) && key == h.by.key {
		h.deeper++
	}
}

// keptLink notes the start tag of a link that was judged by its text, and whose
// end tag may follow.
func (h *hidden) keptLink() {
	if h.by.active {
		h.opened.push(nameKey([]byte("a")), elA)
	} else if h.around.active() {
		h.around.startTag(nameKey([]byte("a")), elA, 0)
	}
}

// endTag notes an end tag. It reports whether that is the element's own, after
// which the caller ends it; at that of an element around it, it ends before.
func (h *hidden) endTag(w *rewriter, b []byte, el element, name []byte) (own bool) {
	if h.by.active {
		own = h.endOwn(w, b, el, name)
	}
	if !h.by.active || own && h.by.veil {
		h.around.endTag(&w.place, el, name)
	}
	return own
}

func (h *hidden) endOwn(w *rewriter, b []byte, el element, name []byte) (own bool) {
	key := nameKey(name)
	switch {
	case (el == elBody || el == elHTML) && h.outright():
		// What follows still goes into what is open (13.2.6.4.19), but what
		// was planted before can be told by now.
		w.endBlock(b, w.tok.start)
		return false
	case h.opened.beyond > 0 && key == h.by.key && h.deeper == 0:
	case el != elBody && el != elHTML && !h.opened.close(key, el):
		if key == h.by.key && h.deeper > 0 {
			h.deeper--
		}
		return false
	}
	switch {
	case key == h.by.key && !h.by.written:
		return true
	case key != h.by.key && h.by.ignores(&w.place, el, key):
		return false
	}
	h.end(w, b, w.tok.start)
	return false
}

// end ends the element that hides, at to in the window.
func (h *hidden) end(w *rewriter, b []byte, to int) {
	h.by, h.deeper = hiddenBy{}, 0
	h.opened.reset()
	w.endBlock(b, to)
}

// endBefore ends it before a start tag that has been admitted, and so has
// changed the place to which a block that goes returns.
func (h *hidden) endBefore(w *rewriter, b []byte) {
	el := w.tok.tag.el
	w.place = w.place.before(el)
	h.end(w, b, w.tok.start)
	w.place.enter(el)
	w.place.open[el]++
}

// ignores reports an end tag that cannot end an element around the one that
// hides (WHATWG HTML 13.2.6.4.7): "any other end tag" and the adoption agency
// stop at a special element, a </p> opens a p where none is within reach, and a
// </form> leaves open what stands in the form. Nor does one of an element that
// was never opened.
func (by *hiddenBy) ignores(p *place, el element, key uint64) bool {
	switch {
	case el.has(void), el == elP && by.el.has(endsParagraph), el == elForm && by.el.has(endsParagraph) && by.el != elP && p.template == 0:
		return true
	case el == elOther && by.el == elOther && !by.written:
		return p.open[el] <= 1 // that is the one that hides
	}
	return !special(key) && key != dialogKey && special(by.key) || !p.mayEnd(el)
}

func (h *hidden) endsBefore(p *place, next element) bool {
	return h.opened.endsBefore(p, h.by.el, next)
}

// endsBefore reports whether a start tag implies the end tag of the element
// that all in o stands in (WHATWG HTML 13.1.2.4), or that of a cell around it.
func (o *opened) endsBefore(p *place, outer, next element) bool {
	if next.has(cell) && o.tables == 0 {
		return !partOf(next, outer) && p.open[elTable] > 0 // without a table no browser heeds it
	}
	switch outer {
	case elP:
		return (next == elP || next.has(endsParagraph)) && !o.holds("button", "marquee", "object", "applet", "template")
	case elLi:
		return next == elLi && !o.walls()
	case elDt, elDd:
		return (next == elDt || next == elDd) && !o.walls()
	case elOption:
		return next == elOption || next == elOptgroup
	}
	return false
}

// partOf reports whether a part of a table stands in the other.
func partOf(inner, outer element) bool {
	switch outer {
	case elTbody, elThead, elTfoot:
		return inner == elTr || inner == elTd || inner == elTh
	case elTr:
		return inner == elTd || inner == elTh
	}
	return outer == elColgroup && inner == elCol
}

// hides reports by what means the start tag's own attributes hide the element, or
// the page's style elements do, or the browser's own rules unless those show it.
func (h *hidden) hides(t *tag, b []byte) means {
	var known cascade
	f := facts{classes: h.keys[:0], tag: t, b: b}
	open, popover := false, false
	for i := range t.attrs {
		a := &t.attrs[i]
		switch value := a.value.of(b); a.id {
		case attrHidden:
			return meansDisplay
		case attrStyle:
			var rule sight
			rule, h.sheet.buf = readSight(decodeAttribute(value), h.sheet.buf)
			known.add(rule, rankOfAttribute)
		case attrID:
			if h.sheet.known() {
				f.id = nameKey(bytes.TrimSpace(decodeAttribute(value)))
			}
		case attrClass:
			if h.sheet.known() {
				f.classes = classKeys(f.classes, decodeAttribute(value))
			}
		case attrWidth, attrHeight, attrScrollamount:
			if t.el == elMarquee && unseenMarquee(a.id, value) {
				return meansOther
			}
		case attrOpen:
			open = true
		case attrOther:
			popover = popover || isPopover(a.name.of(b))
		}
	}
	if popover || t.el == elOther && unseenElement(t.name.of(b), open) {
		known.add(sight{hides: meansDisplay}, rankOfBrowser)
	}
	h.keys = f.classes
	if h.sheet.known() && (h.sheet.types || len(t.attrs) > 0) {
		f.element = nameKey(t.name.of(b))
		h.findAll(&known, &f)
	}
	return known.hidden &^ h.sheet.within
}

// showWithin takes what is held back for visible where the style of an element in
// it undoes what hides it: letters of some size in a cell of none.
func (h *hidden) showWithin(w *rewriter, b []byte) {
	if h.by.means == 0 || h.by.means&^meansInherited != 0 || w.block.active && w.block.going || !h.undoes(&w.tok.tag, b) {
		return
	}
	if w.block.active {
		w.passBlock()
	}
	h.by, h.deeper = hiddenBy{}, 0
	h.opened.reset()
}

// undoes reports whether an element's own style undoes what hides all around it.
func (h *hidden) undoes(t *tag, b []byte) bool {
	for i := range t.attrs {
		if t.attrs[i].id == attrStyle {
			var rule sight
			rule, h.sheet.buf = readSight(decodeAttribute(t.attrs[i].value.of(b)), h.sheet.buf)
			return h.by.means&^rule.shows == 0
		}
	}
	return false
}

// findAll adds what the page's style elements say of an element, and notes the
// steps that it matches.
func (h *hidden) findAll(known *cascade, f *facts) {
	if h.sheet.mayMatch(f) {
		h.sheet.find(known, f, &h.around, !h.by.active)
		h.steps = h.sheet.stepsOf(f)
	}
}

// classKeys appends the keys of the class names in value.
func classKeys(keys []uint64, value []byte) []uint64 {
	for name := range bytes.FieldsSeq(value) {
		if len(keys) == maxKeys {
			break
		}
		keys = append(keys, nameKey(name))
	}
	return keys
}

// unseenMarquee reports a marquee too small, or too fast, to be read.
func unseenMarquee(id attr, value []byte) bool {
	n, ok := number(bytes.TrimSpace(value))
	if id == attrScrollamount {
		return n >= 1000
	}
	return ok && n <= 2 && !bytes.Contains(value, []byte("%"))
}

// unseenElement reports the elements that no browser shows by itself (WHATWG
// HTML 15.3.1): the options of an input, what stood for ruby, a closed dialog.
func unseenElement(name []byte, open bool) bool {
	return equalFold(name, "datalist") || equalFold(name, "rp") || equalFold(name, "dialog") && !open
}

// isPopover reports the attribute that hides an element until it is called for
// (WHATWG HTML 6.12).
func isPopover(name []byte) bool { return equalFold(name, "popover") }

// rubyPart reports a start tag that implies the end tag of an rp.
func rubyPart(name []byte) bool {
	return equalFold(name, "rt") || equalFold(name, "rp") || equalFold(name, "rb") || equalFold(name, "rtc")
}

// hiddenMark is a state of hidden to return to.
type hiddenMark struct {
	around                 lineageMark
	by                     hiddenBy
	opened, tables, beyond int
	deeper, selectors      int
}

func (h *hidden) mark() hiddenMark {
	return hiddenMark{h.around.mark(), h.by, len(h.opened.stack), h.opened.tables, h.opened.beyond, h.deeper, len(h.sheet.selectors)}
}

// back forgets what was noted since m.
func (h *hidden) back(m hiddenMark) {
	h.sheet.back(m.selectors)
	h.around.back(m.around)
	if h.by != m.by {
		h.by, h.deeper = hiddenBy{}, 0
		h.opened.reset()
		return
	}
	h.opened.stack, h.opened.tables = h.opened.stack[:min(m.opened, len(h.opened.stack))], m.tables
	h.opened.beyond, h.deeper = m.beyond, m.deeper
}

// hidesBy reports whether the declarations of a style attribute hide.
func (h *hidden) hidesBy(css []byte) bool {
	var rule sight
	rule, h.sheet.buf = readSight(css, h.sheet.buf)
	return rule.hides != 0
}
