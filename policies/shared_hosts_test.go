package policies

import (
	"strings"
	"testing"
)

// TestSharedHostsFile: each line is read, once, and its own pattern is one that
// check accepts.
func TestSharedHostsFile(t *testing.T) {
	seen, count := map[string]bool{}, map[string]int{}
	for h, err := range sharedHosts() {
		if err != nil {
			t.Error(err)
			continue
		}
		line := h.why + " " + h.pattern.String()
		if seen[line] {
			t.Errorf("%s: twice", line)
		}
		seen[line] = true
		count[h.why]++
		switch h.why {
		case "files":
		case "jsonp":
			if h.pattern.below {
				t.Errorf("%s: which host?", line)
			}
		case "redirects":
			if h.pattern.below {
				t.Errorf("%s: a redirector is one host", line)
			}
			continue
		default:
			t.Errorf("%s: unknown reason", line)
		}
		if !h.pattern.below && h.pattern.path == "" {
			t.Errorf("%s: no path", line)
		}
		if as, ok := opened(h.pattern); ok != h.pattern.below {
			t.Errorf("%s: opened %v %v", line, ok, as.pattern)
		}
	}
	if count["files"] < 50 || count["jsonp"] < 20 || count["redirects"] < 20 || len(Redirectors()) != count["redirects"] {
		t.Errorf("%v lines, %d redirectors", count, len(Redirectors()))
	}
}

func TestSharedHostsAreKnown(t *testing.T) {
	for _, host := range []string{
		"cdn.jsdelivr.net", "unpkg.com", "cdnjs.cloudflare.com", "ajax.googleapis.com", "www.google.com", "accounts.google.com",
		"raw.githubusercontent.com", "pastebin.com", "storage.googleapis.com", "s3.amazonaws.com", "*.googleapis.com", "*.github.io", "*.blogspot.com",
		"*.s3.amazonaws.com", "*.amazonaws.com", "*.cloudfront.net", "*.firebaseapp.com", "*.web.app", "*.pages.dev", "*.workers.dev",
		"*.vercel.app", "*.netlify.app", "*.com", "*",
	} {
		p, err := ParseHostPattern(host)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := opened(p); !ok {
			t.Errorf("%s is taken for one publisher's", host)
		}
	}
	for _, host := range []string{"cdn.example.test", "*.gov.vn", "code.jquery.com", "d111.cloudfront.net", "portal.github.io", "js.stripe.com", "connect.facebook.net", "www.google.com/recaptcha/api.js"} {
		p, err := ParseHostPattern(host)
		if err != nil {
			t.Fatal(err)
		}
		if as, ok := opened(p); ok {
			t.Errorf("%s: %s", host, as.says(p))
		}
	}
}

func TestSharedHostLines(t *testing.T) {
	for _, line := range []string{"files", "files a.test/x q", "redirects a.test/x", "files https://a.test/"} {
		if h, err := readSharedHost(strings.Fields(line)); err == nil {
			t.Errorf("%q: %+v", line, h)
		}
	}
}

func TestRedirectorCovers(t *testing.T) {
	p, err := ParseHostPattern("www.google.com/url")
	if err != nil {
		t.Fatal(err)
	}
	r := Redirector{Pattern: p}
	for path, want := range map[string]bool{
		"/url": true, "/url/": true, "//url": true, "/%75rl": true, "/%2furl": true, "/url2": false, "/maps": false, "/": false, "/%zz": false,
	} {
		if r.Covers(path) != want {
			t.Errorf("Covers(%q) = %v", path, !want)
		}
	}
	if !(Redirector{}).Covers("/anything") {
		t.Error("a redirector without a path answers everywhere")
	}
}
