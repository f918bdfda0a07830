package reading_test

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html/atom"
)

// removal says how an element with a reference that is not allowed goes.
type removal int

const (
	keep   removal = iota
	whole          // the element and what is in it
	tags           // the tags around its content
	single         // a tag that has no content
)

// watched are the elements that every reader looks at.
func watched(name atom.Atom) removal {
	switch name {
	case atom.Script, atom.Iframe:
		return whole
	case atom.A, atom.Form:
		return tags
	case atom.Link, atom.Meta, atom.Base:
		return single
	}
	return keep
}

// refers tells the attributes that hold a reference.
func refers(attribute []byte) bool {
	switch string(attribute) {
	case "src", "href", "action":
		return true
	}
	return false
}

// leadsAway reports whether a reference names a host that is not allowed. Those
// to the page's own host are known by their first byte.
func leadsAway(reference []byte) bool {
	if len(reference) == 0 || reference[0] == '/' && (len(reference) == 1 || reference[1] != '/') {
		return false
	}
	u, err := url.Parse(string(reference))
	if err != nil {
		return true
	}
	host := strings.ToLower(u.Hostname())
	return host != "" && host != ownHost && !slices.Contains(allowed[:], host)
}
