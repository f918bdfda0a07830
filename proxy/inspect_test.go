package proxy_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

const attack = "https://portal.test/search?q=1%27%20OR%20%271%27%3D%271&password=hunter2secret"

func TestAttackIsBlockedWithAnEvent(t *testing.T) {
	f := start(t, portal, func(http.ResponseWriter, *http.Request) { t.Error("the attack reached the upstream") })
	got := f.get(attack)
	id := got.Header.Get("X-Request-Id")
	if got.StatusCode != http.StatusForbidden || !strings.Contains(got.body, id) || !strings.Contains(got.body, "024 0000 0000") {
		t.Errorf("%d without the request ID or the contact:\n%s", got.StatusCode, got.body)
	}
	e := f.events("block", 1)[0]
	for name, want := range map[string]string{
		"http.request.id": id, "service.name": "portal", "source.ip": "127.0.0.1", "event.kind": "alert",
		"http.response.status_code": "403", "http.request.method": "GET", "url.path": "/search", "url.domain": "portal.test",
		"lachan.match.variable": "ARGS:q", "rule.ruleset": "OWASP CRS",
	} {
		if e.at(name) != want {
			t.Errorf("%s is %q, want %q", name, e.at(name), want)
		}
	}
	for _, name := range []string{"@timestamp", "event.id", "rule.id", "rule.name", "rule.version", "lachan.rule_ids", "lachan.score", "source.port", "observer.version"} {
		if e.at(name) == "" {
			t.Errorf("%s is missing in %v", name, e)
		}
	}
	if text, _ := json.Marshal(e); strings.Contains(string(text), "hunter2secret") {
		t.Errorf("a password is in the event: %s", text)
	}
}

// What a site calls a secret beside the usual is in none of its events.
func TestSiteNamesItsSecrets(t *testing.T) {
	f := start(t, portal+"  redact: {names: [ma_ho_so], patterns: [\"HS-[0-9]{4}\"]}\n", html(""))
	f.get("https://portal.test/search?q=1%27%20OR%20%271%27%3D%271&maHoSo=hunter2secret&x=HS%2D1234")
	text, _ := json.Marshal(f.events("block", 1)[0])
	if strings.Contains(string(text), "hunter2secret") || strings.Contains(string(text), "1234") || !strings.Contains(string(text), "maHoSo=[redacted]") {
		t.Errorf("not cut as the site asks: %s", text)
	}
}

// What is refused before the rules is shown to them all the same, and a request
// that names no site to those of the site that the handshake named.
func TestRefusedRequestsAreNamed(t *testing.T) {
	f := start(t, portal, html(""))
	for i, tt := range []struct{ request, rule string }{
		{"GET /?q=%3Cscript%3Ealert(1)%3C/script%3E#a HTTP/1.1\r\nHost: portal.test\r\n\r\n", "941100"},
		{"GET /?q=%3Cscript%3Ealert(1)%3C/script%3E HTTP/1.0\r\n\r\n", "920280"},
	} {
		if status, _ := f.raw("portal.test", tt.request); status != http.StatusBadRequest {
			t.Errorf("%q: status %d", tt.request, status)
		}
		if e := f.events("deny", i+1)[i]; !strings.Contains(e.at("lachan.rule_ids"), tt.rule) {
			t.Errorf("%q: no %s in %v", tt.request, tt.rule, e)
		}
	}
}

// What two parsers read differently does not reach the site, though no rule of the
// site's own would refuse it.
func TestAmbiguousRequestsDoNotPass(t *testing.T) {
	f := start(t, portal+"  waf: {inbound_threshold: 10000}\n", func(http.ResponseWriter, *http.Request) { t.Error("it reached the upstream") })
	const body = "Content-Length: 3\r\n\r\na=1"
	for name, request := range map[string]string{
		"control byte in the path":  "GET /\x01 HTTP/1.1\r\nHost: portal.test\r\n\r\n",
		"control byte in the query": "GET /?q=\x0b1 HTTP/1.1\r\nHost: portal.test\r\n\r\n",
		"an escape that is none":    "GET /%zz HTTP/1.1\r\nHost: portal.test\r\n\r\n",
		"two types":                 "POST / HTTP/1.1\r\nHost: portal.test\r\nContent-Type: text/plain\r\nContent-Type: application/json\r\n" + body,
		"filename*":                 "POST / HTTP/1.1\r\nHost: portal.test\r\nContent-Type: multipart/form-data; boundary=B\r\nContent-Length: 97\r\n\r\n--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"; filename*=utf-8''b.php\r\n\r\nx\r\n--B--\r\n",
		"XML in another encoding":   "POST / HTTP/1.1\r\nHost: portal.test\r\nContent-Type: text/xml\r\nContent-Length: 44\r\n\r\n<?xml version='1.0' encoding = 'utf-7'?><a/>",
		"too many arguments":        "GET /?" + strings.Repeat("a&", 2000) + " HTTP/1.1\r\nHost: portal.test\r\n\r\n",
	} {
		if status, _ := f.raw("portal.test", request); status != http.StatusBadRequest {
			t.Errorf("%s: status %d", name, status)
		}
	}
}

