package proxy_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lachan-waf/lachan/proxy/codings"
)

const (
	infected = `<!DOCTYPE html><html><head><meta charset=utf-8><title>Xã</title></head><body><p>Tin tức</p>` +
		`<script src="https://evil.test/x.js"></script><iframe src="//evil.test/f"></iframe><a href="/tin">tin</a></body></html>`
	cleanRest = `<p>Tin tức</p>`
)

// mustBeClean fails where something of the intruder is left, or the page's own is not.
func mustBeClean(t *testing.T, body string) {
	t.Helper()
	if strings.Contains(body, "evil.test") || !strings.Contains(body, cleanRest) || !strings.Contains(body, `<a href="/tin">tin</a>`) {
		t.Errorf("not clean, or not whole:\n%s", body)
	}
}

func TestPageIsCleanedWithEvidence(t *testing.T) {
	f := start(t, portal, html(infected))
	got := f.get("https://portal.test/")
	mustBeClean(t, got.body)
	if got.Header.Get("X-Content-Type-Options") != "nosniff" || got.Header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("header %v", got.Header)
	}
	for _, e := range f.events("strip", 2) {
		if e.at("http.request.id") != got.Header.Get("X-Request-Id") || e.at("lachan.finding.host") != "evil.test" || len(e.at("lachan.finding.sha256")) != 64 {
			t.Errorf("event %v", e)
		}
	}
}

func TestReportModeLeavesThePageAlone(t *testing.T) {
	f := start(t, portal+"  response: {mode: report}\n", html(infected))
	if got := f.get("https://portal.test/"); got.body != infected || got.Header.Get("X-Content-Type-Options") != "" {
		t.Errorf("page changed: %v\n%s", got.Header, got.body)
	}
	f.events("detect", 2)
}

func TestEveryCodingIsCleaned(t *testing.T) {
	for _, coding := range []string{"gzip", "br", "zstd", "deflate"} {
		t.Run(coding, func(t *testing.T) {
			f := start(t, portal, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				w.Header().Set("Content-Encoding", coding)
				encode(t, w, coding, infected)
			})
			got := f.get("https://portal.test/", "Accept-Encoding", "gzip, br, zstd, deflate")
			if got.Header.Get("Content-Encoding") != coding {
				t.Errorf("Content-Encoding %q", got.Header.Get("Content-Encoding"))
			}
			mustBeClean(t, decode(t, got))
			got = f.get("https://portal.test/", "Accept-Encoding", "identity")
			if got.Header.Get("Content-Encoding") != "" {
				t.Errorf("Content-Encoding %q for a client that takes none", got.Header.Get("Content-Encoding"))
			}
			mustBeClean(t, got.body)
		})
	}
}

func encode(t *testing.T, w io.Writer, coding, text string) {
	t.Helper()
	e, err := codings.NewEncoder(coding, w)
	if err == nil {
		_, err = io.WriteString(e, text)
	}
	if err == nil {
		err = e.Close()
	}
	if err != nil {
		t.Error(err)
	}
}

func decode(t *testing.T, a answer) string {
	t.Helper()
	r, err := codings.Decode(a.Header.Values("Content-Encoding"), strings.NewReader(a.body), codings.Limits{MaxRatio: 100, MaxBytes: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestCodingThatIsALieFailsClosed(t *testing.T) {
	for name, origin := range map[string]http.HandlerFunc{
		"plain text as gzip": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.Header().Set("Content-Encoding", "gzip")
			io.WriteString(w, infected)
		},
		"unknown coding": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.Header().Set("Content-Encoding", "rot13")
			io.WriteString(w, infected)
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := start(t, portal, origin)
			got := f.get("https://portal.test/", "Accept-Encoding", "gzip")
			if got.StatusCode != http.StatusBadGateway || strings.Contains(got.body, "evil.test") || !strings.Contains(got.body, got.Header.Get("X-Request-Id")) {
				t.Errorf("%d:\n%s", got.StatusCode, got.body)
			}
			f.events("deny", 1)
		})
	}
}

func TestStreamedPageIsNotHeldBack(t *testing.T) {
	next := make(chan struct{})
	f := start(t, portal, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, strings.Repeat("<p>đầu trang</p>", 200))
		w.(http.Flusher).Flush()
		<-next
		io.WriteString(w, "<p>cuối trang</p>")
	})
	resp, err := f.client.Get("https://portal.test/")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	first := make([]byte, 500)
	if _, err := io.ReadFull(resp.Body, first); err != nil {
		t.Fatal(err)
	}
	close(next) // the first part has come although the origin had not gone on
	rest, err := io.ReadAll(resp.Body)
	if err != nil || !bytes.HasSuffix(rest, []byte("<p>cuối trang</p>")) {
		t.Errorf("%v, rest %q", err, rest)
	}
}

