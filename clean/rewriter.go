package clean

// token deals with one token of the window. What may stay is left alone: the
// cursor does not move, and the bytes go out with the text around them.
func (w *rewriter) token(b []byte, k token) {
	w.checkBlock(w.tok.pos)
	if w.link.active && w.mark < 0 {
		w.passText(b, w.tok.start)
		w.checkLink()
	}
	switch {
	case w.tok.blind:
		w.blindToken(b, k)
		return
	case w.mark < 0 && w.tok.pos-w.tok.start > maxHold:
		w.beginBlind(b)
		w.blindToken(b, k)
		return
	case w.drop.active:
		w.passText(b, w.tok.start)
		w.dropToken(b, k)
		return
	case w.mark >= 0 && w.place.island.open():
		w.foreignStyleToken(b, k)
		return
	case w.mark >= 0:
		w.endHeld(b)
		return
	}
	if w.place.escape {
		w.passText(b, w.tok.start)
	}
	switch k {
	case tokenTag:
		w.tag(b)
	case tokenComment:
		w.comment(b)
	case tokenCDATA:
		w.cdata(b)
	case tokenDoctype:
		w.doctype(b)
	default:
		w.remove(b)
	}
}

// passText deals with the window's bytes up to to: text, and tags that stay.
// What is held to be judged it never passes.
func (w *rewriter) passText(b []byte, to int) {
	if w.mark >= 0 {
		to = min(to, w.mark)
	}
	if to <= w.cursor {
		return
	}
	text := b[w.cursor:to]
	w.cursor = to
	switch {
	case w.drop.active:
		w.removal.write(text)
	case w.place.escape:
		w.out.emitEscaped(escapeText, text)
	default:
		w.out.emit(text)
	}
}

// keep passes the token on as it is.
func (w *rewriter) keep(b []byte) {
	if w.place.escape {
		w.out.emit(b[w.cursor:w.tok.pos])
		w.cursor = w.tok.pos
	}
}

// remove takes the token out, without evidence: nothing in it was live.
func (w *rewriter) remove(b []byte) {
	w.passText(b, w.tok.start)
	w.cursor = w.tok.pos
	w.out.separate()
}

// removeFound takes the token out, with evidence.
func (w *rewriter) removeFound(b []byte, f Finding) {
	f.Offset = w.offset + int64(w.tok.start)
	f.Removed = true
	w.found(f, b[w.tok.start:w.tok.pos])
	w.remove(b)
}

// replace puts s in the token's place.
func (w *rewriter) replace(b []byte, s string) {
	w.passText(b, w.tok.start)
	w.cursor = w.tok.pos
	w.out.emitString(s)
}

func (w *rewriter) tag(b []byte) {
	t := &w.tok.tag
	if t.closing {
		w.endTag(b)
	} else {
		w.startTag(b)
	}
	w.tok.foreign = w.place.island.foreign()
}

// startTag routes a start tag by where it stands. Everywhere but in plain HTML
// the tags whose meaning browsers dispute are taken out, so that what is left
// reads the same under all readings.
func (w *rewriter) startTag(b []byte) {
	w.link.startTag(w, b)
	switch p := &w.place; {
	case p.island.open():
		w.startForeign(b)
	case p.frameset:
		w.startInFrameset(b)
	case p.selecting:
		w.startInSelect(b)
	default:
		w.startHTML(b)
	}
}

func (w *rewriter) endTag(b []byte) {
	if w.link.endTag(w, b) {
		w.remove(b)
		return
	}
	switch p := &w.place; {
	case p.island.open():
		w.endForeign(b)
	case p.frameset:
		w.endInFrameset(b)
	case p.selecting:
		w.endInSelect(b)
	default:
		w.endHTML(b)
	}
}

// startHTML deals with a start tag that browsers handle in HTML content.
func (w *rewriter) startHTML(b []byte) {
	t := &w.tok.tag
	if !w.admit(b) {
		return
	}
	found := w.findings
	if w.judge(b) == outcomeGone {
		return
	}
	w.place.open[t.el]++
	w.hidden.startTag(w, b)
	w.passStart(b)
	if w.drop.active {
		return
	}
	if w.findings == found && !w.block.active && !w.verdict.changed && w.remembers(t.el) {
		w.familiar.rememberTag(b[w.tok.start:w.tok.pos], &w.verdict)
	}
	if t.el.has(rawText | rawScript | rcdata) {
		w.enterText(t.el)
		w.escapeAt(b, t.el.has(rcdata) && w.place.noscript && w.mark < 0)
		if w.mark < 0 {
			w.place.text = t.el
		}
	}
}

// enterText puts the tokenizer into the text state of el's content.
func (w *rewriter) enterText(el element) {
	w.tok.raw = el
	switch {
	case el.has(rawScript):
		w.tok.state = scriptData
	case el.has(rcdata):
		w.tok.state = rcdataText
	default:
		w.tok.state = rawtext
	}
}

// passStart passes a start tag on, rebuilt where it has lost attributes or
// could be read in two ways.
func (w *rewriter) passStart(b []byte) {
	t := &w.tok.tag
	w.link.passes(w, b)
	if !t.odd && !w.verdict.changed && !w.verdict.nonce {
		if !w.held(b) {
			w.keep(b)
		}
		return
	}
	if w.held(b) {
		w.holdRebuilt(b)
		return
	}
	w.passText(b, w.tok.start)
	w.cursor = w.tok.pos
	w.rebuild(&w.out, b)
}

