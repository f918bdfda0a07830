package clean

import (
	"strings"
	"testing"

	"github.com/lachan-waf/lachan/policies"
	"github.com/lachan-waf/lachan/policies/hostlist"
)

func listOf(t testing.TB, text string) *hostlist.Set {
	t.Helper()
	list, err := hostlist.Read("list.txt", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// wide is the portal with wildcards that allow the intruder's hosts, and with a
// list that knows them. It names one host that the list is wrong about.
func wide(t testing.TB) *policies.Site {
	site := portal(t)
	every := patterns(t, "*", "named.evil.test/ok")
	site.Response.Allow = policies.Allow{
		Scripts: patterns(t, "*.test"), Frames: every, Styles: every, Forms: every, Media: every, Connect: every, Links: every, Redirects: every,
	}
	return site
}

const badHosts = "evil.test\n0.0.0.0 exact.test\nwww.portal.example\n"

func newListed(t testing.TB, site *policies.Site) *Cleaner {
	t.Helper()
	c, err := New(site, nil, listOf(t, badHosts))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestListedHosts: whatever refers to a listed host goes, though a wildcard
// allows it.
func TestListedHosts(t *testing.T) {
	const same = "\x00"
	c := newListed(t, wide(t))
	for _, test := range []struct{ name, in, want, finding string }{
		{"script", `<script src="//a.evil.test/x.js"></script>b`, "b", "script script src a.evil.test listed-host"},
		{"frame", `<iframe src="https://evil.test/"></iframe>b`, "b", "frame iframe src evil.test listed-host"},
		{"style", `<link rel=stylesheet href=//evil.test/a.css>b`, "b", "style link href evil.test listed-host"},
		{"font preload", `<link rel=preload as=font href=//evil.test/a.woff>b`, "b", "connect link href evil.test listed-host"},
		{"form", `<form action="//evil.test/"></form>`, "<form></form>", "form form action evil.test listed-host"},
		{"image", `<img src="//evil.test/a.png">`, "<img>", "media img src evil.test listed-host"},
		{"one image of several", `<img srcset="/a.png 1x, //exact.test/b.png 2x">`, "<img>", "media img srcset exact.test listed-host"},
		{"background", `<p style="background:url(//evil.test/a.png)">x</p>`, "<p>x</p>", "media p style evil.test listed-host"},
		{"refresh", `<meta http-equiv=refresh content="0;url=//evil.test/">b`, "b", "refresh meta content evil.test listed-host"},
		{"canonical", `<link rel=canonical href=https://evil.test/>b`, "b", "identity link href evil.test listed-host identity"},
		{"whose page", `<meta property="og:url" content="https://evil.test/">b`, "b", "identity meta content evil.test listed-host identity"},
		{"link and its text", `a <a href="//evil.test/">tin mới</a> b`, "a  b", "link a href evil.test listed-host"},
		{"by address", `<a href="https://EVIL.test.:8443/">x</a>b`, "b", "link a href evil.test listed-host"},
		{"linked data of another site", `<script type="application/ld+json">{"url":"https:\/\/evil.test\/"}</script>b`, "b", "identity script  evil.test listed-host identity"},
		{"linked data that names it", `<script type="application/ld+json">{"url":"\/tin","sameAs":"https:\/\/evil.test\/"}</script>b`, "b", "script script  evil.test listed-host"},
		{"script that names it", `<script>var u="https://evil.test/api";</script>b`, "b", "script script  evil.test listed-host"},
		{"handler that names it", `<p onclick="go('//evil.test/')">x</p>`, "<p>x</p>", "handler p onclick evil.test listed-host"},
		{"redirector", `a <a href="https://www.google.com/url?q=https://evil.test/">x</a>`, "a ", "link a href www.google.com listed-host"},

		{"below an exact entry", `<img src="//a.exact.test/a.png">`, same, ""},
		{"another host", `<a href="https://news.test/">x</a><script src="//cdn.test/a.js"></script>`, same, ""},
		{"own host", `<img src="https://www.portal.example/a.png"><a href="https://www.portal.example/">x</a>`, same, ""},
		{"named host", `<img src="https://named.evil.test/ok/a.png"><a href="https://named.evil.test/ok/">x</a>`, same, ""},
		{"named host, another path", `<img src="https://named.evil.test/a.png">`, "<img>", "media img src named.evil.test listed-host"},
		{"named for other kinds", `<script src="https://named.evil.test/ok/a.js"></script>`, "", "script script src named.evil.test listed-host"},
		{"article about it", `<p>evil.test</p><script>var data={"text":"https:\/\/news.test\/"};</script>`, same, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			out, findings := cleanString(t, c, test.in)
			if want := strings.ReplaceAll(test.want, same, test.in); out != want {
				t.Errorf("%s\ncleaned: %s\nwant:    %s", test.in, out, want)
			}
			var got []string
			for _, f := range findings {
				got = append(got, strings.Join([]string{f.Kind, f.Element, f.Attribute, f.Host, strings.Join(f.Reasons, " ")}, " "))
			}
			if strings.Join(got, "\n") != test.finding {
				t.Errorf("findings %q, want %q", got, test.finding)
			}
		})
	}
}

func TestListedHostsUnderEachLinkPolicy(t *testing.T) {
	const in = `a <a href="//evil.test/">tin</a> b`
	for policy, want := range map[policies.LinkPolicy]string{
		policies.LinksAllowlist: "a  b", policies.LinksSignals: "a  b", policies.LinksReport: in,
	} {
		site := wide(t)
		site.Response.Links = policy
		out, findings := cleanString(t, newListed(t, site), in)
		if out != want || len(findings) != 1 || findings[0].Removed == (policy == policies.LinksReport) {
			t.Errorf("%s: %q, findings %+v", policy, out, findings)
		}
	}
	site := wide(t)
	site.Response.Mode = policies.ResponseReport
	if out, findings := cleanString(t, newListed(t, site), in); out != in || len(findings) != 1 || findings[0].Removed {
		t.Errorf("mode report: %q, findings %+v", out, findings)
	}
}

func TestListedHostsInHeaders(t *testing.T) {
	c := newListed(t, wide(t))
	f, allowed := c.Redirect("https://evil.test/x", "")
	if allowed || len(f.Reasons) != 1 || f.Reasons[0] != reasonListedHost {
		t.Errorf("Location: allowed %v, %v", allowed, f.Reasons)
	}
	if _, allowed := c.Redirect("https://news.test/x", ""); !allowed {
		t.Error("a redirect to another host is refused")
	}
	kept, findings := c.Link(`<https://evil.test/>; rel=canonical, <https://news.test/>; rel=canonical`, "")
	if kept != "<https://news.test/>; rel=canonical" || len(findings) != 1 || !findings[0].Removed {
		t.Errorf("Link: kept %q, %+v", kept, findings)
	}
}

// TestFamiliarHosts: what was found harmless of a host before does not let
// another reference to it by.
func TestFamiliarHosts(t *testing.T) {
	c := newListed(t, wide(t))
	for _, page := range []string{
		`<a href="https://www.google.com/maps">x</a>|<a href="https://www.google.com/url?q=https://evil.test/">x</a>`,
		`<img src="https://named.evil.test/ok/a.png">|<img src="https://named.evil.test/a.png">`,
		`<script src="https://cdn.test/a.js"></script>|<script src="https://cdn.evil.test/a.js"></script>`,
	} {
		good, bad, _ := strings.Cut(page, "|")
		for range 3 {
			out, findings := cleanString(t, c, strings.Repeat(good, 3)+bad+strings.Repeat(good+bad, 2)+"b")
			if len(findings) != 3 || strings.Count(out, good) != 5 {
				t.Fatalf("%s: %d findings\n%s", page, len(findings), out)
			}
		}
	}
}

func TestFingerprintTellsLists(t *testing.T) {
	site, seen := portal(t), map[string]bool{}
	for _, lists := range [][]*hostlist.Set{nil, {listOf(t, "evil.test\n")}, {listOf(t, "other.test\n")}, {listOf(t, "evil.test\n"), listOf(t, "other.test\n")}} {
		c, err := New(site, nil, lists...)
		if err != nil {
			t.Fatal(err)
		}
		seen[c.Fingerprint()] = true
	}
	one, _ := New(site, nil, listOf(t, "evil.test\n"))
	if len(seen) != 4 || !seen[one.Fingerprint()] {
		t.Errorf("%d fingerprints of 4 policies; the same list read again is known: %v", len(seen), seen[one.Fingerprint()])
	}
}

// BenchmarkCleanListed is BenchmarkClean with a list.
func BenchmarkCleanListed(b *testing.B) {
	c := newListed(b, portal(b))
	page := []byte(cleanPage(50_000))
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	for b.Loop() {
		w := c.NewWriter(discard{}, Document{URL: pageURL})
		w.Write(page)
		w.Close()
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
