package clean

import (
	"github.com/lachan-waf/lachan/policies"
)

// maxLink bounds the content of a link that is held back to be judged.
const maxLink = 64 << 10

// link is a link to a host that is not on the list, whose text decides what
// becomes of it: its tags go, or the text as well.
type link struct {
	active  bool
	finding Finding
	tag     []byte // the start tag, as it would be passed on
	opened  opened
	place   place // where the reader stood before the link
	hidden  hiddenMark
	text    linkText
	words   wording
}

func (l *link) reset() {
	l.active = false
	l.opened.reset()
}

// judgeLink deals with an a element whose href is not allowed. The link to
// another host is one signal; with a second, or where the host is on a list of
// bad ones, the text goes too.
func (w *rewriter) judgeLink(b []byte) outcome {
	f, i := w.verdict.link, w.verdict.linkAt
	policy := w.c.links
	if policy == policies.LinksReport {
		f.Removed = false
		f.Offset = w.offset + int64(w.tok.tag.attrs[i].name.from)
		w.found(f, b[w.tok.start:w.tok.pos])
		return outcomeStays
	}
	if w.place.island.open() {
		w.removeFound(b, f)
		return outcomeGone
	}
	w.hidden.showWithin(w, b)
	listed := f.Reasons[0] == reasonListedHost // as good as a second signal
	f.Reasons = append(f.Reasons, w.linkSignals(b, f.Host)...)
	if !listed && len(f.Reasons) == 1 && !w.keepLinkTag(b) {
		f.Reasons = append(f.Reasons, reasonTooLong, reasonLimit)
	}
	if listed || len(f.Reasons) > 1 {
		w.beginDropTag(b, f, false)
		return outcomeGone
	}
	w.beginLink(b, f)
	return outcomeGone
}

// keepLinkTag copies the tag as it would be passed on; false: it is too long.
func (w *rewriter) keepLinkTag(b []byte) bool {
	l, tag := &w.link, b[w.tok.start:w.tok.pos]
	if len(tag) > maxTag {
		return false
	}
	if w.tok.tag.odd || w.verdict.changed {
		var fits bool
		l.tag, fits = w.rebuilt(l.tag, b)
		return fits
	}
	l.tag = append(l.tag[:0], tag...)
	return true
}

// judgeOtherLink deals with a link that holds no text: an area of a map, an
// element of a formula.
func (w *rewriter) judgeOtherLink(b []byte, i int, r rule, f Finding) outcome {
	switch w.c.links {
	case policies.LinksReport:
		f.Removed = false
		f.Offset = w.offset + int64(w.tok.start)
		w.found(f, b[w.tok.start:w.tok.pos])
		return outcomeStays
	case policies.LinksSignals:
		if signals := w.linkSignals(b, f.Host); len(signals) > 0 {
			f.Reasons = append(f.Reasons, signals...)
		} else if f.Reasons[0] != reasonListedHost {
			w.block.stranger(f)
			return outcomeStays
		}
	}
	return w.refuse(b, i, r, f)
}

// linkSignals are what speaks against a link before its text is read.
func (w *rewriter) linkSignals(b []byte, host string) (signals []string) {
	if w.hidden.outright() || w.hidden.hides(&w.tok.tag, b) != 0 {
		signals = append(signals, reasonHidden)
	}
	if w.place.afterHTML {
		signals = append(signals, reasonAfterHTML)
	}
	if spamHost(host) {
		signals = append(signals, reasonSpamHost)
	}
	return signals
}

// beginLink takes the tag out and holds back what follows.
func (w *rewriter) beginLink(b []byte, f Finding) {
	w.passText(b, w.tok.start)
	w.cursor = w.tok.pos
	l := &w.link
	f.Offset = w.offset + int64(w.tok.start)
	l.reset()
	l.active, l.finding = true, f
	l.place, l.hidden = w.place, w.hidden.mark()
	w.out.separate()
	w.out.aside, w.out.full, w.out.asided = true, false, w.out.asided[:0]
}

