package clean

import "bytes"

// relation says how a link element's rel is taken. The strictest of several counts.
type relation struct {
	name string
	kind kind
}

// relations are the values of rel that browsers or search engines follow
// (WHATWG HTML 4.6.7). What is not listed fetches nothing. Those that say whose
// page it is come last.
var relations = [...]relation{
	{"stylesheet", kindStyle},
	{"modulepreload", kindScript},
	{"preload", kindConnect},
	{"prefetch", kindConnect},
	{"prerender", kindConnect},
	{"next", kindConnect}, // which Firefox takes for prefetch
	{"prev", kindConnect}, // of the same list of pages
	{"preconnect", kindConnect},
	{"dns-prefetch", kindConnect},
	{"manifest", kindConnect},
	{"import", kindScript},
	{"serviceworker", kindScript},
	{"compression-dictionary", kindConnect},
	{"search", kindConnect}, // a form that the browser offers in its address bar
	{"pingback", kindConnect},
	{"webmention", kindConnect},
	{"monetization", kindConnect},
	{"icon", kindMedia},
	{"apple-touch-icon", kindMedia},
	{"apple-touch-icon-precomposed", kindMedia},
	{"apple-touch-startup-image", kindMedia},
	{"mask-icon", kindMedia},
	{"canonical", kindIdentity},
	{"alternate", kindIdentity},
	{"amphtml", kindIdentity},
	{"shortlink", kindIdentity},
	{"me", kindIdentity},
	{"author", kindIdentity},
	{"publisher", kindIdentity},
}

// relationsIn returns a bit for each of the relations that a rel states.
func relationsIn(rel []byte) (stated uint32) {
	for word := range bytes.FieldsSeq(rel) {
		for n := range relations {
			if equalFold(word, relations[n].name) {
				stated |= 1 << n
			}
		}
	}
	return stated
}

// judgeRelation weighs link href by rel. A reference allowed for what it loads
// may also be preloaded, so that a font's preload needs no second entry.
func (w *rewriter) judgeRelation(b []byte, i int) outcome {
	stated := relationsIn(w.valueOf(b, attrRel))
	ref := decodeAttribute(w.tok.tag.attrs[i].value.of(b))
	t := w.resolver.resolve(ref)
	loads := false
	for n, r := range relations {
		if stated>>n&1 == 0 || loads && r.name == wayAlternate {
			continue // an alternate style sheet or icon says nothing of the page
		}
		reason, ok := w.c.allow.allows(r.kind, t, ref)
		if r.kind == kindIdentity {
			return w.judgeIdentity(b, i, w.wayOf(b, r.name), t, reason, ok)
		}
		if r.kind == kindStyle {
			w.furnish(t, ok)
		}
		if loads = true; !ok && (r.kind != kindConnect || !w.preloads(b, t, ref)) {
			w.removeFound(b, w.finding(b, i, r.kind, t, reason))
			return outcomeGone
		}
	}
	if stated == 0 && w.valueNamed(b, "itemprop") != nil {
		return w.judgeItem(b, i, ref)
	}
	return outcomeStays
}

// preloads reports whether what `as` names may be loaded from there anyway.
func (w *rewriter) preloads(b []byte, t target, ref []byte) bool {
	as := lowerString(w.valueNamed(b, "as"))
	_, ok := w.c.allow.allows(destination(as), t, ref)
	return ok
}

// destination is what a preload is for (Fetch, "destination").
func destination(as string) kind {
	switch as {
	case "style":
		return kindStyle
	case "script", "worker":
		return kindScript
	case "font", "image", "video", "audio", "track":
		return kindMedia
	case "document":
		return kindFrame
	}
	return kindConnect
}

// hints reports a relation by which a browser opens connections that no
// Content-Security-Policy forbids.
func hints(relation string) bool {
	switch relation {
	case "preconnect", "dns-prefetch", "preload", "modulepreload", "prefetch", "prerender":
		return true
	}
	return false
}

