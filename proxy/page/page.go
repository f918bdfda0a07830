// Package page writes what a visitor sees when Lachan answers in a site's
// place: a request was refused, the site cannot be reached, or what it sent
// must not be passed on.
//
//	page.Write(w, r, page.Problem{
//		Kind:      page.Blocked,
//		RequestID: "01JDC4T2M7J4V3W1Q8Z5N6K9RA",
//		Site:      "portal",
//		Contact:   "Bộ phận Một cửa, điện thoại 1900 0000",
//	})
//
// A person gets one small HTML page, Vietnamese first and English below it; a
// program that asks for JSON gets the same as application/problem+json
// (RFC 9457). Neither says which rule matched: that would be a tutor for the
// attacker, and the request ID leads the site's operator to the event.
package page

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"strconv"
	"sync"
)

// Kind says what went wrong, in terms of who could do something about it.
type Kind string

// The kinds of problems, with the status each is answered with.
const (
	Blocked         Kind = "blocked"          // 403: the request resembled an attack
	TooLarge        Kind = "too-large"        // 413: the request's body is over the limit
	BadRequest      Kind = "bad-request"      // 400: the request cannot be read with certainty
	NotFound        Kind = "not-found"        // 404: no site with this host is served here
	Misdirected     Kind = "misdirected"      // 421: the connection was made for another site (RFC 9110, 15.5.20)
	BadGateway      Kind = "bad-gateway"      // 502: the site cannot be reached, or broke off
	GatewayTimeout  Kind = "gateway-timeout"  // 504: the site took too long
	Unavailable     Kind = "unavailable"      // 503: Lachan itself is starting, draining or full, or inspecting the request costs too much
	RedirectBlocked Kind = "redirect-blocked" // 502: the site's answer led to another site
	Withheld        Kind = "withheld"         // 502: the site's answer told what is nobody's business
	Gone            Kind = "gone"             // 410: the page was another site's, planted here
	CleaningFailed  Kind = "cleaning-failed"  // 502: the site's answer could not be read with certainty
)

// Problem is one answer in a site's place. The zero value is answered as
// Unavailable.
type Problem struct {
	Kind Kind
	// Status is the HTTP status; 0 stands for the kind's own.
	Status int
	// RequestID is shown for the visitor to quote, and sent as X-Request-Id.
	RequestID string
	// Site names the site; empty where none was found.
	Site string
	// Contact is whom to write or call, as plain text; may be empty.
	Contact string
}

// The bounds of what is shown of values that come from outside: the page must
// stay small whatever a client or a configuration says.
const (
	maxRequestID = 64
	maxSite      = 128
	maxContact   = 512
)

// retryAfter, in seconds, goes with status 503 only (RFC 9110, 10.2.3). It is
// about what a restart takes; crawlers keep a page indexed meanwhile.
const retryAfter = 30

//go:embed page.html
var source string

var document = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Parse(source))
})

// view is what the template shows.
type view struct {
	Problem
	Home   bool
	VI, EN message
}

// Write answers r with p. Nothing may have been written to w before; header
// fields that describe another body, or lead away from this one, are dropped.
func Write(w http.ResponseWriter, r *http.Request, p Problem) {
	p, e := p.complete()
	body, contentType, language := render(r, p, e)
	header := w.Header()
	dropUpstream(header)
	header.Set("Content-Type", contentType)
	header.Set("Content-Language", language)
	header.Set("Content-Length", strconv.Itoa(len(body)))
	protect(header, p)
	w.WriteHeader(p.Status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) //nolint:gosec // html/template has escaped it; if the client has gone, nobody is left to tell
	}
}

// complete fills in what p leaves out and bounds what it says.
func (p Problem) complete() (Problem, entry) {
	e, ok := entries[p.Kind]
	if !ok {
		p.Kind = Unavailable
		e = entries[p.Kind]
	}
	if p.Status == 0 {
		p.Status = e.status
	}
	p.RequestID = shorten(p.RequestID, maxRequestID)
	p.Site = shorten(p.Site, maxSite)
	p.Contact = shorten(p.Contact, maxContact)
	return p, e
}

// render returns the body in the form and language r asks for.
func render(r *http.Request, p Problem, e entry) (body []byte, contentType, language string) {
	if wantsJSON(r.Header) {
		language = preferred(r.Header, "vi", "en")
		m := e.vi
		if language == "en" {
			m = e.en
		}
		return problemJSON(p, m), "application/problem+json", language
	}
	var buf bytes.Buffer
	if err := document().Execute(&buf, view{Problem: p, Home: e.home, VI: e.vi, EN: e.en}); err != nil {
		// Cannot happen with the embedded template and string fields; a
		// visitor is still better served by one plain line than by nothing.
		return []byte(e.vi.Title + " / " + e.en.Title + "\n"), "text/plain; charset=utf-8", "vi, en"
	}
	return buf.Bytes(), "text/html; charset=utf-8", "vi, en"
}
