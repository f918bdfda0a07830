package clean

import (
	"bytes"
	"strings"

	"github.com/lachan-waf/lachan/policies"
)

// xmlRefs judges what the tags of an XML document refer to. Its elements of
// XHTML and SVG are as live as those of a page, but for their scripts, which the
// sandbox stops: a hint opens connections, a link can be followed.
//
// Prefixes and case are not looked at, but only a document that has named one of
// the namespaces by then is judged, or one whose root is svg or html. Of a feed
// or sitemap the feedReader judges the rest.
type xmlRefs struct {
	c        *Cleaner
	resolver *resolver

	rooted bool // the root element has been seen
	feed   bool // it is that of a feed or sitemap
	armed  bool // XHTML or SVG may be in the document
}

// concern reports whether a tag has to be looked at closely.
func (x *xmlRefs) concern(text []byte) bool {
	return !x.rooted || bytes.IndexByte(text, '=') >= 0 && (x.armed || bytes.Contains(text, []byte("xmlns")))
}

// enter notes what a start tag says of the document.
func (x *xmlRefs) enter(t *xmlTag) {
	if !x.rooted && len(t.name) > 0 {
		root := localName(t.name)
		x.rooted, x.feed = true, formatOf(root) != feedOther
		x.armed = equalFold(root, "svg") || equalFold(root, "html")
	}
	for i := 0; i < len(t.attrs) && !x.armed; i++ {
		x.armed = namesXHTML(t, &t.attrs[i])
	}
}

// namesXHTML reports whether an attribute declares a namespace whose elements
// mean something to a browser.
func namesXHTML(t *xmlTag, a *xmlAttribute) bool {
	if !declaresNamespace(a.name.of(t.text)) {
		return false
	}
	switch strings.ToLower(string(trimControls(decodeAttribute(a.value.of(t.text))))) {
	case "http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg", "http://www.w3.org/1998/math/mathml":
		return true
	}
	return false
}

func declaresNamespace(name []byte) bool {
	return string(name) == "xmlns" || bytes.HasPrefix(name, []byte("xmlns:"))
}

func (x *xmlRefs) element(t *xmlTag) element { return element(x.c.elements.find(localName(t.name))) }

// judges reports whether a tag is one of those that are judged.
func (x *xmlRefs) judges(t *xmlTag) bool {
	el := x.element(t)
	switch {
	case !x.armed:
		return false
	case x.feed:
		return el == elLink
	}
	return len(table[el].rules) > 0 || el.has(animation)
}

// judge weighs one attribute; the finding is empty where it may stand. cut says
// that the tag may have more attributes than t.
func (x *xmlRefs) judge(t *xmlTag, a *xmlAttribute, cut bool) Finding {
	r, refers := x.rule(t, a)
	if !refers {
		return Finding{}
	}
	value := decodeAttribute(a.value.of(t.text))
	switch {
	case r.attr == attrAttributeName:
		return x.judgeAnimation(t, a, value)
	case r.action == list:
		if f, ok := x.c.judgeCandidates(value, r.kind, x.resolver); !ok {
			return x.finding(t, a, r.kind, f.target, f.reason)
		}
	case r.action == srcdoc && hasMarkup(value):
		return x.finding(t, a, kindFrame, target{own: true}, reasonNested)
	case r.action == linkRel:
		return x.judgeRelation(t, a, value, cut)
	case r.action == meta:
		return x.judgeRefresh(t, a, value, cut)
	case r.action != srcdoc && len(trimControls(value)) > 0:
		return x.judgeReference(t, a, r.kind, value)
	}
	return Finding{}
}

