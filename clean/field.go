package clean

import (
	"encoding/json"
	"io"
	"strings"
)

// field says what becomes of a header field of a response.
type field struct {
	kind kind
	// references finds the addresses in a value, or reports false where it
	// cannot be read. nil: the field goes, whatever it says.
	references func(value string) (refs []string, ok bool)
	// local is a field that speaks of the origin's own connection, which the
	// visitor does not have: it goes, without a finding where no other host is named.
	local bool
}

// fields are the header fields by which an origin, or the intruder in it, has
// a browser, a cache or a search engine go, fetch or report elsewhere. One
// whose addresses are all on the allowlist of its kind stays as it is.
//
// Location, Refresh and Link have rules of their own (redirect.go,
// linkheader.go). What is not listed stays; of that it was considered:
//
//	Accept-CH, Critical-CH     tell more about the browser to this origin only
//	Access-Control-*           opens the site to other origins' scripts, moves nobody
//	Clear-Site-Data            a site may forget; it is what a logout needs
//	Content-Disposition        saves a page that was cleaned like any other
//	No-Vary-Search             matters to prefetched pages; Speculation-Rules goes
//	Origin-Agent-Cluster, Cross-Origin-*, Permissions-Policy, X-Robots-Tag
//	                           name no address of their own
//	Origin-Trial               enables features on this origin only
//	Set-Cookie                 browsers refuse a Domain that is not the site's or is public
//	Set-Login                  a hint for the browser's own dialogue
//	Strict-Transport-Security  can only be kept by this host
//	Surrogate-Control          turns ESI on; the tags are taken out of pages
//	WWW-Authenticate           asks for a password that goes to this origin
//
// Names are in net/http's canonical form.
var fields = map[string]field{
	// Moves all further requests to another server, under the site's own name (RFC 7838).
	"Alt-Svc": {kind: kindConnect, references: alternatives, local: true},
	// Names the document that this one is; browsers ignore it, search engines need not.
	"Content-Location": {kind: kindIdentity, references: whole},
	// Send reports from browsers that are no longer current.
	"Expect-Ct":                   {kind: kindConnect, references: quoted},
	"Public-Key-Pins":             {kind: kindConnect, references: quoted},
	"Public-Key-Pins-Report-Only": {kind: kindConnect, references: quoted},
	// Reports on the visitor's connections, which end at the proxy, to a group of Report-To.
	"Nel": {kind: kindConnect},
	// Has Tor Browser offer, or go to, an address that is of no host on any list.
	"Onion-Location": {kind: kindRedirect, references: whole},
	// Where violations and crashes are reported to, with the pages' addresses.
	"Report-To":           {kind: kindConnect, references: members},
	"Reporting-Endpoints": {kind: kindConnect, references: quoted},
	// Lets a service worker answer for more of the site than its own folder.
	"Service-Worker-Allowed": {kind: kindScript},
	// What developer tools fetch.
	"Sourcemap":   {kind: kindConnect, references: whole},
	"X-Sourcemap": {kind: kindConnect, references: whole},
	// Names files of pages to load ahead, which are read nowhere here.
	"Speculation-Rules": {kind: kindConnect},
	// Come after the body, when the judgement of the fields is over.
	"Trailer": {kind: kindConnect},
	// Makes this response the dictionary of a later one, coded past the cleaner as dcb or dcz (RFC 9842).
	"Use-As-Dictionary": {kind: kindConnect},
	// Have a proxy in front serve a file or an address of its own in the response's place.
	"X-Accel-Redirect":     {kind: kindRedirect},
	"X-Lighttpd-Send-File": {kind: kindRedirect},
	"X-Litespeed-Location": {kind: kindRedirect},
	"X-Reproxy-Url":        {kind: kindRedirect},
	"X-Sendfile":           {kind: kindRedirect},
	// Where other sites announce their links to this page.
	"X-Pingback": {kind: kindIdentity, references: whole},
}

// Field judges a header field by its canonical name and its values. Where
// something in it is on no list, or the field may not come from an origin at
// all, it returns a finding; it may stay only where stays says so.
func (c *Cleaner) Field(name string, values []string, base string) (f Finding, stays bool) {
	rule, known := fields[name]
	if !known {
		return Finding{}, true
	}
	if base == "" {
		base = c.home
	}
	r := newResolver(base, nil)
	t, reason := c.judgeField(rule, values, &r)
	if reason == "" {
		return Finding{}, c.reportOnly || !rule.local
	}
	stays = c.reportOnly || rule.kind == kindIdentity && !c.removesIdentity(t.host)
	f = Finding{
		Kind: rule.kind.String(), Attribute: strings.ToLower(name), Target: t.String(), Host: strings.Clone(t.host),
		Reasons: []string{reason}, Removed: !stays,
	}
	return evidence(f, []byte(strings.Join(values, ", "))), stays
}

// judgeField returns the first address that may not stand, and why. Each line
// of a field is read by itself: some take the first, some the last, some all.
func (c *Cleaner) judgeField(rule field, values []string, r *resolver) (target, string) {
	if rule.references == nil {
		return target{}, reasonField
	}
	for _, value := range values {
		refs, ok := rule.references(value)
		if !ok {
			return target{}, reasonUnreadableURL
		}
		for _, ref := range refs {
			t := r.resolve([]byte(ref))
			if reason, ok := c.allow.allows(rule.kind, t, []byte(ref)); !ok {
				return t, reason
			}
		}
	}
	return target{}, ""
}

// whole is a value that is one address.
func whole(value string) ([]string, bool) { return []string{value}, true }

// quoted finds the strings of a structured field (RFC 9651 §3.3.3).
func quoted(value string) (refs []string, ok bool) {
	for {
		_, rest, found := strings.Cut(value, `"`)
		if !found {
			return refs, true
		}
		var text strings.Builder
		i := 0
		for ; i < len(rest) && rest[i] != '"'; i++ {
			if rest[i] == '\\' && i+1 < len(rest) {
				i++
			}
			text.WriteByte(rest[i])
		}
		if i == len(rest) {
			return nil, false
		}
		refs, value = append(refs, text.String()), rest[i+1:]
	}
}

// members finds the strings of a list of JSON objects, the names and values of
// members that another reader might overrule among them.
func members(value string) (refs []string, ok bool) {
	d := json.NewDecoder(strings.NewReader("[" + value + "]"))
	for {
		token, err := d.Token()
		if err != nil {
			return refs, err == io.EOF
		}
		if text, ok := token.(string); ok {
			refs = append(refs, text)
		}
	}
}

// alternatives finds the hosts of Alt-Svc, as addresses. One without a host is
// another port of the origin (RFC 7838 §3).
func alternatives(value string) (refs []string, ok bool) {
	authorities, ok := quoted(value)
	for _, authority := range authorities {
		if strings.HasPrefix(authority, ":") {
			continue
		}
		refs = append(refs, "//"+authority)
	}
	return refs, ok
}
