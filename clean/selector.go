package clean

import "bytes"

// selector is a compound selector of element, id and classes (Selectors 4, 4)
// with what its rule does. Names are kept as hashes, in lower case: a page
// without a doctype compares them that way.
type selector struct {
	element, id uint64
	classes     [4]uint64
	count       int  // of classes
	layered     bool // what is not in a layer outranks it
	sight       sight
}

// sheetReader reads style sheets for what they do to the sight of elements.
type sheetReader struct {
	selectors []selector
	buf       []byte
	within    within
	hiding    int // selectors of what hides
}

// within is what the at-rules around a rule make of it.
type within struct{ hidesNone, showsNone, layered bool }

// readSheet returns the selectors of what css hides or shows.
func readSheet(css []byte) []selector {
	var s sheetReader
	s.readRules(css, 4)
	return s.selectors
}

// readRules reads rules as CSS Syntax 5.5.1 does: a semicolon ends an at-rule
// only, so that what follows a stray one is no selector.
func (s *sheetReader) readRules(css []byte, depth int) {
	for s.hiding < maxSelectors {
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
		switch {
		case !bytes.HasPrefix(prelude, []byte("@")):
			s.readRule(prelude, block)
		case depth > 0:
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

// readConditional reads the rules in an at-rule's block. What counts on some
// screens only hides nothing from everybody, but may show it to many; of what a
// browser supports nothing is known, so that such a rule shows nothing again.
func (s *sheetReader) readConditional(prelude, block []byte, depth int) {
	before := s.within
	s.buf = foldCSS(s.buf[:0], prelude)
	query, media := bytes.CutPrefix(s.buf, []byte("@media"))
	switch {
	case media && onEveryScreen(query):
	case bytes.HasPrefix(s.buf, []byte("@layer")):
		s.within.layered = true
	case media && onSomeScreen(query):
		s.within.hidesNone = true
	case bytes.HasPrefix(s.buf, []byte("@supports")):
		s.within.showsNone = true
	default:
		return
	}
	s.readRules(block, depth)
	s.within = before
}

const (
	narrowestScreen = 320
	widestUsual     = 1600
)

// onEveryScreen reports whether a media query, folded, matches for every
// visitor: not one for paper, nor one for telephones.
func onEveryScreen(query []byte) bool {
	for part := range bytes.SplitSeq(query, []byte(",")) {
		features, screen := screenFeatures(part)
		if screen && len(features) == 0 {
			return true
		}
		least, found := bytes.CutPrefix(features, []byte("min-width:"))
		if n, ok := pixels(bytes.TrimSuffix(least, []byte(")"))); screen && found && ok && n <= narrowestScreen {
			return true
		}
	}
	return false
}

// onSomeScreen reports whether a media query, folded, asks for nothing but a
// width that many screens have.
func onSomeScreen(query []byte) bool {
	for part := range bytes.SplitSeq(query, []byte(",")) {
		if features, screen := screenFeatures(part); screen && usualWidth(features) {
			return true
		}
	}
	return false
}

// screenFeatures returns what a query for screens asks for behind the first
// bracket: min-width:1px)and(max-width:2px).
func screenFeatures(query []byte) (features []byte, screen bool) {
	kind, features, found := bytes.Cut(bytes.TrimPrefix(query, []byte("only")), []byte("("))
	if found {
		kind = bytes.TrimSuffix(kind, []byte("and"))
	}
	switch string(kind) {
	case "", "all", "screen":
		return features, true
	}
	return nil, false
}

// usualWidth reports whether features leave room for a usual screen.
func usualWidth(features []byte) bool {
	least, most := 0.0, 1e6
	for feature := range bytes.SplitSeq(features, []byte("and(")) {
		feature, closed := bytes.CutSuffix(feature, []byte(")"))
		at := bytes.IndexAny(feature, ":=")
		if at < 0 || !closed {
			return false
		}
		n, ok := pixels(feature[at+1:])
		switch name := string(feature[:at+1]); {
		case !ok:
			return false
		case name == "min-width:" || name == "width>=":
			least = max(least, n)
		case name == "max-width:" || name == "width<=":
			most = min(most, n)
		default:
			return false
		}
	}
	return least <= widestUsual && most >= narrowestScreen && least <= most
}

// pixels reads a length in px or em, of 16 px each.
func pixels(value []byte) (float64, bool) {
	n, ok := number(value)
	switch string(value[numberEnd(value):]) {
	case "px":
		return n, ok
	case "em", "rem":
		return 16 * n, ok
	}
	return n, ok && n == 0
}

// readRule keeps the selectors of a rule that hides, or shows.
func (s *sheetReader) readRule(selectors, css []byte) {
	var rule sight
	rule, s.buf = readSight(css, s.buf)
	if s.within.hidesNone {
		rule.hides = 0
	}
	if s.within.showsNone {
		rule.shows = 0
	}
	if rule.hides|rule.shows == 0 {
		return
	}
	for rest := selectors; ; {
		end := endCSS(rest, ",")
		if sel, ok := readSelector(rest[:end]); ok {
			sel.sight, sel.layered = rule, s.within.layered
			s.keep(&sel)
		}
		if end == len(rest) {
			return
		}
		rest = rest[end+1:]
	}
}

// keep keeps as many selectors of what hides as of what shows.
func (s *sheetReader) keep(sel *selector) {
	count := s.hiding
	if sel.sight.hides == 0 {
		count = len(s.selectors) - s.hiding
	}
	if count >= maxSelectors {
		return
	}
	s.selectors = append(s.selectors, *sel)
	if sel.sight.hides != 0 {
		s.hiding++
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

// classy reports a selector that goes by more than the element.
func (sel *selector) classy() bool { return sel.count > 0 || sel.id != 0 }

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
	switch {
	case important && sel.layered:
		rank += 1 << 17
	case important:
		rank += 1 << 16
	case !sel.layered:
		rank += 1 << 10
	}
	return rank
}
