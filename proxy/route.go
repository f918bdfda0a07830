package proxy

import (
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strings"

	"github.com/lachan-waf/lachan/policies"
	"github.com/lachan-waf/lachan/proxy/page"
)

// hostField is a name or an address with perhaps a port (RFC 9110 §7.2). Over
// HTTP/2 net/http takes any text for :authority, and would then send the
// upstream an empty Host, for which virtual hosting has a default site.
var hostField = regexp.MustCompile(`^(?:\[[0-9A-Fa-f:.]+\]|[^\s:/?#@\\\[\]"'<>%;,]+)(?::[0-9]{1,5})?$`)

// route finds the site by the Host header and, under TLS, holds it against the
// name of the handshake: a connection opened for one site must not reach
// another (RFC 9110 §7.4), whose policy for TLS and clients may differ.
func (x *exchange) route() error {
	if x.r.Method == http.MethodConnect { // its target is a host, and no site's
		return x.unacceptable("a tunnel to %q was asked for", x.r.Host)
	}
	if !hostField.MatchString(x.r.Host) {
		return &refusal{kind: page.BadRequest, reason: fmt.Sprintf("unusable host %q", x.r.Host)}
	}
	host, err := policies.ASCIIHost(hostname(x.r.Host))
	if err != nil {
		return &refusal{kind: page.NotFound, reason: fmt.Sprintf("unusable host %q", x.r.Host)}
	}
	x.host = host
	x.site = x.snapshot.hosts[host]
	if x.site == nil {
		return &refusal{kind: page.NotFound, reason: fmt.Sprintf("no site is configured for host %q", host)}
	}
	if x.r.TLS != nil && x.r.TLS.ServerName != "" && x.snapshot.lookup(x.r.TLS.ServerName) != x.site {
		return &refusal{kind: page.Misdirected,
			reason: fmt.Sprintf("host %q came over a connection for %q", host, x.r.TLS.ServerName)}
	}
	if x.site.broken != nil {
		return &refusal{kind: page.Unavailable, reason: x.site.broken.Error()}
	}
	if x.cleaner, err = x.site.cleaner.now(); err != nil {
		return unclean("no cleaner", err)
	}
	x.client = x.site.clientOf(x.r, x.client)
	return nil
}

// scheme is what the visitor's address bar shows; a trusted proxy that ends TLS
// says so, others are not asked.
func (x *exchange) scheme() string {
	if x.r.TLS != nil || x.site != nil && x.site.trusts(x.r) && x.r.Header.Get("X-Forwarded-Proto") == "https" {
		return "https"
	}
	return "http"
}

// secure sends plain HTTP to HTTPS, unless the site is served without TLS.
func (x *exchange) secure() error {
	if x.site.plain || x.scheme() == "https" {
		return nil
	}
	return &redirect{to: "https://" + x.server.authority(x.host) + originForm(x.r)}
}

// authority is host with the port of the HTTPS listener where it is not 443.
func (s *Server) authority(host string) string {
	if addr, ok := s.HTTPSAddr().(*net.TCPAddr); ok && addr.Port != 443 {
		return fmt.Sprintf("%s:%d", host, addr.Port)
	}
	return host
}

// hostname drops the port of a Host header; brackets of an IPv6 literal too.
func hostname(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return strings.Trim(hostport, "[]")
}

// originForm returns the request-target as received, without the scheme and
// authority of the absolute form (RFC 9112 §3.2.2).
func originForm(r *http.Request) string {
	target := r.RequestURI
	if strings.HasPrefix(target, "/") || target == "*" {
		return target
	}
	_, rest, found := strings.Cut(target, "://")
	if !found {
		return target
	}
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		if rest[i] == '?' {
			return "/" + rest[i:]
		}
		return rest[i:]
	}
	return "/"
}
