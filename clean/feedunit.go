package clean

import (
	"bytes"
	"strings"

	"github.com/lachan-waf/lachan/policies"
)

// feedUnit is an entry, or a field of the feed itself, while it is judged.
type feedUnit struct {
	f    *feedReader
	b    []byte
	at   int64  // where it began in the decoded body
	out  []byte // what stays of b[:from], once something was cut out
	from int
}

// judgeUnit returns what may stay of a unit.
func (f *feedReader) judgeUnit(b []byte) []byte {
	u := feedUnit{f: f, b: b, at: f.offset + int64(f.from)}
	root, ok := parseXMLNode(b, maxFeedNodes)
	if !ok {
		f.w.found.add(Finding{Kind: kindLimit.String(), Offset: u.at, Reasons: []string{reasonLimit}, Removed: f.w.removes}, b)
		return nil
	}
	u.judge(root)
	return append(u.out, b[u.from:]...)
}

// replace puts s in the place of b[from:to].
func (u *feedUnit) replace(from, to int, s []byte) {
	u.out = append(append(u.out, u.b[u.from:from]...), s...)
	u.from = to
}

// judge weighs an element and what is in it.
func (u *feedUnit) judge(n *xmlNode) {
	if isEntry(n) && u.strike(n, u.entryLink(n), reasonEntry) {
		return
	}
	if activeElement(n.local) && u.strike(n, Finding{Kind: kindMarkup.String(), Element: n.local, Reasons: []string{reasonAmbiguous}}) {
		return
	}
	if u.strike(n, u.reference(n)) {
		return
	}
	if kind, _ := n.tag.value("type"); len(n.children) > 0 && bytes.Contains(bytes.ToLower(kind), []byte("xhtml")) {
		u.xhtml(n)
		return
	}
	if _, is := textReference(n); !is && u.html(n) {
		return
	}
	for _, child := range n.children {
		u.judge(child)
	}
}

// strike reports a finding about an element and takes the element out. It
// reports false where there is no finding, or the policy leaves it be.
func (u *feedUnit) strike(n *xmlNode, found Finding, reasons ...string) bool {
	if found.Kind == "" {
		return false
	}
	stays := false
	if found.Kind == kindLink.String() {
		switch u.f.w.c.links {
		case policies.LinksReport:
			stays = true
		case policies.LinksSignals:
			if found.Reasons[0] != reasonListedHost && !spamHost(found.Host) && !u.advertises(n, found.Host) {
				return false
			}
		}
	}
	found.Offset, found.Reasons = u.at+int64(n.from), append(found.Reasons, reasons...)
	found.Removed = u.f.w.removes && !stays
	u.f.w.found.add(found, u.b[n.from:n.to])
	if !stays {
		u.replace(n.from, n.to, nil)
	}
	return !stays
}

// advertises reports whether the lexicon speaks against what an element says.
func (u *feedUnit) advertises(n *xmlNode, host string) bool {
	var text linkText
	var words wording
	text.read(u.f.w.c, n.words(u.b))
	words.read(text.all())
	return words.spam() && !warns(&words, host)
}

// html cleans the HTML that stands in an element as text. Where there are
// elements beside it no two readers agree on what it is, and the whole goes.
func (u *feedUnit) html(n *xmlNode) (gone bool) {
	text := n.text(u.b)
	if bytes.IndexByte(text, '<') < 0 {
		return false
	}
	cleaned := u.f.w.fragment(text, u.at+int64(n.from))
	if bytes.Equal(cleaned, text) {
		return false
	}
	if len(n.children) > 0 {
		u.replace(n.from, n.to, nil)
		return true
	}
	cdata := bytes.Contains(n.content.of(u.b), []byte("<![CDATA["))
	u.replace(n.content.from, n.content.to, appendXMLText(nil, cleaned, cdata))
	return false
}

// xhtml cleans content that is XHTML by reading it as HTML. What has to change
// becomes HTML for good: what the cleaner writes need not be well-formed.
// Prefixes and CDATA sections, which HTML does not know, cost all of it.
func (u *feedUnit) xhtml(n *xmlNode) {
	inner := n.content.of(u.b)
	if prefixed(n.children) || bytes.Contains(inner, []byte("<![CDATA[")) {
		u.strike(n, Finding{Kind: kindMarkup.String(), Element: n.local, Reasons: []string{reasonAmbiguous}})
		return
	}
	cleaned := u.f.w.fragment(inner, u.at+int64(n.from))
	if bytes.Equal(cleaned, inner) {
		return
	}
	start := append([]byte{'<'}, n.tag.name...)
	start = append(start, ` type="html">`...)
	u.replace(n.from, n.content.to, appendXMLText(start, cleaned, false))
}

