package clean

import (
	"bytes"
	"slices"
)

const (
	// maxRuleDepth bounds how deep rules may stand in each other.
	maxRuleDepth = 4
	// maxHalves bounds the rules of a sheet that might hide together with others.
	maxHalves = 1024
	// maxUndoing bounds the rules of a sheet that undo what few others do.
	maxUndoing = 1024
)

// sheetReader reads style sheets for what they do to the sight of elements.
type sheetReader struct {
	selectors []selector
	contains  bool // it makes containers: without one no query about their size is met (CSS Conditional 5, 5)
	buf       []byte
	within    within
	hiding    int // selectors of what hides
	undoing   int // those that show nothing but what is undone
	halves    map[uint64]declarations
}

// within is what the at-rules around a rule make of it.
type within struct {
	hidesNone, showsNone, layered bool
	around                        []selector // what & stands for (CSS Nesting 1, 3.1)
	scoped                        bool       // and :scope does (CSS Cascade 6, 2.5)
}

// readSheet returns the selectors of what css hides or shows.
func readSheet(css []byte) []selector {
	s := sheetReader{contains: bytes.Contains(css, []byte("container-type:")) || bytes.Contains(css, []byte("container:"))}
	s.readRules(css, maxRuleDepth)
	return related(s.selectors)
}

