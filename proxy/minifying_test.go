package proxy_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

const minifying = portal + "  response: {minify: true}\n"

// answers serves a body of a type, in a coding.
func answers(t *testing.T, contentType, coding, body string, fields ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		for i := 0; i < len(fields); i += 2 {
			w.Header().Set(fields[i], fields[i+1])
		}
		if coding == "" {
			io.WriteString(w, body)
			return
		}
		w.Header().Set("Content-Encoding", coding)
		encode(t, w, coding, body)
	}
}

// TestMinifiedPageIsClean: what the minifier makes of the page is judged, even
// a tag that it closes for the intruder.
func TestMinifiedPageIsClean(t *testing.T) {
	spaced := strings.ReplaceAll(infected, "><", ">\n\n      <")
	f := start(t, minifying, html(spaced+`<script src="https://evil.test/y.js"`))
	got := f.get("https://portal.test/")
	mustBeClean(t, got.body)
	if strings.Contains(got.body, "  ") {
		t.Errorf("not minified: %q", got.body)
	}
	f.events("strip", 2)
}

// TestMinifyLeavesThePageWhereItMust: forbidden, only reported on, in another
// encoding, or too long, the page is not minified; it is cleaned all the same.
func TestMinifyLeavesThePageWhereItMust(t *testing.T) {
	const spaced = "<!DOCTYPE html><p>Tin    tuc</p>"
	for _, test := range []struct{ name, site, page string }{
		{"no-transform", minifying, spaced},
		{"windows-1252", minifying, spaced},
		{"report", portal + "  response: {minify: true, mode: report}\n", spaced},
		{"off", portal, spaced},
		{"long", minifying, spaced + strings.Repeat("<p>a    b</p>", 100<<10)},
	} {
		t.Run(test.name, func(t *testing.T) {
			contentType, control := "text/html; charset=utf-8", "private"
			switch test.name {
			case "no-transform":
				control = "private, No-Transform"
			case "windows-1252":
				contentType = "text/html; charset=windows-1252"
			}
			f := start(t, test.site, answers(t, contentType, "", test.page+`<embed src=//evil.test>`, "Cache-Control", control))
			got := f.get("https://portal.test/")
			if !strings.HasPrefix(got.body, test.page) {
				t.Errorf("minified: %.200q", got.body)
			}
			if test.name != "report" && strings.Contains(got.body, "evil.test") {
				t.Error("not cleaned")
			}
		})
	}
}

// onlyMinifying changes files for no other reason.
const onlyMinifying = portal + "  response: {minify: true, bodies: {css: off, js: off, json: off, feeds: off}}\n"

func TestFilesAreMinified(t *testing.T) {
	var long strings.Builder // beyond what is held of a style sheet
	for i := 0; long.Len() < 300<<10; i++ {
		fmt.Fprintf(&long, ".a%d { margin : %dpx }\n", i, i)
	}
	for _, test := range []struct{ contentType, body, want string }{
		{"text/css", "p { color : red ; }", "p{color:red}"},
		{"application/javascript; charset=UTF-8", "var a = 1;\nf( a );", "var a=1;f(a)"},
		{"application/json", `{ "a" : [ 1 ] }`, `{"a":[1]}`},
		{"image/svg+xml", `<svg>  <g/></svg>`, `<svg><g/></svg>`},
		{"text/css; charset=windows-1258", "p { color : red ; }", "p { color : red ; }"},
		{"text/css", long.String(), long.String()},
		{"application/json", `{ "a" : `, `{ "a" : `},
		{"text/plain", "a    b", "a    b"},
	} {
		for _, coding := range []string{"", "gzip", "br"} {
			f := start(t, onlyMinifying, answers(t, test.contentType, coding, test.body, "Etag", `"x"`, "Accept-Ranges", "bytes"))
			got := f.get("https://portal.test/a", "Accept-Encoding", "gzip, br")
			if body := decode(t, got); body != test.want {
				t.Errorf("%s in %q: %.100q, want %.100q", test.contentType, coding, body, test.want)
			}
			changed := test.want != test.body
			if strong := got.Header.Get("Etag") == `"x"`; strong == changed || changed != (got.Header.Get("Accept-Ranges") == "none") {
				t.Errorf("%s in %q: %v", test.contentType, coding, got.Header)
			}
		}
	}
}

// TestFileOfAnUnreadableCodingPasses: minifying fails open, to the very bytes.
func TestFileOfAnUnreadableCodingPasses(t *testing.T) {
	for _, coding := range []string{"gzip", "compress"} {
		f := start(t, onlyMinifying, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/css")
			w.Header().Set("Content-Encoding", coding)
			io.WriteString(w, "p { color : red ; }")
		})
		got := f.get("https://portal.test/a", "Accept-Encoding", "gzip")
		if got.body != "p { color : red ; }" || got.Header.Get("Content-Encoding") != coding {
			t.Errorf("%q %v", got.body, got.Header)
		}
	}
}

// TestFilesAreMinifiedAndCleaned: a file is judged as the minifier leaves it;
// a script as the origin has it, for that is what the baseline knows.
func TestFilesAreMinifiedAndCleaned(t *testing.T) {
	for _, test := range []struct{ bodies, contentType, body, want string }{
		{"css: clean", "text/css", "@import url(//evil.test/a.css) ; p { color : red ; }", "p{color:red}"},
		{"feeds: clean", "application/rss+xml", "<rss>  <channel>  <item><link>https://evil.test/</link></item> </channel> </rss>", "<rss> <channel>  </channel> </rss>"},
		{"js: clean", "text/javascript", "var a = 1 ;", "var a = 1 ;"},
		{"js: report", "text/javascript", "var a = 1 ;", "var a=1"},
	} {
		f := start(t, portal+"  response: {minify: true, bodies: {"+test.bodies+"}}\n", answers(t, test.contentType, "gzip", test.body))
		if got := f.get("https://portal.test/a", "Accept-Encoding", "gzip"); decode(t, got) != test.want {
			t.Errorf("%s: %q, want %q", test.bodies, decode(t, got), test.want)
		}
	}
}

// TestHeadOfAMinifiedFile: a HEAD does not promise the origin's length.
func TestHeadOfAMinifiedFile(t *testing.T) {
	f := start(t, onlyMinifying, answers(t, "text/css", "", "p { color : red ; }"))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodHead, "https://portal.test/a", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := f.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.ContentLength >= 0 || resp.StatusCode != http.StatusOK {
		t.Errorf("%d, %d bytes", resp.StatusCode, resp.ContentLength)
	}
}