func contains(words [][]byte, s string) bool {
	for _, word := range words {
		if string(word) == s {
			return true
		}
	}
	return false
}

// judgeMeta weighs meta content by http-equiv, name and property: whoever reads
// one of them may not look at the others.
func (w *rewriter) judgeMeta(b []byte, i int) outcome {
	content := decodeAttribute(w.tok.tag.attrs[i].value.of(b))
	switch lowerString(trimControls(w.valueOf(b, attrHTTPEquiv))) {
	case "refresh":
		if w.judgeRefresh(b, i, content) == outcomeGone {
			return outcomeGone
		}
	case "onion-location": // which Tor Browser reads as it reads the header
		if w.judgeLead(b, i, kindRedirect, content) == outcomeGone {
			return outcomeGone
		}
	case "content-security-policy":
		w.judgeMetaCSP(b, i, content)
	}
	title, address := readItem(w.valueNamed(b, "itemprop"))
	if address && w.judgeItem(b, i, content) == outcomeGone {
		return outcomeGone
	}
	for _, id := range [...]attr{attrName, attrProperty} {
		name := lowerView(trimControls(w.valueOf(b, id)))
		if w.judgeNamed(b, i, name, content) == outcomeGone {
			return outcomeGone
		}
		title = title || titled(name)
	}
	if title {
		w.judgeTitle(b, i, content)
	}
	return outcomeStays
}

func (w *rewriter) judgeNamed(b []byte, i int, name string, content []byte) outcome {
	switch {
	case name == wayOpenGraph:
		return w.judgeAddress(b, i, wayOpenGraph, content)
	case name == wayTwitter:
		return w.judgeAddress(b, i, wayTwitter, content)
	case verifies(name):
		return w.judgeVerification(b, i, content)
	}
	return outcomeStays
}

// judgeRefresh weighs the target of a meta refresh.
func (w *rewriter) judgeRefresh(b []byte, i int, content []byte) outcome {
	ref, ok := refreshTarget(content)
	if !ok {
		return outcomeStays
	}
	return w.judgeLead(b, i, kindRefresh, ref)
}

// judgeLead weighs where a meta element leads the visitor.
func (w *rewriter) judgeLead(b []byte, i int, k kind, ref []byte) outcome {
	t := w.resolver.resolve(ref)
	reason, ok := w.c.allow.allows(k, t, ref)
	if ok {
		return outcomeStays
	}
	w.removeFound(b, w.finding(b, i, k, t, reason))
	return outcomeGone
}

// refreshTarget finds the URL in a refresh directive, by the shared declarative
// refresh steps (WHATWG HTML 4.2.5.3). A directive without one reloads the page.
func refreshTarget(content []byte) (ref []byte, ok bool) {
	s := bytes.TrimLeft(content, "\t\n\v\f\r ")
	s = bytes.TrimLeft(s, "0123456789.")
	if len(s) == 0 {
		return nil, false
	}
	s = bytes.TrimLeft(s, "\t\n\v\f\r ")
	if len(s) > 0 && (s[0] == ';' || s[0] == ',') {
		s = s[1:]
	}
	s = bytes.TrimLeft(s, "\t\n\v\f\r ")
	if rest, found := cutFold(s, "url"); found {
		rest = bytes.TrimLeft(rest, "\t\n\v\f\r ")
		if len(rest) > 0 && rest[0] == '=' {
			s = bytes.TrimLeft(rest[1:], "\t\n\v\f\r ")
		}
	}
	if len(s) > 0 && (s[0] == '"' || s[0] == '\'') {
		quote := s[0]
		s, _, _ = bytes.Cut(s[1:], []byte{quote})
	}
	return s, len(s) > 0
}

func cutFold(s []byte, prefix string) (rest []byte, found bool) {
	if !hasPrefixFold(s, prefix) {
		return s, false
	}
	return s[len(prefix):], true
}
