package clean

import (
	"encoding/json"
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
	var data any
	if json.Unmarshal(content, &data) != nil {
		return nil, nil
	}
	for _, thing := range thingsIn(data) {
		addresses := addressesOf(thing)
		for i, address := range append(addresses, addressesOf(asThing(thing["publisher"]))...) {
			t := w.resolver.resolve([]byte(address))
			if _, ok := w.c.allow.allows(kindIdentity, t, []byte(address)); ok {
				return nil, nil
			}
			if i < len(addresses) {
				things = first(things, t)
			} else {
				publisher = first(publisher, t)
			}
		}
	}
	return things, publisher
}

func first(t *target, next target) *target {
	if t != nil {
		return t
	}
	return &next
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

// thingsIn returns the objects that stand at the top, or in the graph there.
func thingsIn(data any) (things []map[string]any) {
	switch data := data.(type) {
	case []any:
		for _, item := range data {
			if thing := asThing(item); thing != nil {
				things = append(things, thing)
			}
		}
	case map[string]any:
		things = append(things, data)
		if graph, ok := data["@graph"].([]any); ok {
			things = append(things, thingsIn(graph)...)
		}
	}
	return things
}

func asThing(v any) map[string]any {
	thing, _ := v.(map[string]any)
	return thing
}

// prefixes are the ways to write a term of schema.org.
var prefixes = [...]string{"", "schema:", "http://schema.org/", "https://schema.org/"}

// addressesOf returns what identifies a thing.
func addressesOf(thing map[string]any) (addresses []string) {
	for _, name := range [...]string{"@id", "url", "mainEntityOfPage"} {
		for _, prefix := range prefixes {
			addresses = append(addresses, textsOf(thing[prefix+name])...)
		}
	}
	return addresses
}

// textsOf returns the texts of a value, or of the values in a list.
func textsOf(value any) (texts []string) {
	switch value := value.(type) {
	case string:
		return []string{value}
	case map[string]any:
		for _, name := range [...]string{"@id", "@value"} {
			if text, ok := value[name].(string); ok {
				texts = append(texts, text)
			}
		}
	case []any:
		for _, item := range value {
			if _, nested := item.([]any); !nested {
				texts = append(texts, textsOf(item)...)
			}
		}
	}
	return texts
}
