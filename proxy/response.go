package proxy

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/lachan-waf/lachan/clean"
	"github.com/lachan-waf/lachan/policies"
)

// modifyResponse is the way back: the response is judged and rewritten before
// its first byte is sent. An error ends in refuse.
func (x *exchange) modifyResponse(resp *http.Response) error {
	x.server.metrics.spent("upstream", x.forwarded, x.server.now())
	if resp.StatusCode == http.StatusSwitchingProtocols {
		return nil
	}
	if err := x.inspectResponse(resp); err != nil || x.cleaner == nil {
		return err
	}
	for _, stage := range []func(*http.Response) error{
		x.checkRedirect, x.checkRefresh, x.checkLinks, x.checkFields, x.checkTrailer, x.checkPolicies, x.cleanBody,
	} {
		if err := stage(resp); err != nil {
			return err
		}
	}
	return nil
}

// checkRedirect judges the Location of a redirect.
func (x *exchange) checkRedirect(resp *http.Response) error {
	location := resp.Header.Values("Location")
	if len(location) == 0 {
		return nil
	}
	if !redirects(resp.StatusCode) {
		x.checkIdleLocation(resp)
		return nil
	}
	if len(location) > 1 {
		return unclean(fmt.Sprintf("upstream sent %d Location fields", len(location)), nil)
	}
	finding, allowed := x.cleaner.Redirect(location[0], x.documentURL())
	if !allowed && redirects(resp.StatusCode) {
		return &strayed{finding: finding}
	}
	if !allowed {
		resp.Header.Del("Location")
	}
	x.reportHeader(finding, resp)
	return nil
}

// checkIdleLocation judges a Location with a status at which browsers do not
// follow it, though other clients might. Then only the field goes.
func (x *exchange) checkIdleLocation(resp *http.Response) {
	for _, location := range resp.Header.Values("Location") {
		finding, allowed := x.cleaner.Redirect(location, x.documentURL())
		x.reportHeader(finding, resp)
		if !allowed {
			resp.Header.Del("Location")
			return
		}
	}
}

// redirects reports whether a browser may follow a Location: Firefox also at
// 300, others at more of this class than RFC 9110 §15.4 defines.
func redirects(status int) bool {
	return status >= 300 && status < 400 && status != http.StatusNotModified
}

// checkRefresh judges the Refresh field, which browsers follow as they follow
// a meta refresh (HTML §7.4.6). In a page it is taken away rather than the
// page refused.
func (x *exchange) checkRefresh(resp *http.Response) error {
	if values := resp.Header.Values("Refresh"); len(values) > 0 {
		joined := strings.Join(values, ", ") // as browsers read several
		finding, allowed := x.cleaner.Refresh(joined, x.documentURL())
		x.reportHeader(finding, resp)
		if !allowed {
			resp.Header.Del("Refresh")
		} else if x.site.Response.Mode == policies.ResponseClean {
			resp.Header.Set("Refresh", joined)
		}
	}
	return nil
}

// checkLinks takes references to other hosts out of Link.
func (x *exchange) checkLinks(resp *http.Response) error {
	if links := resp.Header.Values("Link"); len(links) > 0 {
		kept, findings := x.cleaner.Link(strings.Join(links, ", "), x.documentURL())
		for _, finding := range findings {
			x.reportHeader(finding, resp)
		}
		if x.site.Response.Mode == policies.ResponseReport {
			return nil
		}
		resp.Header.Del("Link")
		if kept != "" {
			resp.Header.Set("Link", kept)
		}
	}
	return nil
}

// checkFields judges the other header fields that lead elsewhere, in the order
// of their names, so that the events of a response are always in one order.
func (x *exchange) checkFields(resp *http.Response) error {
	base := x.documentURL()
	for _, name := range slices.Sorted(maps.Keys(resp.Header)) {
		finding, stays := x.cleaner.Field(name, resp.Header[name], base)
		x.reportHeader(finding, resp)
		if !stays {
			resp.Header.Del(name)
		}
	}
	return nil
}

// reportHeader records a finding that does not refuse the response; there is
// none where the target is on the allowlist.
func (x *exchange) reportHeader(finding clean.Finding, resp *http.Response) {
	if finding.Kind != "" {
		x.record(x.findingEvent(finding, resp))
	}
}

// documentAddress is documentURL without the query, which may hold secrets.
func (x *exchange) documentAddress() string {
	address, _, _ := strings.Cut(x.documentURL(), "?")
	return address
}

// documentURL is the address of the response as the visitor sees it.
func (x *exchange) documentURL() string {
	return x.scheme() + "://" + x.r.Host + x.target
}