func TestRangeOfADocumentIsAnsweredWhole(t *testing.T) {
	f := start(t, portal, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		if strings.HasSuffix(r.URL.Path, ".png") {
			w.Header().Set("Content-Type", "image/png")
		}
		http.ServeContent(w, r, "", time.Unix(0, 0), strings.NewReader(infected))
	})
	got := f.get("https://portal.test/", "Range", "bytes=100-200")
	if got.StatusCode != http.StatusOK || got.Header.Get("Accept-Ranges") != "" {
		t.Errorf("%d %v", got.StatusCode, got.Header)
	}
	mustBeClean(t, got.body)
	if got := f.get("https://portal.test/a.png", "Range", "bytes=0-9"); got.StatusCode != http.StatusPartialContent || len(got.body) != 10 {
		t.Errorf("image: %d, %d bytes", got.StatusCode, len(got.body))
	}
}

func TestValidatorsBelongToTheCleanedDocument(t *testing.T) {
	var conditions atomic.Value
	f := start(t, portal, func(w http.ResponseWriter, r *http.Request) {
		conditions.Store(r.Header.Get("If-None-Match") + "|" + r.Header.Get("If-Modified-Since"))
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Etag", `"v1"`)
		w.Header().Set("Last-Modified", "Mon, 02 Nov 2026 10:00:00 GMT")
		if r.Header.Get("If-None-Match") == `W/"v1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		io.WriteString(w, infected)
	})
	first := f.get("https://portal.test/")
	etag := first.Header.Get("Etag")
	if !strings.HasPrefix(etag, `W/"v1-lachan-`) || first.Header.Get("Last-Modified") != "" {
		t.Errorf("Etag %s, Last-Modified %q", etag, first.Header.Get("Last-Modified"))
	}
	again := f.get("https://portal.test/", "If-None-Match", etag)
	if again.StatusCode != http.StatusNotModified || again.Header.Get("Etag") != etag {
		t.Errorf("own validator: %d, Etag %s", again.StatusCode, again.Header.Get("Etag"))
	}
	// A copy from before the cleaning must not be confirmed.
	stale := f.get("https://portal.test/", "If-None-Match", `"v1"`, "If-Modified-Since", "Mon, 02 Nov 2026 10:00:00 GMT")
	if stale.StatusCode != http.StatusOK || conditions.Load() != "|" {
		t.Errorf("the origin's validators: %d, upstream saw %q", stale.StatusCode, conditions.Load())
	}
}

func TestHeadHasTheFieldsOfTheCleanedDocument(t *testing.T) {
	f := start(t, portal, html(infected))
	got := f.do(http.MethodHead, "https://portal.test/", "")
	if got.StatusCode != 200 || got.Header.Get("Content-Length") != "" || got.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%d %v", got.StatusCode, got.Header)
	}
}

func TestOtherTypesPassUntouched(t *testing.T) {
	f := start(t, portal, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		w.Header().Set("Content-Encoding", "gzip") // untrue, and none of our business
		io.WriteString(w, infected)
	})
	if got := f.get("https://portal.test/a.png"); got.body != infected || got.Header.Get("Content-Encoding") != "gzip" {
		t.Errorf("changed: %v %q", got.Header, got.body)
	}
}

func TestRedirectOffTheAllowlist(t *testing.T) {
	origin := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", r.URL.Query().Get("to"))
		w.WriteHeader(http.StatusFound)
	}
	f := start(t, portal+"  waf: {mode: off}\n  response: {allow: {redirects: [\"*.gov.vn\"]}}\n", origin)
	for to, want := range map[string]int{
		"https://casino.evil.test/": 502, "//evil.test": 502, "/\\evil.test": 502, "https:/evil.test/": 302,
		"/own": 302, "https://portal.test/own": 302, "https://dichvucong.gov.vn/": 302, "": 302,
	} {
		if got := f.get("https://portal.test/?to=" + to); got.StatusCode != want {
			t.Errorf("Location %q: %d, want %d", to, got.StatusCode, want)
		}
	}
	if e := f.events("redirect", 3)[0]; e.at("lachan.finding.kind") != "redirect" {
		t.Errorf("event %v", e)
	}
}

// A Location that no browser follows costs nobody the page.
func TestLocationOfAPage(t *testing.T) {
	f := start(t, portal+"  waf: {mode: off}\n", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "https://evil.test/")
		io.WriteString(w, "ok")
	})
	if got := f.get("https://portal.test/"); got.StatusCode != 200 || got.body != "ok" || got.Header.Get("Location") != "" {
		t.Errorf("status %d, Location %q, %q", got.StatusCode, got.Header.Get("Location"), got.body)
	}
	if e := f.events("strip", 1)[0]; e.at("lachan.finding.kind") != "redirect" {
		t.Errorf("event %v", e)
	}
}

func TestRedirectUnderReport(t *testing.T) {
	f := start(t, portal+"  response: {redirects: report}\n", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://evil.test/", http.StatusFound)
	})
	if got := f.get("https://portal.test/"); got.StatusCode != 302 {
		t.Errorf("status %d", got.StatusCode)
	}
	if e := f.events("detect", 1)[0]; e.at("lachan.finding.host") != "evil.test" {
		t.Errorf("event %v", e)
	}
}

