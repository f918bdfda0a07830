package clean

import (
	"testing"

	"github.com/lachan-waf/lachan/policies"
)

func TestRedirect(t *testing.T) {
	tests := []struct {
		location string
		allowed  bool
		host     string
	}{
		{"/vi/", true, ""},
		{"https://portal.example/", true, ""},
		{"https://login.example/?back=x", true, ""},
		{"https://evil.test/", false, "evil.test"},
		{`/\evil.test/`, false, "evil.test"},
		{"//evil.test", false, "evil.test"},
		{"javascript:alert(1)", false, ""},
		{"https://[", false, ""},
	}
	site := portal(t)
	c := newCleaner(t, site)
	site.Response.Redirects = policies.RedirectsReport
	reporting := newCleaner(t, site)
	for _, test := range tests {
		f, allowed := c.Redirect(test.location, pageURL)
		if allowed != test.allowed || f.Host != test.host || (f.Kind == "") != test.allowed {
			t.Errorf("%s: %t %+v", test.location, allowed, f)
		}
		f, allowed = reporting.Redirect(test.location, pageURL)
		if !allowed || f.Removed || (f.Kind == "") != test.allowed {
			t.Errorf("%s under report: %t %+v", test.location, allowed, f)
		}
	}
}

func TestRefresh(t *testing.T) {
	c := newCleaner(t, portal(t))
	for header, want := range map[string]bool{
		"5": true, "5; url=/vi/": true, "0;url=https://evil.test/": false, "0;//evil.test/": false,
		`0, URL = "https://evil.test/"`: false, "0;url='/x'": true, "": true, ".5;url=//evil.test": false,
	} {
		if _, allowed := c.Refresh(header, pageURL); allowed != want {
			t.Errorf("%q: %t", header, allowed)
		}
	}
}
