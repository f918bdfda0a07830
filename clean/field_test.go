package clean

import (
	"net/http"
	"strings"
	"testing"

	"github.com/lachan-waf/lachan/policies"
)

func TestField(t *testing.T) {
	c := newCleaner(t, portal(t))
	site := portal(t)
	site.Response.Mode = policies.ResponseReport
	reporting := newCleaner(t, site)
	for _, test := range []struct {
		field, finding string // of the finding: kind, host and reason
		stays          bool
	}{
		{"Alt-Svc: h3=\":443\"; ma=86400", "", false},
		{"Alt-Svc: clear", "", false},
		{"Alt-Svc: h2=\"evil.test:443\"; persist=1", "connect evil.test off-list", false},
		{"Alt-Svc: h3=\":443\", h2=\"evil.test:443", "connect  unreadable-url", false},
		{"Content-Location: /tin/1.html", "", true},
		{"Content-Location: //evil.test/", "identity evil.test off-list", false},
		{"Content-Location: https://moh.gov.vn/tin", "", true},
		{"Content-Location: /a\nhttps://evil.test/", "identity evil.test off-list", false},
		{"Nel: {\"report_to\":\"g\"}", "connect  field", false},
		{"Reporting-Endpoints: a=\"/reports\", b=\"https://fonts.gstatic.com/r\"", "", true},
		{"Reporting-Endpoints: a=\"/reports\", b=\"https://ev\\il.test/r\"", "connect evil.test off-list", false},
		{"Reporting-Endpoints: a=\"https://evil\n.test/r\"", "connect  unreadable-url", false},
		{"Report-To: {\"group\":\"g\",\"endpoints\":[{\"url\":\"/r\"}]}", "", true},
		{"Report-To: {\"endpoints\":[{\"url\":\"/r\"}]}, {\"endpoints\":[{\"url\":\"https:\\/\\/evil.test\"}]}", "connect evil.test off-list", false},
		{"Report-To: {\"url\":\"https://evil.test\",\"url\":\"/r\"}", "connect evil.test off-list", false},
		{"Report-To: {\"url\":", "connect  unreadable-url", false},
		{"Service-Worker-Allowed: /", "script  field", false},
		{"sourcemap: //evil.test/m.map", "connect evil.test off-list", false},
		{"SourceMap: ht\ttps://evil.test/m.map", "connect evil.test off-list", false},
		{"X-SourceMap: app.js.map", "", true},
		{"Speculation-Rules: \"/rules.json\"", "connect  field", false},
		{"Use-As-Dictionary: match=\"/*\"", "connect  field", false},
		{"x-accel-redirect: /protected/db.sql", "redirect  field", false},
		{"X-Sendfile: /etc/passwd", "redirect  field", false},
		{"X-Pingback: https://portal.example/xmlrpc.php", "", true},
		{"X-Pingback: https://evil.test/xmlrpc.php", "identity evil.test off-list", false},
		{"X-Powered-By: https://evil.test/", "", true},
	} {
		name, lines, _ := strings.Cut(test.field, ": ")
		values := strings.Split(lines, "\n")
		f, stays := c.Field(http.CanonicalHeaderKey(name), values, pageURL)
		got := ""
		if f.Kind != "" {
			got = strings.Join([]string{f.Kind, f.Host, strings.Join(f.Reasons, " ")}, " ")
		}
		if got != test.finding || stays != test.stays {
			t.Errorf("%s\n%q stays: %t, want %q stays: %t", test.field, got, stays, test.finding, test.stays)
		}
		if f.Kind != "" && (!f.Removed || f.Attribute != strings.ToLower(name) || f.Snippet == "" && lines != "") {
			t.Errorf("%s: %+v", test.field, f)
		}
		if f, stays := reporting.Field(http.CanonicalHeaderKey(name), values, pageURL); !stays || f.Removed || (f.Kind != "") != (test.finding != "") {
			t.Errorf("%s under report: stays %t, %+v", test.field, stays, f)
		}
	}
}

// TestFieldsAreCanonical finds a row that net/http's names would never reach.
func TestFieldsAreCanonical(t *testing.T) {
	for name := range fields {
		if http.CanonicalHeaderKey(name) != name {
			t.Errorf("%s is not in canonical form", name)
		}
	}
}

// FuzzField: whatever stands before or behind it, the intruder's address does
// not stay.
func FuzzField(f *testing.F) {
	for _, seed := range []string{"", `a="/r"`, `{"endpoints":[{"url":"/r"}]}`, `h3=":443", h2="`, "\"\\\"", `{"a":["`, "\\", "\t?"} {
		f.Add(seed)
	}
	c := newCleaner(f, portal(f))
	f.Fuzz(func(t *testing.T, text string) {
		for name, value := range map[string]string{
			"Alt-Svc":             text + `, h2="evil.test:443"`,
			"Content-Location":    "https://evil.test/" + text,
			"Report-To":           text + `,{"url":"https://evil.test/"}`,
			"Reporting-Endpoints": text + `, z="https://evil.test/"`,
			"Sourcemap":           "//evil.test?" + text,
		} {
			if finding, stays := c.Field(name, []string{value}, pageURL); stays || finding.Kind == "" {
				t.Errorf("%s: %q stays, or goes without a finding: %+v", name, value, finding)
			}
		}
	})
}
