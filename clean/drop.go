package clean

// opened counts the elements opened within a region, to see where it ends:
// at its own end tag, or where its parent's end tag closes it with the parent.
type opened struct {
	stack  []uint64
	beyond int
	tables int
}

// maxOpened is the depth at which Chromium starts to flatten trees. Deeper
// elements are counted only: an end tag that fits none of the names is taken
// for one of theirs.
const maxOpened = 512

func (o *opened) reset() { o.stack, o.beyond, o.tables = o.stack[:0], 0, 0 }

// open notes a start tag. It reports false where too many are open.
func (o *opened) open(t *tag, b []byte) bool {
	if t.el.has(void|rawText|rawScript|rcdata) || t.selfClosing {
		return true
	}
	return o.push(nameKey(t.name.of(b)), t.el)
}

func (o *opened) push(key uint64, el element) bool {
	if len(o.stack) >= maxOpened {
		o.beyond++
		return false
	}
	if el == elTable {
		o.tables++
	}
	o.stack = append(o.stack, key)
	return true
}

func has(keys []uint64, key uint64) bool {
	for _, k := range keys {
		if k == key {
			return true
		}
	}
	return false
}

// holds reports whether an element of one of the names is open.
func (o *opened) holds(names ...string) bool {
	for _, name := range names {
		if has(o.stack, nameKey([]byte(name))) {
			return true
		}
	}
	return false
}

// walls reports whether an element is open that a list's item does not end an
// item around (WHATWG HTML 13.2.6.4.7, "li" and "dd").
func (o *opened) walls() bool {
	for _, key := range o.stack {
		if special(key) && key != divKey && key != pKey && key != addressKey {
			return true
		}
	}
	return false
}

// close notes an end tag and reports whether it closes something outside.
func (o *opened) close(key uint64, el element) (outside bool) {
	if el.has(void | rawText | rawScript | rcdata) { // were not noted
		return false
	}
	for i := len(o.stack) - 1; i >= 0; i-- {
		if o.stack[i] == key {
			o.stack, o.beyond = o.stack[:i], 0
			if el == elTable {
				o.tables--
			}
			return false
		}
	}
	if o.beyond > 0 {
		o.beyond--
		return false
	}
	return true
}

// drop is the removal of an element with its content, as it goes by.
type drop struct {
	active bool
	raw    bool // the content is raw text
	el     element
	from   int64
	opened opened
}

func (d *drop) reset() {
	d.active = false
	d.opened.reset()
}

// beginDrop starts to remove el's content from the cursor on.
func (w *rewriter) beginDrop(f Finding, el element, raw bool) {
	f.Removed = true
	w.removal.begin(f)
	w.drop.reset()
	w.drop.active, w.drop.raw, w.drop.el, w.drop.from = true, raw, el, f.Offset
}

// beginDropTag removes the start tag and starts to remove its content. In SVG
// and MathML a self-closing tag has none, and the content is markup.
func (w *rewriter) beginDropTag(b []byte, f Finding, raw bool) {
	t := &w.tok.tag
	foreign := w.place.island.open()
	if t.selfClosing && foreign || t.el.has(void) {
		w.removeFound(b, f)
		return
	}
	w.passText(b, w.tok.start)
	f.Offset = w.offset + int64(w.tok.start)
	w.beginDrop(f, t.el, raw && !foreign)
	w.removal.write(b[w.cursor:w.tok.pos])
	w.cursor = w.tok.pos
	if w.drop.raw {
		w.enterText(t.el)
	}
}

// dropToken removes a token within what is being removed.
func (w *rewriter) dropToken(b []byte, k token) {
	t := &w.tok.tag
	if k == tokenTag && !t.closing && w.dropEndsBefore() {
		w.endDrop()
		w.token(b, k)
		return
	}
	w.removal.write(b[w.cursor:w.tok.pos])
	w.cursor = w.tok.pos
	if k != tokenTag {
		return
	}
	if t.closing {
		if w.dropEndTag(nameKey(t.name.of(b)), t.el) {
			w.token(b, k)
		}
		return
	}
	w.drop.opened.open(t, b)
	if !w.place.island.open() && t.el.has(rawText|rawScript|rcdata) {
		w.enterText(t.el)
	}
}

// dropEndsBefore reports whether a start tag ends a link that is being
// removed: another link, the next cell, or too much text for a link.
func (w *rewriter) dropEndsBefore() bool {
	d := &w.drop
	if d.el != elA {
		return false
	}
	return w.tok.tag.el == elA || w.tok.tag.el.has(cell) && d.opened.tables == 0 ||
		w.offset+int64(w.tok.start)-d.from > maxLink
}

// dropEndTag ends the removal at the end tag of the element or of its parent.
// It reports whether the tag is the parent's, which still has to be dealt with.
func (w *rewriter) dropEndTag(key uint64, el element) (parents bool) {
	d := &w.drop
	own := el == d.el && el != elOther
	switch {
	case d.raw:
		if own {
			w.endDrop()
		}
		return false
	case own && !has(d.opened.stack, key):
		w.endDrop()
		return false
	case d.opened.close(key, el):
		// The evidence holds the parent's end tag as well; it stays all the same.
		w.endDrop()
		w.cursor = w.tok.start
		return true
	}
	return false
}

func (w *rewriter) endDrop() {
	if w.drop.active || w.removal.finding.Kind != "" {
		w.report(w.removal.end())
	}
	w.removal.finding = Finding{}
	w.drop.active = false
	w.out.separate()
}
