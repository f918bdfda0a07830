package clean

import (
	"slices"
	"strings"

	"github.com/lachan-waf/lachan/policies"
)

// The ways in which a page says whose it is, as they stand in the reasons of a
// doorway.
const (
	wayCanonical = "canonical"
	wayHreflang  = "hreflang"
	wayAlternate = "alternate" // for other screens
	wayAMP       = "amphtml"
	wayShortlink = "shortlink"
	wayOpenGraph = "og:url"
	wayTwitter   = "twitter:url"
	wayLinked    = "json-ld"
)

// What stands in the reasons beside them, where it speaks for a doorway.
const (
	wayFurniture = "foreign-template"
	wayTitle     = "spam-title"
)

const (
	// maxHead bounds how far a document's head is read for its identity; what
	// a page says of itself further down counts for nothing.
	maxHead = 64 << 10
	// enough ways to name another site make a doorway. A page of the site that
	// was taken over from elsewhere has one, of an engine's template two.
	enough = 3
)

// identity is whose page a document says it is, up to the end of its head.
type identity struct {
	ways      []string // by which it names another site, each once
	languages int      // hreflang links to another site
	ours      bool     // a canonical or hreflang link names this site, or an allowed one
	first     Finding
	furniture furniture
	titled    bool // by a title that advertises
	over      bool // the head
}

func (id *identity) reset() { *id = identity{ways: id.ways[:0]} }

// add notes that the page names another site by way.
func (id *identity) add(way string, f Finding) {
	if way == wayHreflang {
		id.languages++
	}
	for _, known := range id.ways {
		if known == way {
			return
		}
	}
	if len(id.ways) == 0 {
		id.first = f
	}
	id.ways = append(id.ways, way)
}

// doorway reports whether the page is another site's: it says so often enough,
// or it is made of another's files and was planted by its title, or by links to
// both another canonical page and another mobile one. Files alone, or beside one
// such link, are what a page saved from elsewhere has.
func (id *identity) doorway() bool {
	return id.named() >= enough ||
		id.furniture.foreign() && (id.titled || slices.Contains(id.ways, wayCanonical) && slices.Contains(id.ways, wayAMP))
}

// named counts the ways. Translations count one by one only where the page is
// not among them: a site that speaks other languages under other names names
// itself, too.
func (id *identity) named() int {
	n := len(id.ways)
	if id.languages > 1 && !id.ours {
		n += id.languages - 1
	}
	return n
}

// reasons are those of a doorway.
func (id *identity) reasons() []string {
	reasons := append([]string{reasonDoorway}, id.ways...)
	if id.furniture.foreign() {
		reasons = append(reasons, wayFurniture)
	}
	if id.titled {
		reasons = append(reasons, wayTitle)
	}
	return reasons
}

// wayOf names the way of a link element's relation; an alternate that is only
// another format of the page, a feed, is none, and neither is whose profile it names.
func (w *rewriter) wayOf(b []byte, relation string) string {
	switch {
	case relation == "me" || relation == "author" || relation == "publisher":
		return ""
	case relation != wayAlternate:
		return relation
	case w.valueNamed(b, "hreflang") != nil:
		return wayHreflang
	case w.valueNamed(b, "media") != nil:
		return wayAlternate
	}
	return ""
}

// judgeAddress weighs the content of a meta element that says by way whose the
// page is.
func (w *rewriter) judgeAddress(b []byte, i int, way string, content []byte) outcome {
	t := w.resolver.resolve(content)
	reason, listed := w.c.allow.allows(kindIdentity, t, content)
	return w.judgeIdentity(b, i, way, t, reason, listed)
}

// judgeIdentity weighs attribute i, by which the page says whose it is; listed
// is whether t may be linked.
func (w *rewriter) judgeIdentity(b []byte, i int, way string, t target, reason string, listed bool) outcome {
	if listed {
		if way == wayCanonical || way == wayHreflang {
			w.identity.ours, w.verdict.ours = true, true
		}
		return outcomeStays
	}
	f := w.finding(b, i, kindIdentity, t, reason, reasonIdentity)
	f.Offset = w.offset + int64(w.tok.start)
	w.claims(way, f, b[w.tok.start:w.tok.pos])
	return w.foundIdentity(b, f, w.c.removesIdentity(f.Host))
}

// foundIdentity takes the tag out, or reports that it would have gone.
func (w *rewriter) foundIdentity(b []byte, f Finding, removes bool) outcome {
	if removes {
		w.removeFound(b, f)
		return outcomeGone
	}
	f.Removed, f.Offset = false, w.offset+int64(w.tok.start)
	w.found(f, b[w.tok.start:w.tok.pos])
	return outcomeStays
}

// removesIdentity reports whether the policy for links takes out what names
// host as the page's own: it is a link that search engines follow, and passes
// the site's standing on like one.
func (c *Cleaner) removesIdentity(host string) bool {
	return c.links == policies.LinksAllowlist ||
		c.links == policies.LinksSignals && (spamHost(host) || c.allow.listed(kindIdentity, host, "/"))
}

// claims notes that the page names another site by way, as markup says.
func (w *rewriter) claims(way string, f Finding, markup []byte) {
	if way == "" || !w.inHead(w.tok.pos) {
		return
	}
	w.identity.add(way, evidence(f, markup))
}

// checkHead ends the head where it has grown too long.
func (w *rewriter) checkHead() {
	if !w.identity.over && w.offset+int64(len(w.hold)) >= maxHead {
		w.endHead()
	}
}

// endHead says whether the page is a doorway.
func (w *rewriter) endHead() {
	id := &w.identity
	if id.over || w.depth > 0 {
		return
	}
	id.over = true
	var f Finding
	if id.doorway() {
		f = id.first
		f.Element, f.Attribute = "", ""
		f.Reasons = id.reasons()
		f.Removed = w.doc.Head != nil && w.c.doorways == policies.DoorwaysGone
	}
	switch {
	case w.doc.Head != nil:
		w.doc.Head(w.bounded(f))
	case f.Kind != "":
		w.report(f)
	}
}

// verifies reports whether a meta element of this name holds a token by which
// a search engine or a network learns whose site it is: all of them say so, but
// for two.
func verifies(name string) bool {
	return strings.Contains(name, "verif") || name == "msvalidate.01" || name == "seznam-wmt"
}

// judgeVerification weighs the token of a verification: whoever is verified
// may see, submit and take down the site's pages in the search engine. Where
// the baseline knows the owner's tokens, others go; where it does not, nobody
// can tell them apart, and only the strict policy removes.
func (w *rewriter) judgeVerification(b []byte, i int, token []byte) outcome {
	if len(trimControls(token)) == 0 || w.c.baseline.KnowsVerification(string(trimControls(token))) {
		return outcomeStays
	}
	removes := w.c.scripts == policies.ScriptsKnown || w.c.scripts != policies.ScriptsReport && w.c.baseline.ListsVerifications()
	return w.foundIdentity(b, w.finding(b, i, kindIdentity, target{}, reasonVerification), removes)
}
