package proxy

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"

	"go.uber.org/zap"

	"github.com/lachan-waf/lachan/clean"
	"github.com/lachan-waf/lachan/proxy/codings"
	"github.com/lachan-waf/lachan/proxy/page"
	"github.com/lachan-waf/lachan/rules"
)

// refusal ends a request with a page; reason is for the event, not for the
// visitor.
type refusal struct {
	kind   page.Kind
	reason string
	cause  error
}

func (e *refusal) Error() string { return e.reason }
func (e *refusal) Unwrap() error { return e.cause }

// redirect ends a request with a Location of our own.
type redirect struct{ to string }

func (e *redirect) Error() string { return "redirected to " + e.to }

// blocked ends a request the rules refuse.
type blocked struct{ verdict rules.Verdict }

func (e *blocked) Error() string { return "blocked by rule: " + e.verdict.Reason }

// strayed ends a response whose redirect leaves the allowlist.
type strayed struct{ finding clean.Finding }

func (e *strayed) Error() string { return "redirect to " + e.finding.Target + " is not allowed" }

// doorway ends a response that is another site's page.
type doorway struct{ finding clean.Finding }

func (e *doorway) Error() string { return "page is a doorway to " + e.finding.Host }

// refuse is the one map from errors to what the visitor sees and what the
// audit trail keeps.
func (x *exchange) refuse(err error) {
	x.w.pace.last()
	var (
		done   *answered
		away   *redirect
		attack *blocked
		leak   *withheld
		stray  *strayed
		door   *doorway
		refuse *refusal
	)
	switch {
	case errors.As(err, &done):
		x.w.WriteHeader(done.status)
	case errors.As(err, &away):
		x.answerRedirect(away)
	case errors.As(err, &attack):
		x.record(x.blockEvent(attack.verdict))
		x.answer(blockedKind(attack.verdict.Status), attack.verdict.Status)
	case errors.As(err, &leak):
		x.record(x.blockEvent(leak.verdict))
		x.answer(page.Withheld, leak.verdict.Status)
	case errors.As(err, &stray):
		x.answer(page.RedirectBlocked, 0)
		x.record(x.redirectEvent(stray.finding, x.w.status))
	case errors.As(err, &door):
		x.answer(page.Gone, 0)
		x.record(x.doorwayEvent(door.finding, x.w.status))
	case errors.As(err, &refuse):
		x.answer(refuse.kind, 0)
		e := x.denyEvent(refuse.reason, x.w.status)
		e.Match = x.named()
		x.record(e)
	case errors.Is(x.r.Context().Err(), context.Canceled):
		// The client has gone, or let a deadline pass.
		x.answer(page.BadRequest, 0)
	default:
		x.answerUpstream(err)
	}
}

// answerUpstream answers for an upstream that failed. That is an operator's
// matter, not an attack: it goes to the operational log.
func (x *exchange) answerUpstream(err error) {
	kind := page.BadGateway
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		kind = page.GatewayTimeout
	}
	x.server.logger.Warn("upstream failed", zap.String("site", x.site.Name), zap.String("upstream", x.site.Upstream),
		zap.String("request", x.id), zap.String("cause", upstreamCause(err)))
	x.answer(kind, 0)
}

// upstreamCause puts the commonest failures into words an operator can act on.
func upstreamCause(err error) string {
	var (
		unknown     x509.UnknownAuthorityError
		name        x509.HostnameError
		record      tls.RecordHeaderError
		unsupported *codings.UnsupportedError
	)
	switch {
	case errors.As(err, &unknown):
		return fmt.Sprintf("certificate is signed by nobody we trust (set upstream_tls.ca or upstream_tls.pin_sha256): %v", err)
	case errors.As(err, &name):
		return fmt.Sprintf("certificate is for another name (set upstream_tls.server_name): %v", err)
	case errors.As(err, &record):
		return fmt.Sprintf("it does not speak TLS on that port: %v", err)
	case errors.As(err, &unsupported):
		return fmt.Sprintf("it used a content coding nobody asked for: %v", err)
	}
	return err.Error()
}

// blockedKind chooses the page for a status the rules asked for.
func blockedKind(status int) page.Kind {
	switch status {
	case http.StatusRequestEntityTooLarge:
		return page.TooLarge
	case http.StatusBadRequest:
		return page.BadRequest
	case http.StatusServiceUnavailable:
		return page.Unavailable
	}
	return page.Blocked
}

func (x *exchange) answer(kind page.Kind, status int) {
	p := page.Problem{Kind: kind, Status: status, RequestID: x.id}
	if x.site != nil {
		p.Site, p.Contact = x.site.Name, x.site.Contact
	}
	page.Write(x.w, x.r, p)
}

// answerRedirect keeps the method: a form posted over plain HTTP is posted
// again over HTTPS (RFC 9110 §15.4.9).
func (x *exchange) answerRedirect(e *redirect) {
	status := http.StatusPermanentRedirect
	if x.r.Method == http.MethodGet || x.r.Method == http.MethodHead {
		status = http.StatusMovedPermanently
	}
	x.w.Header().Set("Location", e.to)
	x.w.WriteHeader(status)
}
