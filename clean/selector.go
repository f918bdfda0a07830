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
	hidesOnly bool // what shows does not count
}

// readSheet returns the selectors of what css hides or shows.
func readSheet(css []byte) []selector {
	var s sheetReader
	s.readRules(css, 4)
	return s.selectors
}

// readRules reads rules as CSS Syntax 5.5.1 does: a semicolon ends an at-rule
// only, so that what follows a stray one is no selector.
func (s *sheetReader) readRules(css []byte, depth int) {
	for len(s.selectors) < maxSelectors {
		if css = trimRules(css); len(css) == 0 {
			return
		}
		ends := "{"
		if css[0] == '@' {
			ends = "{;"
		}
		at := endCSS(css, ends)
		if at == len(css) {
			return
		}
		prelude, opened := css[:at], css[at] == '{'
		css = css[at+1:]
		if !opened {
			continue
		}
		end := endCSS(css, "}")
		block := css[:end]
		css = css[min(end+1, len(css)):]
		if prelude[0] != '@' {
			s.readRule(prelude, block)
		} else if depth > 0 {
			s.readConditional(prelude, block, depth-1)
		}
	}
}

// trimRules cuts off what may stand before a rule: white space, comments, and
// the <!-- and --> behind which styles once hid from browsers that knew none.
func trimRules(css []byte) []byte {
	for {
		css = bytes.TrimLeft(css, " \t\r\n\f")
		switch {
		case bytes.HasPrefix(css, []byte("/*")):
			css = css[commentEndCSS(css, 0):]
		case bytes.HasPrefix(css, []byte("<!--")):
			css = css[len("<!--"):]
		case bytes.HasPrefix(css, []byte("-->")):
			css = css[len("-->"):]
		default:
			return css
		}
	}
}

// readConditional reads the rules in an at-rule's block.
func (s *sheetReader) readConditional(prelude, block []byte, depth int) {
	if !s.holdsAlways(prelude) {
		return
	}
	before := s.hidesOnly
	// Of what a browser supports nothing is known: such a rule may hide, but it
	// shows nothing again.
	s.hidesOnly = before || bytes.HasPrefix(s.buf, []byte("@supports"))
	s.readRules(block, depth)
	s.hidesOnly = before
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

// readRule keeps the selectors of a rule that hides, or shows.
func (s *sheetReader) readRule(selectors, css []byte) {
	var rule sight
	if rule, s.buf = readSight(css, s.buf); s.hidesOnly {
		rule.shows = 0
	}
	if rule.hides|rule.shows == 0 {
		return
	}
	for len(s.selectors) < maxSelectors {
		end := endCSS(selectors, ",")
		if sel, ok := readSelector(selectors[:end]); ok {
			sel.sight = rule
			s.selectors = append(s.selectors, sel)
		}
		if end == len(selectors) {
			return
		}
		selectors = selectors[end+1:]
	}
}

// readSelector reads one complex selector, of which all but the last compound
// may only name the page's root and body. ".no-js .menu" hides a menu from
// visitors without scripts; ".menu ul" says nothing of other lists.
func readSelector(text []byte) (sel selector, ok bool) {
	if bytes.Contains(text, []byte("/*")) {
		text = withoutCommentsCSS(text)
	}
	text = bytes.TrimSpace(text)
	for {
		at := bytes.IndexAny(text, " \t\r\n\f>")
		if at < 0 {
			break
		}
		if ancestor := text[:at]; !equalFold(ancestor, "body") && !equalFold(ancestor, "html") && !equalFold(ancestor, ":root") {
			return sel, false
		}
		text = bytes.TrimLeft(text[at:], " \t\r\n\f>")
	}
	if len(text) > 1 && text[0] == '*' && (text[1] == '.' || text[1] == '#') {
		text = text[1:]
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
