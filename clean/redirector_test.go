package clean

import (
	"strings"
	"testing"
)

// TestRedirectors: an allowed host that redirects anywhere is judged by where.
func TestRedirectors(t *testing.T) {
	site := portal(t)
	site.Response.Allow.Links = patterns(t, "*.gov.vn", "www.google.com", "l.facebook.com", "href.li", "l.instagram.com", "steamcommunity.com")
	c := newCleaner(t, site)
	r := newResolver(pageURL, nil)
	for ref, want := range map[string]string{
		"https://www.google.com/maps?q=https://evil.test/":                                   "",
		"https://www.google.com/search?q=evil.test":                                          "",
		"https://www.google.com/url?sa=D":                                                    "",
		"https://www.google.com/url?q=":                                                      "",
		"https://www.google.com/url?q=https://hanoi.gov.vn/":                                 "",
		"https://www.google.com/url?q=https://www.portal.example/tin":                        "",
		"https://www.google.com/url?q=/maps":                                                 "",
		"https://www.google.com/url?sa=t&q=https://evil.test/":                               reasonOpenRedirect,
		"https://www.google.com/url?sa=t;url=https%3A%2F%2Fevil.test":                        reasonOpenRedirect,
		"https://www.google.com/url?Q=//evil.test":                                           reasonOpenRedirect,
		"https://www.google.com/url?%71=https://evil.test":                                   reasonOpenRedirect,
		"https://www.google.com/url?q=evil.test/x":                                           reasonOpenRedirect,
		"https://www.google.com/url?q=+https://evil.test":                                    reasonOpenRedirect,
		"https://www.google.com/url?q=https://hanoi.gov.vn/&q=https://evil.test/":            reasonOpenRedirect,
		"https://www.google.com/url?q=javascript:alert(1)":                                   reasonOpenRedirect,
		"https://www.google.com/url?q=https://www.google.com/url?q=https://evil.test/":       reasonOpenRedirect,
		"https://www.google.com/url?q=https://l.facebook.com/l.php%3Fu=http://evil.test/":    reasonOpenRedirect,
		"https://www.google.com/%75rl?q=https://evil.test/":                                  reasonOpenRedirect,
		"https://www.google.com//url?q=https://evil.test/":                                   reasonOpenRedirect,
		"https://www.google.com/x/../url?q=https://evil.test/":                               reasonOpenRedirect,
		`https:\\www.google.com\url?q=https://evil.test/`:                                    reasonOpenRedirect,
		"ht\ntps://www.google.com/u\trl?\nq=https://evil.test/":                              reasonOpenRedirect,
		"https://www.google.com./url?q=https://evil.test/":                                   reasonOpenRedirect,
		"//l.facebook.com/l.php?u=https%3A%2F%2Fevil.test%2F&h=x":                            reasonOpenRedirect,
		"https://l.instagram.com/?u=https://evil.test/":                                      reasonOpenRedirect,
		"https://href.li/?https://evil.test/":                                                reasonOpenRedirect,
		"https://steamcommunity.com/linkfilter/?u=https://hanoi.gov.vn/":                     "",
		"https://www.google.com/url?q=https://exa%20mple/":                                   reasonOpenRedirect,
		"https://www.google.com/url?q=" + strings.Repeat("https://www.google.com/url?q=", 5): reasonOpenRedirect,
		"https://news.test/url?q=https://evil.test/":                                         reasonOffList,
	} {
		reason, ok := c.allow.allows(kindLink, r.resolve([]byte(ref)), []byte(ref))
		if ok != (want == "") || !ok && reason != want {
			t.Errorf("%q: %v %q, want %q", ref, ok, reason, want)
		}
	}
	out, findings := cleanString(t, c, `<a href="https://www.google.com/url?q=https://evil.test/&amp;sa=D">tin</a>`)
	if out != "tin" || len(findings) != 1 || findings[0].Reasons[0] != reasonOpenRedirect {
		t.Errorf("cleaned %q, %+v", out, findings)
	}
	site.Response.Allow.Redirects = patterns(t, "l.facebook.com")
	if f, allowed := newCleaner(t, site).Redirect("https://l.facebook.com/l.php?u=https://evil.test/", ""); allowed || f.Reasons[0] != reasonOpenRedirect {
		t.Errorf("Location: allowed %v, %v", allowed, f.Reasons)
	}
}

// FuzzRedirectors: wherever an allowed redirector's parameter names the
// intruder's host in plain words, the reference is refused.
func FuzzRedirectors(f *testing.F) {
	for _, s := range []string{"q=", "sa=t&", "%26", "#", "q=https://hanoi.gov.vn/&", "a;b", "?", "\t", "%", "\xff"} {
		f.Add(s)
	}
	site := portal(f)
	site.Response.Allow.Links = patterns(f, "*.gov.vn", "www.google.com")
	c := newCleaner(f, site)
	r := newResolver(pageURL, nil)
	f.Fuzz(func(t *testing.T, before string) {
		if strings.Contains(before, "#") {
			return // not in the query
		}
		ref := []byte("https://www.google.com/url?" + before + "&q=https://evil.test/")
		if target := r.resolve(ref); !target.bad {
			if _, ok := c.allow.allows(kindLink, target, ref); ok {
				t.Errorf("%q is allowed", ref)
			}
		}
	})
}
