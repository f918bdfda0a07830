package clean

import "bytes"

// maxWritten bounds the scripts that are looked at for what they hide: those
// that link farms use are a line or two.
const maxWritten = 8 << 10

// written is what an inline script does to the sight of what follows it: the
// usual way to hide links from visitors and not from search engines is
// document.write('<div style="display:none">') before and "</div>" behind.
type written struct {
	opens  bool // writes a start tag that hides, without its end tag
	el     element
	key    uint64
	closes []uint64 // the end tags it writes for what was open before
}

// followScript judges a script that has ended, and follows what it hides
// unless it goes.
func (w *rewriter) followScript(b, content []byte) {
	learned := len(w.hidden.sheet.selectors)
	script := w.hidden.readScript(w, content)
	w.hidden.endWritten(w, b, script)
	if w.endScript(b, content) {
		w.hidden.sheet.back(learned)
		return
	}
	w.hidden.beginWritten(w, b, script)
}

// readScript notes the ids and the markup that a script hides.
func (h *hidden) readScript(w *rewriter, code []byte) (out written) {
	if w.sort != sortRuns || len(code) > maxWritten {
		return out
	}
	if writes(code) {
		text := unpercent(foldEscapes(code))
		_, markup, _ := bytes.Cut(text, []byte("document.write"))
		h.readMarkup(w, markup, &out)
	}
	if stylesElements(code) {
		w.learn(readStyled(foldEscapes(code)))
	}
	return out
}

// mayHide reports whether readScript would look closer at a script.
func mayHide(code []byte) bool { return writes(code) || stylesElements(code) }

// writes looks for a rarer letter first, as scripts are full of d; so does
// stylesElements.
func writes(code []byte) bool {
	return bytes.Contains(code, []byte(".write")) && bytes.Contains(code, []byte("document.write"))
}

func stylesElements(code []byte) bool {
	return bytes.Contains(code, []byte("ElementById")) && bytes.Contains(code, []byte("style"))
}

// readMarkup reads the tags that a script writes.
func (h *hidden) readMarkup(w *rewriter, markup []byte, out *written) {
	var within opened
	t := tokenizer{elements: w.c.elements, attributes: w.c.attributes}
	for t.reset(); ; t.took() {
		k := t.next(markup)
		switch {
		case k == tokenNone:
			return
		case k != tokenTag:
			continue
		}
		key := nameKey(t.tag.name.of(markup))
		switch el := t.tag.el; {
		case el == elStyle && !t.tag.closing:
			css, _, _ := bytes.Cut(markup[t.pos:], []byte("</style"))
			w.learn(readSheet(css))
		case t.tag.closing:
			h.readWrittenEnd(key, el, &within, out)
		case out.opens:
			within.push(key, el)
		case !el.has(void|rawText|rawScript|rcdata) && h.hides(&t.tag, markup) != 0:
			out.opens, out.el, out.key = true, el, key
		}
	}
}

func (h *hidden) readWrittenEnd(key uint64, el element, within *opened, out *written) {
	switch {
	case !out.opens:
		out.closes = append(out.closes, key)
	case within.close(key, el) && key == out.key:
		out.opens = false
		within.reset()
	}
}

// readStyled notes the ids of elements whose style a script sets where it
// runs. In a function it may do so when a button is pressed, or never.
func readStyled(code []byte) []selector {
	var s sheetReader
	if bytes.Contains(code, []byte("function")) || bytes.Contains(code, []byte("=>")) || bytes.Contains(code, []byte("if")) {
		return nil
	}
	for {
		_, rest, found := bytes.Cut(code, []byte("getElementById("))
		if !found {
			return s.selectors
		}
		code = rest
		name, set, found := bytes.Cut(rest, []byte(")"))
		id := bytes.Trim(name, "\"'` \t\r\n")
		if !found || len(id) == 0 || len(id) > 64 || len(id) == len(name) {
			continue
		}
		if css := declared(set); css != nil {
			s.readRule(append([]byte("#"), id...), css, 0)
		}
	}
}

// declared writes what is assigned to an element's style as CSS.
func declared(set []byte) []byte {
	property, value, found := bytes.Cut(set, []byte("="))
	property, style := bytes.CutPrefix(bytes.TrimSpace(property), []byte(".style"))
	if !found || !style {
		return nil
	}
	value = bytes.TrimSpace(value)
	if len(value) == 0 || bytes.IndexByte([]byte("\"'`"), value[0]) < 0 {
		return nil
	}
	value, _, _ = bytes.Cut(value[1:], value[:1])
	property = bytes.TrimPrefix(property, []byte("."))
	if len(property) == 0 || string(property) == "cssText" {
		return value
	}
	var css []byte
	for _, c := range property {
		if 'A' <= c && c <= 'Z' {
			css = append(css, '-')
		}
		css = append(css, lower(c))
	}
	return append(append(css, ':'), value...)
}

// endWritten ends the element that hides before a script that writes its end tag.
func (h *hidden) endWritten(w *rewriter, b []byte, script written) {
	if h.by.active && h.by.written && has(script.closes, h.by.key) {
		h.end(w, b, w.mark)
	}
}

// beginWritten follows the element that a script has written.
func (h *hidden) beginWritten(w *rewriter, b []byte, script written) {
	if !script.opens || h.outright() || h.by.active && w.link.active {
		return
	}
	w.passText(b, w.tok.pos)
	h.end(w, b, w.tok.pos)
	h.by = hiddenBy{active: true, written: true, el: script.el, key: script.key, from: w.offset + int64(w.tok.pos)}
	w.beginBlock(w.place, script.el.String())
}