func TestRefreshFieldOffTheAllowlist(t *testing.T) {
	f := start(t, portal, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Refresh", "0; url=https://evil.test/")
		html(infected)(w, nil)
	})
	if got := f.get("https://portal.test/"); got.Header.Get("Refresh") != "" {
		t.Errorf("Refresh: %s", got.Header.Get("Refresh"))
	}
}

func TestSeveralRefreshFieldsAreReadAsOne(t *testing.T) {
	f := start(t, portal, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Add("Refresh", "0;url=https://portal.test")
		w.Header().Add("Refresh", "@evil.test/")
		html(infected)(w, nil)
	})
	if got := f.get("https://portal.test/"); len(got.Header.Values("Refresh")) > 0 {
		t.Errorf("Refresh: %q", got.Header.Values("Refresh"))
	}
}

func TestLinkFieldsAreCleaned(t *testing.T) {
	f := start(t, portal, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Add("Link", "<https://evil.test/x.js>; rel=preload; as=script")
		w.Header().Add("Link", "</own.css>; rel=preload; as=style")
		w.Header().Set("Speculation-Rules", `"https://evil.test/r.json"`)
		html(cleanRest)(w, nil)
	})
	got := f.get("https://portal.test/")
	if got.Header.Get("Link") != "</own.css>; rel=preload; as=style" || got.Header.Get("Speculation-Rules") != "" {
		t.Errorf("%v", got.Header)
	}
	if e := f.events("strip", 1)[0]; e.at("lachan.finding.host") != "evil.test" {
		t.Errorf("%v", e)
	}
}

func TestXMLCannotRunAsADocument(t *testing.T) {
	f := start(t, portal, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", r.URL.Query().Get("type"))
		io.WriteString(w, `<html xmlns="http://www.w3.org/1999/xhtml"><script src="https://evil.test/x.js"></script></html>`)
	})
	for kind, sandboxed := range map[string]bool{"text/xml": true, "image/svg%2Bxml": true, "application/rss%2Bxml%3B+charset=utf-8": true, "application/json": false} {
		got := f.get("https://portal.test/?type=" + strings.ReplaceAll(kind, " ", "%20"))
		if has := strings.HasPrefix(got.Header.Get("Content-Security-Policy"), "sandbox;"); has != sandboxed {
			t.Errorf("%s: %v", kind, got.Header)
		}
		if nofollow := got.Header.Get("X-Robots-Tag") == "nofollow"; nofollow != (kind == "image/svg%2Bxml") {
			t.Errorf("%s: %v", kind, got.Header)
		}
	}
}

func TestSeveralDocumentsInOneAreRefused(t *testing.T) {
	f := start(t, portal, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", r.URL.Query().Get("type")+"/x-mixed-replace; boundary=b")
		io.WriteString(w, "--b\r\nContent-Type: text/html\r\n\r\n"+infected+"\r\n--b--")
	})
	for _, kind := range []string{"multipart", "Multipart", "MULTIPART"} {
		if got := f.get("https://portal.test/?type=" + kind); got.StatusCode != http.StatusBadGateway {
			t.Errorf("%s: status %d", kind, got.StatusCode)
		}
	}
}

func TestEarlyHintsAreDropped(t *testing.T) {
	f := start(t, portal, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Link", "<https://evil.test/x.js>; rel=preload; as=script")
		w.WriteHeader(http.StatusEarlyHints)
		w.Header().Del("Link")
		html(infected)(w, nil)
	})
	_, reply := f.raw("portal.test", "GET / HTTP/1.1\r\nHost: portal.test\r\nUser-Agent: a\r\nAccept: */*\r\nConnection: close\r\n\r\n")
	if strings.Contains(reply, "evil.test") {
		t.Errorf("reply:\n%s", reply)
	}
}

// TestXHTMLIsSentAsTheSameHTML: what XML closes by a slash does not swallow the page.
func TestXHTMLIsSentAsTheSameHTML(t *testing.T) {
	f := start(t, portal, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/xhtml+xml")
		_, _ = io.WriteString(w, `<html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body>`+cleanRest+`<script src="//evil.test/x.js"/><a href="/tin">tin</a></body></html>`)
	})
	got := f.get("https://portal.test/")
	mustBeClean(t, got.body)
	if got.Header.Get("Content-Type") != "text/html; charset=utf-8" || !strings.Contains(got.body, "<title></title>") {
		t.Errorf("%v\n%s", got.Header, got.body)
	}
}

// TestLateDeclarationIsSent: an encoding that is declared late in a long head is
// the one that the browser is told.
func TestLateDeclarationIsSent(t *testing.T) {
	f := start(t, portal, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<html><head>"+strings.Repeat("<link rel=stylesheet href=/kieu-dang.css>\n", 100)+"<meta charset=windows-1258></head><body>X\xE3</body></html>")
	})
	if got := f.get("https://portal.test/"); got.Header.Get("Content-Type") != "text/html; charset=windows-1258" || !strings.Contains(got.body, "X\xE3") {
		t.Errorf("%v\n%.200s", got.Header, got.body)
	}
}