// rule finds what an attribute refers to.
func (x *xmlRefs) rule(t *xmlTag, a *xmlAttribute) (r rule, refers bool) {
	name, el := a.name.of(t.text), x.element(t)
	local := localName(name)
	switch {
	case !x.armed || declaresNamespace(name) || x.feed && el != elLink:
		return rule{}, false
	case equalFold(name, "xml:base"):
		return rule{attrXMLBase, kindBase, dropAttribute}, !x.feed
	case len(local) < len(name) && !equalFold(local, "href"):
		return rule{}, false
	}
	id := attr(x.c.attributes.find(local))
	for _, r := range table[el].rules {
		if r.attr == id && r.action != param {
			return r, true
		}
	}
	writes := el.has(animation) && id == attrAttributeName
	return rule{id, kindLink, dropAttribute}, writes || id == attrHref && el.has(inSVG|inMath)
}

func (x *xmlRefs) judgeReference(t *xmlTag, a *xmlAttribute, k kind, ref []byte) Finding {
	to := x.resolver.resolve(ref)
	reason, ok := x.c.allow.allows(k, to, ref)
	switch {
	case ok:
		return Finding{}
	case k == kindLink && !executes(to.scheme):
		return x.judgeLink(x.finding(t, a, k, to, reason))
	}
	return x.finding(t, a, k, to, reason)
}

// judgeLink leaves a link be where the policy for links does.
func (x *xmlRefs) judgeLink(f Finding) Finding {
	switch x.c.links {
	case policies.LinksReport:
		f.Removed = false
	case policies.LinksSignals:
		switch {
		case spamHost(f.Host):
			f.Reasons = append(f.Reasons, reasonSpamHost)
		case f.Reasons[0] != reasonListedHost:
			return Finding{}
		}
	}
	return f
}

// judgeAnimation weighs what an animation writes: a link it would write later.
func (x *xmlRefs) judgeAnimation(t *xmlTag, a *xmlAttribute, value []byte) Finding {
	if !equalFold(localName(trimControls(value)), "href") {
		return Finding{}
	}
	return x.finding(t, a, kindLink, target{}, reasonAnimates)
}

// judgeRelation weighs a link by what it loads. Whose document it is no browser
// asks of XML. Where the rel may be missing it stands for all of them.
func (x *xmlRefs) judgeRelation(t *xmlTag, a *xmlAttribute, ref []byte, cut bool) Finding {
	rel, _ := t.value("rel")
	stated := relationsIn(rel)
	if cut {
		stated = ^uint32(0)
	}
	as, _ := t.value("as")
	to := x.resolver.resolve(ref)
	_, preloads := x.c.allow.allows(destination(lowerString(as)), to, ref)
	for n, r := range relations {
		if stated>>n&1 == 0 || r.kind == kindIdentity || x.feed && !hints(r.name) {
			continue
		}
		reason, ok := x.c.allow.allows(r.kind, to, ref)
		if !ok && (r.kind != kindConnect || !preloads) {
			return x.finding(t, a, r.kind, to, reason)
		}
	}
	return Finding{}
}

// judgeRefresh weighs the target of a meta refresh.
func (x *xmlRefs) judgeRefresh(t *xmlTag, a *xmlAttribute, content []byte, cut bool) Finding {
	directive, _ := t.value("http-equiv")
	ref, ok := refreshTarget(content)
	if !ok || !cut && !equalFold(trimControls(directive), "refresh") {
		return Finding{}
	}
	return x.judgeReference(t, a, kindRefresh, ref)
}

// long weighs the beginning of a value that is too long to be held, which tells
// enough only where it is data.
func (x *xmlRefs) long(t *xmlTag, a *xmlAttribute) Finding {
	r, refers := x.rule(t, a)
	value := trimControls(a.value.of(t.text))
	if !refers || r.kind == kindMedia && r.action == dropAttribute && hasPrefixFold(value, "data:") && mediaData(value) {
		return Finding{}
	}
	return x.finding(t, a, kindLimit, target{}, reasonTooLong, reasonLimit)
}

func (x *xmlRefs) finding(t *xmlTag, a *xmlAttribute, k kind, to target, reasons ...string) Finding {
	return Finding{
		Kind: k.String(), Element: lowerString(localName(t.name)), Attribute: lowerString(a.name.of(t.text)),
		Target: strings.Clone(to.String()), Host: strings.Clone(to.host), Reasons: reasons, Removed: true,
	}
}
