package csp

import (
	"slices"
	"strings"
	"testing"
)

const (
	byURI = `{"csp-report":{"document-uri":"https://portal.test/tin","referrer":"","violated-directive":"script-src-elem","effective-directive":"script-src-elem","original-policy":"script-src-elem 'self'","disposition":"enforce","blocked-uri":"https://evil.test/a.js","line-number":1,"source-file":"https://portal.test/app.js","status-code":200,"script-sample":""}}`
	byAPI = `[{"age":3,"body":{"blockedURL":"inline","columnNumber":1,"disposition":"report","documentURL":"https://portal.test/","effectiveDirective":"script-src-elem","lineNumber":1,"originalPolicy":"","referrer":"","sample":"alert(1)","sourceFile":"https://portal.test/app.js","statusCode":200},"type":"csp-violation","url":"https://portal.test/","user_agent":"x"},{"type":"deprecation","body":{"id":"x"}}]`
)

func TestReadReports(t *testing.T) {
	tests := []struct {
		kind, body string
		want       []Report
	}{
		{"application/csp-report", byURI, []Report{{"https://portal.test/tin", "script-src-elem", "https://evil.test/a.js", "https://portal.test/app.js", ""}}},
		{"application/reports+json; charset=utf-8", byAPI, []Report{{"https://portal.test/", "script-src-elem", "inline", "https://portal.test/app.js", "alert(1)"}}},
		{"application/csp-report", `{"csp-report":{"violated-directive":"Frame-Src 'self' x","blocked-uri":"https://evil.test"}}`, []Report{{Directive: "frame-src", Blocked: "https://evil.test"}}},
		{"application/csp-report", `{"csp-report":null}`, []Report{{}}},
		{"application/reports+json", `[]`, nil},
	}
	for _, test := range tests {
		got, err := ReadReports(test.kind, []byte(test.body))
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%s: %+v, %v", test.body, got, err)
		}
	}
	for kind, body := range map[string]string{
		"text/plain":               byURI,
		"application/csp-report":   byAPI,
		"application/reports+json": `[{"type":1}]`,
		"":                         byURI,
	} {
		if got, err := ReadReports(kind, []byte(body)); err == nil {
			t.Errorf("%q is read: %+v", kind, got)
		}
	}
}

func TestReport(t *testing.T) {
	for _, test := range []struct {
		report  Report
		host    string
		foreign bool
	}{
		{Report{Blocked: "https://EVIL.test:8443/a"}, "evil.test", false},
		{Report{Blocked: "inline"}, "", false},
		{Report{Blocked: "data"}, "", false},
		{Report{Blocked: "chrome-extension://abc/x.js"}, "abc", true},
		{Report{Blocked: "inline", Source: "moz-extension://abc/x.js"}, "", true},
		{Report{Blocked: "https://bücher.test/"}, "xn--bcher-kva.test", false},
		{Report{Blocked: "https://a b/"}, "", false},
	} {
		if got := test.report.Host(); got != test.host || test.report.Foreign() != test.foreign {
			t.Errorf("%+v: host %q, foreign %t", test.report, got, test.report.Foreign())
		}
	}
	if k := (Report{Directive: "frame-ancestors"}).Kind(); k != "" {
		t.Error(k)
	}
}

func FuzzReadReports(f *testing.F) {
	for _, seed := range []string{byURI, byAPI, `{"csp-report":{"blocked-uri":"` + strings.Repeat("ư", 2000) + `"}}`, `[[[[`, `[null]`, `{"csp-report":[]}`} {
		f.Add("application/csp-report", []byte(seed))
		f.Add("application/reports+json", []byte(seed))
	}
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		reports, err := ReadReports(kind, body)
		if err != nil && reports != nil || len(reports) > maxReports {
			t.Fatalf("%d reports, %v", len(reports), err)
		}
		for _, r := range reports {
			for _, field := range []string{r.Document, r.Directive, r.Blocked, r.Source, r.Sample, r.Host(), r.DocumentHost()} {
				if len(field) > 2*maxField {
					t.Errorf("field of %d bytes", len(field))
				}
			}
			_, _ = r.Kind(), r.Foreign()
		}
	})
}
