package clean

import "bytes"

// selector is a compound selector of element, id and classes (Selectors 4, 4)
// with what its rule does. Names are kept as hashes, in lower case: a page
// without a doctype compares them that way.
type selector struct {
	element, id uint64
	classes     [4]uint64
	count       int // of classes
	sight       sight
}

// sheetReader reads style sheets for what they do to the sight of elements.
type sheetReader struct {
	selectors []selector
	buf       []byte
}

// readSheet returns the selectors of what css hides or shows.
func readSheet(css []byte) []selector {
	if bytes.Contains(css, []byte("/*")) {
		css = withoutCommentsCSS(css)
	}
	var s sheetReader
	s.readRules(css, 4)
	return s.selectors
}

func (s *sheetReader) readRules(css []byte, depth int) {
	for len(css) > 0 && len(s.selectors) < maxSelectors {
		open := bytes.IndexByte(css, '{')
		if open < 0 {
			return
		}
		prelude := css[bytes.LastIndexAny(css[:open], ";}")+1 : open]
		css = css[open+1:]
		if prelude = bytes.TrimSpace(prelude); len(prelude) > 0 && prelude[0] == '@' {
			var block []byte
			block, css = cutBlock(css)
			if depth > 0 && s.holdsAlways(prelude) {
				s.readRules(block, depth-1)
			}
			continue
		}
		end := bytes.IndexAny(css, "{}")
		if end < 0 {
			end = len(css)
		}
		s.readRule(prelude, css[:end])
		css = css[end:]
	}
}

// holdsAlways reports whether an at-rule's block counts on every visitor's
// screen.
func (s *sheetReader) holdsAlways(prelude []byte) bool {
	s.buf = foldCSS(s.buf[:0], prelude)
	if query, found := bytes.CutPrefix(s.buf, []byte("@media")); found {
		return onEveryScreen(query)
	}
	return bytes.HasPrefix(s.buf, []byte("@supports")) || bytes.HasPrefix(s.buf, []byte("@layer"))
}

// onEveryScreen reports whether a media query, folded, matches for every
// visitor: not one for paper, nor one for telephones.
func onEveryScreen(query []byte) bool {
	for part := range bytes.SplitSeq(query, []byte(",")) {
		switch part = bytes.TrimPrefix(part, []byte("only")); string(part) {
		case "", "all", "screen":
			return true
		}
		_, width, least := bytes.Cut(part, []byte("(min-width:"))
		if n, ok := number(width); least && ok && n <= 320 && bytes.Count(part, []byte("(")) == 1 && !bytes.HasPrefix(part, []byte("print")) {
			return true
		}
	}
	return false
}

// cutBlock splits css at the end of a block that has been opened.
func cutBlock(css []byte) (block, rest []byte) {
	for at, depth := 0, 1; ; {
		next := bytes.IndexAny(css[at:], "{}")
		if next < 0 {
			return css, nil
		}
		at += next + 1
		if css[at-1] == '{' {
			depth++
		} else if depth--; depth == 0 {
			return css[:at-1], css[at:]
		}
	}
}

func withoutCommentsCSS(css []byte) []byte {
	out := make([]byte, 0, len(css))
	for {
		at := bytes.Index(css, []byte("/*"))
		if at < 0 {
			return append(out, css...)
		}
		out = append(out, css[:at]...)
		css = css[commentEndCSS(css, at):]
	}
}

// readRule keeps the selectors of a rule that hides, or shows.
func (s *sheetReader) readRule(selectors, css []byte) {
	var rule sight
	rule, s.buf = readSight(css, s.buf)
	if rule.hides|rule.shows == 0 {
		return
	}
	for part := range bytes.SplitSeq(selectors, []byte(",")) {
		if sel, ok := readSelector(part); ok && len(s.selectors) < maxSelectors {
			sel.sight = rule
			s.selectors = append(s.selectors, sel)
		}
	}
}

// readSelector reads one complex selector, of which all but the last compound
// may only name the page's root and body. ".no-js .menu" hides a menu from
// visitors without scripts; ".menu ul" says nothing of other lists.
func readSelector(text []byte) (sel selector, ok bool) {
	text = bytes.TrimSpace(text)
	for {
		at := bytes.IndexAny(text, " \t\r\n\f>")
		if at < 0 {
			break
		}
		if ancestor := text[:at]; !equalFold(ancestor, "body") && !equalFold(ancestor, "html") {
			return sel, false
		}
		text = bytes.TrimLeft(text[at:], " \t\r\n\f>")
	}
	r := cssReader{css: text}
	for r.pos < len(text) {
		sign := text[r.pos]
		if sign == '.' || sign == '#' {
			r.pos++
		}
		name := r.ident()
		if len(name) == 0 || !sel.add(sign, nameKey(name)) {
			return sel, false
		}
	}
	return sel, sel.last() != 0 && !sel.root()
}

func (sel *selector) add(sign byte, key uint64) bool {
	switch {
	case sign == '#' && sel.id == 0:
		sel.id = key
	case sign == '.' && sel.count < len(sel.classes):
		sel.classes[sel.count] = key
		sel.count++
	case sign != '#' && sign != '.' && sel.element == 0:
		sel.element = key
	default:
		return false
	}
	return true
}

// root reports a selector of the page as a whole, which scripts hide while
// they build it.
func (sel *selector) root() bool {
	return sel.element == nameKey([]byte("body")) || sel.element == nameKey([]byte("html"))
}

// last is the key without which the selector cannot match.
func (sel *selector) last() uint64 {
	switch {
	case sel.count > 0:
		return sel.classes[sel.count-1]
	case sel.id != 0:
		return sel.id
	}
	return sel.element
}

func (sel *selector) matches(element, id uint64, classes []uint64) bool {
	if sel.element != 0 && sel.element != element || sel.id != 0 && sel.id != id {
		return false
	}
	for _, needed := range sel.classes[:sel.count] {
		if !has(classes, needed) {
			return false
		}
	}
	return true
}

// rank orders rules as the cascade does (CSS Cascade 5, 6.1).
func (sel *selector) rank(important bool) int {
	rank := sel.count << 1
	if sel.element != 0 {
		rank++
	}
	if sel.id != 0 {
		rank += 1 << 8
	}
	if important {
		rank += 1 << 16
	}
	return rank
}
