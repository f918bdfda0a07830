package clean

import (
	"bytes"
	"strconv"
)

const (
	maxHiddenClasses = 256
	maxStyleRead     = 4 << 10
)

// hidden follows the element that hides what the reader is in, if there is
// one, and knows the classes that the page's own style elements hide.
type hidden struct {
	by      hiddenBy
	classes []string
}

// hiddenBy is the element that hides: what it is, how many of its name are open
// from it on, and how many others in it. Where the count is in doubt the element
// ends too early rather than too late: a link that is not known to be hidden
// keeps its words, one that is taken for hidden loses them.
type hiddenBy struct {
	el     element
	key    uint64 // hash of its name
	nested int
	others int
}

func (h *hidden) reset() { h.by, h.classes = hiddenBy{}, h.classes[:0] }

func (h *hidden) active() bool { return h.by.nested > 0 }

// startTag notes an element that hides its content, or stands in one.
func (h *hidden) startTag(w *rewriter, b []byte) {
	t := &w.tok.tag
	if h.active() && h.by.endsBefore(t.el) {
		h.by = hiddenBy{}
	}
	switch {
	case t.el.has(void) || t.selfClosing:
	case h.active() && nameKey(t.name.of(b)) == h.by.key:
		h.by.nested++
	case h.active():
		h.by.others++
	case len(t.attrs) > 0 && t.el != elA && h.hides(w, b):
		h.by = hiddenBy{el: t.el, key: nameKey(t.name.of(b)), nested: 1}
	}
}

// endTag ends the element that hides at its own end tag, or at that of an
// element around it.
func (h *hidden) endTag(el element, name []byte) {
	switch {
	case !h.active():
	case nameKey(name) == h.by.key:
		h.by.nested--
	case el.has(void) || el == elP: // </br> and a stray </p> open something
	case h.by.others > 0:
		h.by.others--
	default:
		h.by = hiddenBy{}
	}
}

// endsBefore reports whether a start tag implies the end tag of the element
// that hides (WHATWG HTML 13.1.2.4).
func (by *hiddenBy) endsBefore(next element) bool {
	switch by.el {
	case elP:
		return next == elP || next.has(endsParagraph)
	case elLi, elTr, elOption:
		return next == by.el
	case elDt, elDd:
		return next == elDt || next == elDd
	case elTd, elTh:
		return next == elTd || next == elTh || next == elTr
	}
	return false
}

// hides reports whether the start tag's own attributes hide the element.
func (h *hidden) hides(w *rewriter, b []byte) bool {
	t := &w.tok.tag
	for i := range t.attrs {
		a := &t.attrs[i]
		switch a.id {
		case attrHidden:
			return true
		case attrStyle:
			if styleHides(decodeAttribute(a.value.of(b))) {
				return true
			}
		case attrClass:
			if len(h.classes) > 0 && h.knows(decodeAttribute(a.value.of(b))) {
				return true
			}
		case attrWidth, attrHeight:
			if v := string(bytes.TrimSpace(a.value.of(b))); t.el == elMarquee && (v == "0" || v == "1") {
				return true
			}
		}
	}
	return false
}

func (h *hidden) knows(class []byte) bool {
	for name := range bytes.FieldsSeq(class) {
		for _, known := range h.classes {
			if string(name) == known {
				return true
			}
		}
	}
	return false
}

// learn notes the classes that a style sheet hides.
func (h *hidden) learn(css []byte) {
	for len(css) > 0 && len(h.classes) < maxHiddenClasses {
		open := bytes.IndexByte(css, '{')
		if open < 0 {
			return
		}
		selector := css[:open]
		css = css[open+1:]
		end := bytes.IndexAny(css, "{}")
		if end < 0 {
			end = len(css)
		} else if css[end] == '{' { // @media and the like hold for some screens only
			css = afterBlock(css)
			continue
		}
		if bytes.IndexByte(selector, '.') >= 0 && styleHides(css[:end]) {
			h.learnSelector(selector)
		}
		css = css[end:]
	}
}

