package clean

import (
	"math/rand/v2"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/lachan-waf/lachan/policies"
)

// seeds are documents rich in what readers differ in.
var seeds = []string{
	"<!doctype html><p>chào <b>bạn</b> &amp; <a href=/x>y</a>",
	"<svg><style><img src=x onerror=pwn=1></style></svg><script>pwn=1</script>",
	"<select><xmp></select><img src=x onerror=pwn=1>",
	"<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=pwn=1&gt;\">",
	"<noscript><p title=\"</noscript><img src=x onerror=pwn=1>\"></noscript>",
	"<frameset><style><frame src=//evil.test/f></frameset>",
	"<template><col><style></template><img src=x onerror=pwn=1></style>",
	"<a href=//evil.test>slot <b>gacor</b></a> <a href=/own>x<td>y</a>",
	"<script><!--<script></script>--></script><style>a{b:url(//evil.test)}</style>",
	"<textarea><script>pwn=1</script></textarea><title></title/ x><plaintext><b onclick=pwn=1>",
	"<div hidden><a href=//evil.test>x</a></div></body></html><script>location='//evil.test'</script>",
	"<svg><![CDATA[<a onload=pwn=1>]]><foreignObject><div><p></foreignObject></svg><!--x--!><!doctype a \"<b>",
	"<object data=//evil.test><p><object></object></p></object><iframe srcdoc='&lt;script>pwn=1&lt;/script>'></iframe>",
	"<select><option hidden><a href=//evil.test>x</a><a href=//evil.test>y</a><option>z</select><svg hidden><a href=//evil.test></a><a href=//evil.test></svg>",
	"<<div hidden><select><svg><a href=//evil.test></a><a href=//evil.test></a><style>x</div>script>pwn=1</script><noscript><a href=//evil.test>slot gacor</a><a href=//evil.test></noscript>",
	"<a b=c b=d /e=f \"=g <=h 'i></a j><<a><</b><scr<script>x</script>ipt>",
}

// check cleans in under both policies for scripts and reports what must
// never be: an outcome that depends on the pieces, that cleaning would change
// again, or in which x/net's parser finds the intruder.
func check(t *testing.T, c *Cleaner, in string) {
	out := stable(t, c, in)
	if problem := live(t, out); problem != "" {
		t.Fatalf("%q\ncleaned: %q\n%s", in, out, problem)
	}
	for _, context := range []string{"div", "table", "select", "template", "td"} {
		if problem := liveIn(out, context); problem != "" {
			t.Fatalf("%q\ncleaned: %q\nin %s: %s", in, out, context, problem)
		}
	}
}

// stable checks that neither the pieces nor cleaning again make a difference.
func stable(t *testing.T, c *Cleaner, in string) string {
	t.Helper()
	doc := Document{URL: "https://site.test/a"}
	out, _ := cleanBy(t, c, []byte(in), 0, doc)
	for _, size := range []int{1, 3, 7} {
		if pieces, _ := cleanBy(t, c, []byte(in), size, doc); pieces != out {
			t.Fatalf("%q\nin pieces of %d: %q\nwhole:          %q", in, size, pieces, out)
		}
	}
	if again, _ := cleanBy(t, c, []byte(out), 0, doc); again != out {
		t.Fatalf("%q\ncleaned: %q\nagain:   %q", in, out, again)
	}
	return out
}

// liveIn is live with out as the content of an element.
func liveIn(out, context string) string {
	nodes, err := html.ParseFragment(strings.NewReader(out), &html.Node{Type: html.ElementNode, Data: context})
	if err != nil {
		return "" // x/net refuses some depths
	}
	for _, n := range nodes {
		for d := range n.Descendants() {
			for _, a := range d.Attr {
				if len(a.Key) > 2 && strings.HasPrefix(a.Key, "on") && strings.Contains(a.Val, "pwn") {
					return "live " + d.Data
				}
			}
		}
	}
	return ""
}

func FuzzClean(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	c := newCleaner(f, corpusSite(f))
	f.Fuzz(func(t *testing.T, in string) {
		if len(in) > 4<<10 {
			return
		}
		check(t, c, in)
	})
}

// pieces of markup, of which TestGenerated puts documents together.
var pieces = strings.Split(`<svg>|</svg>|<math>|</math>|<mi>|</mi>|<mtext>|<annotation-xml encoding="text/html">|</annotation-xml>|<foreignObject>|</foreignObject>|<desc>|</desc>|<title>|</title>|<title>slot gacor maxwin &#124; x|<style>|</style>|<script>|</script>|<svg/>|<style/>|<script/>|<textarea>|</textarea>|<xmp>|</xmp>|<iframe>|</iframe>|<noembed>|</noembed>|<noframes>|</noframes>|<noscript>|</noscript>|<plaintext>|<template>|</template>|<select>|</select>|<option>|<frameset>|</frameset>|<frame src="//evil.test/f">|<table>|</table>|<tr>|<td>|</td>|<caption>|<colgroup>|<col>|<p>|</p>|<br>|</br>|<div>|</div>|<b>|</b>|<a>|</a>|<form>|</form>|<font color=x>|<font>|<mglyph>|<malignmark>|<body>|</body>|</html>|<head>|<!--|-->|--!>|<!-->|<![CDATA[|]]>|<?x |>|"|'|=|/|<|</|<!|x|<img src=x onerror=pwn=1>|<a href="//evil.test/">|<p title="|<p title='|<p a="</style><img src=x onerror=pwn=1>">|<p a="</noscript><img src=x onerror=pwn=1>">|<image href=//evil.test/>|<use href="//evil.test/#a"/>|<script src=//evil.test/x></script>|<script>pwn=1</script>|<input>|<button>|<hr>|<li>|<ul>|</ul>|<ruby>|<rt>|<nobr>|<marquee>|</marquee>|<object>|</object>|<object data=//evil.test>|<keygen>|<math><mi></math>|<desc><b></desc>|<g>|</g>|<path>|<div hidden>|<span style="display:none">|<svg hidden>|<select hidden>|<table hidden>|<template hidden>|<p hidden>|<details>|</details>|<a href="//evil.test/">slot gacor</a>|<a href="//evil.test/"></a><a href=//evil.test/>|<a href=/own></a>|</span>|<style>#q{display:none}</style>|<style>p{content:"slot gacor" " evil.test"}</style>|<div id=q>|&lt;|&#60;`, "|")

// TestGenerated checks documents put together at random, always the same ones.
func TestGenerated(t *testing.T) {
	c := newCleaner(t, corpusSite(t))
	site := portal(t)
	site.Response.Links = policies.LinksSignals
	lenient := newCleaner(t, site)
	count := 20000
	if testing.Short() {
		count = 2000
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range count {
		var doc strings.Builder
		for range 2 + random.IntN(14) {
			doc.WriteString(pieces[random.IntN(len(pieces))])
		}
		check(t, c, doc.String())
		stable(t, lenient, doc.String())
	}
}

// TestSeeds checks every way to cut the seeds in two.
func TestSeeds(t *testing.T) {
	c := newCleaner(t, corpusSite(t))
	for _, in := range seeds {
		check(t, c, in)
		want, _ := cleanBy(t, c, []byte(in), 0, Document{URL: "https://site.test/a"})
		for cut := range len(in) {
			var out strings.Builder
			w := c.NewWriter(&out, Document{URL: "https://site.test/a"})
			w.Write([]byte(in[:cut]))
			w.Write([]byte(in[cut:]))
			w.Close()
			if out.String() != want {
				t.Fatalf("cut at %d of %q: %q, want %q", cut, in, out.String(), want)
			}
		}
	}
}
