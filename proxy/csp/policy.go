// Package csp makes a site's Content-Security-Policy (CSP Level 3) from its
// allowlists, and reads what browsers report of it.
//
//	policy, err := csp.New(site, baseline) // once per site; nil where there is none
//	…
//	nonce := csp.NewNonce() // once per response
//	header.Set(policy.Field(), policy.Value(nonce, true))
//
// The cleaner sees what a page holds; the browser, told by the policy, refuses
// or reports what a script that may run does later.
package csp

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/lachan-waf/lachan/clean"
	"github.com/lachan-waf/lachan/policies"
)

const (
	// ReportPath is where browsers send reports: a path of every site that is
	// never forwarded.
	ReportPath = "/.well-known/lachan/csp-report"
	// Group is the name of ReportPath among a response's reporting endpoints.
	Group = "lachan"
	// maxValue bounds the header field: servers in front take 8 KiB, or 16.
	maxValue = 8 << 10
	// maxHashes bounds the hashes of approved handlers in it.
	maxHashes = 32
)

// Policy is a site's Content-Security-Policy. It is immutable.
type Policy struct {
	field string
	parts []string // between them the nonce stands
}

// New compiles the policy of a site. It returns nil where response.csp is off,
// or responses are not changed at all, and an error where it would be too long.
func New(site *policies.Site, baseline *policies.Baseline) (*Policy, error) {
	r := &site.Response
	if r.CSP == policies.CSPOff || r.Mode != policies.ResponseClean {
		return nil, nil //nolint:nilnil // no policy is not an error, and nobody asks a nil one
	}
	value := compile(site, baseline)
	if len(value) > maxValue {
		return nil, fmt.Errorf("response.csp: the allowlists make a header field of %d bytes, and %d is the limit: shorten them or set csp: off", len(value), maxValue)
	}
	p := &Policy{field: "Content-Security-Policy", parts: strings.Split(value, nonceHere)}
	if r.CSP == policies.CSPReportOnly {
		p.field += "-Report-Only"
	}
	return p, nil
}

// Field is the name of the header field.
func (p *Policy) Field() string { return p.field }

// Value is the header field's value for one response. Over TLS reports also go
// by the Reporting API, which browsers offer nowhere else.
func (p *Policy) Value(nonce string, secure bool) string {
	value := strings.Join(p.parts, nonce)
	if secure {
		value += "; report-to " + Group
	}
	return value
}

// Endpoints is the value of Reporting-Endpoints that goes with it over TLS.
func Endpoints() string { return Group + `="` + ReportPath + `"` }

// NewNonce returns a nonce that nobody can guess: 128 bits, as CSP 3, 7.1 asks.
func NewNonce() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawStdEncoding.EncodeToString(b[:])
}

const nonceHere = "\x00"

// compile writes the directives. There is no default-src: what is not named
// here loads from anywhere, as the cleaner lets it.
func compile(site *policies.Site, baseline *policies.Baseline) string {
	a := &site.Response.Allow
	own := append([]string{"'self'"}, sources(site.OwnHosts())...)
	with := func(lists ...[]policies.HostPattern) []string {
		all := own[:len(own):len(own)]
		for _, list := range lists {
			all = append(all, sources(list)...)
		}
		return all
	}
	scripts := scriptDirectives(site, baseline, with(a.Scripts))
	directives := append(scripts,
		// Blob workers have the page's policy; WordPress starts one on each page.
		directive("worker-src", with(a.Scripts), "blob:"),
		directive("frame-src", with(a.Frames), "blob:"),
		directive("object-src", with(a.Frames)),
		directive("base-uri", own),
		// Chromium asks for what a form is redirected to as well.
		directive("form-action", with(a.Forms, a.Redirects), "mailto:"),
		// What a script may be loaded from it may talk to.
		directive("connect-src", with(a.Connect, a.Scripts), append(sockets(with(a.Connect)), "data:", "blob:")...),
		// Style attributes stand all over old pages.
		directive("style-src", with(a.Styles), "'unsafe-inline'"),
		directive("manifest-src", with(a.Connect)),
	)
	if media := with(a.Media); !slices.Contains(media, "*") {
		for _, name := range []string{"img-src", "media-src", "font-src"} {
			directives = append(directives, directive(name, media, "data:", "blob:"))
		}
	}
	return strings.Join(append(directives, "report-uri "+ReportPath), "; ")
}

// scriptDirectives restrict scripts. Script elements need the nonce or an
// allowed host; 'strict-dynamic' would let what has the nonce load from
// anywhere, which is what an intruder's addition to an allowed script does.
// eval stays allowed: jQuery, template engines and ASP.NET of the age of these
// sites need it, and text that reaches eval came from a script that may run.
//
// Handlers have no nonce. Their text is judged as the page goes by, so that
// the browser is asked about them only where the policy is to know each one.
func scriptDirectives(site *policies.Site, baseline *policies.Baseline, hosts []string) []string {
	const eval, sample = "'unsafe-eval'", "'report-sample'"
	nonce := "'nonce-" + nonceHere + "'"
	// For eval, and for browsers that know none of the others: with a nonce
	// those would refuse every handler.
	fallback := directive("script-src", hosts, "'unsafe-inline'", eval, sample)
	approved := baseline.Scripts()
	if site.Response.InlineScripts != policies.ScriptsKnown || len(approved) > maxHashes {
		return []string{
			directive("script-src-elem", hosts, nonce, sample),
			directive("script-src-attr", nil, "'unsafe-inline'", sample),
			fallback,
		}
	}
	return []string{
		directive("script-src-elem", hosts, append(hashes(approved), nonce, sample)...), // javascript: URLs too
		directive("script-src-attr", nil, append(hashes(append(clean.InertHandlers(), approved...)), sample)...),
		fallback,
	}
}

// hashes are sources for handlers and javascript: URLs whose text is approved.
func hashes(sums [][sha256.Size]byte) []string {
	if len(sums) == 0 {
		return nil
	}
	sources := []string{"'unsafe-hashes'"}
	for _, sum := range sums {
		sources = append(sources, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
	}
	return sources
}

func sources(patterns []policies.HostPattern) []string {
	var out []string
	for _, p := range patterns {
		out = append(out, p.Sources()...)
	}
	return out
}

// sockets are the sources of hosts for WebSockets, which those without a
// scheme do not all cover on pages without TLS.
func sockets(hosts []string) []string {
	var out []string
	for _, host := range hosts {
		switch host {
		case "'self'":
		case "*":
			return []string{"ws:", "wss:"}
		default:
			out = append(out, "ws://"+host, "wss://"+host)
		}
	}
	return out
}

func directive(name string, hosts []string, more ...string) string {
	return strings.Join(append(append([]string{name}, hosts...), more...), " ")
}
