package clean

import "bytes"

const (
	// maxAlternatives bounds what :is() and & make of one selector.
	maxAlternatives = 16
	// maxSelector bounds how long one may be, and maxFunctions how deep its
	// functions may stand in each other.
	maxSelector  = 1 << 10
	maxFunctions = 3
)

// selectorReader reads a complex selector, of which :is() and & make several.
type selectorReader struct {
	cssReader
	within *within
	depth  int
	all    []selector // as far as they are read
	simple int        // simple selectors in the compound
	nested bool       // it has named what it is nested in
	averts bool       // the compound counts while a visitor does not point at its element
}

// readSelector reads the complex selector text. What it does not know, or only
// the tree tells, makes it none: ".menu:hover", ".menu + ul".
func (s *sheetReader) readSelector(text []byte) []selector {
	return readSelector(text, &s.within, maxFunctions)
}

func readSelector(text []byte, within *within, depth int) []selector {
	if len(text) > maxSelector {
		return nil
	}
	if bytes.Contains(text, []byte("/*")) {
		text = withoutCommentsCSS(text)
	}
	text = bytes.TrimLeft(text, " \t\r\n\f")
	for len(text) > 0 && isSpace(text[len(text)-1]) && !bytes.HasSuffix(text[:len(text)-1], []byte("\\")) {
		text = text[:len(text)-1]
	}
	r := selectorReader{cssReader: cssReader{css: text}, within: within, depth: depth, all: make([]selector, 1, 2)}
	for r.pos < len(text) {
		if !r.next() {
			return nil
		}
	}
	if r.simple == 0 || within.around != nil && !r.nested && !r.nest() {
		return nil
	}
	return r.all
}

// next reads a simple selector or a combinator.
func (r *selectorReader) next() bool {
	switch c := r.css[r.pos]; {
	case isSpace(c) || c == '>':
		return r.combine()
	case c == '[':
		return r.attribute()
	case c == ':':
		return r.pseudo()
	case c == '&' && r.within.around != nil:
		r.pos++
		r.simple++
		r.nested = true
		return r.merge(r.within.around, 0)
	case c == '*':
		r.pos++
		r.simple++
		return true
	}
	return r.name()
}

// name reads the name of an element, of an id or of a class.
func (r *selectorReader) name() bool {
	sign := r.css[r.pos]
	if sign == '.' || sign == '#' {
		r.pos++
	}
	name := r.ident()
	if len(name) == 0 || sign != '.' && sign != '#' && r.simple > 0 {
		return false
	}
	r.simple++
	return r.each(func(sel *selector) bool { return sel.add(sign, nameKey(name)) })
}

// each changes all that are read so far, and keeps those that still are some.
func (r *selectorReader) each(change func(sel *selector) bool) bool {
	kept := r.all[:0]
	for i := range r.all {
		if sel := r.all[i]; change(&sel) {
			kept = append(kept, sel)
		}
	}
	r.all = kept
	return len(kept) > 0
}

func (sel *selector) add(sign byte, key uint64) bool {
	switch {
	case sign == '#' && sel.id == 0:
		sel.id = key
		sel.weigh(weightID)
	case sign == '.' && int(sel.count) < len(sel.classes):
		sel.classes[sel.count] = key
		sel.count++
		sel.weigh(weightClass)
	case sign != '#' && sign != '.' && sel.element == 0:
		sel.element = key
		sel.root = sel.root || key == htmlKey || key == bodyKey
		sel.weigh(weightElement)
	default:
		return false
	}
	return true
}

func (sel *selector) weigh(n int32) { sel.weight = min(sel.weight+n, maxWeight) }

// combine begins the compound of an element within those read so far. The
// page's root and body are around all; but whether they have a class no page
// keeps to: ".no-js .menu" hides a menu from visitors without scripts.
func (r *selectorReader) combine() bool {
	child := false
	for r.pos < len(r.css) && (isSpace(r.css[r.pos]) || r.css[r.pos] == '>') {
		if r.css[r.pos] == '>' {
			if child {
				return false
			}
			child = true
		}
		r.pos++
	}
	if r.simple == 0 && (r.within.around == nil || len(r.all[0].up) > 0) || r.pos == len(r.css) {
		return false
	}
	if r.simple == 0 { // "> .x" in a nested rule
		r.nested = true
		if !r.merge(r.within.around, 0) {
			return false
		}
	}
	averts := r.averts
	r.simple, r.averts = 0, false
	return r.each(func(sel *selector) bool {
		sel.pointed, sel.points = sel.pointed || sel.points || averts, false
		return sel.descend(child)
	})
}

// descend makes the compound that is read a step.
func (sel *selector) descend(child bool) bool {
	switch bare := !sel.classy() && len(sel.tests) == 0; {
	case bare && len(sel.up) == 0 && (sel.root || sel.element == 0): // every element has one of these around it
	case sel.root || !sel.anchored() || len(sel.up) == maxSteps:
		return false
	default:
		sel.up = append([]step{{sel.compound, child}}, sel.up...)
	}
	sel.compound = compound{}
	return true
}

