package clean

import "bytes"

const (
	// maxSelectors bounds what is kept of a page's own style sheets. What a
	// page hides beyond that is taken for visible.
	maxSelectors = 256
	// maxShowing bounds those among them that show what others might hide.
	maxShowing = 64
	// maxPageSteps bounds the elements around others that those go by, and
	// maxTested the selectors with tests.
	maxPageSteps = 64
	maxTested    = 16
	// maxKeys bounds the classes that a selector may name, and those that are
	// looked at of an element.
	maxKeys = 16
)

// pageStyle knows which elements the page's own style elements hide, as far
// as that can be told from an element and those around it. Sheets that are
// loaded from elsewhere, and those behind the element, it does not know.
type pageStyle struct {
	selectors  []selector
	steps      []*step // of the selectors, the first first
	keys       uint64  // what could match at all: a bit for each key that some selector needs
	types      bool    // a selector, or a step, names nothing but an element
	attributes bool    // nor anything but attributes
	showing    int     // selectors of what shows
	tested     int     // those with tests
	within     means   // that are undone for what stands in any element
	buf        []byte
}

func (s *pageStyle) reset() {
	clear(s.steps)
	s.selectors, s.steps = s.selectors[:0], s.steps[:0]
	s.forget()
}

func (s *pageStyle) forget() {
	s.keys, s.types, s.attributes, s.showing, s.tested, s.within = 0, false, false, 0, 0, 0
}

// learn takes in what a style sheet, or a script, hides; and what it shows
// again: .pane.active of .pane, and .lg\:flex of .hidden, as far as there is room.
func (w *rewriter) learn(selectors []selector) {
	s := &w.hidden.sheet
	before := len(s.selectors)
	for i := range selectors {
		s.take(&selectors[i])
	}
	for i := range selectors {
		s.undoWithin(&selectors[i])
	}
	if len(s.selectors) > before {
		w.familiar.forgetClasses()
	}
}

// take keeps a selector if it has to do with hiding. One that undoes, wherever it
// does so, is taken to do so everywhere.
func (s *pageStyle) take(sel *selector) {
	if sel.sight.hides != 0 || sel.sight.shows&meansShown != 0 && s.wants(sel) {
		s.keep(sel)
	}
	if sel.sight.hides == 0 && sel.sight.shows&meansUndone != 0 {
		undoes := *sel
		undoes.up, undoes.sight.shows = nil, undoes.sight.shows&meansUndone
		if s.shows(&undoes) {
			s.keep(&undoes)
		}
	}
}

func (s *pageStyle) keep(sel *selector) {
	if s.hasRoom(sel) {
		s.selectors = append(s.selectors, *sel)
		s.index(&s.selectors[len(s.selectors)-1])
	}
}

// wants reports a selector of what shows that matters: within others only where
// what hides them is known.
func (s *pageStyle) wants(sel *selector) bool {
	return s.showing < maxShowing && len(sel.up) == 0 && (sel.classy() || sel.showsUnseen()) || s.shows(sel)
}

// undoWithin gives up what hides elements in which a rule shows others again:
// .menu{font-size:0} and .menu li{font-size:14px}, or a{font-size:14px}.
func (s *pageStyle) undoWithin(sel *selector) {
	undone := sel.sight.shows & meansInherited
	if sel.sight.hides != 0 || undone == 0 {
		return
	}
	if !sel.classy() && !sel.byAttribute() && (sel.element == 0 || sel.element == aKey || sel.element == liKey || sel.element == spanKey) && len(sel.up) == 0 {
		s.within |= undone
	}
	for i := range sel.up {
		around := facts{element: sel.up[i].element, id: sel.up[i].id, classes: sel.up[i].classes[:sel.up[i].count]}
		for j := range s.selectors {
			if hides := &s.selectors[j]; hides.sight.hides&undone != 0 && hides.matches(&around) {
				hides.sight.hides &^= undone
			}
		}
	}
}

// showsUnseen reports a selector of elements that no browser shows by itself.
func (sel *selector) showsUnseen() bool {
	switch {
	case sel.sight.shows&meansDisplay == 0:
		return false
	case sel.byAttribute():
		return sel.tests[0].key == popoverKey
	}
	return sel.element == dialogKey || sel.element == datalistKey || sel.element == rpKey
}

func (s *pageStyle) hasRoom(sel *selector) bool {
	return len(s.selectors) < maxSelectors && len(s.steps)+len(sel.up) <= maxPageSteps && (!sel.isTested() || s.tested < maxTested)
}

// back forgets what was learned since there were n selectors: what said it goes.
func (s *pageStyle) back(n int) {
	if n >= len(s.selectors) {
		return
	}
	clear(s.selectors[n:])
	clear(s.steps)
	s.selectors, s.steps = s.selectors[:n], s.steps[:0]
	s.forget()
	for i := range s.selectors {
		s.index(&s.selectors[i])
	}
}

