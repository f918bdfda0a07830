package proxy_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"
)

const (
	leaky  = portal + "  waf: {response: on}\n  response: {mode: off}\n"
	source = "<h1>Tin</h1> <?php $password = $_GET['x']; echo file_get_contents('/etc/passwd'); ?>"
)

func gzipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, text)
	w.Close()
	return b.String()
}

func coded(coding, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Encoding", coding)
		io.WriteString(w, body)
	}
}

func TestLeakIsWithheld(t *testing.T) {
	for name, origin := range map[string]http.HandlerFunc{
		"plain": html(source), "gzip": coded("gzip", gzipped(source)), "broken coding": coded("gzip", "no gzip: "+source),
	} {
		t.Run(name, func(t *testing.T) {
			f := start(t, leaky, origin)
			got := f.get("https://portal.test/")
			if got.StatusCode != http.StatusBadGateway || strings.Contains(got.body, "passwd") {
				t.Fatalf("%d:\n%s", got.StatusCode, got.body)
			}
			if name == "broken coding" {
				f.events("deny", 1)
				return
			}
			e := f.events("block", 1)[0]
			if !strings.HasPrefix(e.at("rule.id"), "953") || e.at("http.response.status_code") != "502" || e.at("http.request.id") != got.Header.Get("X-Request-Id") {
				t.Errorf("event %v", e)
			}
		})
	}
}

func TestLeakIsReportedWhileDetecting(t *testing.T) {
	f := start(t, portal+"  waf: {mode: detect, response: on}\n  response: {mode: off}\n", html(source))
	if got := f.get("https://portal.test/"); got.body != source {
		t.Errorf("%d: %q", got.StatusCode, got.body)
	}
	f.events("detect", 1)
}

// What is looked at of a response is sent as it came: coded, and to its end.
func TestInspectedResponsePassesUnchanged(t *testing.T) {
	long := "<p>" + strings.Repeat("Thông báo của Ủy ban nhân dân xã. ", 50_000)
	for name, origin := range map[string]http.HandlerFunc{
		"short": html("<p>Tin"), "long": html(long), "gzip": coded("gzip", gzipped(long)), "empty": html(""),
	} {
		t.Run(name, func(t *testing.T) {
			f := start(t, leaky, origin)
			want := map[string]string{"short": "<p>Tin", "long": long, "gzip": gzipped(long)}[name]
			got := f.get("https://portal.test/", "Accept-Encoding", "gzip")
			if got.StatusCode != http.StatusOK || got.body != want {
				t.Errorf("%d: %d bytes, want %d", got.StatusCode, len(got.body), len(want))
			}
			if head := f.do(http.MethodHead, "https://portal.test/", ""); head.StatusCode != http.StatusOK {
				t.Errorf("HEAD: %d", head.StatusCode)
			}
		})
	}
}
