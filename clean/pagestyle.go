package clean

import "bytes"

const (
	// maxSelectors bounds what is kept of a page's own style sheets. What a
	// page hides beyond that is taken for visible.
	maxSelectors = 256
	// maxShowing bounds those among them that show what others might hide.
	maxShowing = 64
	// maxKeys bounds the classes that a selector may name, and those that are
	// looked at of an element.
	maxKeys = 16
)

// pageStyle knows which elements the page's own style elements hide, as far
// as that can be told from an element alone. Sheets that are loaded from
// elsewhere, and those behind the element, it does not know.
type pageStyle struct {
	selectors []selector
	keys      uint64 // what could match at all: a bit for each key that some selector needs
	types     bool   // a selector names nothing but an element
	showing   int    // selectors of what shows
	buf       []byte
}

func (s *pageStyle) reset() {
	s.selectors, s.keys, s.types = s.selectors[:0], 0, false
	s.showing = 0
}

// learn takes in what a style sheet, or a script, hides; and what it shows
// again: .pane.active of .pane, and .lg\:flex of .hidden, as far as there is room.
func (w *rewriter) learn(selectors []selector) {
	s := &w.hidden.sheet
	before := len(s.selectors)
	for i := range selectors {
		if sel := &selectors[i]; len(s.selectors) < maxSelectors && (sel.sight.hides != 0 || s.showing < maxShowing && sel.classy() || s.shows(sel)) {
			s.selectors = append(s.selectors, *sel)
			s.index(sel)
		}
	}
	if len(s.selectors) > before {
		w.familiar.forgetClasses()
	}
}

// back forgets what was learned since there were n selectors: what said it goes.
func (s *pageStyle) back(n int) {
	if n >= len(s.selectors) {
		return
	}
	s.selectors, s.keys, s.types, s.showing = s.selectors[:n], 0, false, 0
	for i := range s.selectors {
		s.index(&s.selectors[i])
	}
}

func (s *pageStyle) index(sel *selector) {
	s.keys |= 1 << (sel.last() & 63)
	s.types = s.types || sel.count == 0 && sel.id == 0
	if sel.sight.hides == 0 {
		s.showing++
	}
}

// sheetName is what a selector may go by.
type sheetName uint8

const (
	sheetClass sheetName = iota
	sheetID
)

// names reports whether a selector of what hides goes by the id, or a class,
// that an attribute holds.
func (s *pageStyle) names(by sheetName, value []byte) bool {
	if s.keys == 0 {
		return false
	}
	value = decodeAttribute(value)
	for i := range s.selectors {
		sel := &s.selectors[i]
		switch {
		case sel.sight.hides == 0:
		case by == sheetID && sel.count == 0 && sel.id != 0 && sel.id == nameKey(bytes.TrimSpace(value)):
			return true
		case by == sheetClass && sel.count > 0 && hasClass(value, sel.last()):
			return true
		}
	}
	return false
}

// namesElement reports whether a selector goes by nothing but the element.
func (s *pageStyle) namesElement(key uint64) bool {
	for i := range s.selectors {
		if sel := &s.selectors[i]; sel.last() == key && sel.element == key {
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
	for i := range s.selectors {
		if hidden := &s.selectors[i]; hidden.sight.hides&sel.sight.shows != 0 && hidden.matches(sel.element, sel.id, sel.classes[:sel.count]) {
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

// rankOfAttribute ranks a style attribute: above every selector.
func rankOfAttribute(important bool) int {
	if important {
		return 1 << 18
	}
	return 1 << 12
}

// find adds what the page's style elements say of an element.
func (s *pageStyle) find(known *cascade, element, id uint64, classes []uint64) {
	mask := uint64(1)<<(id&63) | 1<<(element&63)
	for _, key := range classes {
		mask |= 1 << (key & 63)
	}
	if mask&s.keys == 0 {
		return
	}
	for i := range s.selectors {
		if sel := &s.selectors[i]; mask>>(sel.last()&63)&1 != 0 && sel.matches(element, id, classes) {
			known.add(sel.sight, sel.rank)
		}
	}
}
