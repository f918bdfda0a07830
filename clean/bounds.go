package clean

// checkBounds turns stricter where what is held has grown too long: the token
// or the element is removed as it goes by. The same lengths count where a
// write brings the whole at once (token, endHeld), so that the outcome does
// not depend on how the document was cut.
func (w *rewriter) checkBounds() {
	w.checkBlock(len(w.hold))
	switch {
	case w.mark >= 0:
		if w.heldTooLong(len(w.hold)) {
			w.dropHeld()
		}
	case w.tok.start >= 0 && len(w.hold)-w.tok.start > maxHold:
		w.goBlind()
	}
}

// maxEndTag bounds the end tag of a held element.
const maxEndTag = 4 << 10

// heldTooLong reports whether the held element, of which the window has the
// bytes before end, is longer than what is judged.
func (w *rewriter) heldTooLong(end int) bool {
	bound := maxHold
	switch w.tok.raw {
	case elScript:
		bound = maxScript
	case elTitle:
		bound = maxTitle
	}
	if w.tok.start < 0 {
		return end-w.mark > bound
	}
	return w.tok.start-w.mark > bound || end-w.tok.start > maxEndTag
}

// dropHeld gives up judging a held element: it goes, to its end.
func (w *rewriter) dropHeld() {
	w.beginDrop(Finding{
		Kind:    heldKind(w.tok.raw).String(),
		Element: w.tok.raw.String(),
		Offset:  w.offset + int64(w.mark),
		Reasons: []string{reasonTooLong, reasonLimit},
	}, w.tok.raw, !w.place.island.open())
	w.mark = -1
	from := w.heldFrom(len(w.hold))
	w.passText(w.hold, from)
	w.witness(w.hold, from)
	w.hold = w.hold[:copy(w.hold, w.hold[from:])]
	w.shift(from)
}

func heldKind(el element) kind {
	switch el {
	case elScript:
		return kindScript
	case elStyle:
		return kindStyle
	}
	return kindMarkup
}

// goBlind gives up keeping a token: it goes, to its end.
func (w *rewriter) goBlind() {
	w.beginBlind(w.hold)
	w.removal.write(w.hold[w.tok.start:])
	w.tok.blind = true
	w.witness(w.hold, len(w.hold))
	w.restartBlind(len(w.hold))
	w.hold = w.hold[:0]
}

// beginBlind begins the removal of a token for its length.
func (w *rewriter) beginBlind(b []byte) {
	w.passText(b, w.tok.start)
	if !w.drop.active {
		w.removal.begin(Finding{
			Kind:    kindLimit.String(),
			Element: w.tok.tag.el.String(),
			Offset:  w.offset + int64(w.tok.start),
			Reasons: []string{reasonTooLong, reasonLimit},
			Removed: true,
		})
	}
}

// settleBlind is settle within a token that is not kept.
func (w *rewriter) settleBlind(b []byte) {
	w.removal.write(b[w.cursor:])
	w.witness(b, len(b))
	w.restartBlind(len(b))
}

func (w *rewriter) restartBlind(n int) {
	w.offset += int64(n)
	w.cursor, w.tok.pos, w.tok.start = 0, 0, 0
}

// blindToken ends a token that was not kept. What it changes of the reader's
// state must still happen: an end tag that closes raw text is passed on in its
// plain form, and an element whose content is raw text goes with its content.
func (w *rewriter) blindToken(b []byte, k token) {
	w.tok.blind = false
	w.removal.write(b[w.cursor:w.tok.pos])
	w.cursor = w.tok.pos
	el, closing := w.tok.tag.el, w.tok.tag.closing
	if w.drop.active {
		if k == tokenTag && closing {
			w.dropEndTag(nameKey([]byte(el.String())), el)
		}
		return
	}
	w.report(w.removal.end())
	w.out.separate()
	switch {
	case k != tokenTag:
	case closing && el != elOther:
		w.plainEndTag(el)
	case !closing && el.has(rawText|rawScript|rcdata) && !w.place.island.open():
		w.beginDrop(Finding{
			Kind:    kindLimit.String(),
			Element: el.String(),
			Offset:  w.offset + int64(w.tok.pos),
			Reasons: []string{reasonTooLong, reasonLimit},
		}, el, true)
		w.enterText(el)
	}
}
