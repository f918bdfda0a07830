package clean

import (
	"strings"
	"testing"
)

// fuzzBody checks that no outcome depends on the pieces, that cleaning again
// changes nothing, and that a small bound does not break any of it.
func fuzzBody(t *testing.T, c *Cleaner, m Medium, in string) (out string, ok bool) {
	t.Helper()
	out, findings, err := tryBody(c, m, []byte(in), 0)
	for _, size := range []int{1, 3} {
		pieces, others, otherErr := tryBody(c, m, []byte(in), size)
		if err == nil && pieces != out || len(others) != len(findings) || (err == nil) != (otherErr == nil) {
			t.Fatalf("%q\nin pieces of %d: %q, %v\nwhole:          %q, %v", in, size, pieces, otherErr, out, err)
		}
	}
	bounded, _, boundedErr := tryBody(c, m, []byte(in), 0, smallHold)
	if pieces, _, otherErr := tryBody(c, m, []byte(in), 1, smallHold); boundedErr == nil && pieces != bounded || (boundedErr == nil) != (otherErr == nil) {
		t.Fatalf("%q\nbounded, in pieces: %q, %v\nwhole: %q, %v", in, pieces, otherErr, bounded, boundedErr)
	}
	if err != nil {
		return out, false
	}
	windows, _, err := tryBody(c, m, []byte(in), 0, func(w *BodyWriter) { w.size = 2 })
	if windows != out || err != nil {
		t.Fatalf("%q\nin windows of 2: %q, %v\nin one:          %q", in, windows, err, out)
	}
	again, _, err := tryBody(c, m, []byte(out), 0)
	if err != nil || again != out {
		t.Fatalf("%q\ncleaned: %q\nagain:   %q, %v", in, out, again, err)
	}
	return out, true
}

func FuzzCSS(f *testing.F) {
	for _, s := range []string{
		`@import "//evil.test/a";p{a:url(//evil.test/b)}`, `@imp@import "//evil.test/a";ort "//evil.test/b";`, `/*/*/p{a:url( '//evil.test' )}`,
		"@\\69 mport\n\"\\2f\\2f evil.test\";a{b:\"\\\r\n\";--c:'//evil.test'}", `@charset "utf-8";@namespace x "//evil.test";a{b:image-set("//evil.test")}`, `a{b:url(data:text/html,x`,
		`a::after{content:"slot gacor" url(//evil.test) " evil.test";quotes:"x" "y"}b{content:"\73lot " attr(x,"gacor") 'evil.test'`,
	} {
		f.Add(s)
	}
	site := strict(f)
	site.Response.Allow.Media = nil
	c := newCleaner(f, site)
	f.Fuzz(func(t *testing.T, in string) {
		if len(in) > 2<<10 {
			return
		}
		out, _ := fuzzBody(t, c, MediumCSS, in)
		if cleaned, _, ok := (&rewriter{c: c, resolver: newResolver(pageURL, nil)}).cleanCSS([]byte(out)); !ok && bomCharset([]byte(in)) == "" && validUTF8([]byte(in)) && !strings.HasPrefix(in, "@charset") {
			t.Fatalf("%q\ncleaned: %q\nas a style element: %q", in, out, cleaned)
		}
	})
}

func FuzzFeed(f *testing.F) {
	for _, s := range []string{
		inRSS(`<item><link>//evil.test</link></item><item><description><![CDATA[<script src=//evil.test></script>]]></description></item>`),
		`<?xml version="1.0"?><?xml-stylesheet href="#a"?><!DOCTYPE a [<!ENTITY b "c">]><feed><entry><content type="xhtml"><div><script src="//evil.test"/></div></content></entry></feed>`,
		`<urlset><url><loc>//evil.test</loc></url><url><loc>/a</loc><x:link xmlns:x="y" href="//evil.test"/></url></urlset>`,
		`<rss xml:base='//evil.test'><!-- --><channel/></rss>`, `<a><![CDATA[<?x?>]]><?x ?></a>`, `<!DOCTYPE rss [ "]>" ]><rss/>`, `<rss><a b="&lt;"/>&#x3c;</rss>`,
		`<svg><a href="//evil.test" b='c'/><image href="data:image/png,AAAA" x=y><link href="/a" <use xlink:href="//evil.test"`,
		`<x xmlns:h="http://www.w3.org/1999/xhtml"><h:link rel="preconnect" href="//evil.test"/><h:a href="&#10;//evil.test"/></x>`,
	} {
		f.Add(s)
	}
	c := newCleaner(f, strict(f))
	f.Fuzz(func(t *testing.T, in string) {
		if len(in) > 2<<10 {
			return
		}
		fuzzBody(t, c, MediumXML, in)
	})
}

func FuzzJSON(f *testing.F) {
	for _, s := range []string{
		`{"a":"<script src=//evil.test></script>","link":"//evil.test"}`, `["\u003cb onclick=\"eval(atob('x'))\"\u003e\ud83d\ude00\ud83d"]`, `)]}'[1,2.5e-3,null,{"a":{"b":[]}}]`,
		"{}\n[]\n\"<b>\"", `["<title>\/\\\"",true]`, `[1,]`,
	} {
		f.Add(s)
	}
	c := newCleaner(f, strict(f))
	f.Fuzz(func(t *testing.T, in string) {
		if len(in) > 2<<10 {
			return
		}
		if out, ok := fuzzBody(t, c, MediumJSON, in); ok {
			jsonShape(t, in, out)
		}
	})
}
