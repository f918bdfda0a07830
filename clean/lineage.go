package clean

// maxKin bounds the open elements that are followed as ancestors.
const maxKin = 8

// lineage follows the open elements that some rule of the page's style
// elements names as those around another: .wrap of .wrap .x. Where the end of
// one is in doubt it ends too early rather than too late, as what is not known
// to be hidden keeps its words. While something is hidden it rests.
type lineage struct {
	opened opened // from the first of them on
	kin    [maxKin]ancestor
	count  int
}

// ancestor is an open element that matches steps of selectors.
type ancestor struct {
	el     element
	key    uint64 // hash of its name
	depth  int    // where it is in opened
	tables int    // how many are open up to it
	steps  uint64 // a bit for each that it matches
}

func (l *lineage) active() bool { return l.count > 0 }

func (l *lineage) reset() {
	l.count = 0
	l.opened.reset()
}

// startTag notes an element that matches steps, or stands in one that does.
func (l *lineage) startTag(key uint64, el element, steps uint64) {
	if !l.active() && steps == 0 {
		return
	}
	depth := len(l.opened.stack)
	if !l.opened.push(key, el) {
		l.reset()
		return
	}
	if steps != 0 && l.count < maxKin {
		l.kin[l.count] = ancestor{el, key, depth, l.opened.tables, steps}
		l.count++
	}
}

// before ends those that a start tag ends.
func (l *lineage) before(p *place, next element) {
	for i := range l.count {
		a := &l.kin[i]
		within := opened{stack: l.opened.stack[a.depth+1:], tables: l.opened.tables - a.tables}
		if within.endsBefore(p, a.el, next) {
			l.cut(a.depth, a.tables)
			return
		}
	}
}

// endTag notes an end tag that has not been held against what is hidden.
func (l *lineage) endTag(p *place, el element, name []byte) {
	if !l.active() {
		return
	}
	key := nameKey(name)
	outermost := hiddenBy{el: l.kin[0].el, key: l.kin[0].key}
	switch {
	case !l.opened.close(key, el):
		l.cut(len(l.opened.stack), l.opened.tables)
	case !outermost.ignores(p, el, key):
		l.reset()
	}
}

// cut ends the elements from depth on.
func (l *lineage) cut(depth, tables int) {
	for l.count > 0 && l.kin[l.count-1].depth >= depth {
		l.count--
	}
	l.opened.stack, l.opened.tables = l.opened.stack[:depth], tables
	if l.count == 0 {
		l.reset()
	}
}

// matches reports whether the steps of a selector stand around an element that
// is about to be opened. adjacent is false where more is open than is followed.
func (l *lineage) matches(sel *selector, adjacent bool) bool {
	depth, at := len(l.opened.stack), l.count-1
	for i := range sel.up {
		for at >= 0 && l.kin[at].steps>>(sel.around[i]-1)&1 == 0 {
			at--
		}
		if at < 0 || sel.up[i].child && (l.kin[at].depth != depth-1 || i == 0 && !adjacent) {
			return false
		}
		depth = l.kin[at].depth
		at--
	}
	return true
}

// lineageMark is a state of lineage to return to.
type lineageMark struct{ count, opened, tables int }

func (l *lineage) mark() lineageMark {
	return lineageMark{l.count, len(l.opened.stack), l.opened.tables}
}

// back forgets what was opened since m.
func (l *lineage) back(m lineageMark) {
	if m.count == 0 {
		l.reset()
	} else if l.count > 0 && len(l.opened.stack) > m.opened {
		l.cut(m.opened, m.tables)
	}
}
