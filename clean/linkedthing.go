package clean

import (
	"slices"
	"strings"
)

// thing is what JSON-LD describes, by the terms of schema.org.
type thing map[string]any

// thingsIn returns the objects that stand at the top, or in a graph there.
func thingsIn(data any) (things []thing) {
	switch data := data.(type) {
	case []any:
		for _, item := range data {
			things = append(things, thingsIn(item)...)
		}
	case map[string]any:
		things = append(things, data)
		things = append(things, thingsIn(data["@graph"])...)
	}
	return things
}

// prefixes are the ways to write a term of schema.org.
var prefixes = [...]string{"", "schema:", "http://schema.org/", "https://schema.org/"}

// values returns the values of a term, those in lists one by one.
func (t thing) values(term string) (values []any) {
	for _, prefix := range prefixes {
		values = appendValues(values, t[prefix+term])
	}
	return values
}

func appendValues(values []any, value any) []any {
	switch value := value.(type) {
	case nil:
		return values
	case []any:
		for _, item := range value {
			values = appendValues(values, item)
		}
		return values
	case map[string]any:
		for _, list := range [...]string{"@list", "@set"} {
			values = appendValues(values, value[list])
		}
	}
	return append(values, value)
}

// is reports whether the thing is of one of the types, or of none.
func (t thing) is(types ...string) bool {
	stated := t.values("@type")
	for _, value := range stated {
		name, _ := value.(string)
		for _, prefix := range prefixes {
			if rest, found := strings.CutPrefix(name, prefix); found && slices.Contains(types, rest) {
				return true
			}
		}
	}
	return len(stated) == 0
}

// identifiers are the terms that say where a thing is.
var identifiers = [...]string{"@id", "@value", "url", "urlTemplate", "mainEntityOfPage"}

// identified appends where the value of a term is: it is an address itself, or
// a thing that has some.
func identified(addresses []string, value any) []string {
	switch value := value.(type) {
	case string:
		return append(addresses, value)
	case map[string]any:
		for _, term := range identifiers {
			for _, inner := range thing(value).values(term) {
				addresses = identified(addresses, inner)
			}
		}
	}
	return addresses
}

// addressesOf returns what says whose page a thing is on: where it is, where
// what it is about and what it is part of are, the pages of a list or of the way
// to it, and where it is searched and read. Who else knows it (sameAs) and who
// sells it (offers) are other sites by right.
func addressesOf(t thing) []string {
	addresses := identified(nil, map[string]any(t))
	addresses = append(addresses, identifiedObjects(t, "mainEntity")...)
	for _, value := range t.values("isPartOf") {
		if whole, ok := value.(map[string]any); !ok || thing(whole).is(sites[:]...) {
			addresses = identified(addresses, value)
		}
	}
	addresses = append(addresses, identifiedObjects(t, "itemListElement")...)
	for _, value := range t.values("itemListElement") {
		addresses = identifiedBy(addresses, value, "item")
	}
	for _, value := range t.values("potentialAction") {
		if action, ok := value.(map[string]any); ok && thing(action).is(actions[:]...) {
			addresses = identifiedBy(addresses, value, "target")
		}
	}
	return withoutNodes(addresses)
}

// withoutNodes leaves out what names a node of the data, #website or _:b0, where
// there is an address beside it: the one says nothing of where the other is.
func withoutNodes(addresses []string) []string {
	named := func(address string) bool {
		return strings.HasPrefix(address, "#") || strings.HasPrefix(address, "_:")
	}
	if others := slices.DeleteFunc(slices.Clone(addresses), named); len(others) > 0 {
		return others
	}
	return addresses
}

// sites are the types of what a page is part of that are no paper or record.
var sites = [...]string{"WebSite", "WebPage", "CollectionPage", "AboutPage", "ContactPage", "FAQPage", "ItemPage", "ProfilePage", "SearchResultsPage", "Blog"}

// actions are the types of those that a site does itself. A visitor may donate
// or book elsewhere.
var actions = [...]string{"SearchAction", "ReadAction"}

// identifiedBy is identified for what a term of value holds.
func identifiedBy(addresses []string, value any, term string) []string {
	t, _ := value.(map[string]any)
	for _, inner := range thing(t).values(term) {
		addresses = identified(addresses, inner)
	}
	return addresses
}

// publishersOf returns where who publishes a thing is.
func publishersOf(t thing) []string { return identifiedObjects(t, "publisher") }

// offersOf returns where a thing is sold.
func offersOf(t thing) []string { return identifiedObjects(t, "offers") }

// identifiedObjects is identifiedBy for a term whose texts are no addresses.
func identifiedObjects(t thing, term string) (addresses []string) {
	for _, value := range t.values(term) {
		if _, ok := value.(map[string]any); ok {
			addresses = identified(addresses, value)
		}
	}
	return addresses
}
