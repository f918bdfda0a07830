package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/policies"
	"github.com/lachan-waf/lachan/proxy/page"
	"github.com/lachan-waf/lachan/rules"
)

// inspect lets the rules judge the request, and puts in place of its body one
// that replays the bytes they have seen.
func (x *exchange) inspect() error {
	if x.site.engine == nil {
		return nil
	}
	x.inspected = true
	start := x.server.now()
	verdict, err := x.site.engine.Inspect(x.r.Context(), x.ruleRequest(), x.requestBody())
	x.server.metrics.spent("inspect", start, x.server.now())
	if err != nil {
		return x.uninspected(err)
	}
	x.verdict = verdict
	if verdict.Body != nil {
		x.r.Body = io.NopCloser(verdict.Body) // the client's body is net/http's to close
	}
	if verdict.Blocked {
		return &blocked{verdict: verdict}
	}
	x.recordMatches(verdict)
	return nil
}

func (x *exchange) ruleRequest() *rules.Request {
	server, _ := x.r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	r := &rules.Request{
		ID: x.id, Method: x.r.Method, Target: x.target, Proto: x.r.Proto, Host: x.r.Host,
		Header: x.r.Header, ContentLength: x.r.ContentLength, TransferEncoding: x.r.TransferEncoding,
		Client: x.client, Server: addrPort(server),
	}
	if x.r.RequestURI != x.target {
		r.Line = x.r.Method + " " + x.r.RequestURI + " " + x.r.Proto
	}
	return r
}

// named lets the rules look at a request that is refused before their turn, so
// that its event tells what it was. They have no say in the answer, and see no
// body: nothing is read for a request that ends here. Where the Host leads
// nowhere, the site is the one the client asked for in its TLS handshake.
func (x *exchange) named() *audit.Match {
	site := x.site
	if site == nil && x.r.TLS != nil {
		site = x.snapshot.lookup(x.r.TLS.ServerName)
	}
	if site == nil || site.engine == nil || x.inspected {
		return nil
	}
	x.target = originForm(x.r)
	verdict, err := site.engine.Inspect(x.r.Context(), x.ruleRequest(), nil)
	if err != nil {
		return nil // it is refused as it is
	}
	defer verdict.Close()
	return matchOf(verdict)
}

// requestBody reads with a deadline that each read puts off: a client may be
// slow, but not silent.
func (x *exchange) requestBody() io.Reader {
	if x.r.Body == nil || x.r.Body == http.NoBody {
		return http.NoBody
	}
	return &pacedReader{from: x.r.Body, pace: x.w.pace}
}

// uninspected is the refusal of a request the rules could not read to its end.
func (x *exchange) uninspected(err error) error {
	if errors.Is(err, context.Canceled) {
		return err // the client has gone; nothing was forwarded
	}
	kind := page.Unavailable
	if errors.As(err, new(*rules.BodyError)) {
		kind = page.BadRequest
	}
	return &refusal{kind: kind, reason: fmt.Sprintf("request could not be inspected: %v", err), cause: err}
}

// recordMatches leaves an event where rules matched a request or a response that
// passes: in mode detect, for a body that is longer than what was inspected,
// and, with audit.matches: all, always.
func (x *exchange) recordMatches(v rules.Verdict) {
	all := x.snapshot.config.Audit.Matches == policies.MatchesAll
	if v.WouldBlock || v.BodyOver || (all && len(v.Matches) > 0) {
		x.record(x.detectEvent(v))
	}
}

func addrPort(a net.Addr) netip.AddrPort {
	if tcp, ok := a.(*net.TCPAddr); ok {
		return tcp.AddrPort()
	}
	return netip.AddrPort{}
}
