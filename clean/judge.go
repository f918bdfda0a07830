package clean

import (
	"bytes"
	"strings"
)

// outcome says whether a start tag is still there to be passed on.
type outcome uint8

const (
	outcomeStays outcome = iota
	outcomeGone
)

// verdict holds what a tag loses.
type verdict struct {
	gone    [maxAttributes / 64]uint64
	changed bool
	nonce   bool // the tag gets the response's nonce
	ours    bool // the tag says that the page is
	linkAt  int  // the attribute that makes a link to another host, or -1
	link    Finding

	furnishes bool   // the tag loads a script or a style sheet that may stand
	rewritten int    // the attribute that gets another value, or -1
	value     []byte // which is this, decoded
}

func (v *verdict) reset() {
	if v.changed {
		v.gone = [maxAttributes / 64]uint64{}
	}
	v.changed, v.nonce, v.ours, v.furnishes, v.linkAt, v.rewritten = false, false, false, false, -1, -1
}

func (v *verdict) rewrite(i int, value []byte) {
	v.rewritten, v.value, v.changed = i, value, true
}

func (v *verdict) drop(i int)         { v.gone[i/64] |= 1 << (i % 64); v.changed = true }
func (v *verdict) dropped(i int) bool { return v.changed && v.gone[i/64]>>(i%64)&1 != 0 }

// judge weighs every attribute of a start tag.
func (w *rewriter) judge(b []byte) outcome {
	t := &w.tok.tag
	w.verdict.reset()
	for i := range t.attrs {
		a := &t.attrs[i]
		if w.place.noscript && bytes.IndexByte(a.value.of(b), '<') >= 0 {
			a.odd, t.odd = true, true
		}
		if a.id == attrOther {
			if name := a.name.of(b); len(name) > 2 && lower(name[0]) == 'o' && lower(name[1]) == 'n' {
				w.judgeHandler(b, i)
			} else if (w.place.island.open() || t.el == elSVG) && bytes.IndexByte(a.value.of(b), '(') >= 0 {
				w.judgeStyle(b, i) // presentation attributes: fill, filter, mask …
			} else if r, late := lateRule(t.el, name); late && w.judgeRule(b, i, r) == outcomeGone {
				return outcomeGone
			}
			continue
		}
		if w.judgeAttribute(b, i) == outcomeGone {
			return outcomeGone
		}
	}
	if w.verdict.linkAt >= 0 {
		return w.judgeLink(b)
	}
	if t.el == elScript && w.doc.Nonce != "" {
		w.setNonce()
	}
	return outcomeStays
}

func (w *rewriter) judgeAttribute(b []byte, i int) outcome {
	t := &w.tok.tag
	id := t.attrs[i].id
	switch id {
	case attrStyle:
		w.judgeStyle(b, i)
		return outcomeStays
	case attrBackground:
		return w.judgeReference(b, i, rule{id, kindMedia, dropAttribute})
	case attrXMLBase:
		return w.judgeReference(b, i, rule{id, kindBase, dropAttribute})
	}
	for _, r := range table[t.el].rules {
		if r.attr == id {
			return w.judgeRule(b, i, r)
		}
	}
	// MathML links by href on any element; SVG refers by href from any.
	if (id == attrHref || id == attrXlinkHref) && (w.place.island.open() || t.el == elMath || t.el == elSVG) {
		return w.judgeReference(b, i, rule{id, kindLink, dropAttribute})
	}
	return outcomeStays
}

func (w *rewriter) judgeRule(b []byte, i int, r rule) outcome {
	switch r.action {
	case list:
		w.judgeList(b, i, r)
		return outcomeStays
	case srcdoc:
		w.judgeSrcdoc(b, i)
		return outcomeStays
	case linkRel:
		return w.judgeRelation(b, i)
	case meta:
		return w.judgeMeta(b, i)
	case param:
		return w.judgeParam(b, i)
	}
	return w.judgeReference(b, i, r)
}

// valueOf returns the decoded value of the attribute, nil where it is missing.
func (w *rewriter) valueOf(b []byte, id attr) []byte {
	t := &w.tok.tag
	for i := range t.attrs {
		if t.attrs[i].id == id {
			return decodeAttribute(t.attrs[i].value.of(b))
		}
	}
	return nil
}

// valueNamed is valueOf for an attribute that no rule looks at.
func (w *rewriter) valueNamed(b []byte, name string) []byte {
	t := &w.tok.tag
	for i := range t.attrs {
		if equalFold(t.attrs[i].name.of(b), name) {
			return decodeAttribute(t.attrs[i].value.of(b))
		}
	}
	return nil
}

