package clean

import (
	"strings"

	"github.com/lachan-waf/lachan/policies"
)

// Redirect judges a Location header, to be resolved against base, the URL of
// the request. Where the target is on no list it returns a finding, and
// allowed is false unless the policy is to report only.
func (c *Cleaner) Redirect(location, base string) (f Finding, allowed bool) {
	return c.lead([]byte(location), base, "location", location)
}

// Refresh judges a Refresh header likewise. One without a target reloads the
// page, and is allowed.
func (c *Cleaner) Refresh(header, base string) (f Finding, allowed bool) {
	ref, ok := refreshTarget([]byte(header))
	if !ok {
		return Finding{}, true
	}
	return c.lead(ref, base, "refresh", header)
}

func (c *Cleaner) lead(ref []byte, base, header, value string) (Finding, bool) {
	if base == "" {
		base = c.home
	}
	r := newResolver(base, nil)
	t := r.resolve(ref)
	reason, ok := c.allow.allows(kindRedirect, t, ref)
	if ok {
		return Finding{}, true
	}
	allowed := c.redirects == policies.RedirectsReport || c.reportOnly
	f := Finding{
		Kind:      kindRedirect.String(),
		Attribute: header,
		Target:    t.String(),
		Host:      strings.Clone(t.host),
		Reasons:   []string{reason},
		Removed:   !allowed,
	}
	return evidence(f, []byte(value)), allowed
}