// nest puts what is read into what it is nested in, which it has not named
// (CSS Nesting 1, 3.1).
func (r *selectorReader) nest() bool {
	inner, outer := r.all, r.within.around
	r.all = nil
	for i := range inner {
		for j := range outer {
			if sel := inner[i]; len(r.all) < maxAlternatives && sel.within(&outer[j], r.within.scoped) {
				r.all = append(r.all, sel)
			}
		}
	}
	return len(r.all) > 0
}

func (sel *selector) within(outer *selector, scoped bool) bool {
	if outer.root || len(sel.up)+1+len(outer.up) > maxSteps {
		return false
	}
	sel.pointed = sel.pointed || outer.pointed || outer.points
	up := append([]step(nil), sel.up...)
	sel.up = append(append(up, step{compound: outer.compound}), outer.up...)
	if !scoped {
		sel.weigh(outer.weight)
	}
	return true
}

// merge joins every one that is read with each of others, which stand for the
// same element, and weigh what is given, or else what each does.
func (r *selectorReader) merge(others []selector, weight int32) bool {
	var all []selector
	for i := range r.all {
		for j := range others {
			sel := r.all[i]
			if len(all) < maxAlternatives && sel.join(&others[j]) {
				sel.weigh(max(weight, 0))
				if weight == 0 {
					sel.weigh(others[j].weight)
				}
				all = append(all, sel)
			}
		}
	}
	r.all = all
	return len(all) > 0
}

// join adds what another compound asks of the same element.
func (sel *selector) join(other *selector) bool {
	clash := func(a, b uint64) bool { return a != 0 && b != 0 && a != b }
	if clash(sel.element, other.element) || clash(sel.id, other.id) || len(sel.up) > 0 && len(other.up) > 0 ||
		int(sel.count+other.count) > len(sel.classes) || len(sel.tests)+len(other.tests) > maxTests {
		return false
	}
	sel.pointed, sel.points = sel.pointed || other.pointed, sel.points || other.points
	sel.element, sel.id, sel.root = max(sel.element, other.element), max(sel.id, other.id), sel.root || other.root
	sel.count += uint8(copy(sel.classes[sel.count:], other.classes[:other.count]))
	sel.tests = append(sel.tests[:len(sel.tests):len(sel.tests)], other.tests...)
	if len(other.up) > 0 {
		sel.up = other.up
	}
	return true
}

// pseudo reads the pseudo-classes that an element has for good.
func (r *selectorReader) pseudo() bool {
	at := r.pos
	r.pos++
	name := lowerString(r.ident())
	r.simple++
	if r.pos < len(r.css) && r.css[r.pos] == '(' {
		end := r.pos + 1 + endCSS(r.css[r.pos+1:], ")")
		arguments := r.css[r.pos+1 : end]
		r.pos = min(end+1, len(r.css))
		return r.function(name, arguments)
	}
	switch {
	case momentary(r.css[at:r.pos]):
		return r.each(func(sel *selector) bool { sel.points = true; sel.weigh(weightClass); return true })
	case name == "root":
		return r.each(func(sel *selector) bool { sel.root = true; sel.weigh(weightClass); return true })
	case name == "scope" && r.within.scoped:
		r.nested = true
		return r.merge(r.within.around, weightClass)
	}
	return false
}

// function reads those that take selectors (Selectors 4, 4).
func (r *selectorReader) function(name string, list []byte) bool {
	if r.depth == 0 {
		return false
	}
	switch name {
	case "is", "where", "matches", "-webkit-any", "-moz-any":
		others, weight, _ := r.list(list)
		if name == "where" {
			weight = -1
		}
		return r.merge(others, weight)
	case "not":
		others, weight, all := r.list(list)
		return all && r.each(func(sel *selector) bool { sel.weigh(weight); return sel.exclude(others) })
	case "nth-child", "nth-last-child", "nth-of-type", "nth-last-of-type":
		return string(bytes.TrimSpace(list)) == "n" && r.each(func(sel *selector) bool { sel.weigh(weightClass); return true })
	}
	return false
}

// list reads the selectors of a list, and how much the heaviest weighs; all is
// false where there was one it does not know. What is only there while a
// visitor points at it is left out.
func (r *selectorReader) list(list []byte) (others []selector, weight int32, all bool) {
	all = true
	for len(list) > 0 && len(others) < maxAlternatives {
		end := endCSS(list, ",")
		one := bytes.TrimSpace(list[:end])
		list = list[min(end+1, len(list)):]
		if momentary(one) {
			weight, r.averts = max(weight, weightClass), true
			continue
		}
		some := readFree(one, r.depth-1)
		for i := range some {
			weight = max(weight, some[i].weight)
		}
		others, all = append(others, some...), all && len(some) > 0
	}
	return others, weight, all && len(list) == 0
}

// readFree reads a selector that is not nested itself.
func readFree(text []byte, depth int) []selector {
	if bytes.IndexByte(text, '&') >= 0 || bytes.Contains(text, []byte(":scope")) {
		return nil
	}
	return readSelector(text, &within{}, depth)
}

// momentary reports a state that no element is in when a page is opened.
func momentary(text []byte) bool {
	switch lowerString(text) {
	case ":hover", ":active", ":focus", ":focus-within", ":focus-visible", ":target":
		return true
	}
	return false
}
