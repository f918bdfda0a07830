package proxy

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/textproto"
	"strings"

	"golang.org/x/net/http/httpguts"

	"github.com/lachan-waf/lachan/proxy/page"
)

// guard refuses what could not be forwarded exactly as it is inspected, and
// takes away what would let a client speak past the inspection.
func (x *exchange) guard() error {
	x.target = originForm(x.r)
	// A fragment stays with the client (RFC 9112 §3.2). Coraza stops at it, some
	// origins read on.
	if !strings.HasPrefix(x.target, "/") || strings.Contains(x.target, "#") {
		return x.unacceptable("request-target %q cannot be forwarded", x.r.RequestURI)
	}
	var exact bool
	if x.upstream, exact = upstreamURL(x.site.origin, x.target); !exact {
		return x.unacceptable("request-target %q cannot be forwarded unchanged", x.target)
	}
	if name := forgedField(x.r.Header); name != "" {
		return x.unacceptable("header field %q stands for one the proxy sets", name)
	}
	if name := nominated(x.r.Header); name != "" {
		return x.unacceptable("header field %q is named by Connection and would not be forwarded", name)
	}
	if !x.isWebSocket() {
		// ReverseProxy would forward any Upgrade, h2c among them, and then
		// pass an uninspected tunnel (golang/go#80416).
		x.r.Header.Del("Upgrade")
	}
	for _, name := range overriding {
		x.r.Header.Del(name)
	}
	return nil
}

func (x *exchange) unacceptable(format string, args ...any) error {
	return &refusal{kind: page.BadRequest, reason: fmt.Sprintf(format, args...)}
}

// overriding are fields by which some upstreams replace what was inspected: CGI
// makes Proxy a variable that redirects the site's own requests (httpoxy,
// CVE-2016-5385), IIS and old Symfony and Drupal take the path from the others
// (CVE-2018-14773).
var overriding = []string{"Proxy", "X-Original-Url", "X-Rewrite-Url"}

// proxyFields are the fields the upstream believes because only the proxy
// writes them, or by which the rules have read the body.
var proxyFields = map[string]bool{
	"x-forwarded-for": true, "x-forwarded-host": true, "x-forwarded-proto": true,
	"x-real-ip": true, "x-request-id": true, "content-length": true, "transfer-encoding": true, "content-type": true,
}

// forgedField returns a field which CGI-like upstreams cannot tell from one
// of proxyFields: PHP and WSGI read both "X-Real-Ip" and "X_Real_Ip" as
// HTTP_X_REAL_IP.
func forgedField(h http.Header) string {
	for name := range h {
		if strings.Contains(name, "_") && proxyFields[strings.ToLower(strings.ReplaceAll(name, "_", "-"))] {
			return name
		}
	}
	return ""
}

// hopByHop are the fields that belong to one connection by their own nature
// (RFC 9110 §7.6.1, RFC 7540 §3.2.1).
var hopByHop = map[string]bool{
	"Connection": true, "Keep-Alive": true, "Proxy-Connection": true, "Te": true, "Trailer": true,
	"Transfer-Encoding": true, "Upgrade": true, "Http2-Settings": true,
}

// nominated returns a field that Connection takes away on the way to the
// upstream, which would then read another request than the rules did.
func nominated(h http.Header) string {
	for _, options := range h["Connection"] {
		for option := range strings.SplitSeq(options, ",") {
			name := textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(option))
			if len(h[name]) > 0 && !hopByHop[name] {
				return name
			}
		}
	}
	return ""
}

// isWebSocket reports whether the request is an opening handshake, whole and
// correct (RFC 6455 §4.1): the only upgrade that is let through.
func (x *exchange) isWebSocket() bool {
	h := x.r.Header
	key, err := base64.StdEncoding.DecodeString(h.Get("Sec-Websocket-Key"))
	return x.r.Method == http.MethodGet && x.r.ProtoMajor == 1 && x.r.ProtoMinor == 1 &&
		httpguts.HeaderValuesContainsToken(h["Connection"], "upgrade") &&
		len(h["Upgrade"]) == 1 && strings.EqualFold(h.Get("Upgrade"), "websocket") &&
		h.Get("Sec-Websocket-Version") == "13" && err == nil && len(key) == 16 &&
		x.r.ContentLength == 0
}
