package clean

import (
	"bytes"
	"strings"
)

// endLinked judges JSON-LD by what it describes, and reports whether it went:
// data whose things are all found at another site says that the page is that
// site's. Data that names others beside itself does so by right (a publisher,
// a parent body).
func (w *rewriter) endLinked(b, content []byte) (gone bool) {
	if w.c.harmless.find(sortLinked, content) != nil {
		return false
	}
	things, publisher := w.linkedHosts(content)
	t := things
	if t == nil {
		t = publisher
	}
	if t == nil {
		return false
	}
	w.sort = sortElsewhere
	reason, _ := w.c.allow.allows(kindIdentity, *t, nil)
	f := Finding{
		Kind: kindIdentity.String(), Element: "script", Target: t.String(), Host: strings.Clone(t.host),
		Offset: w.offset + int64(w.mark), Reasons: []string{reason, reasonIdentity},
	}
	w.claims(wayLinked, f, b[w.mark:w.tok.pos])
	if things == nil {
		return false
	}
	if w.c.removesIdentity(f.Host) {
		w.foundHeld(b, w.tok.pos, kindIdentity, f.Host, f.Reasons...)
		return true
	}
	w.found(f, b[w.mark:w.tok.pos])
	return false
}

// linkedHosts returns where the things that JSON-LD describes are, and where
// their publisher is, if all of that is elsewhere.
func (w *rewriter) linkedHosts(content []byte) (things, publisher *target) {
	if !w.namesStranger(content) {
		return nil, nil
	}
	data, ok := readLinked(w.characters(content))
	if !ok {
		return w.unreadableHost(content), nil
	}
	for _, thing := range thingsIn(data) {
		here := false
		if things, here = w.elsewhere(things, addressesOf(thing)); here {
			return nil, nil
		}
		if publisher, here = w.elsewhere(publisher, publishersOf(thing)); here {
			return nil, nil
		}
		if _, here = w.elsewhere(nil, offersOf(thing)); here {
			return nil, nil
		}
	}
	return things, publisher
}

// elsewhere returns the first address that is at another site, t if there was
// one before, and reports whether one may be linked. What has no host, urn:uuid,
// says nothing of whose a thing is, and neither does a vocabulary.
func (w *rewriter) elsewhere(t *target, addresses []string) (away *target, here bool) {
	for _, address := range addresses {
		next := w.resolver.resolve([]byte(address))
		_, ok := w.c.allow.allows(kindIdentity, next, []byte(address))
		switch {
		case ok && !next.own && next.host == "", vocabulary(next.host):
		case ok:
			return nil, true
		case t == nil:
			t = &next
		}
	}
	return t, false
}

// unreadableHost returns the first host in JSON-LD that is not JSON in any
// reading, if it names only other sites'. Search engines may know more readings;
// what a template of the site's own spoiled names the site as well.
func (w *rewriter) unreadableHost(content []byte) (away *target) {
	text := foldEscapes(content)
	if namesPath(text) {
		return nil
	}
	for host := range hostsIn(text) {
		switch {
		case vocabulary(host):
		case w.c.allow.permits(kindIdentity, host, "/"):
			return nil
		case away == nil:
			t := w.resolver.resolve([]byte("https://" + host + "/"))
			away = &t
		}
	}
	return away
}

// namesPath reports whether a string in text begins with a path, as one that
// refers to the site itself does.
func namesPath(text []byte) bool {
	for {
		at := bytes.Index(text, []byte(`"/`))
		if at < 0 {
			return false
		}
		if text = text[at+2:]; len(text) > 0 && text[0] != '/' && text[0] != '\\' {
			return true
		}
	}
}

// namesStranger reports whether content names a host that is on no list: most
// linked data does not, and need not be parsed.
func (w *rewriter) namesStranger(content []byte) bool {
	for host := range hostsIn(foldEscapes(content)) {
		if !vocabulary(host) && !w.c.allow.permits(kindIdentity, host, "/") {
			return true
		}
	}
	return false
}
