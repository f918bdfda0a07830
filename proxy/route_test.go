package proxy_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/lachan-waf/lachan/policies"
)

func TestUnknownHostIsNotForwarded(t *testing.T) {
	var asked atomic.Int32
	f := start(t, portal, func(http.ResponseWriter, *http.Request) { asked.Add(1) })
	status, reply := f.raw("portal.test", "GET / HTTP/1.1\r\nHost: other.test\r\nConnection: close\r\n\r\n")
	if status != http.StatusNotFound || asked.Load() != 0 {
		t.Errorf("status %d, upstream asked %d times, want 404 and none:\n%s", status, asked.Load(), reply)
	}
	if e := f.events("deny", 1)[0]; !strings.Contains(e.at("event.reason"), "other.test") {
		t.Errorf("event does not name the host: %v", e)
	}
}

func TestMisdirectedRequest(t *testing.T) {
	f := start(t, portal+`
- name: second
  hosts: [second.test]
  upstream: ORIGIN
  tls: internal
`, html("hello"))
	status, reply := f.raw("portal.test", "GET / HTTP/1.1\r\nHost: second.test\r\nConnection: close\r\n\r\n")
	if status != http.StatusMisdirectedRequest {
		t.Errorf("status %d, want 421:\n%s", status, reply)
	}
}

func TestPlainHTTPIsSentToHTTPS(t *testing.T) {
	f := start(t, portal, html("hello"))
	for method, want := range map[string]int{"GET": 301, "POST": 308} {
		got := f.do(method, "http://portal.test/a%2fb?x=1;y", "")
		to := got.Header.Get("Location")
		if got.StatusCode != want || !strings.HasPrefix(to, "https://portal.test:") || !strings.HasSuffix(to, "/a%2fb?x=1;y") {
			t.Errorf("%s: %d to %q", method, got.StatusCode, to)
		}
	}
}

func TestSiteWithoutTLSIsServedOverHTTP(t *testing.T) {
	f := start(t, strings.Replace(portal, "tls: internal", "tls: off", 1), html("<p>hello"))
	if got := f.get("http://portal.test/"); got.StatusCode != 200 || got.body != "<p>hello" {
		t.Errorf("%d %q", got.StatusCode, got.body)
	}
}

func TestHostThatNetHTTPWouldBlankIsRefused(t *testing.T) {
	f := start(t, portal, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("upstream saw Host %q", r.Host) })
	for _, host := range []string{"portal.test:1/x", "portal.test:1 x", "portal.test:8x'evil.test", "[portal.test]", "portal.test:", "user@portal.test"} {
		req, err := http.NewRequest(http.MethodGet, "https://portal.test/", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		resp, err := f.client.Do(req)
		if err != nil {
			continue // the client itself refuses to send it
		}
		resp.Body.Close()
		if resp.StatusCode < 400 {
			t.Errorf("Host %q: %s", host, resp.Status)
		}
	}
}

func TestInternationalHost(t *testing.T) {
	f := start(t, strings.Replace(portal, "portal.test", "xã-bình-an.test", 1), html("<p>chào"))
	host, err := policies.ASCIIHost("xã-bình-an.test")
	if err != nil {
		t.Fatal(err)
	}
	if got := f.get("https://" + host + "/"); got.StatusCode != 200 {
		t.Errorf("status %d", got.StatusCode)
	}
}
