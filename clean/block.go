package clean

import (
	"slices"
	"strconv"

	"github.com/lachan-waf/lachan/policies"
)

const (
	// maxBlock bounds what is held back of a hidden element. Where it has grown
	// beyond, what has been seen decides: either the rest goes as it streams by,
	// or what was held is passed on and each link is judged by itself.
	maxBlock = 64 << 10
	// maxBlockFindings bounds the findings that are held back with it, in the same way.
	maxBlockFindings = 64
	// minBlockLinks is how many links to other hosts make a spam block: one
	// alone is a partner's, or a widget's credit.
	minBlockLinks = 2
)

// block is a hidden element that is held back to be judged by the links in it:
// where those to hosts that are not on the list are as many as the others, it
// is there for their sake, and goes as a whole, what was planted around them
// included. Where they are fewer it is a menu, a dialogue or the like, and
// stays; each link in it is judged as everywhere.
type block struct {
	active  bool
	going   bool // it goes, as it streams by
	veil    bool
	element string
	from    int64
	seen    int64  // up to where its input is in held, or hashed
	held    []byte // its input
	place   place  // where the reader stood before it
	learned int    // how many selectors hid or showed something
	tail    tail   // what the output ended in

	away, home         int     // links to hosts that are not on the list, and the others
	first              Finding // of the former
	spamHost, spamText bool
	findings           []Finding
	evidence           removal
}

func (k *block) reset() {
	clear(k.findings)
	k.active, k.findings, k.first = false, k.findings[:0], Finding{}
	k.evidence.finding = Finding{}
}

// beginBlock holds back the element that begins, unless it stands in a link
// that is held back already.
func (w *rewriter) beginBlock(before place, element string) {
	if w.link.active {
		return
	}
	k := &w.block
	k.reset()
	k.active, k.going, k.veil = true, false, w.hidden.by.veil
	k.element = element
	k.from = w.hidden.by.from
	k.seen, k.held = k.from, k.held[:0]
	k.place, k.learned = before, len(w.hidden.sheet.selectors)
	k.away, k.home, k.spamHost, k.spamText = 0, 0, false, false
	k.tail = w.out.holdBlock()
}

// allowed counts a link that may stand.
func (k *block) allowed(kind kind) {
	if kind == kindLink {
		k.home++
	}
}

// stranger counts a link to a host that is not on the list.
func (k *block) stranger(f Finding) {
	if k.away++; k.away == 1 {
		k.first = f
	}
	k.spamHost = k.spamHost || slices.Contains(f.Reasons, reasonSpamHost)
	k.spamText = k.spamText || slices.Contains(f.Reasons, reasonSpamText)
}

// takes keeps a finding back while the block is judged. Of the links in a block
// that goes the block's own finding tells.
func (k *block) takes(f Finding) bool {
	if !k.active {
		return false
	}
	if f.Kind == kindLink.String() {
		k.stranger(f)
		if k.going {
			return true
		}
	}
	if !k.going {
		k.findings = append(k.findings, f)
	}
	return !k.going
}

// spam reports whether what has been seen of the block makes it one of links.
// What hides by its nature, as noscript does, may hold links to anywhere:
// there the lexicon must agree on one of them.
func (k *block) spam() bool {
	return k.away >= minBlockLinks && k.away >= k.home && (!k.veil || k.spamHost || k.spamText)
}

// checkBlock decides on a block that reaches beyond the bound at to.
func (w *rewriter) checkBlock(to int) {
	k := &w.block
	switch long := w.offset+int64(to)-k.from > maxBlock || len(k.findings) >= maxBlockFindings; {
	case !k.active || k.going:
		return
	case w.out.block == blockHeld && !long:
		return
	case w.out.block == blockHeld && k.spam() && w.c.links != policies.LinksReport:
		w.condemn()
	default: // among them blocks that the output had no room for
		w.passBlock()
	}
	k.held, w.out.blocked = nil, nil
}

// witness keeps the block's input in the window up to to as evidence.
func (w *rewriter) witness(b []byte, to int) {
	k := &w.block
	w.checkBlock(to)
	from := int(k.seen - w.offset)
	if !k.active || to <= from {
		return
	}
	k.seen = w.offset + int64(to)
	if k.going {
		k.evidence.write(b[from:to])
		return
	}
	k.held = append(k.held, b[from:to]...)
}

// condemn turns from holding the block back to removing it.
func (w *rewriter) condemn() {
	k := &w.block
	k.going = true
	w.out.discardBlock()
	k.evidence.begin(Finding{})
	k.evidence.write(k.held)
	if !k.spamText {
		w.link.text.read(w.c, k.held)
		w.link.words.read(w.link.text.all())
		k.spamText = w.link.words.spam()
	}
	for _, f := range k.findings {
		if f.Kind != kindLink.String() {
			w.report(f)
		}
	}
	k.findings = k.findings[:0]
}

// endBlock judges the block, which ends at to in the window.
func (w *rewriter) endBlock(b []byte, to int) {
	k := &w.block
	if !k.active {
		return
	}
	w.passText(b, to)
	w.link.end(w)
	w.witness(b, to)
	switch {
	case !k.active: // the bound has decided
		return
	case !k.going && !k.spam():
		w.passBlock()
		return
	case w.c.links == policies.LinksReport:
		w.reportBlock()
		return
	case !k.going:
		w.condemn()
	}
	k.active = false
	w.out.dropBlock(k.tail)
	k.place.island = w.place.island.empty()
	w.place = k.place
	w.hidden.sheet.back(k.learned)
	w.tok.foreign = false // no block begins within an island
	w.report(k.finding(k.evidence.end()))
}

// passBlock passes on what was held back of the block.
func (w *rewriter) passBlock() {
	k := &w.block
	k.active = false
	w.out.passBlock()
	for _, f := range k.findings {
		w.report(f)
	}
	k.findings = k.findings[:0]
}

// reportBlock passes the block on with one finding in place of its links'.
func (w *rewriter) reportBlock() {
	k := &w.block
	f := k.finding(evidence(Finding{}, k.held))
	f.Removed = false
	k.findings = slices.DeleteFunc(k.findings, func(f Finding) bool { return f.Kind == kindLink.String() })
	k.findings = slices.Insert(k.findings, 0, f)
	w.passBlock()
}

// finding describes the block: the first of its links, and how many there were.
func (k *block) finding(evidence Finding) Finding {
	f := evidence
	f.Kind, f.Element, f.Offset, f.Removed = kindLink.String(), k.element, k.from, true
	f.Target, f.Host = k.first.Target, k.first.Host
	f.Reasons = append(f.Reasons, k.first.Reasons[:1]...)
	f.Reasons = append(f.Reasons, reasonHidden)
	if k.spamHost {
		f.Reasons = append(f.Reasons, reasonSpamHost)
	}
	if k.spamText {
		f.Reasons = append(f.Reasons, reasonSpamText)
	}
	f.Reasons = append(f.Reasons, reasonLinks+strconv.Itoa(k.away))
	return f
}