// holdRebuilt keeps the rebuilt start tag of a held element. One that is too
// long goes, with its content.
func (w *rewriter) holdRebuilt(b []byte) {
	if w.start, w.odd = w.rebuilt(w.start, b); w.odd {
		return
	}
	w.mark = -1
	w.beginDropTag(b, Finding{
		Kind: kindLimit.String(), Element: w.tok.tag.el.String(), Reasons: []string{reasonTooLong, reasonLimit},
	}, true)
}

// rebuilt returns the rebuilt tag in dst, and false where it is too long.
func (w *rewriter) rebuilt(dst, b []byte) ([]byte, bool) {
	o := output{aside: true, limit: maxTag, asided: dst[:0]}
	w.rebuild(&o, b)
	return o.asided, !o.full
}

// rebuild writes the tag with the attributes that stay, in the plainest form.
func (w *rewriter) rebuild(o *output, b []byte) {
	t := &w.tok.tag
	if !t.odd && !w.verdict.changed {
		w.insertNonce(o, b[w.tok.start:w.tok.pos])
		return
	}
	o.emitString("<")
	o.emit(t.name.of(b))
	for i := range t.attrs {
		a := &t.attrs[i]
		switch {
		case w.verdict.dropped(i) || oddName(a.name.of(b)):
		case i == w.verdict.rewritten:
			o.emitString(" ")
			o.emitAttribute(a.name.of(b), w.verdict.value)
		default:
			rebuildAttribute(o, b, a)
		}
	}
	if w.verdict.nonce {
		o.emit(w.nonce)
	}
	if t.selfClosing {
		o.emitString(" /")
	}
	o.emitString(">")
}

func rebuildAttribute(o *output, b []byte, a *attribute) {
	o.emitString(" ")
	if a.quote != 0 && !a.odd {
		o.emit(b[a.name.from:a.end])
		return
	}
	o.emit(a.name.of(b))
	if value := a.value.of(b); len(value) > 0 {
		o.emitString(`="`)
		o.emitEscaped(escapeAttribute, value)
		o.emitString(`"`)
	}
}

// oddName reports whether a name is one that some reader would cut elsewhere.
func oddName(name []byte) bool {
	for _, c := range name {
		if classOf[c]&classOddName != 0 || c == '=' {
			return true
		}
	}
	return false
}

// endHTML deals with an end tag that browsers handle in HTML content.
func (w *rewriter) endHTML(b []byte) {
	t := &w.tok.tag
	if t.el == elOther && oddName(t.name.of(b)) {
		w.remove(b)
		return
	}
	own := w.hidden.endTag(w, b, t.el, t.name.of(b))
	w.leave(t.el)
	w.passEnd(b)
	if own {
		w.hidden.end(w, b, w.tok.pos)
	}
}

// passEnd passes an end tag on, without the attributes it cannot have.
func (w *rewriter) passEnd(b []byte) {
	t := &w.tok.tag
	if len(t.attrs) == 0 && !t.selfClosing && !t.odd {
		w.keep(b)
		return
	}
	w.passText(b, w.tok.start)
	w.cursor = w.tok.pos
	w.start = append(append(append(w.start[:0], "</"...), t.name.of(b)...), '>')
	w.out.emit(w.start)
}

// plainEndTag acts for an end tag of el whose bytes are gone.
func (w *rewriter) plainEndTag(el element) {
	text := []byte("</" + el.String() + ">")
	tok, cursor := w.tok, w.cursor
	w.tok.tag.reset(true)
	w.tok.tag.el, w.tok.tag.name = el, span{2, len(text) - 1}
	w.tok.start, w.tok.pos, w.cursor = 0, len(text), 0
	w.endTag(text)
	w.passText(text, len(text))
	foreign := w.place.island.foreign()
	w.tok, w.cursor = tok, cursor
	w.tok.foreign = foreign
}

// eof ends the document. A token it cuts is never emitted: bytes that a proxy
// or another reader might put behind it would bring it to life.
func (w *rewriter) eof() {
	w.witness(w.hold, len(w.hold))
	switch {
	case w.tok.blind || w.drop.active:
		w.passText(w.hold, len(w.hold))
		w.tok.blind = false
		w.endDrop()
	case w.mark >= 0:
		w.foundHeld(w.hold, len(w.hold), heldKind(w.tok.raw), "", reasonCutByEOF)
	case w.tok.start >= 0 && w.tok.state == tagOpen:
		w.out.emitString("&lt;")
	case w.tok.start >= 0 && len(w.hold) > 0:
		w.found(Finding{
			Kind: kindMarkup.String(), Offset: w.offset + int64(w.tok.start),
			Reasons: []string{reasonCutByEOF}, Removed: true,
		}, w.hold[w.tok.start:])
		w.out.separate()
	}
	w.hold = w.hold[:0]
	w.closeText()
	w.closeIsland(nil, 0)
	w.link.end(w)
	w.hidden.end(w, nil, 0)
	w.endHead()
}

// closeText ends raw text that the document leaves open, where an end tag
// would: in a script that reads <!--<script it would not.
func (w *rewriter) closeText() {
	el := w.place.text
	if el == elOther || scriptDataDoubleEscaped <= w.tok.state && w.tok.state <= scriptDataDoubleEscapeEnd {
		return
	}
	w.out.emitString("</" + el.String() + ">")
}
