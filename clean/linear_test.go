package clean

import (
	"strings"
	"testing"
	"time"
)

// TestLinear: twice the input takes no more than a few times as long, for
// inputs that have made readers of markup and of scripts quadratic.
func TestLinear(t *testing.T) {
	tests := []struct{ head, middle string }{
		{"<script>", "location=a;"}, {"<script>", `"%41`}, {"<script>", `"\x41"+`}, {"<script>", "_0x1 "}, {"<script>", "1,2,3,4 "}, {"<script>", "//a.b "},
		{"<script>", "{location:"}, {"<script>", ".text=atob("}, {"<script>", `".replace(`}, {"<script>", `"a".replace('`}, {"<script>", `"a".concat("b")`}, {"<script>", "fromCharCode(c-1)'ab'"},
		{"<script>", "(((atob("}, {"<script>", "x.location['"}, {"<script>", `${"`}, {"<script>", "document.title='a'"}, {"<script>", `document.links.href="`}, {"<script>", ".host='a'"},
		{"<p ", "a "}, {"<p ", "a=b c='d' "}, {"", "<"}, {"", "</"}, {"", "<!"}, {"<!--", "--!"}, {"<script>", "<!--<script></script>"},
		{"<a href=//evil.test>", "<b>"}, {"<svg>", "<g>"}, {"<style>", ".a{left:-999px}"}, {"<style>", ".a,"}, {"<style>", ".a{opacity:0}.a.b{opacity:1}"}, {"<style>", "@media all{"}, {"<style>", "@container (min-width:0){}"}, {"<style>", ".a{.b{"}, {"<style>", ".a:is(.b,.c) .d{left:-9e9px}"}, {"<style>", ".a{height:0}.a{overflow:hidden}"}, {"<style>", "[a*=b][c~=d]{left:-9e9px}"}, {"<style>", "a{"}, {"<style>", ".a{&{"}, {"<style>", ".a{&{opacity:0}}"}, {"<style>", ".a,.b{height:0}"}, {"<style>", ":is(.a,"}, {"<style>", ".a .a{opacity:0}"}, {"<style>.a b,[x*=aaaaaaab]{opacity:0}</style><b class=a>", "<p x=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa>"}, {"<p style='", "left:calc((1 + "}, {"<p style='color:", "rgb(1 "}, {"<p style='transform:", "scale(1) "}, {"<div hidden>", "<b></i>"}, {"<div hidden>", "<a href=//evil.test>x</a>"}, {"<div style='", "left:-9e"}, {"<script>", "document.write('<p hidden>')"}, {"<script>", "getElementById('a').style.left"}, {"<style>", "@import 'a'"}, {"<p style='", "a:url(x);"}, {"<img srcset='", "/a\\b "}, {"<p a='", "&amp"},
	}
	c := newCleaner(t, portal(t))
	for _, test := range tests {
		mustBeLinear(t, test.head, test.middle, func(in []byte) {
			if test.head == "<script>" {
				in = append(in, "</script>"...)
			}
			cleanBy(t, c, in, 0, Document{})
		})
	}
}

// mustBeLinear holds the time for eight times the input against that for one.
func mustBeLinear(t *testing.T, head, middle string, read func(in []byte)) {
	t.Helper()
	measure := func(size int) time.Duration {
		best := time.Hour
		for range 3 {
			in := []byte(head + strings.Repeat(middle, size/len(middle)))
			start := time.Now()
			read(in)
			best = min(best, time.Since(start))
		}
		return best
	}
	small, large := measure(30<<10), measure(240<<10)
	if large > 40*small && large > 100*time.Millisecond {
		t.Errorf("%q: %v for 30 KiB, %v for 240 KiB", head+middle, small, large)
	}
}

// TestLinearBodies is TestLinear for bodies that are not HTML.
func TestLinearBodies(t *testing.T) {
	c := newCleaner(t, strict(t))
	for _, test := range []struct {
		medium       Medium
		head, middle string
	}{
		{MediumXML, `<rss><channel><item a="`, "<!---->"}, {MediumXML, `<rss><channel><item a="`, "x<??>"}, {MediumXML, "<rss><channel><item>", "<!---->"},
		{MediumXML, "<rss><channel><item>", "<b/>"}, {MediumXML, "<svg>", `<a href="//evil.test/"/>`}, {MediumXML, "<svg ", `a="" `}, {MediumXML, "<svg ", `a="`}, {MediumXML, "<svg>", `<a b="`}, {MediumCSS, "a{b:url(", `\61 `}, {MediumCSS, `@import "//evil.test"`, "/**/"}, {MediumCSS, `a{b:"x.test"`, `"a"`}, {MediumCSS, `a{b:"x.test"`, `"ab "`}, {MediumCSS, "", `a{b:"casino x.test"}`}, {MediumJSON, `["`, `\u003c`}, {MediumJS, "", "/["}, {MediumJS, "", "`${"}, {MediumJS, "", ")/"},
	} {
		mustBeLinear(t, test.head, test.middle, func(in []byte) { _, _, _ = tryBody(c, test.medium, in, 0) })
	}
}
