package clean

import (
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lachan-waf/lachan/policies"
)

// skimmedAlike checks that what is passed over is what would have been passed:
// byte by byte nothing is skimmed. Twice, as the second time more is familiar.
func skimmedAlike(t *testing.T, c *Cleaner, in string) {
	t.Helper()
	doc := Document{URL: "https://portal.example/a"}
	if len(in)%2 == 0 {
		doc.Nonce = "N1"
	}
	if len(in)%3 > 0 {
		in += strings.Repeat(" ", 2*wordRoom) // to be skimmed to the last tag
	}
	want, wanted := cleanBy(t, c, []byte(in), 1, doc)
	for range 2 {
		got, found := cleanBy(t, c, []byte(in), 0, doc)
		if got != want {
			t.Fatalf("%q\nskimmed: %q\nread:    %q", in, got, want)
		}
		if diff := cmp.Diff(wanted, found); diff != "" {
			t.Fatalf("%q\nfindings, -read +skimmed:\n%s", in, diff)
		}
	}
}

// tags that look plain, or nearly so.
var plainPieces = strings.Split(`<p>|</p>|<P CLASS="a b">|<div id='x' class="hide">|</div >|<a href="/x">|<a href="//evil.test/">|<a href="/\evil.test/">|<a href="/	/evil.test/">|<a href=" //evil.test">|<a href="/&#47;evil.test">|<a href="https://evil.test/">|<a href="https://portal.example/x" rel="y">|<a href="https://portal.example@evil.test/">|<a href="https://portal.example:8/">|<a href="https://a.gov.vn/x?y=//evil.test">|<a href="javascript:pwn=1">|<a href="java&#115;cript:pwn=1">|<a href="x:y">|<a href="x/y:z">|<a href="mailto:x@y">|</a>|<img src="/a.jpg" alt="x" srcset="/a 1x, //evil.test/b 2x">|<img src="/a.jpg" srcset="/a 1x, /b 2x"/>|<img src=x onerror="pwn=1">|<b onclick='pwn=1'>|<b data-x="1" data-y="2">|<b data-x="1" data-x="2">|<b id="1" id="2">|<b ID="1" id="2">|<b style="color:red">|<b style="background:url(//evil.test/x)">|<div style="display:none">|<style>.hide{display:none}</style>|<style>.x{color:red}</style>|<link rel="stylesheet" href="/x.css">|<link rel="stylesheet" href="//evil.test/x.css">|<link rel="canonical" href="https://evil.test/">|<link rel="canonical" href="/x">|<link rel="alternate" hreflang="id" href="https://evil.test/id">|<meta property="og:url" content="https://evil.test/">|<script type="application/ld+json">{"publisher":{"url":"https://evil.test"}}</script>|</head>|<meta charset="utf-8">|<meta http-equiv="refresh" content="0;url=//evil.test/">|<script src="/x.js"></script>|<script src=/x.js/></script>|<script src="/x.js" /></script>|<script nonce=a src="/x.js"></script>|<script id="s" nonce="a"></script>|<script src="https://evil.test/y.js"></script>|<script src="https://cdn.example/y.js" async></script>|<script></script>|<script type="importmap"></script>|<script type="speculationrules" ></script>|<script id="q">var b=2</script>|<script>a="<b>x</b>"</script>|<script>a="</Script>"</script>|<script>a="<!--<script>"</script>|<style>a{b:"</sTyle>"}</style>|<style>.y{c:"<p>"}</style>|<script type="text/javascript">var b=2</script>|<script type="text/x-template">var b=2</script>|<script>document.write("x")</script>|<style media="print">.hide{display:none}</style>|<style id="z">.x{color:red}</style>|<title>a</title>|<title>a<b></title>|<textarea name="t">a&b</textarea>|<textarea style="display:none">a</textarea>|<script id="a"/></script>|<iframe srcdoc="x"></iframe>|<iframe src="https://evil.test/"></iframe>|<script src="/x.js">|</script>|<script src="//evil.test/x.js"></script>|<script>var a=1</script>|<iframe src="/f"></iframe>|<iframe src="/f">|</iframe>|<!-- x -->|<!-- x --!>|<!--> |<!---->|<!--x> -->|<!--esi -->|<br/>|<br />|<hr / >|<input value="a>b" checked>|<input value='a"b' checked=checked>|<input formaction="//evil.test">|<form action="//evil.test/">|<form action="/s" method="get">|<base href="//evil.test/">|<base href="/x/">|<div id="q" class="b">|<div id="r">|<p id="q" style="display:block">|<style>#q{display:none}</style>|<style>p{display:none}</style>|<style>.hide{opacity:0}.hide.b{opacity:1}</style>|<script>document.write("<p hidden>")</script>|<script>document.getElementById("r").style.display="none"</script>|<details>|</details>|<div popover>|<div data-z popover=auto>|<dialog>|</dialog>|<video src="/a">|</video>|<datalist>|</datalist>|<rp>|</rp>|<canvas>|</canvas>|<style>.b .x,[data-x],[title=y]{display:none}</style>|<p class="x" title=y>|<a href="//evil.test/">casino</a>|<a href="//evil.test/">x</a><a href="//evil.test/">y</a>|<table background="//evil.test/x">|<table>|<tr>|<td nowrap>|</table>|<colgroup>|<col>|<template>|</template>|<select>|<option>|</select>|<noscript>|</noscript>|<svg>|<path d="M0 0">|</svg>|<title>|</title>|<body>|</body>|</html>|<head>|<!DOCTYPE html>|<!doctype HTML>|<!doctype html|<link rel="canonical" href="https://portal.example/x">|<link rel="alternate" hreflang="vi" href="https://portal.example/x">|text|<|>|"|'|=|`+"\x00|\f|\r\n", "|")

