package clean

// maxSteps bounds how many compounds stand before that of the element.
const maxSteps = 3

// compound is a compound selector (Selectors 4, 3.1). Names are kept as hashes,
// in lower case: a page without a doctype compares them that way.
type compound struct {
	element, id uint64
	classes     [4]uint64
	count       uint8 // of classes
	root        bool  // it names the page's root or body
	tests       []test
}

// step is a compound of an element around another.
type step struct {
	compound
	child bool // what stands behind it stands right in it
}

// selector is a complex selector (Selectors 4, 3.1) with what its rule does.
type selector struct {
	compound
	up      []step          // from the inside out
	around  [maxSteps]uint8 // where pageStyle keeps those, counted from 1
	weight  int32           // the specificity
	layered bool            // what is not in a layer outranks it
	points  bool            // it counts while a visitor points at the element
	pointed bool            // or at a step, or does not
	sight   sight
}

// What a simple selector weighs (Selectors 4, 17).
const (
	weightElement = 1
	weightClass   = 1 << 6
	weightID      = 1 << 12
	maxWeight     = 1<<18 - 1
)

// facts are what a compound asks about an element. Without a tag tests count as
// met: what could match is asked for.
type facts struct {
	element, id uint64
	classes     []uint64
	tag         *tag
	b           []byte
}

// classy reports a compound that goes by more than the element.
func (c *compound) classy() bool { return c.count > 0 || c.id != 0 }

// tells reports a selector of some elements only, as they are at first: a page's
// root and body are hidden by scripts while they build it, and a list in a list by
// those that open it as a menu.
func (sel *selector) tells() bool {
	return !sel.root && !sel.points && sel.anchored() && (len(sel.up) == 0 || sel.classy() || len(sel.tests) > 0 || !listed(sel.element))
}

// listed reports the elements that menus are made of.
func listed(key uint64) bool { return key == ulKey || key == olKey || key == liKey }

// anchored reports a compound that asks for something to be there.
func (c *compound) anchored() bool { return c.last() != 0 || c.byAttribute() }

// isTested reports a selector with tests, or a step with some.
func (sel *selector) isTested() bool {
	for i := range sel.up {
		if len(sel.up[i].tests) > 0 {
			return true
		}
	}
	return len(sel.tests) > 0
}

// byAttribute reports a compound that goes by nothing but attributes.
func (c *compound) byAttribute() bool {
	if c.last() != 0 {
		return false
	}
	for i := range c.tests {
		if t := &c.tests[i]; t.of == testAttribute && !t.not {
			return true
		}
	}
	return false
}

// last is the key without which the compound cannot match, or 0.
func (c *compound) last() uint64 {
	switch {
	case c.count > 0:
		return c.classes[c.count-1]
	case c.id != 0:
		return c.id
	}
	return c.element
}

func (c *compound) matches(f *facts) bool {
	if c.element != 0 && c.element != f.element || c.id != 0 && c.id != f.id {
		return false
	}
	for _, needed := range c.classes[:c.count] {
		if !has(f.classes, needed) {
			return false
		}
	}
	for i := range c.tests {
		if f.tag != nil && c.tests[i].met(f) == c.tests[i].not {
			return false
		}
	}
	return true
}

// rank orders rules as the cascade does (CSS Cascade 5, 6.1).
func (sel *selector) rank(important bool) int {
	rank := int(sel.weight)
	switch {
	case important && sel.layered:
		rank += rankLayerImportant
	case important:
		rank += rankImportant
	case !sel.layered:
		rank += rankNormal
	}
	return rank
}
