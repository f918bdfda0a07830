package clean

import (
	"strings"
	"testing"

	"github.com/lachan-waf/lachan/policies"
)

func TestLinks(t *testing.T) {
	tests := []struct{ name, in, allowlist, signals string }{
		{
			"spam text", `a <a href="https://x.test/">Cá cược bóng đá</a> b`, "a  b", "a  b",
		}, {
			"spam without marks", `<a href="https://x.test/">ca cuoc bong da truc tuyen</a>.`, ".", ".",
		}, {
			"spam in Chinese", `<a href="https://x.test/">澳门百家乐</a>.`, ".", ".",
		}, {
			"spam in Thai", `<a href="https://x.test/">เว็บสล็อต</a>.`, ".", ".",
		}, {
			"spam host", `<a href="https://nha-cai.test/">xem thêm</a>.`, ".", ".",
		}, {
			"plain text", `<a href="https://x.test/">Báo mới</a>.`, "Báo mới.", `<a href="https://x.test/">Báo mới</a>.`,
		}, {
			"hidden", `<div style="display:none"><a href="https://x.test/">a</a>, <a href="https://y.test/">b</a></div>c`,
			"c", "c",
		}, {
			"hidden menu with own links", `<ul hidden><li><a href="/a">a</a></ul>`, `<ul hidden><li><a href="/a">a</a></ul>`, `<ul hidden><li><a href="/a">a</a></ul>`,
		}, {
			"hidden by a class", `<style>.q{position:absolute;left:-9000px}</style><p class="q"><a href="https://x.test/">a</a></p>b`,
			`<style>.q{position:absolute;left:-9000px}</style><p class="q"></p>b`, `<style>.q{position:absolute;left:-9000px}</style><p class="q"></p>b`,
		}, {
			"after the hidden element", `<p hidden>x</p><a href="https://x.test/">a</a>`, `<p hidden>x</p>a`, `<p hidden>x</p><a href="https://x.test/">a</a>`,
		}, {
			"after a hidden drawing", `<svg style="visibility:hidden"><g><path/></g></svg><a href="https://x.test/">a</a>`,
			`<svg style="visibility:hidden"><g><path/></g></svg>a`, `<svg style="visibility:hidden"><g><path/></g></svg><a href="https://x.test/">a</a>`,
		}, {
			"after a hidden paragraph without end", `<p hidden>x<p><a href="https://x.test/">a</a>`, `<p hidden>x<p>a`, `<p hidden>x<p><a href="https://x.test/">a</a>`,
		}, {
			"after a hidden item without end", `<ul><li hidden>x</ul><a href="https://x.test/">a</a>`, `<ul><li hidden>x</ul>a`, `<ul><li hidden>x</ul><a href="https://x.test/">a</a>`,
		}, {
			"in a hidden block with open items", `<div hidden><ul><li>x<li>y</ul><a href="https://x.test/">a</a></div>b`, `<div hidden><ul><li>x<li>y</ul></div>b`, `<div hidden><ul><li>x<li>y</ul></div>b`,
		}, {
			"hidden on paper only", `<style>@media print{.q{display:none} .r{color:red}}</style><p class="q"><a href="https://x.test/">a</a>`,
			`<style>@media print{.q{display:none} .r{color:red}}</style><p class="q">a`, `<style>@media print{.q{display:none} .r{color:red}}</style><p class="q"><a href="https://x.test/">a</a>`,
		}, {
			"hidden without scripts only", `<style>.no-js .q{display:none}</style><p class="q"><a href="https://x.test/">a</a>`,
			`<style>.no-js .q{display:none}</style><p class="q">a`, `<style>.no-js .q{display:none}</style><p class="q"><a href="https://x.test/">a</a>`,
		}, {
			"behind the page", `</html><a href="https://x.test/">a</a>`, `</html>`, `</html>`,
		}, {
			"a warning about spam", `<p>Cảnh báo: <b>cờ bạc trực tuyến</b>, slot gacor là vi phạm. <a href="/x">Xem</a></p>`,
			`<p>Cảnh báo: <b>cờ bạc trực tuyến</b>, slot gacor là vi phạm. <a href="/x">Xem</a></p>`,
			`<p>Cảnh báo: <b>cờ bạc trực tuyến</b>, slot gacor là vi phạm. <a href="/x">Xem</a></p>`,
		}, {
			"without text", `a<a href="https://x.test/">.</a>b`, "a.b", "ab",
		}, {
			"never closed", `<div><p><a href="https://x.test/">slot gacor</p></div>sau`, "<div><p></p></div>sau", "<div><p></p></div>sau",
		}, {
			"closed by the next", `<a href="https://x.test/">slot gacor <a href="/b">b</a>`, `<a href="/b">b</a>`, `<a href="/b">b</a>`,
		}, {
			"closed by the next cell", `<table><tr><td><a href="https://x.test/">slot gacor<td>b</table>`, `<table><tr><td><td>b</table>`, `<table><tr><td><td>b</table>`,
		}, {
			"with an image", `<a href="https://x.test/"><img src="/a.png"></a>`, `<img src="/a.png">`, `<a href="https://x.test/"><img src="/a.png"></a>`,
		}, {
			"with something planted", `<a href="https://x.test/">tin<script src=//evil.test></script></a>`, "tin", `<a href="https://x.test/">tin</a>`,
		},
	}
	for _, policy := range []policies.LinkPolicy{policies.LinksAllowlist, policies.LinksSignals, policies.LinksReport} {
		site := portal(t)
		site.Response.Links = policy
		c := newCleaner(t, site)
		for _, test := range tests {
			t.Run(string(policy)+"/"+test.name, func(t *testing.T) {
				want := test.allowlist
				switch policy {
				case policies.LinksSignals:
					want = test.signals
				case policies.LinksReport:
					want = strings.ReplaceAll(test.in, "<script src=//evil.test></script>", "")
				}
				out, findings := cleanString(t, c, test.in)
				if out != want {
					t.Errorf("%s\ncleaned: %s\nwant:    %s", test.in, out, want)
				}
				if policy == policies.LinksReport && len(findings) > 0 && findings[0].Kind == "link" && findings[0].Removed {
					t.Error("removed under report")
				}
			})
		}
	}
}

// TestLongLink: what cannot be held back to be judged goes, and the page goes on.
func TestLongLink(t *testing.T) {
	c := newCleaner(t, portal(t))
	in := `<div>a<a href="https://x.test/">` + strings.Repeat("dài ", maxLink/4) + `</a>b</div>`
	out, findings := cleanString(t, c, in)
	if out != "<div>ab</div>" {
		t.Errorf("%d bytes: %.100s", len(out), out)
	}
	if len(findings) != 1 || findings[0].Reasons[len(findings[0].Reasons)-1] != reasonLimit {
		t.Errorf("%+v", findings)
	}
}
