package proxy_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

const (
	goneSite = portal + "  response: {doorways: gone}\n"
	casino   = `<!DOCTYPE html><html lang=id><head><meta charset=utf-8><title>x</title><link rel=canonical href="https://evil.test/">` +
		`<meta property="og:url" content="https://evil.test/"><link rel=amphtml href="https://amp.evil.test/"></head><body><p>Tin tức</p><a href="/tin">tin</a></body></html>`
)

func TestDoorwayIsGone(t *testing.T) {
	f := start(t, goneSite, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Set-Cookie", "a=b")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if coding := r.URL.Query().Get("coding"); coding != "" {
			w.Header().Set("Content-Encoding", coding)
			encode(t, w, coding, casino)
			return
		}
		io.WriteString(w, casino)
	})
	for _, query := range []string{"", "?coding=gzip"} {
		got := f.get("https://portal.test/slot"+query, "Accept-Encoding", "gzip")
		if got.StatusCode != http.StatusGone || strings.Contains(got.body, "evil.test") || len(got.Cookies()) > 0 ||
			!strings.Contains(got.body, "Nội dung này không còn ở đây") || !strings.Contains(got.body, got.Header.Get("X-Request-Id")) {
			t.Errorf("%d %v\n%s", got.StatusCode, got.Header, got.body)
		}
	}
	e := f.events("deny", 2)[0]
	if e.at("lachan.finding.kind") != "identity" || !strings.HasPrefix(e.at("lachan.finding.reasons"), "[doorway canonical og:url amphtml") || e.at("http.response.status_code") != "410" {
		t.Errorf("%v", e)
	}
}

func TestDoorwayUnderReport(t *testing.T) {
	f := start(t, portal, html(casino))
	got := f.get("https://portal.test/slot")
	if got.StatusCode != http.StatusOK {
		t.Errorf("status %d", got.StatusCode)
	}
	mustBeClean(t, got.body)
	if e := f.events("detect", 1)[0]; !strings.Contains(e.at("lachan.finding.reasons"), "doorway") {
		t.Errorf("%v", e)
	}
	f = start(t, portal+"  response: {mode: report, doorways: gone}\n", html(casino))
	if got := f.get("https://portal.test/slot"); got.StatusCode != http.StatusOK || got.body != casino {
		t.Errorf("mode report: %d\n%s", got.StatusCode, got.body)
	}
	f.events("detect", 4) // three identities, and what they come to
}

// TestOwnPagesAreNoDoorways: pages that are short, long, cut, or taken over
// from a ministry are served under gone, whole.
func TestOwnPagesAreNoDoorways(t *testing.T) {
	long := "<!DOCTYPE html><html><head>" + strings.Repeat("<title>ă</title>", 1<<16) + "</head><body>" + cleanRest + "</body></html>"
	pages := map[string]string{
		"/empty":    "",
		"/short":    cleanRest,
		"/long":     long,
		"/ministry": `<html><head><link rel="canonical" href="https://moh.gov.vn/1"><meta property="og:url" content="https://moh.gov.vn/1"><meta name="twitter:url" content="https://moh.gov.vn/1"></head><body>x</body></html>`,
	}
	f := start(t, goneSite, func(w http.ResponseWriter, r *http.Request) { html(pages[r.URL.Path])(w, r) })
	for path, page := range pages {
		for _, coding := range []string{"identity", "gzip"} {
			if got := f.get("https://portal.test"+path, "Accept-Encoding", coding); got.StatusCode != http.StatusOK || decode(t, got) != page {
				t.Errorf("%s, %s: %d, %d bytes of %d", path, coding, got.StatusCode, len(got.body), len(page))
			}
		}
	}
}

// TestHeadIsHeldBackWithinABound: a page whose head does not end is sent on
// once its first 64 KiB are read, although the origin pauses there.
func TestHeadIsHeldBackWithinABound(t *testing.T) {
	next := make(chan struct{})
	f := start(t, goneSite, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, strings.Repeat("<p>đầu trang</p>", 64<<10/16))
		w.(http.Flusher).Flush()
		select {
		case <-next:
		case <-time.After(10 * time.Second):
			t.Error("the first 64 KiB were not sent on")
		}
		io.WriteString(w, "<p>cuối trang</p>")
	})
	resp, err := f.client.Get("https://portal.test/")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.ReadFull(resp.Body, make([]byte, 60<<10)); err != nil {
		t.Fatal(err)
	}
	close(next)
	if rest, err := io.ReadAll(resp.Body); err != nil || !strings.HasSuffix(string(rest), "<p>cuối trang</p>") {
		t.Errorf("%v, %d bytes more", err, len(rest))
	}
}
