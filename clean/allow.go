package clean

import (
	"bytes"

	"github.com/lachan-waf/lachan/policies"
	"github.com/lachan-waf/lachan/policies/hostlist"
)

// allowlists holds a site's allowlist of each kind, own hosts included, and
// what outranks its wildcards.
type allowlists struct {
	of          [kindCount]*policies.Allowlist
	lists       hostlist.Lists // of known bad hosts; nil where the site has none
	redirectors map[string][]policies.Redirector
}

func newAllowlists(site *policies.Site, lists hostlist.Lists) allowlists {
	return allowlists{allowed(site), lists, redirectors()}
}

func allowed(site *policies.Site) [kindCount]*policies.Allowlist {
	own, allow := site.OwnHosts(), &site.Response.Allow
	with := func(patterns []policies.HostPattern) *policies.Allowlist {
		return policies.NewAllowlist(append(append([]policies.HostPattern(nil), own...), patterns...)...)
	}
	redirects := with(allow.Redirects)
	return [kindCount]*policies.Allowlist{
		kindScript:   with(allow.Scripts),
		kindFrame:    with(allow.Frames),
		kindLink:     with(allow.Links),
		kindForm:     with(allow.Forms),
		kindStyle:    with(allow.Styles),
		kindMedia:    with(allow.Media),
		kindConnect:  with(allow.Connect),
		kindBase:     with(nil),
		kindRefresh:  redirects,
		kindRedirect: redirects,
		kindIdentity: with(allow.Links),
	}
}

// allows reports whether a reference of kind may stand, and if not, why.
func (l *allowlists) allows(k kind, t target, ref []byte) (reason string, ok bool) {
	return l.judge(k, t, ref, 0)
}

// judge is allows for a reference that so many redirectors lead to.
func (l *allowlists) judge(k kind, t target, ref []byte, hops int) (reason string, ok bool) {
	switch {
	case hops > maxHops:
		return reasonLimit, false
	case t.own:
		return "", true
	case t.bad:
		return reasonUnreadableURL, false
	case t.host == "":
		return reasonScheme, inert(k, t.scheme, ref)
	case !fetches(k, t.scheme):
		return reasonScheme, false
	case l.listed(k, t.host, t.path):
		return reasonListedHost, false
	case !l.of[k].Allows(t.host, t.path):
		return reasonOffList, false
	}
	return l.leads(k, t, ref, hops)
}

// permits is allows for a host and path that stand elsewhere than in a
// reference: in a script, in data, in a policy.
func (l *allowlists) permits(k kind, host, path string) bool {
	return l.of[k].Allows(host, path) && !l.listed(k, host, path)
}

// listed reports whether host is known to be bad. The site's own hosts and
// those that an entry of the kind's allowlist names outrank the lists: an
// operator's word about one host against a feed's.
func (l *allowlists) listed(k kind, host, path string) bool {
	return len(l.lists) > 0 && l.lists.Has(host) && !l.of[k].Names(host, path)
}

// allowsHost reports whether a reference of kind over http or https may name
// host, whatever the path and the query.
func (l *allowlists) allowsHost(k kind, host string) bool {
	return l.of[k].AllowsHost(host) && !l.listed(k, host, "/") && l.redirectors[host] == nil
}

// fetches reports whether kind may use a scheme that names a host.
func fetches(k kind, scheme string) bool {
	switch scheme {
	case "http", "https":
		return true
	case "ws", "wss":
		return k == kindConnect
	case "ftp": // old portals link their documents so; a browser hands it over, if it heeds it
		return k == kindLink
	}
	return false
}

// inert reports whether a scheme without a host can do no harm in kind: it
// hands over to a program on the visitor's device, or holds an image.
func inert(k kind, scheme string, ref []byte) bool {
	switch k {
	case kindLink, kindIdentity:
		switch scheme {
		case "mailto", "tel", "sms", "callto", "geo", "maps", "skype", "ymsgr", "viber", "zalo", "whatsapp", "webcal", "urn", "cid", "about":
			return true
		}
	case kindForm:
		return scheme == "mailto"
	case kindFrame:
		return scheme == "about"
	case kindMedia:
		return scheme == "blob" || scheme == "about" || scheme == "cid" || scheme == "data" && mediaData(ref)
	}
	return false
}

// mediaData reports whether a data: URL holds what no element takes for a document.
func mediaData(ref []byte) bool {
	ref = bytes.TrimLeft(trimControls(ref)[min(len("data:"), len(trimControls(ref))):], " ")
	for _, kind := range [...]string{"image/", "audio/", "video/", "font/", "application/font", "application/x-font", ",", ";base64,"} {
		if hasPrefixFold(ref, kind) {
			return true
		}
	}
	return false
}

// executes reports whether a URL of scheme runs or is a document.
func executes(scheme string) bool {
	return scheme == "javascript" || scheme == "vbscript" || scheme == "livescript"
}
