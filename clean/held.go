package clean

import (
	"bytes"

	"github.com/lachan-waf/lachan/policies"
)

// The policy for inline scripts that only reports, under a shorter name.
const scriptsReport = policies.ScriptsReport

// held reports whether the element that the start tag begins is kept back
// until its end, to be judged by its content.
func (w *rewriter) held(b []byte) bool {
	t := &w.tok.tag
	if w.place.island.open() {
		return false
	}
	switch t.el {
	case elScript:
		if w.sort = w.scriptSort(b); w.sort == sortInert || w.has(attrSrc) {
			return false
		}
	case elStyle:
		w.aside = w.place.noscript || !onEveryScreen(foldCSS(nil, w.valueNamed(b, "media")))
	case elIframe, elNoembed, elNoframes, elXmp, elTitle:
	default:
		return false
	}
	w.mark, w.body, w.odd = w.tok.start, w.tok.pos, false
	return true
}

// endHeld judges the held element at its end tag.
func (w *rewriter) endHeld(b []byte) {
	if w.heldTooLong(w.tok.pos) {
		w.foundHeld(b, w.tok.pos, heldKind(w.tok.raw), "", reasonTooLong, reasonLimit)
		return
	}
	content := b[w.body:w.tok.start]
	switch el := w.tok.raw; el {
	case elScript:
		w.followScript(b, content)
	case elStyle:
		w.endStyle(b, content)
	case elTitle:
		w.endTitle(b, content)
	default:
		if bytes.IndexByte(content, '<') < 0 {
			w.passHeld(b)
			return
		}
		w.endRaw(b, content)
	}
}

// endRaw deals with raw text that would be markup under another reading: of
// an iframe and its like no browser shows it; xmp becomes pre.
func (w *rewriter) endRaw(b, content []byte) {
	if w.tok.raw != elXmp {
		w.passHeldWith(b, nil)
		return
	}
	w.passText(b, w.mark)
	w.out.emitString("<pre>")
	w.out.emitEscaped(escapeRaw, content)
	w.out.emitString("</pre>")
	w.cursor, w.mark = w.tok.pos, -1
}

// passHeld passes the held element on as it is, or with its tags rebuilt.
func (w *rewriter) passHeld(b []byte) {
	t := &w.tok.tag
	if w.odd || len(t.attrs) > 0 || t.selfClosing || t.odd {
		w.passHeldWith(b, b[w.body:w.tok.start])
		return
	}
	w.passText(b, w.mark)
	w.mark = -1
}

// passHeldWith passes the held element on with other content.
func (w *rewriter) passHeldWith(b, content []byte) {
	w.passText(b, w.mark)
	if w.odd {
		w.out.emit(w.start)
	} else {
		w.out.emit(b[w.mark:w.body])
	}
	w.out.emit(content)
	w.out.emitString("</" + w.tok.raw.String() + ">")
	w.cursor, w.mark = w.tok.pos, -1
}

// foundHeld removes the held element up to to, with evidence.
func (w *rewriter) foundHeld(b []byte, to int, k kind, host string, reasons ...string) {
	w.passText(b, w.mark)
	w.found(Finding{
		Kind:    k.String(),
		Element: w.tok.raw.String(),
		Host:    host,
		Offset:  w.offset + int64(w.mark),
		Reasons: reasons,
		Removed: true,
	}, b[w.mark:to])
	w.cursor, w.mark = to, -1
	w.out.separate()
}

// endStyle looks for classes that hide, and cuts out what is loaded from
// hosts that are not on the list, or advertises them.
func (w *rewriter) endStyle(b, content []byte) {
	if w.place.noscript && bytes.IndexByte(content, '<') >= 0 {
		w.foundHeld(b, w.tok.pos, kindStyle, "", reasonAmbiguous)
		return
	}
	if known := w.c.harmless.find(sortStyle, content); known != nil {
		w.learnSheet(known.selectors)
		w.passHeld(b)
		return
	}
	cleaned, f, ok := w.cleanCSS(content)
	if ok {
		selectors := readSheet(content)
		w.learnSheet(selectors)
		w.c.harmless.add(sortStyle, content, selectors)
		w.passHeld(b)
		return
	}
	f.Element, f.Offset = "style", w.offset+int64(w.mark)
	w.found(f, content)
	if !f.Removed {
		w.learnSheet(readSheet(content))
		w.passHeld(b)
		return
	}
	if bytes.Contains(cleaned, []byte("</")) { // </sty@import '//evil.test/';le>
		cleaned = nil
	}
	w.learnSheet(readSheet(cleaned))
	w.passHeldWith(b, cleaned)
}

// learnSheet takes in what a style element hides from every visitor.
func (w *rewriter) learnSheet(selectors []selector) {
	if !w.aside {
		w.learn(selectors)
	}
}