func TestAPIClientGetsProblemJSON(t *testing.T) {
	f := start(t, portal, html(""))
	got := f.get(attack, "Accept", "application/json")
	var problem struct {
		Status    int
		RequestID string `json:"request_id"`
	}
	if err := json.Unmarshal([]byte(got.body), &problem); err != nil {
		t.Fatalf("%v in %s", err, got.body)
	}
	if got.Header.Get("Content-Type") != "application/problem+json" || problem.Status != 403 || problem.RequestID != got.Header.Get("X-Request-Id") {
		t.Errorf("%s: %s", got.Header.Get("Content-Type"), got.body)
	}
}

func TestDetectModeLetsPassWithAnEvent(t *testing.T) {
	f := start(t, portal+"  waf: {mode: detect}\n", html("<p>result"))
	if got := f.get(attack); got.StatusCode != 200 {
		t.Errorf("status %d", got.StatusCode)
	}
	if e := f.events("detect", 1)[0]; e.at("rule.id") == "" {
		t.Errorf("event %v", e)
	}
}

func TestRulesOff(t *testing.T) {
	f := start(t, portal+"  waf: {mode: off}\n", html("<p>result"))
	if got := f.get(attack); got.StatusCode != 200 {
		t.Errorf("status %d", got.StatusCode)
	}
}

func TestBodyReachesUpstreamUnchanged(t *testing.T) {
	f := start(t, portal, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, "%d %s", r.ContentLength, body)
	})
	form := "title=" + strings.Repeat("Th%C3%B4ng+b%C3%A1o+", 500)
	got := f.do(http.MethodPost, "https://portal.test/save", form, "Content-Type", "application/x-www-form-urlencoded")
	if want := fmt.Sprintf("%d %s", len(form), form); got.body != want {
		t.Errorf("%d: body of %d bytes became %.80q", got.StatusCode, len(form), got.body)
	}
}

func TestBodyOverTheLimit(t *testing.T) {
	for over, want := range map[string]int{
		"reject": 413, "partial": 200, "pass": 200,
		"reject, paths: [{path: /, over: partial}]": 200, "pass, paths: [{path: /a, over: pass}, {path: /*, over: reject}, {path: /, over: pass}]": 413,
	} {
		t.Run(over, func(t *testing.T) {
			var reached int
			f := start(t, portal+"  waf: {request_body: {limit: 64KiB, over: "+over+"}}\n", func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				reached = len(body)
			})
			body := "a=" + strings.Repeat("b", 200<<10)
			got := f.do(http.MethodPost, "https://portal.test/", body, "Content-Type", "application/x-www-form-urlencoded")
			if got.StatusCode != want {
				t.Fatalf("status %d, want %d", got.StatusCode, want)
			}
			if want == 200 {
				if reached != len(body) {
					t.Errorf("upstream received %d of %d bytes", reached, len(body))
				}
				f.events("detect", 1)
			} else {
				f.events("block", 1)
			}
		})
	}
}

// A request that costs too much is refused for what it costs, and told of.
func TestRequestOverItsBudget(t *testing.T) {
	for mode, want := range map[string]int{"block": http.StatusServiceUnavailable, "detect": http.StatusOK} {
		t.Run(mode, func(t *testing.T) {
			f := start(t, portal+"  waf: {mode: "+mode+", paranoia: 4, inbound_threshold: 10000, cpu_budget: 2ms}\n", html("<p>result"))
			body := "a=" + strings.Repeat("select+x+from+y+where+", 40_000)
			got := f.do(http.MethodPost, "https://portal.test/", body, "Content-Type", "application/x-www-form-urlencoded")
			if got.StatusCode != want || (got.Header.Get("Retry-After") == "") != (want == http.StatusOK) {
				t.Errorf("status %d", got.StatusCode)
			}
			e := f.events(mode, 1)[0]
			if !strings.Contains(e.at("event.reason"), "waf.cpu_budget") {
				t.Errorf("event %v", e)
			}
		})
	}
}
