package proxy_test

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/lachan-waf/lachan/proxy/csp"
)

const scripted = `<!DOCTYPE html><meta charset=utf-8><script nonce="theirs">a()</script><script src="/a.js"></script>`

var nonceIn = regexp.MustCompile(`'nonce-([A-Za-z0-9+/]{22})'`)

// TestPolicyGoesWithItsNonce: every response has a nonce of its own, which its
// scripts have and the origin's is not.
func TestPolicyGoesWithItsNonce(t *testing.T) {
	f := start(t, portal+"  response: {csp: enforce}\n", html(scripted))
	var last string
	for range 2 {
		got := f.get("https://portal.test/")
		found := nonceIn.FindStringSubmatch(got.Header.Get("Content-Security-Policy"))
		if found == nil || found[1] == last {
			t.Fatalf("policy %q after nonce %q", got.Header.Get("Content-Security-Policy"), last)
		}
		last = found[1]
		want := `<!DOCTYPE html><meta charset=utf-8><script nonce="` + last + `">a()</script><script src="/a.js" nonce="` + last + `"></script>`
		if got.body != want || got.Header.Get("Reporting-Endpoints") != csp.Endpoints() {
			t.Errorf("%v\n%s", got.Header, got.body)
		}
	}
}

func TestPolicyOnlyReportsUnlessToldOtherwise(t *testing.T) {
	f := start(t, portal, html(scripted))
	got := f.get("https://portal.test/")
	if got.Header.Get("Content-Security-Policy") != "" || !nonceIn.MatchString(got.Header.Get("Content-Security-Policy-Report-Only")) {
		t.Errorf("%v", got.Header)
	}
}

// TestPolicyThatIsTooLong: a site is not taken down for what would only report.
func TestPolicyThatIsTooLong(t *testing.T) {
	var hosts []string
	for i := range 300 {
		hosts = append(hosts, fmt.Sprintf("cdn%d.example", i))
	}
	allow := "allow: {scripts: [" + strings.Join(hosts, ",") + "]}"
	f := start(t, portal+"  response: {"+allow+"}\n", html(scripted))
	if got := f.get("https://portal.test/"); got.body != scripted || f.logs.FilterMessageSnippet("no reports are asked").Len() != 1 {
		t.Errorf("%s\n%s\n%v", got.Status, got.body, f.logs.All())
	}
	f = start(t, portal+"  response: {csp: enforce, "+allow+"}\n", html(scripted))
	if got := f.get("https://portal.test/"); got.StatusCode != http.StatusServiceUnavailable {
		t.Error(got.Status)
	}
}

func TestNoPolicy(t *testing.T) {
	for _, response := range []string{"{csp: off}", "{mode: report}", "{mode: off}"} {
		f := start(t, portal+"  response: "+response+"\n", html(scripted))
		got := f.get("https://portal.test/")
		if got.body != scripted || got.Header.Get("Content-Security-Policy-Report-Only")+got.Header.Get("Reporting-Endpoints") != "" {
			t.Errorf("%s: %v\n%s", response, got.Header, got.body)
		}
	}
}

// theirs answers with a policy of the origin's own.
func theirs(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Security-Policy", "script-src 'nonce-theirs' https://evil.test; frame-ancestors 'self'; report-uri //evil.test/r")
	w.Header().Set("Content-Security-Policy-Report-Only", "img-src 'none'; report-uri //evil.test/r")
	w.Header().Set("Content-Type", "text/html")
	w.Header().Set("Etag", `"1"`)
	if strings.HasSuffix(r.Header.Get("If-None-Match"), `"1"`) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	_, _ = io.WriteString(w, scripted)
}

// TestOriginsPolicyStaysBesideOurs: taking it away would weaken the site; as
// it is it would stop the site's own scripts, and report to the intruder.
func TestOriginsPolicyStaysBesideOurs(t *testing.T) {
	f := start(t, portal, theirs)
	got := f.get("https://portal.test/")
	found := nonceIn.FindStringSubmatch(got.Header.Get("Content-Security-Policy-Report-Only"))
	if found == nil {
		t.Fatal(got.Header)
	}
	if want := "script-src 'nonce-theirs' 'nonce-" + found[1] + "'; frame-ancestors 'self'"; got.Header.Get("Content-Security-Policy") != want {
		t.Errorf("%q, want %q", got.Header.Get("Content-Security-Policy"), want)
	}
	if len(got.Header.Values("Content-Security-Policy-Report-Only")) != 1 {
		t.Errorf("%q", got.Header.Values("Content-Security-Policy-Report-Only"))
	}
}

func TestOriginsPolicyUnderEnforce(t *testing.T) {
	f := start(t, portal+"  response: {csp: enforce}\n", theirs)
	got := f.get("https://portal.test/").Header.Values("Content-Security-Policy")
	if len(got) != 2 || !strings.Contains(got[0], "frame-ancestors 'self'") || !strings.Contains(got[1], "script-src-elem 'self'") {
		t.Errorf("%q", got)
	}
}

