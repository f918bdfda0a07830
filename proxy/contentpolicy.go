package proxy

import (
	"net/http"
	"strings"

	"github.com/lachan-waf/lachan/clean"
	"github.com/lachan-waf/lachan/policies"
	"github.com/lachan-waf/lachan/proxy/csp"
)

const (
	fieldCSP       = "Content-Security-Policy"
	fieldCSPReport = "Content-Security-Policy-Report-Only"
)

// checkPolicies deals with the origin's own policies. One that is enforced
// stays beside ours: of two a browser heeds both, so that the second never
// frees what the first forbids; see Cleaner.CSP for what it loses. One that
// only reports does nothing but report, to whom the origin likes, and goes.
//
// A 304, and the answer to HEAD, update the fields of a copy in a cache
// (RFC 9111 §3.2), whose body has the nonces of its own time: they say nothing.
func (x *exchange) checkPolicies(resp *http.Response) error {
	if x.site.Response.Mode != policies.ResponseClean {
		return nil
	}
	h := resp.Header
	policy := x.cleaner.CSP(strings.Join(h.Values(fieldCSP), ", "))
	h.Del(fieldCSP)
	h.Del(fieldCSPReport)
	fieldsOnly := resp.StatusCode == http.StatusNotModified || resp.Request.Method == http.MethodHead
	if policy != "" && !(fieldsOnly && x.site.policy != nil) {
		h.Set(fieldCSP, policy)
	}
	return nil
}

// addPolicy puts the site's policy on a document that will be cleaned, and
// returns the nonce for its scripts; empty where the site has no policy.
func (x *exchange) addPolicy(h http.Header) (nonce string) {
	if x.site.policy == nil {
		return ""
	}
	nonce = csp.NewNonce()
	if origin := h.Get(fieldCSP); origin != "" {
		h.Set(fieldCSP, clean.WithNonce(origin, nonce))
	}
	secure := x.scheme() == "https"
	h.Add(x.site.policy.Field(), x.site.policy.Value(nonce, secure))
	if secure {
		h.Set("Reporting-Endpoints", csp.Endpoints())
	}
	return nonce
}