func TestSkim(t *testing.T) {
	site := portal(t)
	lenient := newCleaner(t, site)
	strict := *site
	strict.Response.InlineScripts, strict.Response.Allow.Media = policies.ScriptsKnown, nil
	c := newCleaner(t, &strict)
	random := rand.New(rand.NewPCG(3, 4))
	for range 20000 {
		var doc strings.Builder
		for range 1 + random.IntN(10) {
			piece := plainPieces[random.IntN(len(plainPieces))]
			if random.IntN(20) == 0 && len(piece) > 1 { // cut somewhere
				piece = piece[:random.IntN(len(piece))]
			}
			doc.WriteString(piece)
		}
		skimmedAlike(t, c, doc.String())
		skimmedAlike(t, lenient, doc.String())
	}
}

// TestSkimTags checks tags whose attributes come in every order, twice, in both
// cases and in every spelling, so that what is remembered of one tag is held
// against others that begin alike.
func TestSkimTags(t *testing.T) {
	c := newCleaner(t, portal(t))
	random := rand.New(rand.NewPCG(5, 6))
	pick := func(from string) string {
		list := strings.Split(from, "|")
		return list[random.IntN(len(list))]
	}
	for range 20000 {
		doc := new(strings.Builder)
		for range 1 + random.IntN(6) {
			name := pick("p|div|h1|h\x11|a|img|li|script|iframe|textarea|body|head|html|link|input|P|x-y")
			if random.IntN(4) == 0 {
				name = strings.ToUpper(name)
			}
			doc.WriteString("<" + name)
			for range random.IntN(5) {
				doc.WriteString(pick(" | | | |  |\n|\t\t\t|/|") + pick("class|id|href|src|style|hidden|title|data-a|data-b|nonce|type|CLASS|srcset|async|onclick|aria-labelledby|a-name-that-is-longer|name|rel"))
				doc.WriteString(pick(`="/x"|="/x"|='/x'|=""|=|=x|=/x|=/x/|=a'b|=https://portal.example/z|=https://evil.test/z||| ="y"|= "y"|="https://portal.example/y"|="//evil.test/"|="https://evil.test/"|="hide"|="canonical"|="a>b"|="'"|="a very long value that is not found in the first few words of it, or in those after"`))
			}
			doc.WriteString(pick(">|>|>|/>| />|") + pick("||text|\n"))
			if random.IntN(2) == 0 {
				doc.WriteString("</" + pick(name+"|"+name+"|li|html|body|head|P") + pick(">|>|>|/>| >|"))
			}
		}
		skimmedAlike(t, c, doc.String())
	}
}

// TestSkimHead checks that what a head says of whose page it is counts the same
// when its tags are known, and only up to the body.
func TestSkimHead(t *testing.T) {
	c := newCleaner(t, portal(t))
	const others = `<link rel="alternate" hreflang="id" href="https://evil.test/id"><link rel="alternate" hreflang="th" href="https://evil.test/th"><link rel="alternate" hreflang="km" href="https://evil.test/km">`
	for _, doc := range []string{
		`<!DOCTYPE html><html><head>` + others + `</head><body>text</body></html>`,
		`<!DOCTYPE html><html><head><link rel="canonical" href="https://portal.example/x">` + others + `</head><body>text</body></html>`,
		`<!DOCTYPE html><html><head><link rel="alternate" hreflang="vi" href="/x">` + others + `</head><body>text</body></html>`,
		`<!DOCTYPE html><html><body>` + others + `</body></html>`,
		`<!DOCTYPE html><html><head></head>` + others + `</html>`,
		`<template><body></template>` + others,
	} {
		skimmedAlike(t, c, doc)
		skimmedAlike(t, c, doc+" ")
	}
}

func FuzzSkim(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Add(strings.Join(plainPieces[:40], ""))
	f.Add(strings.Join(plainPieces[40:], ""))
	c := newCleaner(f, portal(f))
	f.Fuzz(func(t *testing.T, in string) {
		if len(in) < 4<<10 {
			skimmedAlike(t, c, in)
		}
	})
}

func TestWords(t *testing.T) {
	for name, want := range map[string]int{
		"p>": 1, "DIV ": 3, "section>": 7, "figcaption/": 10, "aria-labelledby=": 15, "aria-describedby=": 0, "blockquote\n": 10,
		"": 0, "=x": 0, "a-name-that-is-longer ": 0, "\x00": 0,
	} {
		room := []byte(name + strings.Repeat(" ", wordRoom))
		w, n := readWord(room)
		if n != want || n > 0 && w != wordOf(lowerString(room[:n])) {
			t.Errorf("%q: %d bytes, want %d", name, n, want)
		}
	}
}

// A page of which nothing is removed costs no memory once its values are
// familiar.
func TestCleanPageAllocatesNothing(t *testing.T) {
	c := newCleaner(t, portal(t))
	page := []byte(cleanPage(50_000))
	if n := testing.AllocsPerRun(100, func() {
		w := c.NewWriter(io.Discard, Document{URL: pageURL})
		w.Write(page)
		w.Close()
	}); n >= 1 && !raceDetector {
		t.Errorf("%v allocations", n)
	}
}