// TestPolicyOfACopyStays: a 304 would put another nonce on a page in a cache.
func TestPolicyOfACopyStays(t *testing.T) {
	f := start(t, portal, theirs)
	etag := f.get("https://portal.test/").Header.Get("Etag")
	for _, got := range []answer{f.get("https://portal.test/", "If-None-Match", etag), f.do(http.MethodHead, "https://portal.test/", "")} {
		if got.Header.Get("Content-Security-Policy")+got.Header.Get("Content-Security-Policy-Report-Only") != "" {
			t.Errorf("%s: %v", got.Status, got.Header)
		}
	}
	if got := f.get("https://portal.test/", "If-None-Match", etag); got.StatusCode != http.StatusNotModified {
		t.Error(got.Status)
	}
}

const violation = `{"csp-report":{"document-uri":"https://portal.test/tin?token=abcdefgh","effective-directive":"script-src-elem","blocked-uri":"https://evil.test/a.js","script-sample":""}}`

func (f *fixture) report(kind, body string) answer {
	return f.do(http.MethodPost, "https://portal.test"+csp.ReportPath, body, "Content-Type", kind)
}

// TestReportsBecomeEvents: one for many of a kind, with nothing secret, and
// the origin hears nothing.
func TestReportsBecomeEvents(t *testing.T) {
	f := start(t, portal, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("forwarded: %s", r.URL) })
	for range 3 {
		if got := f.report("application/csp-report", violation); got.StatusCode != http.StatusNoContent || got.body != "" {
			t.Errorf("%s %q", got.Status, got.body)
		}
	}
	f.report("application/csp-report", strings.ReplaceAll(violation, "script-src-elem", "connect-src"))
	events := f.events("detect", 2)
	if len(events) != 2 {
		t.Errorf("%d events", len(events))
	}
	e := events[0]
	for name, want := range map[string]string{
		"lachan.finding.kind": "script", "lachan.finding.host": "evil.test", "lachan.finding.target": "https://evil.test/a.js",
		"lachan.finding.reasons": "[csp-report script-src-elem]", "service.name": "portal",
	} {
		if e.at(name) != want {
			t.Errorf("%s is %q, want %q", name, e.at(name), want)
		}
	}
	if page := e.at("http.request.referrer"); !strings.HasPrefix(page, "https://portal.test/tin?token=") || strings.Contains(page, "abcdefgh") {
		t.Errorf("page %q", page)
	}
}

// TestReportsThatAreNone leave no event and are counted.
func TestReportsThatAreNone(t *testing.T) {
	f := start(t, portal, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("forwarded: %s", r.URL) })
	for _, body := range []string{
		strings.ReplaceAll(violation, "portal.test", "other.test"),
		strings.ReplaceAll(violation, "script-src-elem", "frame-ancestors"),
		strings.ReplaceAll(violation, "https://evil.test/a.js", "chrome-extension://a/b.js"),
		violation + strings.Repeat(" ", csp.MaxBody),
		"{", "",
	} {
		if got := f.report("application/csp-report", body); got.StatusCode != http.StatusNoContent {
			t.Errorf("%.80q: %s", body, got.Status)
		}
	}
	f.report("text/plain", violation)
	if got := f.get("https://portal.test" + csp.ReportPath + "?a"); got.StatusCode != http.StatusMethodNotAllowed || got.Header.Get("Allow") != "POST" {
		t.Errorf("GET: %s", got.Status)
	}
	f.report("application/csp-report", violation) // only this one
	if events := f.events("detect", 1); len(events) != 1 {
		t.Errorf("%v", events)
	}
	metrics := f.adminRequest("GET", "/metrics").body
	for _, line := range []string{
		`lachan_csp_reports_total{outcome="foreign",site="portal"} 3`,
		`lachan_csp_reports_total{outcome="unreadable",site="portal"} 4`,
		`lachan_csp_reports_total{outcome="recorded",site="portal"} 1`,
	} {
		if !strings.Contains(metrics, line) {
			t.Errorf("no %s in\n%s", line, metrics)
		}
	}
}

// TestReportsAreBounded: whoever makes them up fills no trail.
func TestReportsAreBounded(t *testing.T) {
	f := start(t, portal, html(scripted))
	for i := range 5 {
		var all []string
		for j := range 40 {
			all = append(all, `{"type":"csp-violation","body":{"documentURL":"https://portal.test/","effectiveDirective":"img-src","blockedURL":"https://h`+strings.Repeat("a", i)+strings.Repeat("b", j)+`.test/"}}`)
		}
		f.report("application/reports+json", "["+strings.Join(all, ",")+"]")
	}
	f.get("https://portal.test/")
	if events := f.events("detect", 60); len(events) != 60 {
		t.Errorf("%d events", len(events))
	}
}
