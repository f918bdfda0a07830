package clean

import (
	"bytes"
	"strings"
)

// Link judges the value of a Link header (RFC 8288), by which browsers load
// styles and scripts ahead and search engines learn whose page it is. It
// returns what may stay, and a finding for each reference that may not.
func (c *Cleaner) Link(value, base string) (kept string, findings []Finding) {
	if base == "" {
		base = c.home
	}
	r := newResolver(base, nil)
	var stay []string
	for _, link := range splitLinks(value) {
		f, allowed := c.judgeLinkValue(link, &r)
		if f.Kind != "" {
			findings = append(findings, f)
		}
		if allowed {
			stay = append(stay, link)
		}
	}
	return strings.Join(stay, ", "), findings
}

// judgeLinkValue judges one link-value by each of its relations.
func (c *Cleaner) judgeLinkValue(link string, r *resolver) (Finding, bool) {
	ref, params, wellFormed := strings.Cut(strings.TrimPrefix(link, "<"), ">")
	// A relation may be spelled with backslashes, and not all readers begin and
	// end a quoted string in the same places: to some a link would be in it.
	if !wellFormed || link[0] != '<' || strings.ContainsAny(params, "<\\") {
		return c.linkFinding(link, target{}, kindConnect, reasonUnreadableURL)
	}
	t := r.resolve([]byte(ref))
	words := bytes.FieldsFunc(bytes.ToLower([]byte(params)), func(c rune) bool { return strings.ContainsRune(" \t;,=\"'", c) })
	if f, ok := c.judgeCandidates(imagesOf(params), kindMedia, r); !ok {
		return c.linkFinding(link, f.target, kindMedia, f.reason)
	}
	loads := false
	for _, known := range relations {
		if !contains(words, known.name) || loads && known.name == wayAlternate {
			continue
		}
		loads = loads || known.kind != kindIdentity
		reason, allowed := c.allow.allows(known.kind, t, []byte(ref))
		if !allowed && known.kind == kindConnect {
			_, allowed = c.allow.allows(destination(parameter(words, "as")), t, []byte(ref))
		}
		if !allowed {
			return c.linkFinding(link, t, known.kind, reason)
		}
	}
	return Finding{}, true
}

// imagesOf returns what stands behind imagesrcset, the images that a preload names
// beside its reference. Further parameters are read as images without a host.
func imagesOf(params string) []byte {
	const name = "imagesrcset"
	at := strings.Index(lowerString([]byte(params)), name)
	if at < 0 {
		return nil
	}
	return []byte(strings.Map(func(c rune) rune {
		if strings.ContainsRune(`="';`, c) {
			return ' '
		}
		return c
	}, params[at+len(name):]))
}

// parameter returns the word behind name.
func parameter(words [][]byte, name string) string {
	for i, word := range words[:max(0, len(words)-1)] {
		if string(word) == name {
			return string(words[i+1])
		}
	}
	return ""
}

// linkFinding is evidence; whose page it is, is removed as such a link is.
func (c *Cleaner) linkFinding(link string, t target, k kind, reason string) (Finding, bool) {
	removed := !c.reportOnly && (k != kindIdentity || c.removesIdentity(t.host))
	f := Finding{
		Kind: k.String(), Attribute: "link", Target: t.String(), Host: strings.Clone(t.host),
		Reasons: []string{reason}, Removed: removed,
	}
	return evidence(f, []byte(link)), !removed
}

// splitLinks cuts a header at the commas between link-values.
func splitLinks(value string) (links []string) {
	from, inRef, quoted := 0, false, false
	cut := func(to int) {
		if link := strings.TrimSpace(value[from:to]); link != "" {
			links = append(links, link)
		}
	}
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"' && !inRef:
			quoted = !quoted
		case c == '<' && !quoted:
			inRef = true
		case c == '>' && !quoted:
			inRef = false
		case c == ',' && !inRef && !quoted:
			cut(i)
			from = i + 1
		}
	}
	cut(len(value))
	return links
}