// related leaves out, of the selectors of what shows, those that undo nothing
// which the sheet does.
func related(selectors []selector) []selector {
	undone := meansShown
	for i := range selectors {
		undone |= selectors[i].sight.hides
	}
	return slices.DeleteFunc(selectors, func(sel selector) bool {
		return sel.sight.hides == 0 && sel.sight.shows&undone == 0
	})
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
			s.readRule(prelude, block, depth)
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

// readConditional reads the rules in an at-rule's block.
func (s *sheetReader) readConditional(prelude, block []byte, depth int) {
	before := s.within
	if s.enter(prelude) {
		s.readRules(block, depth)
	}
	s.within = before
}

// enter notes what an at-rule makes of the rules in it, and reports whether
// they count. What counts on some screens only hides nothing from everybody,
// but may show it to many, and so may what counts in some containers; of what a
// browser supports nothing is known, so that such a rule shows nothing again.
func (s *sheetReader) enter(prelude []byte) bool {
	s.buf = foldCSS(s.buf[:0], prelude)
	query, media := bytes.CutPrefix(s.buf, []byte("@media"))
	size, container := bytes.CutPrefix(s.buf, []byte("@container"))
	switch {
	case media && onEveryScreen(query), container && inEveryContainer(size) && s.contains:
	case bytes.HasPrefix(s.buf, []byte("@layer")):
		s.within.layered = true
	case media && onSomeScreen(query), container:
		s.within.hidesNone = true
	case bytes.HasPrefix(s.buf, []byte("@supports")):
		s.within.showsNone = true
	case bytes.HasPrefix(s.buf, []byte("@scope(")):
		return s.enterScope(prelude)
	default:
		return false
	}
	return true
}

// enterScope reads the root of a scope, where it has no lower bound: that would
// take elements out which only a tree tells.
func (s *sheetReader) enterScope(prelude []byte) bool {
	_, root, _ := bytes.Cut(prelude, []byte("("))
	end := endCSS(root, ")")
	if end == len(root) || len(trimRules(root[end+1:])) > 0 {
		return false
	}
	s.within.around, s.within.scoped = s.readSelectors(root[:end]), true
	return len(s.within.around) > 0
}

// readRule keeps the selectors of a rule that hides, or shows, and reads the
// rules nested in it.
func (s *sheetReader) readRule(selectors, css []byte, depth int) {
	var d declarations
	s.buf = d.readBlock(css, s.buf)
	s.keepAll(selectors, s.counts(d.sum()), s.counts(d.reveals()))
	if d.half() && !s.within.hidesNone && s.within.around == nil {
		s.joinHalves(selectors, &d)
	}
	if depth > 0 && bytes.IndexByte(css, '{') >= 0 {
		before := s.within
		if s.within.around = s.readSelectors(selectors); len(s.within.around) > 0 {
			s.within.scoped = false
			s.readNested(css, depth-1)
		}
		s.within = before
	}
}

// counts is what rule does within the at-rules around it.
func (s *sheetReader) counts(rule sight) sight {
	if s.within.hidesNone {
		rule.hides = 0
	}
	if s.within.showsNone {
		rule.shows = 0
	}
	return rule
}

// keepAll keeps the selectors of a rule. Of those that count while a visitor
// points at what is around the element it hides nothing: a menu opens so.
func (s *sheetReader) keepAll(selectors []byte, rule, reveals sight) {
	if s.within.around == nil && !mayPoint(selectors) {
		reveals = sight{}
	}
	for len(selectors) > 0 && (s.hasRoom(rule) || s.hasRoom(reveals)) {
		end := endCSS(selectors, ",")
		for _, sel := range s.readSelector(selectors[:end]) {
			if sel.pointed {
				s.keep(sel, reveals)
			} else {
				s.keep(sel, rule)
			}
		}
		selectors = selectors[min(end+1, len(selectors)):]
	}
}

// mayPoint reports whether selectors may hold a momentary state.
func mayPoint(selectors []byte) bool {
	return bytes.Contains(selectors, []byte(":hover")) || bytes.Contains(selectors, []byte(":focus"))
}

// readSelectors reads a list, as far as there is room.
func (s *sheetReader) readSelectors(list []byte) []selector {
	var all []selector
	for len(list) > 0 && len(all) < maxAlternatives {
		end := endCSS(list, ",")
		all = append(all, s.readSelector(list[:end])...)
		list = list[min(end+1, len(list)):]
	}
	return all[:min(len(all), maxAlternatives)]
}

// joinHalves hides what several rules for the same elements hide together:
// .x{height:0} and .x{overflow:hidden}.
func (s *sheetReader) joinHalves(selectors []byte, d *declarations) {
	alone := d.together()
	for len(selectors) > 0 {
		end := endCSS(selectors, ",")
		key := nameKey(bytes.TrimSpace(selectors[:end]))
		known, found := s.halves[key]
		known.join(d)
		switch {
		case found && known.together()&^alone != 0:
			s.keepSteady(s.readSelector(selectors[:end]), sight{hides: known.together()})
		case s.halves == nil:
			s.halves = make(map[uint64]declarations)
		}
		if found || len(s.halves) < maxHalves {
			s.halves[key] = known
		}
		selectors = selectors[min(end+1, len(selectors)):]
	}
}

// readNested reads the rules that stand among the declarations of a block.
func (s *sheetReader) readNested(css []byte, depth int) {
	for len(css) > 0 && s.hiding < maxSelectors {
		css = trimRules(css)
		end := declarationEnd(css)
		item := css[:end]
		css = css[min(end+1, len(css)):]
		at := endCSS(item, "{")
		switch {
		case at == len(item) || bytes.HasPrefix(item, []byte("--")):
		case item[0] == '@':
			s.readNestedConditional(item[:at], item[at+1:], depth)
		default:
			s.readRule(item[:at], item[at+1:], depth)
		}
	}
}

// readNestedConditional reads an at-rule within a rule, whose declarations are
// for the elements of that (CSS Nesting 1, 3.4).
func (s *sheetReader) readNestedConditional(prelude, block []byte, depth int) {
	before := s.within
	if scope := bytes.HasPrefix(prelude, []byte("@scope")); !scope && s.enter(prelude) {
		var rule sight
		rule, s.buf = readSight(block, s.buf)
		s.keepSteady(s.within.around, s.counts(rule))
		if depth > 0 {
			s.readNested(block, depth-1)
		}
	}
	s.within = before
}

// hasRoom reports whether more selectors of such a rule are kept: as many of
// what hides as of what shows.
func (s *sheetReader) hasRoom(rule sight) bool {
	switch {
	case rule.hides != 0:
		return s.hiding < maxSelectors
	case rule.shows&meansShown != 0:
		return len(s.selectors)-s.hiding-s.undoing < maxSelectors
	}
	return rule.shows != 0 && s.undoing < maxUndoing
}

// keepSteady keeps those selectors that no momentary state is asked for in.
func (s *sheetReader) keepSteady(selectors []selector, rule sight) {
	for i := range selectors {
		if !selectors[i].pointed {
			s.keep(selectors[i], rule)
		}
	}
}

func (s *sheetReader) keep(sel selector, rule sight) {
	if !s.hasRoom(rule) || !sel.tells() && (rule.hides != 0 || sel.root || sel.points || !sel.anchored()) {
		return
	}
	sel.sight, sel.layered = rule, s.within.layered
	s.selectors = append(s.selectors, sel)
	switch {
	case rule.hides != 0:
		s.hiding++
	case rule.shows&meansShown == 0:
		s.undoing++
	}
}
