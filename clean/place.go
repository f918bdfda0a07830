package clean

// place is where in the document the reader stands, as far as that changes
// how browsers read on. The reader keeps to a form in which no two browsers
// differ: what would make them differ is taken out.
type place struct {
	island    island
	selecting bool // in a select, where older browsers ignore most tags
	frameset  bool // in a frameset, where tags begin no raw text
	noscript  bool // in noscript: raw text with scripting, markup without
	template  int  // open templates
	columns   bool // the last tag opened or stood in a colgroup
	body      bool // a frameset would be ignored
	begun     bool // no doctype may follow
	afterHTML bool
	text      element // whose raw text is being passed on
	escape    bool    // text is passed on without any <

	// open counts the start tags of each element that stay and had no end tag so
	// far, those that need none among them: where it is 0, an end tag ends nothing.
	open [elCount]uint32
}

func (p *place) reset() { *p = place{island: p.island.empty()} }

// before is the place before the start tag of el, which has been entered.
func (p *place) before(el element) place {
	q := *p
	switch el {
	case elNoscript:
		q.noscript = false
	case elTemplate:
		q.template--
	case elSelect:
		q.selecting = false
	}
	q.open[el] = max(q.open[el], 1) - 1
	return q
}

// close notes an end tag of el.
func (p *place) close(el element) {
	if p.open[el] > 0 && !p.noscript {
		p.open[el]--
	}
}

// mayEnd reports whether an end tag of el may end an element that is open: of
// a part of a table, where there is a table; of a heading, any heading.
func (p *place) mayEnd(el element) bool {
	switch {
	case el.has(cell):
		return p.open[elTable] > 0
	case elH1 <= el && el <= elH6:
		return p.open[elH1]+p.open[elH2]+p.open[elH3]+p.open[elH4]+p.open[elH5]+p.open[elH6] > 0
	}
	return p.open[el] > 0
}

// headElements may stand before a frameset.
func inHead(el element) bool {
	switch el {
	case elHTML, elHead, elTitle, elMeta, elLink, elBase, elScript, elStyle, elFrameset:
		return true
	}
	return false
}

// admit reports whether a start tag in HTML content may come about at all,
// and notes what it changes.
func (w *rewriter) admit(b []byte) bool {
	p, t := &w.place, &w.tok.tag
	p.begun = true
	columns := p.columns
	p.columns = t.el == elColgroup || t.el == elCol && columns
	switch {
	case t.el == elOther && !w.admitUnknown(b):
		return false
	case t.el == elCol && p.template > 0 && !columns:
		// A col directly in a template makes browsers ignore the start tags
		// of raw text elements that follow ("in column group", 13.2.6.4.12).
		w.remove(b)
		return false
	case p.noscript && !w.admitInNoscript(b):
		return false
	}
	return w.admitSpecial(b)
}

func (w *rewriter) admitUnknown(b []byte) bool {
	t := &w.tok.tag
	if oddName(t.name.of(b)) {
		w.remove(b)
		return false
	}
	if hasPrefixFold(t.name.of(b), "esi:") {
		w.removeFound(b, Finding{Kind: kindScript.String(), Element: lowerString(t.name.of(b)), Reasons: []string{reasonESI}})
		return false
	}
	return true
}

// admitInNoscript takes out what would let raw text end elsewhere.
func (w *rewriter) admitInNoscript(b []byte) bool {
	switch t := &w.tok.tag; t.el {
	case elNoscript, elPlaintext, elTemplate:
		w.remove(b)
		return false
	case elScript: // runs in no browser
		w.beginDropTag(b, Finding{Kind: kindScript.String(), Element: "script", Reasons: []string{reasonAmbiguous}}, true)
		return false
	}
	return true
}

func (w *rewriter) admitSpecial(b []byte) bool {
	p, t := &w.place, &w.tok.tag
	switch t.el {
	case elSVG, elMath:
		p.body = true
		w.openIsland(b)
		return false
	case elPlaintext:
		w.replace(b, "<pre>")
		w.tok.state, p.escape = plaintext, true
		return false
	case elFrameset:
		if p.body || p.template > 0 || p.noscript {
			w.remove(b)
			return false
		}
		p.frameset = true
		return true
	case elBody:
		if p.template == 0 {
			w.endHead()
		}
	}
	p.enter(t.el)
	return true
}

// enter notes what a start tag changes that has been admitted.
func (p *place) enter(el element) {
	switch el {
	case elNoscript:
		p.noscript = true
	case elTemplate:
		p.template++
	case elSelect:
		p.selecting = true
	case elColgroup:
		p.columns = true
	}
	p.body = p.body || !inHead(el) && el != elNoscript
}

// leave notes what an end tag in HTML content changes.
func (w *rewriter) leave(el element) {
	p := &w.place
	p.columns = false
	p.close(el)
	if el == p.text {
		p.text = elOther
	}
	switch el {
	case elNoscript:
		p.noscript = false
	case elTemplate:
		p.template = max(0, p.template-1)
	case elHTML:
		p.afterHTML = p.template == 0
	case elHead:
		if p.template == 0 {
			w.endHead()
		}
	case elTitle, elTextarea:
		p.escape = false
	}
}

// startInSelect keeps to what may stand in a select: browsers before 2025
// ignore every other tag there, later ones do not.
func (w *rewriter) startInSelect(b []byte) {
	t := &w.tok.tag
	switch {
	case t.el == elSelect:
		w.closeSelect(b)
		w.remove(b)
	case t.el == elInput || t.el == elTextarea || t.el == elKeygen || t.el == elBody || t.el.has(cell) || t.el == elTable:
		w.closeSelect(b)
		w.startHTML(b)
	case t.el == elScript:
		w.startHTML(b)
	case t.el.has(rawText|rcdata) || t.el == elNoscript || t.el == elPlaintext || t.el == elTemplate ||
		t.el == elSVG || t.el == elMath || t.el == elFrameset || t.el == elHead || t.el == elHTML:
		w.remove(b)
	default:
		w.startHTML(b)
	}
}

func (w *rewriter) closeSelect(b []byte) {
	w.passText(b, w.tok.start)
	w.link.written(w, elSelect)
	own := w.hidden.endTag(w, b, elSelect, []byte(elSelect.String()))
	w.out.emitString("</select>")
	w.place.selecting = false
	w.place.close(elSelect)
	if own {
		w.hidden.end(w, b, w.tok.start)
	}
}

func (w *rewriter) endInSelect(b []byte) {
	t := &w.tok.tag
	switch {
	case t.el == elSelect:
		w.place.selecting = false
	case t.el.has(cell) || t.el == elTable || t.el == elForm || t.el == elBody || t.el == elHTML || t.el == elNoscript:
		w.closeSelect(b)
	}
	w.endHTML(b)
}

// startInFrameset keeps to what is a tag in a frameset.
func (w *rewriter) startInFrameset(b []byte) {
	t := &w.tok.tag
	switch t.el {
	case elFrame, elFrameset:
		if w.judge(b) != outcomeGone {
			w.passStart(b)
		}
	case elNoframes:
		w.judge(b)
		w.passStart(b)
		w.enterText(t.el)
	default:
		w.remove(b)
	}
}

func (w *rewriter) endInFrameset(b []byte) {
	switch w.tok.tag.el {
	case elFrameset, elNoframes, elHTML:
		w.leave(w.tok.tag.el)
		w.passEnd(b)
	default:
		w.remove(b)
	}
}