func (s *pageStyle) index(sel *selector) {
	if sel.sight.hides != 0 || !sel.byAttribute() {
		s.indexCompound(&sel.compound)
	}
	for i := range sel.up {
		s.steps = append(s.steps, &sel.up[i])
		sel.around[i] = uint8(len(s.steps))
		s.indexCompound(&sel.up[i].compound)
	}
	if sel.sight.hides == 0 {
		s.showing++
	}
	if sel.isTested() {
		s.tested++
	}
}

func (s *pageStyle) indexCompound(c *compound) {
	if c.byAttribute() {
		s.attributes = true
		return
	}
	s.keys |= 1 << (c.last() & 63)
	s.types = s.types || !c.classy()
}

// sheetName is what a selector may go by.
type sheetName uint8

const (
	sheetClass sheetName = iota
	sheetID
)

// names reports whether a selector of what hides, or a step, goes by the id, or
// a class, that an attribute holds.
func (s *pageStyle) names(by sheetName, value []byte) bool {
	if s.keys == 0 {
		return false
	}
	value = decodeAttribute(value)
	for i := range s.selectors {
		if sel := &s.selectors[i]; sel.sight.hides != 0 && sel.goesBy(by, value) {
			return true
		}
	}
	for _, step := range s.steps {
		if step.goesBy(by, value) {
			return true
		}
	}
	return false
}

// goesBy reports whether value holds the id, or the class, that c goes by.
func (c *compound) goesBy(by sheetName, value []byte) bool {
	if by == sheetID {
		return c.count == 0 && c.id != 0 && c.id == nameKey(bytes.TrimSpace(value))
	}
	return c.count > 0 && hasClass(value, c.last())
}

// mustRead reports whether a tag of the element must be read: a selector, or a
// step, goes by nothing but its name, or by attributes, of which there are some.
func (s *pageStyle) mustRead(key uint64, bare bool) bool {
	return s.attributes && !bare || s.types && s.namesElement(key)
}

func (s *pageStyle) namesElement(key uint64) bool {
	for i := range s.selectors {
		if sel := &s.selectors[i]; sel.last() == key && sel.element == key {
			return true
		}
	}
	for _, step := range s.steps {
		if step.last() == key && step.element == key {
			return true
		}
	}
	return false
}

func hasClass(value []byte, key uint64) bool {
	for name := range bytes.FieldsSeq(value) {
		if nameKey(name) == key {
			return true
		}
	}
	return false
}

// shows reports whether sel speaks of elements that a selector kept hides.
func (s *pageStyle) shows(sel *selector) bool {
	asked := facts{element: sel.element, id: sel.id, classes: sel.classes[:sel.count]}
	for i := range s.selectors {
		if hidden := &s.selectors[i]; hidden.sight.hides&sel.sight.shows != 0 && hidden.matches(&asked) {
			return true
		}
	}
	return false
}

// cascade finds out, for each of the means, which rule's word counts.
type cascade struct {
	rank   [8]int
	hidden means
}

func (c *cascade) add(rule sight, rank func(important bool) int) {
	for bit := range c.rank {
		m := means(1) << bit
		if (rule.hides|rule.shows)&m == 0 {
			continue
		}
		if r := rank(rule.important&m != 0); r >= c.rank[bit] {
			c.rank[bit], c.hidden = r, c.hidden&^m|rule.hides&m
		}
	}
}

// What a declaration's origin and layer weigh (CSS Cascade 5, 6.1), each more
// than any selector.
const (
	rankNormal             = 1 << (18 + iota) // in no layer
	rankAttribute                             // in a style attribute
	rankImportant                             // in no layer
	rankLayerImportant                        // in one
	rankAttributeImportant                    // in a style attribute
)

// rankOfBrowser ranks the browser's own rules: below every selector.
func rankOfBrowser(bool) int { return 0 }

// rankOfAttribute ranks a style attribute: above every selector.
func rankOfAttribute(important bool) int {
	if important {
		return rankAttributeImportant
	}
	return rankAttribute
}

// known reports whether there are any selectors.
func (s *pageStyle) known() bool { return len(s.selectors) > 0 }

// mayMatch reports whether anything is known that could match an element.
func (s *pageStyle) mayMatch(f *facts) bool {
	if s.tested > 0 && len(f.tag.attrs) > 0 {
		return true
	}
	mask := uint64(1)<<(f.id&63) | 1<<(f.element&63)
	for _, key := range f.classes {
		mask |= 1 << (key & 63)
	}
	return mask&s.keys != 0
}

// find adds what the page's style elements say of an element. adjacent is false
// where what it stands right in is not known.
func (s *pageStyle) find(known *cascade, f *facts, around *lineage, adjacent bool) {
	for i := range s.selectors {
		if sel := &s.selectors[i]; sel.matches(f) && around.matches(sel, adjacent) {
			known.add(sel.sight, sel.rank)
		}
	}
}

// stepsOf returns a bit for each step that the element matches.
func (s *pageStyle) stepsOf(f *facts) (matched uint64) {
	for i, step := range s.steps {
		if step.matches(f) {
			matched |= 1 << i
		}
	}
	return matched
}