func prefixed(nodes []*xmlNode) bool {
	for _, n := range nodes {
		if bytes.IndexByte(n.tag.name, ':') >= 0 || prefixed(n.children) {
			return true
		}
	}
	return false
}

// entryLink judges where an entry leads.
func (u *feedUnit) entryLink(n *xmlNode) (found Finding) {
	if about, ok := n.tag.value("about"); ok {
		found = u.f.refers(&n.tag, "about", kindLink, about)
	}
	sitemap := u.f.format == feedSitemap
	for _, child := range n.children {
		if found.Kind != "" {
			break
		}
		switch {
		case child.local == "loc" || child.local == "origlink" || child.local == "guid" && permalink(child) || child.local == "link" && !sitemap:
			text := trimControls(child.text(u.b))
			if child.local != "guid" || hasPrefixFold(text, "http") || hasPrefixFold(text, "//") {
				found = u.f.refers(&child.tag, "", kindLink, text)
			}
		}
		if href, ok := child.tag.value("href"); ok && found.Kind == "" && child.local == "link" && !sitemap && mainRelation(child) {
			found = u.f.refers(&child.tag, "href", kindLink, href)
		}
	}
	return found
}

func permalink(guid *xmlNode) bool {
	is, given := guid.tag.value("ispermalink")
	return !given || !equalFold(trimControls(is), "false")
}

// mainRelation reports whether a link is the entry's own (RFC 4287 4.2.7.2).
func mainRelation(link *xmlNode) bool {
	rel, given := link.tag.value("rel")
	return !given || len(trimControls(rel)) == 0 || contains(bytes.Fields(bytes.ToLower(rel)), "alternate")
}

// reference judges what an element refers to by its attributes and its text.
func (u *feedUnit) reference(n *xmlNode) (found Finding) {
	if n.local == "generator" {
		return found
	}
	for _, a := range n.tag.attrs {
		name := lowerString(a.name.of(n.tag.text))
		local := lowerString(localName([]byte(name)))
		if name == "xmlns" || strings.HasPrefix(name, "xmlns:") || !refersBy(local) {
			continue
		}
		found = u.f.refers(&n.tag, local, attributeKind(n, local), decodeAttribute(a.value.of(n.tag.text)))
		if found.Kind != "" {
			return found
		}
	}
	if k, is := textReference(n); is {
		found = u.f.refers(&n.tag, "", k, trimControls(n.text(u.b)))
	}
	return found
}

// refers asks the allowlist; the finding is empty where the reference may stand.
func (f *feedReader) refers(t *xmlTag, attribute string, k kind, ref []byte) Finding {
	to := f.resolver.resolve(ref)
	reason, ok := f.w.c.allow.allows(k, to, ref)
	if ok {
		return Finding{}
	}
	return Finding{
		Kind: k.String(), Element: lowerString(localName(t.name)), Attribute: attribute,
		Target: strings.Clone(to.String()), Host: strings.Clone(to.host), Reasons: []string{reason}, Removed: f.w.removes,
	}
}

func isEntry(n *xmlNode) bool {
	switch n.local {
	case "item", "entry", "sitemap":
		return true
	}
	return n.local == "url" && (n.parent == nil || n.parent.local != "image")
}

// activeElement reports whether an element runs, frames or sends something
// where a reader takes the feed's elements for HTML.
func activeElement(local string) bool {
	switch local {
	case "script", "iframe", "frame", "frameset", "object", "embed", "applet", "form", "style", "svg", "math", "html", "body", "head", "meta":
		return true
	}
	return false
}

func refersBy(attribute string) bool {
	switch attribute {
	case "href", "src", "url", "uri", "resource", "about", "base":
		return true
	}
	return false
}

func attributeKind(n *xmlNode, attribute string) kind {
	rel, _ := n.tag.value("rel")
	relations := bytes.Fields(bytes.ToLower(rel))
	switch {
	case attribute == "base":
		return kindBase
	case n.local == "player":
		return kindFrame
	case contains(relations, "hub"):
		return kindConnect
	case contains(relations, "enclosure") || attribute == "url" && n.local == "content":
		return kindMedia
	}
	switch n.local {
	case "enclosure", "thumbnail", "image", "logo", "icon":
		return kindMedia
	}
	return kindLink
}

// textReference reports whether an element's text is a reference.
func textReference(n *xmlNode) (kind, bool) {
	switch n.local {
	case "icon", "logo", "thumbnail_loc", "content_loc":
		return kindMedia, true
	case "player_loc":
		return kindFrame, true
	case "loc", "url":
		if n.parent != nil && n.parent.local == "image" {
			return kindMedia, true
		}
		return kindLink, true
	case "link", "comments", "commentrss", "origlink", "uri", "license", "gallery_loc", "new-feed-url":
		return kindLink, true
	}
	return kindNone, false
}