// afterBlock skips to the end of a block that has been opened.
func afterBlock(css []byte) []byte {
	for depth := 1; depth > 0; {
		at := bytes.IndexAny(css, "{}")
		if at < 0 {
			return nil
		}
		if css[at] == '{' {
			depth++
		} else {
			depth--
		}
		css = css[at+1:]
	}
	return css
}

// learnSelector takes the class of selectors that hide it wherever it stands.
// ".no-js .menu" hides a menu from visitors without scripts only, ".modal.fade"
// what is both.
func (h *hidden) learnSelector(selector []byte) {
	selector = selector[bytes.LastIndexByte(selector, '}')+1:]
	for part := range bytes.SplitSeq(selector, []byte(",")) {
		name, found := bytes.CutPrefix(bytes.TrimSpace(part), []byte("."))
		if found && len(name) > 0 && len(name) < 64 && !bytes.ContainsAny(name, " \t\r\n>+~:[.#") {
			h.add(string(name))
		}
	}
}

// add notes classes, as long as there is room: a page can name any number.
func (h *hidden) add(classes ...string) {
	room := max(0, maxHiddenClasses-len(h.classes))
	h.classes = append(h.classes, classes[:min(room, len(classes))]...)
}

// styleHides reports whether declarations put an element out of sight.
func styleHides(css []byte) bool {
	if len(css) > maxStyleRead {
		css = css[:maxStyleRead]
	}
	for declaration := range bytes.SplitSeq(css, []byte(";")) {
		name, value, ok := bytes.Cut(declaration, []byte(":"))
		if !ok {
			continue
		}
		name, value = foldCSS(name), foldCSS(value)
		if declarationHides(string(name), value) {
			return true
		}
	}
	return sameColours(css)
}

// declarationHides judges one declaration, folded to lower case without spaces.
func declarationHides(name string, value []byte) bool {
	value = bytes.TrimSuffix(value, []byte("!important"))
	switch name {
	case "display":
		return string(value) == "none"
	case "visibility":
		return string(value) == "hidden" || string(value) == "collapse"
	case "left", "right", "top", "bottom", "margin-left", "margin-top", "margin-right", "text-indent", "inset-inline-start":
		n, _ := number(value)
		return n <= -500
	case "opacity", "font-size", "zoom":
		n, ok := number(value)
		return ok && n < 0.1 && n >= 0
	case "z-index":
		n, _ := number(value)
		return n <= -9
	case "transform":
		return bytes.HasPrefix(value, []byte("scale(0")) || bytes.Contains(value, []byte("translate")) && bytes.Contains(value, []byte("(-9999"))
	case "clip":
		return bytes.HasPrefix(value, []byte("rect(0")) || bytes.HasPrefix(value, []byte("rect(1px,1px"))
	case "clip-path":
		return string(value) == "inset(100%)" || string(value) == "inset(50%)"
	case "height", "width", "max-height":
		n, ok := number(value)
		return ok && n >= 0 && n <= 1 && !bytes.HasSuffix(value, []byte("em")) && (n == 0 || bytes.HasSuffix(value, []byte("px")))
	}
	return false
}

// sameColours reports text in the colour of its background.
func sameColours(css []byte) bool {
	var text, ground []byte
	for declaration := range bytes.SplitSeq(css, []byte(";")) {
		name, value, _ := bytes.Cut(declaration, []byte(":"))
		switch string(foldCSS(name)) {
		case "color":
			text = foldCSS(value)
		case "background", "background-color":
			ground = foldCSS(value)
		}
	}
	return len(text) > 0 && bytes.Equal(text, ground) || string(text) == "transparent"
}

// number reads the number at the head of value.
func number(value []byte) (float64, bool) {
	end := 0
	for end < len(value) && (value[end] == '-' || value[end] == '+' || value[end] == '.' || '0' <= value[end] && value[end] <= '9') {
		end++
	}
	n, err := strconv.ParseFloat(string(value[:end]), 64)
	return n, err == nil
}
