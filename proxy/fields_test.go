package proxy_test

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestHeaderEvasions serves the corpus's cases of header fields from a real
// origin: nothing of the intruder is left in the fields or the page, and what is
// harmless stays.
func TestHeaderEvasions(t *testing.T) {
	data, err := os.ReadFile("../testdata/corpus/evasions.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		ID, Category, Kind, HTML string
		Body                     []byte             `json:"body_base64"`
		Headers                  map[string]*string `json:"header_overrides"`
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	f := start(t, strings.ReplaceAll(portal, "portal.test", "site.test")+"  response: {inline_scripts: known}\n", func(w http.ResponseWriter, r *http.Request) {
		i, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/"))
		status := http.StatusOK
		for name, value := range cases[i].Headers {
			if name == ":status" {
				status, _ = strconv.Atoi(*value)
			} else if value != nil {
				w.Header()[http.CanonicalHeaderKey(name)] = []string{*value}
			}
		}
		if cases[i].Body == nil {
			cases[i].Body = []byte(cases[i].HTML)
		}
		w.WriteHeader(status)
		w.Write(cases[i].Body)
		w.Header().Set("Link", "<https://evil.test/x.css>; rel=stylesheet") // the trailer, where one is announced
	})
	tried := 0
	for i, c := range cases {
		if c.Category != "header" || c.ID == "hdr-csp-weaken" { // which the policy for CSP replaces
			continue
		}
		tried++
		t.Run(c.ID, func(t *testing.T) {
			got := f.get("https://site.test/"+strconv.Itoa(i), "Accept-Encoding", "identity")
			// What is said to be gzip and is not, browsers do not show either.
			if c.Kind == "must_not_break" && c.ID != "ce-declared-but-plain" && (got.StatusCode != http.StatusOK || got.body != c.HTML) {
				t.Errorf("broken: %d\n%s", got.StatusCode, got.body)
			}
			for _, fields := range []http.Header{got.Header, got.Trailer} {
				for name, values := range fields {
					if strings.Contains(strings.Join(values, " "), "evil.test") || name == "Service-Worker-Allowed" || name == "Trailer" {
						t.Errorf("%s: %q", name, values)
					}
				}
			}
			if strings.Contains(got.body, "pwn") || got.Header.Get("Last-Modified") != "" || got.Header.Get("Etag") == `"abc"` || got.Trailer != nil {
				t.Errorf("%v %v\n%s", got.Header, got.Trailer, got.body)
			}
		})
	}
	if tried < 15 {
		t.Errorf("only %d cases", tried)
	}
}

func TestFieldsThatLeadAwayGoWithAnEvent(t *testing.T) {
	fields := http.Header{
		"Alt-Svc":                {`h2="evil.test:443"; persist=1`},
		"Content-Location":       {"/tin", "//evil.test/"},
		"Nel":                    {`{"report_to":"a","max_age":86400}`},
		"Report-To":              {`{"group":"a","max_age":86400,"endpoints":[{"url":"https://evil.test/r"}]}`},
		"Reporting-Endpoints":    {`a="https://evil.test/r"`},
		"Service-Worker-Allowed": {"/"},
		"Speculation-Rules":      {`"/rules.json"`},
		"Use-As-Dictionary":      {`match="/*"`},
		"X-Accel-Redirect":       {"/protected/db.sql"},
		"X-Sourcemap":            {"https://evil.test/m.map"},
	}
	origin := func(w http.ResponseWriter, r *http.Request) {
		for name, values := range fields {
			w.Header()[name] = values
		}
		w.Header().Set("Accept-Ch", "Sec-CH-UA-Model")
		if r.URL.Path == "/a.js" {
			w.Header().Set("Content-Type", "text/javascript")
			io.WriteString(w, "a()")
			return
		}
		html(cleanRest)(w, r)
	}
	f := start(t, portal, origin)
	for i, path := range []string{"/", "/a.js"} {
		got := f.get("https://portal.test" + path)
		for name, sent := range fields {
			if left := got.Header.Values(name); slices.Contains(left, sent[0]) {
				t.Errorf("%s: %s: %q", path, name, left)
			}
		}
		if got.StatusCode != http.StatusOK || got.Header.Get("Accept-Ch") == "" {
			t.Errorf("%s: %d %v", path, got.StatusCode, got.Header)
		}
		told := map[string]bool{}
		for _, e := range f.events("strip", (i+1)*len(fields)) {
			told[e.at("lachan.finding.attribute")] = true
		}
		for name := range fields {
			if !told[strings.ToLower(name)] {
				t.Errorf("%s: no event of %s", path, name)
			}
		}
	}
	fields["Link"] = []string{"<//evil.test/x.css>;rel=stylesheet", "</own.css>; rel=stylesheet"}
	fields["Refresh"] = []string{"0;url=https://evil.test/", "x"}
	f = start(t, portal+"  response: {mode: report}\n", origin)
	got := f.get("https://portal.test/")
	for name, values := range fields {
		if strings.Join(got.Header.Values(name), "|") != strings.Join(values, "|") {
			t.Errorf("report: %s: %q", name, got.Header.Values(name))
		}
	}
	f.events("detect", len(fields))
}

func TestLocationThatNobodyFollows(t *testing.T) {
	f := start(t, portal+"  waf: {mode: off}\n", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", r.URL.Query().Get("to"))
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusCreated)
		io.WriteString(w, cleanRest)
	})
	for to, want := range map[string]string{"/tin/1": "/tin/1", "//evil.test/": ""} {
		got := f.do(http.MethodPost, "https://portal.test/?to="+to, "a=1")
		if got.StatusCode != http.StatusCreated || got.Header.Get("Location") != want || got.body != cleanRest {
			t.Errorf("%s: %d %v", to, got.StatusCode, got.Header)
		}
	}
	f.events("strip", 1)
}

// TestTrailersAreDropped: of a page, a file and an answer in mode report, where
// alone they may pass.
func TestTrailersAreDropped(t *testing.T) {
	origin := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", map[string]string{"/": "text/html", "/a.png": "image/png"}[r.URL.Path])
		w.Header().Set("Trailer", "Refresh")
		io.WriteString(w, cleanRest)
		w.(http.Flusher).Flush()
		w.Header().Set("Refresh", "0;url=https://evil.test/")
		w.Header().Set(http.TrailerPrefix+"Set-Cookie", "session="+base64.StdEncoding.EncodeToString([]byte("secret")))
	}
	f := start(t, portal, origin)
	for i, path := range []string{"/", "/a.png"} {
		if got := f.get("https://portal.test" + path); len(got.Trailer) > 0 || got.body != cleanRest {
			t.Errorf("%s: trailer %v, body %q", path, got.Trailer, got.body)
		}
		e := f.events("strip", i+1)[i]
		if e.at("lachan.finding.attribute") != "trailer" || e.at("lachan.finding.snippet") != "Refresh, Set-Cookie" {
			t.Errorf("%v", e)
		}
	}
	f = start(t, portal+"  response: {mode: report}\n", origin)
	if got := f.get("https://portal.test/a.png"); got.Trailer.Get("Refresh") == "" {
		t.Errorf("report: trailer %v", got.Trailer)
	}
}
