package clean

import (
	"bytes"
	"testing"

	"github.com/lachan-waf/lachan/policies"
)

// pattern parses host patterns.
func patterns(t testing.TB, list ...string) []policies.HostPattern {
	t.Helper()
	var out []policies.HostPattern
	for _, s := range list {
		p, err := policies.ParseHostPattern(s)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	return out
}

// portal is the policy most tests use: the site www.portal.example, which
// allows a few hosts of each kind.
func portal(t testing.TB) *policies.Site {
	site := policies.DefaultSite()
	site.Name = "portal"
	site.Hosts = []string{"www.portal.example", "portal.example"}
	site.Response.Allow = policies.Allow{
		Scripts:   patterns(t, "cdn.example"),
		Frames:    patterns(t, "www.youtube.com"),
		Styles:    patterns(t, "fonts.googleapis.com"),
		Forms:     patterns(t, "pay.example"),
		Media:     patterns(t, "*"),
		Connect:   patterns(t, "fonts.gstatic.com"),
		Links:     patterns(t, "*.gov.vn", "www.facebook.com"),
		Redirects: patterns(t, "login.example"),
	}
	return &site
}

func newCleaner(t testing.TB, site *policies.Site) *Cleaner {
	t.Helper()
	c, err := New(site, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const pageURL = "https://www.portal.example/tin-tuc/bai-1.html"

// cleanBy cleans in in pieces of size bytes; 0 means whole.
func cleanBy(t testing.TB, c *Cleaner, in []byte, size int, doc Document) (string, []Finding) {
	t.Helper()
	var out bytes.Buffer
	var findings []Finding
	if doc.URL == "" {
		doc.URL = pageURL
	}
	doc.Report = func(f Finding) { findings = append(findings, f) }
	w := c.NewWriter(&out, doc)
	if size == 0 {
		size = max(1, len(in))
	}
	for len(in) > 0 {
		n := min(size, len(in))
		if _, err := w.Write(in[:n]); err != nil {
			t.Fatal(err)
		}
		in = in[n:]
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String(), findings
}

func cleanString(t testing.TB, c *Cleaner, in string) (string, []Finding) {
	t.Helper()
	return cleanBy(t, c, []byte(in), 0, Document{})
}