func (w *rewriter) has(id attr) bool {
	for i := range w.tok.tag.attrs {
		if w.tok.tag.attrs[i].id == id {
			return true
		}
	}
	return false
}

// judgeReference asks the allowlist of the rule's kind.
func (w *rewriter) judgeReference(b []byte, i int, r rule) outcome {
	ref := decodeAttribute(w.tok.tag.attrs[i].value.of(b))
	t := w.resolver.resolve(ref)
	if executes(t.scheme) {
		return w.judgeScriptURL(b, i, r, t, ref)
	}
	reason, ok := w.c.allow.allows(r.kind, t, ref)
	if w.tok.tag.el == elUse && t.scheme == "data" { // no image: its elements become the page's own, in browsers before 2023
		ok = false
	}
	if r.kind == kindScript && r.attr == attrSrc {
		w.furnish(t, ok)
	}
	if r.action == dropElement && w.tok.tag.el != elIframe && len(trimControls(ref)) == 0 {
		return outcomeStays
	}
	if ok {
		w.block.allowed(r.kind)
		return outcomeStays
	}
	f := w.finding(b, i, r.kind, t, reason)
	if r.kind == kindLink && r.action != unwrap {
		return w.judgeOtherLink(b, i, r, f)
	}
	return w.refuse(b, i, r, f)
}

// finding describes attribute i.
func (w *rewriter) finding(b []byte, i int, k kind, t target, reasons ...string) Finding {
	a := &w.tok.tag.attrs[i]
	return Finding{
		Kind:      k.String(),
		Element:   lowerString(w.tok.tag.name.of(b)),
		Attribute: lowerString(a.name.of(b)),
		Target:    t.String(),
		Host:      strings.Clone(t.host),
		Reasons:   reasons,
		Removed:   true,
	}
}

// refuse takes out what the rule's action says.
func (w *rewriter) refuse(b []byte, i int, r rule, f Finding) outcome {
	switch r.action {
	case dropTag:
		w.removeFound(b, f)
		return outcomeGone
	case dropElement:
		w.beginDropTag(b, f, w.tok.tag.el.has(rawText|rawScript))
		return outcomeGone
	case unwrap:
		w.verdict.linkAt, w.verdict.link = i, f
		return outcomeStays
	}
	w.dropAttribute(b, i, f)
	return outcomeStays
}

// dropAttribute takes attribute i out, with evidence.
func (w *rewriter) dropAttribute(b []byte, i int, f Finding) {
	a := &w.tok.tag.attrs[i]
	f.Offset = w.offset + int64(a.name.from)
	if f.Removed {
		w.verdict.drop(i)
	}
	w.found(f, b[a.name.from:a.end])
}

// judgeList weighs every reference of a list: of images, or of hosts to ping.
func (w *rewriter) judgeList(b []byte, i int, r rule) {
	f, ok := w.c.judgeCandidates(decodeAttribute(w.tok.tag.attrs[i].value.of(b)), r.kind, &w.resolver)
	if !ok {
		w.dropAttribute(b, i, w.finding(b, i, r.kind, f.target, f.reason))
	}
}

// refused is a reference that may not stand, and why.
type refused struct {
	target target
	reason string
}

// judgeCandidates returns the first reference of a list that may not stand.
func (c *Cleaner) judgeCandidates(value []byte, k kind, r *resolver) (first refused, ok bool) {
	list := candidatesOf(value)
	for ref, more := list.next(); more; ref, more = list.next() {
		t := r.resolve(ref)
		if reason, ok := c.allow.allows(k, t, ref); !ok {
			return refused{t, reason}, false
		}
	}
	return refused{}, true
}

// judgeSrcdoc cleans the document in the attribute by itself; where anything
// in it had to go, so does the attribute.
func (w *rewriter) judgeSrcdoc(b []byte, i int) {
	value := decodeAttribute(w.tok.tag.attrs[i].value.of(b))
	reasons, cleaned := w.nested(value)
	switch {
	case len(reasons) > 0:
		w.dropAttribute(b, i, w.finding(b, i, kindFrame, target{own: true}, append([]string{reasonNested}, reasons...)...))
	case cleaned != nil:
		w.verdict.rewrite(i, cleaned)
	}
}

// judgeParam weighs the parameters of plug-ins that name a resource.
func (w *rewriter) judgeParam(b []byte, i int) outcome {
	switch lowerString(w.valueOf(b, attrName)) {
	case "movie", "src", "url", "data", "code", "codebase", "archive", "filename", "object", "href", "base":
		return w.judgeReference(b, i, rule{attrValue, kindFrame, dropTag})
	}
	return outcomeStays
}
