package clean

import (
	"bytes"
	"strings"
)

// readItem reads the itemprop of a meta element (WHATWG HTML 5.2.3): whether it
// holds what search engines show of an item, and whether it says where it is.
func readItem(itemprop []byte) (title, address bool) {
	for name := range bytes.FieldsSeq(itemprop) {
		switch strings.TrimPrefix(strings.TrimPrefix(lowerString(name), "http://schema.org/"), "https://schema.org/") {
		case "name", "headline", "alternativeheadline", "description":
			title = true
		case "url", "mainentityofpage", "item", "ispartof":
			address = true
		}
	}
	return title, address
}

// judgeItem weighs an address in microdata: what the page is about, or whose it
// is. An item may be a picture that is kept elsewhere, and of a term of the
// vocabulary (InStock) it is the name.
func (w *rewriter) judgeItem(b []byte, i int, ref []byte) outcome {
	t := w.resolver.resolve(ref)
	reason, ok := w.c.allow.allows(kindIdentity, t, ref)
	if !ok && picture(t.path) {
		_, ok = w.c.allow.allows(kindMedia, t, ref)
	}
	return w.judgeIdentity(b, i, "", t, reason, ok || vocabulary(t.host))
}

// picture reports whether a path ends like that of an image.
func picture(path string) bool {
	for _, end := range [...]string{".png", ".jpg", ".jpeg", ".webp", ".gif", ".svg", ".avif", ".ico"} {
		if n := len(path) - len(end); n > 0 && strings.EqualFold(path[n:], end) {
			return true
		}
	}
	return false
}