// startTag ends the link where a start tag does: at another link or at the
// next cell of its table.
func (l *link) startTag(w *rewriter, b []byte) {
	if !l.active {
		return
	}
	t := &w.tok.tag
	if t.el == elA || t.el.has(cell) && l.opened.tables == 0 {
		w.passText(b, w.tok.start)
		l.end(w)
	}
}

// passes notes a start tag within the link that is passed on.
func (l *link) passes(w *rewriter, b []byte) {
	if l.active && !l.opened.open(&w.tok.tag, b) {
		w.passText(b, w.tok.start)
		l.end(w)
	}
}

// endTag ends the link at its end tag or at its parent's. It reports whether
// the tag belongs to a link whose tags are gone.
func (l *link) endTag(w *rewriter, b []byte) (swallow bool) {
	if !l.active {
		return false
	}
	t := &w.tok.tag
	own := t.el == elA
	if !own && !l.opened.close(nameKey(t.name.of(b)), t.el) {
		return false
	}
	w.passText(b, w.tok.start)
	kept := l.end(w)
	return own && !kept
}

// written ends the link where an end tag that the rewriter writes does.
func (l *link) written(w *rewriter, el element) {
	if l.active && l.opened.close(nameKey([]byte(el.String())), el) {
		l.end(w)
	}
}

// checkLink gives a link up whose content is too long to be held back: it goes.
func (w *rewriter) checkLink() {
	l := &w.link
	if !l.active || !w.out.full || w.mark >= 0 {
		return
	}
	l.finding.Reasons = append(l.finding.Reasons, reasonTooLong, reasonLimit)
	removed := w.discardLink()
	w.beginDrop(l.finding, elA, false)
	w.drop.opened, l.opened = l.opened, w.drop.opened
	w.removal.write(removed)
}

// discardLink takes what was held back out for good. What was opened in it is
// not open in the output: the reader is back where it stood before.
func (w *rewriter) discardLink() []byte {
	l := &w.link
	l.active, w.out.aside = false, false
	l.place.island = w.place.island.empty()
	w.place = l.place
	w.hidden.back(l.hidden)
	w.tok.foreign = false // no link is held back within an island
	w.out.last = '>'      // what stood before was kept apart when the link began
	l.tag = append(l.tag, w.out.asided...)
	w.out.asided = w.out.asided[:0]
	return l.tag
}

// end judges the link by its text, and reports whether it stays.
func (l *link) end(w *rewriter) (kept bool) {
	if !l.active {
		return false
	}
	l.text.read(w.c, l.tag, w.out.asided)
	switch {
	case w.out.full:
		l.finding.Reasons = append(l.finding.Reasons, reasonTooLong, reasonLimit)
	case l.advertises():
		l.finding.Reasons = append(l.finding.Reasons, reasonSpamText)
	case w.c.links == policies.LinksSignals && l.text.blank():
		l.finding.Reasons = append(l.finding.Reasons, reasonNoText)
	case w.c.links == policies.LinksSignals:
		w.block.stranger(l.finding)
		w.putAside(l.tag)
		w.place.open[elA]++
		w.hidden.keptLink()
		return true
	default:
		w.found(l.finding, l.tag)
		w.putAside(nil)
		return false
	}
	w.found(l.finding, w.discardLink())
	return false
}

// advertises reports whether the lexicon speaks against the link's text, and
// nothing in it says that it is a warning.
func (l *link) advertises() bool {
	l.words.read(l.text.all())
	return l.words.spam() && !warns(&l.words, l.finding.Host)
}

// putAside ends the holding back and passes on what was held, after tag.
func (w *rewriter) putAside(tag []byte) {
	w.link.active, w.out.aside = false, false
	w.out.put(tag)
	w.out.put(w.out.asided)
	w.out.asided = w.out.asided[:0]
}
