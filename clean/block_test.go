package clean

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lachan-waf/lachan/policies"
)

// planted are links as they stand in a spam block.
const planted = `<a href="https://x.test/">a</a>, <a href="https://y.test/">b</a>`

// TestHidingPlaces: wherever the links are hidden, nothing of the block is left.
func TestHidingPlaces(t *testing.T) {
	blocks := map[string]string{
		"attribute":          `<div hidden>%s</div>`,
		"display":            `<div style="display:none">%s</div>`,
		"important":          `<div style="DISPLAY : none ! important ;">%s</div>`,
		"important first":    `<div style="display:none!important;display:block">%s</div>`,
		"no value behind":    `<div style="display:none;display:nothing">%s</div>`,
		"two values behind":  `<div style="display:none;display:in line">%s</div>`,
		"no property behind": `<div style="display:none;dis play:block">%s</div>`,
		"visibility, no":     `<div style="visibility:hidden;visibility:no">%s</div>`,
		"opacity, no":        `<div style="opacity:0;opacity:1x">%s</div>`,
		"placed, no":         `<div style="z-index:-1;z-index:x;position:absolute;position:x">%s</div>`,
		"flat, no":           `<div style="line-height:0;line-height:x;overflow:hidden">%s</div>`,
		"string behind":      `<div style="display:none;font-family:'a;display:block'">%s</div>`,
		"escaped quote":      `<div style="display:none;font-family:'\';display:block'">%s</div>`,
		"url behind":         `<div style="display:none;background:url(a;display:block;)">%s</div>`,
		"brackets behind":    `<div style="display:none;--a:{;display:block;} display:block;--b:(;display:block;)">%s</div>`,
		"far in its style":   `<div style="--a:` + strings.Repeat("a", 5000) + `;display:none">%s</div>`,
		"comment":            `<div style="dis/**/play:/* x */none">%s</div>`,
		"escape":             `<div style="d\69splay:\6eone">%s</div>`,
		"reference":          `<div style="display&#58;n&#111;ne">%s</div>`,
		"visibility":         `<div style='visibility:hidden'>%s</div>`,
		"left":               `<div style="position:absolute;left:-9999px">%s</div>`,
		"top":                `<div style="position: absolute; top: -5000px">%s</div>`,
		"far right":          `<div style="position:absolute;left:9999px">%s</div>`,
		"margin":             `<div style="margin:0 0 0 -3000px">%s</div>`,
		"exponent":           `<div style="position:absolute;left:-9e3px">%s</div>`,
		"em":                 `<div style="position:absolute;left:-200em">%s</div>`,
		"calc":               `<div style="position:absolute;left:calc(0px - 9999px)">%s</div>`,
		"indent":             `<p style="text-indent:-9999px">%s</p>`,
		"font":               `<font style="font-size:0">%s</font>`,
		"small font":         `<span style="font-size:1px">%s</span>`,
		"line":               `<div style="line-height:0;overflow:hidden">%s</div>`,
		"opacity":            `<div style="opacity:0">%s</div>`,
		"opacity in percent": `<div style="opacity:1%%">%s</div>`,
		"filter":             `<div style="filter:opacity(0)">%s</div>`,
		"filter of old":      `<div style="filter:alpha(opacity=0)">%s</div>`,
		"tiny":               `<div style="overflow:hidden;height:1px;width:1px">%s</div>`,
		"no height":          `<div style="max-height:0;overflow:hidden">%s</div>`,
		"clip":               `<div style="position:absolute;clip:rect(0 0 0 0)">%s</div>`,
		"clip of a pixel":    `<div style="position:absolute;clip:rect(1px, 1px, 1px, 1px)">%s</div>`,
		"clip path":          `<div style="clip-path:inset(100%%)">%s</div>`,
		"transform":          `<div style="transform:scale(0)">%s</div>`,
		"shift":              `<div style="transform:translateX(-9999px)">%s</div>`,
		"behind":             `<div style="position:absolute;z-index:-1">%s</div>`,
		"colour":             `<div style="color:#FFFFFF;background:white">%s</div>`,
		"colour, no":         `<div style="color:#fff;background:#fff;color:nothing">%s</div>`,
		"transparent":        `<div style="color:rgba(0,0,0,0)">%s</div>`,
		"content":            `<div style="content-visibility:hidden">%s</div>`,
		"self-closing":       `<div style="display:none" />%s</div>`,
		"marquee":            `<marquee width=1 height=1>%s</marquee>`,
		"fast marquee":       `<marquee scrollamount="99999">%s</marquee>`,
		"section":            `<section hidden></p></span></b>%s</section>`,
		"unknown":            `<x-y style="display:none">%s</x-y>`,
		"unknown end tag":    `<div hidden></x></label></font>%s</div>`,
		"end of what is not": `<div hidden></section></ul></td></table></fieldset></form>%s</div>`,
		"end in a custom":    `<x-y hidden></x></b>%s</x-y>`,
		"cell in no table":   `<div hidden><td><tr>%s</div>`,
		"item in a section":  `<li hidden><section><li>%s</section></li>`,
		"term in a table":    `<dd hidden><center><dt>%s</center></dd>`,
		"paragraph's button": `<p hidden><button><div>%s</div></button></p>`,
		"deep":               `<div hidden>` + strings.Repeat("<b>", maxOpened+9) + `<div></div>%s` + strings.Repeat("</b>", maxOpened+9) + `</div>`,
		"list":               `<ul hidden><li><ul><li>x<li>y</ul><li>%s</ul>`,
		"table":              `<table hidden><tr><td>%s<td>x</table>`,
		"drawing":            `<svg hidden><a href="https://x.test/">a</a><a href="https://y.test/">b</a></svg>`,
		"with a select":      `<div hidden><select><option>x%s</div>`,
		"with a template":    `<div hidden><template><b>%s</div>`,
		"with a drawing":     `<div hidden><svg><g><text>x</text>%s</div>`,
		"with a style":       `<div hidden><style>p{}</style>%s<textarea>x</textarea></div>`,
		"areas":              `<div hidden><map><area href="https://x.test/"><area href="https://y.test/"></map></div>`,
		"comments":           `<div style="display:none"><!-- a -->%s<!-- </div> --></div>`,
		"dialogue":           `<dialog style="display:none">%s</dialog>`,
		"closed dialogue":    `<dialog>%s</dialog>`,
		"popover":            `<div id="p" popover="manual">%s</div>`,
		"POPOVER":            `<div POPOVER>%s</div>`,
		"datalist":           `<datalist id="d"><option>a</option>%s</datalist>`,
		"rp":                 `<rp>%s</rp>`,
		"canvas":             `<canvas><a href="https://x.test/">slot gacor</a> <a href="https://y.test/">b</a></canvas>`,
		"video":              `<video src="/a.mp4"><a href="https://x.test/">slot gacor</a> <a href="https://y.test/">b</a></video>`,
		"audio":              `<audio><a href="https://x.test/">slot gacor</a> <a href="https://y.test/">b</a></audio>`,
		"noscript":           `<noscript><a href="https://x.test/">slot gacor</a> <a href="https://y.test/">b</a></noscript>`,
		"closed details":     `<details><summary>x</summary><a href="https://x.test/">tài xỉu</a> <a href="https://y.test/">b</a></details>`,
	}
	for name, block := range blocks {
		if strings.Contains(block, "%s") {
			block = fmt.Sprintf(block, planted)
		}
		gone(t, name, "", block)
	}
}

// TestHidingValues: however the value of a declaration is spelled, and computed.
func TestHidingValues(t *testing.T) {
	c := newCleaner(t, portal(t))
	for _, style := range strings.Split(`opacity:calc(0)|opacity:-1|opacity:0%|opacity:calc((1 - 1)*2)|font-size:calc(0px)|font-size:.01em|font-size:min(0px,2em)|font:0/0 a|font:italic 700 0 a
left:-100vw|left:calc(-1*9999px)|left:calc(100% - 9999px)|left:calc(-50vw - 50vw)|margin-left:calc(-1*9999px)|margin:0 0 0 calc(2*-400px)|text-indent:-100vw|inset:0 auto auto -200cm|left:-9999pt
transform:matrix(0,0,0,0,0,0)|transform:matrix(1,0,0,1,-9999,0)|transform:scale(0)|transform:scaleX(0)|transform:scale(1,0)|transform:rotate(5deg) scale( 0% )|transform:rotateY(90deg)|transform:rotateX(.25turn)|transform:translateX(-9999px)|transform:translate(-100vw)|transform:translate(0, calc(-1 * 900px))|scale:0|scale:1 0|rotate:y 90deg|translate:0 -9999px
clip-path:inset(100%)|clip-path:inset(0 0 100% 0 round 2px)|clip-path:inset(50%)|clip-path:circle(0)|clip-path:circle(0 at 9px 9px)|clip-path:ellipse(0 0)|clip-path:polygon(0 0)|clip-path:polygon(50% 50%,50% 50%,50% 50%)|clip-path:polygon(evenodd,0 0,9px 0,99px 0)|clip-path:xywh(0 0 0 0)|clip-path:rect(0 0 0 0)|clip-path:rect(9px 9px 9px 9px)|clip-path:path("M0 0")|clip:rect(9px,9px,9px,9px)|clip:rect(calc(0px) 0 0 0)
color:rgb(0 0 0 / 0)|color:rgb(0 0 0/0%)|color:hsla(0,0%,0%,0)|color:#0000|color:#12345600|color:transparent|color:hsl(9deg 9% 9% / .01)|color:hwb(0 0% 0% / 0)
color:#fff;background:rgb(255 255 255)|color:snow;background:#fffafa|color:hsl(0,0%,100%);background:white|color:hsl(120 100% 50%);background:lime|color:hwb(240 0% 0%);background-color:blue|background:#FFFFFFFF;color:rgb(100%,100%,100%)|color:#fefefe;background:#fff
-webkit-text-fill-color:transparent|-webkit-text-fill-color:#0000;color:red|mask-image:linear-gradient(transparent,transparent)|-webkit-mask:linear-gradient(to right, #0000, rgb(0 0 0 / 0) 50%)|filter:opacity(calc(0%))|filter:blur(1px) opacity( 0 )|overflow:hidden;height:calc(1px - 1px)`, "|") {
		for _, style := range strings.Split(style, "\n") {
			in := `a<div style='` + style + `'>` + planted + `</div>b`
			if out := stable(t, c, in); out != "ab" {
				t.Errorf("%s\ncleaned: %s", style, out)
			}
		}
	}
}

// TestShowingValues: what is computed to be seen keeps its words, and so does
// what cannot be computed, or counts for nothing in a browser.
func TestShowingValues(t *testing.T) {
	c := newCleaner(t, portal(t))
	for _, style := range strings.Split(`opacity:calc(1 - 0)|opacity:calc(0|opacity:var(--x)|opacity:calc(0/0)|opacity:10%|font-size:calc(1px*16)|font-size:clamp(1rem,2vw,3rem)|font-size:1em|font-size:100%|font:700 1em/1 a|font:400 12px a
left:-100%|left:-60vw|left:calc(50% - 600px)|left:calc(-100% - 20px)|left:calc(1px-9999px)|left:calc(-9999)px|margin:0 auto|margin:-20px 0|text-indent:-2em|transform:translate(-50%,-50%)|transform:translateX(-100%)|transform:scale(-1)|transform:scaleX(-1)|transform:scale3d(1,1,0)|transform:rotate(90deg)|transform:rotateY(180deg)|transform:rotateY(90deg) translateZ(9em)|transform:matrix(1,0,0,1,0,0)|transform:matrix(0,1,-1,0,0,0)|rotate:90deg
clip-path:inset(10%)|clip-path:inset(0 0 50% 0)|clip-path:circle(50%)|clip-path:circle()|clip-path:circle(calc(1px/0))|clip-path:polygon(0 0,100% 0,50% 100%)|clip-path:xywh(0 0 100% 100%)|clip-path:rect(0 100% 100% 0)|clip-path:path("M0 0h9v9z")|clip-path:url(#a)|clip:rect(auto,auto,auto,auto)
color:rgb(0 0 0 / 1)|color:rgb(0,0,0)|color:#0001f|color:#00f0f0|color:hsla(0,0%,0%,.9)|color:#fff;background:#fff url(a.png)|color:#fff;background:linear-gradient(#000,#fff)|color:#fff;background:rgba(255,255,255,.1)|color:#fff;background:#eee|color:red;background:var(--x)|color:#fff;background:white;background:black
-webkit-text-fill-color:transparent;background-clip:text|-webkit-text-fill-color:red;color:transparent|mask-image:linear-gradient(#000,transparent)|mask:linear-gradient(transparent,transparent),url(a.png)|mask-image:url(a.svg)|filter:opacity(.5)|filter:opacity|overflow:hidden;height:calc(1px + 1em)`, "|") {
		for _, style := range strings.Split(style, "\n") {
			start := `<div style='` + style + `'>`
			if out := stable(t, c, start+planted); out != start+"a, b" {
				t.Errorf("%s\ncleaned: %s", style, out)
			}
		}
	}
}

// TestHidingSheets: so where a style element of the page hides them.
func TestHidingSheets(t *testing.T) {
	for name, test := range map[string]struct{ sheet, start, end string }{
		"class":             {`.x{display:none}`, `<div class="a x b">`, "</div>"},
		"id":                {`#x{position:absolute;left:-9999px}`, `<div id="x">`, "</div>"},
		"element":           {`div.x{display:none}`, `<div class=x>`, "</div>"},
		"element and id":    {`p,div#x , b{display:none}`, `<div id=x>`, "</div>"},
		"type":              {`noindex{display:none}`, `<noindex>`, "</noindex>"},
		"body":              {`html body > .x{visibility:hidden}`, `<p class=x>`, "</p>"},
		"all media":         {`@media all{p{}.x{display:none}}`, `<p class=x>`, "</p>"},
		"screen":            {`@media only screen { .x { display : none } }`, `<p class=x>`, "</p>"},
		"any screen":        {`@media screen and (min-width:1px){.x{display:none}}`, `<p class=x>`, "</p>"},
		"supports":          {`@supports (display:block){@layer a{.x{display:none}}}`, `<p class=x>`, "</p>"},
		"after others":      {`@import "a.css";@font-face{font-family:x}.y{}.x{display:none`, `<p class=x>`, "</p>"},
		"comments":          {`/*}*/.x/**/{dis/**/play:none}/*{*/`, `<p class=x>`, "</p>"},
		"escapes":           {`.\78 {d\69splay:none}`, `<p class=x>`, "</p>"},
		"case":              {`.X{display:none}`, `<p class=x>`, "</p>"},
		"two classes":       {`.x.y{display:none}`, `<p class="y x">`, "</p>"},
		"shown in vain":     {`.x{left:-9999px}.x.y{display:block}`, `<p class="x y">`, "</p>"},
		"important":         {`.x{display:none!important}.x.y{display:block}`, `<p class="x y">`, "</p>"},
		"hidden later":      {`.x{display:block}.x{display:none}`, `<p class="x">`, "</p>"},
		"any of a class":    {`*.x{display:none}`, `<p class="x">`, "</p>"},
		"root":              {`:root .x{display:none}`, `<p class="x">`, "</p>"},
		"old comment":       {"<!--\n.x{display:none}\n-->", `<p class="x">`, "</p>"},
		"opening string":    {`@media print{a{content:"{"}}.x{display:none}`, `<p class="x">`, "</p>"},
		"comment string":    {`a{content:"/*"}.x{display:none}b{content:"*/"}`, `<p class="x">`, "</p>"},
		"shown in string":   {`.x{display:none;content:";display:block;"}a{content:"}.x{display:block}"}`, `<p class="x">`, "</p>"},
		"shown in no rule":  {`.x{display:none};.x{display:block}`, `<p class="x">`, "</p>"},
		"shown nowhere":     {`.x{display:none}@supports (a:b){.x{display:block}}@media print{.x{display:block}}`, `<p class="x">`, "</p>"},
		"on no screen":      {`.x{display:none}@media (min-width:99999px){.x{display:block}}@media (min-width:900px) and (max-width:400px){.x{display:block}}@media not all and (min-width:9px){.x{display:block}}`, `<p class="x">`, "</p>"},
		"behind many shown": {strings.Repeat(`.a{display:block}`, 2*maxSelectors) + `.x{display:none}`, `<p class="x">`, "</p>"},
		"shown in a layer":  {`.x{display:none}@layer a{.x.x{display:block}}`, `<p class="x">`, "</p>"},
		"layer's important": {`@layer a{.x{display:none!important}}.x.x{display:block!important}`, `<p class="x">`, "</p>"},
		"nested rule":       {`.x{&:hover{color:red}display:none}`, `<p class="x">`, "</p>"},
		"important style":   {`.x{display:block!important}`, `<p class="x" style="display:block;display:none!important">`, "</p>"},
	} {
		sheet := "<style>" + test.sheet + "</style>"
		gone(t, name, sheet, test.start+planted+test.end)
	}
}

// TestHidingScripts: so where a script before them does.
func TestHidingScripts(t *testing.T) {
	for name, test := range map[string]struct{ head, block, left string }{
		"style of an id":    {`<script>document.getElementById("x").style.display = "none";</script>`, `<div id="x">%s</div>`, ""},
		"another property":  {`<script>document.getElementById('x').style.fontSize="0"</script>`, `<div id="x">%s</div>`, ""},
		"all of its style":  {`<script>document.getElementById('x').style.cssText="position:absolute;left:-9999px"</script>`, `<div id="x">%s</div>`, ""},
		"written style":     {`<script>document.write('<style>#x{display:none}</style>')</script>`, `<div id="x">%s</div>`, ""},
		"written start tag": {`<script>document.write("<div style=\"display:none\">");</script>`, `%s`, `<script>document.write("</div>")</script>`},
		"in halves":         {`<script>document.write('<di'+'v style="display'+':none">')</script>`, `%s`, `<script>document.write('<\/div>')</script>`},
		"percent":           {`<script>document.write(unescape('%%3Cdiv%%20hidden%%3E'))</script>`, `%s`, `</div>`},
		"with a parent":     {`<section><script>document.write('<div hidden>')</script>`, `%s<p>`, `</section>`},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCleaner(t, portal(t))
			head := strings.ReplaceAll(test.head, "%%", "%")
			in := head + fmt.Sprintf(test.block, planted) + test.left + "<p>c</p>"
			if out := stable(t, c, in); out != head+test.left+"<p>c</p>" {
				t.Errorf("%s\ncleaned: %s", in, out)
			}
		})
	}
	c := newCleaner(t, portal(t))
	for _, head := range []string{
		`<script>function f(){document.getElementById("x").style.display="none"}</script><div id="x">`,
		`<script>document.getElementById("x").style.display="block"</script><div id="x">`,
		`<script>document.write('<div style="display:none"><b>x</b></div>')</script><div id="x">`,
		`<script>document.getElementById(x).style.display="none"</script><div id="x">`,
	} {
		if out := stable(t, c, head+planted); out != head+"a, b" {
			t.Errorf("%s became %s", head+planted, out)
		}
	}
}

// gone checks that block goes as a whole, behind head, however it is cut, and
// leaves one finding of all of it; and that nothing of it goes under report.
func gone(t *testing.T, name, head, block string) {
	t.Run(name, func(t *testing.T) {
		for _, policy := range []policies.LinkPolicy{policies.LinksAllowlist, policies.LinksSignals} {
			site := portal(t)
			site.Response.Links = policy
			c := newCleaner(t, site)
			in := head + "<main>a" + block + "<p>c</p></main>d"
			want := head + "<main>a<p>c</p></main>d"
			if out := stable(t, c, in); out != want {
				t.Fatalf("%s: %s\ncleaned: %s\nwant:    %s", policy, in, out, want)
			}
			_, findings := cleanString(t, c, in)
			if len(findings) != 1 || findings[0].Kind != "link" || !findings[0].Removed || findings[0].Host != "x.test" {
				t.Errorf("%+v", findings)
			}
		}
		site := portal(t)
		site.Response.Links = policies.LinksReport
		in := head + block
		out, findings := cleanString(t, newCleaner(t, site), in)
		if !strings.Contains(out, "x.test") || !strings.Contains(out, "y.test") {
			t.Errorf("under report: %s", out)
		}
		// What hides by its nature needs the lexicon, which reads nothing under report.
		if veil := strings.Contains(block, ">slot gacor<") || strings.HasPrefix(block, "<details"); len(findings) != 1 && !veil || findings[0].Removed {
			t.Errorf("under report: %+v", findings)
		}
	})
}

// TestHiddenStays: what pages hide for their own reasons stays byte for byte.
func TestHiddenStays(t *testing.T) {
	c := newCleaner(t, portal(t))
	for name, in := range map[string]string{
		"menu":               `<ul class="mobile" style="display:none"><li><a href="/a">a</a><li><a href="/b">b</a></ul>`,
		"languages":          `<div hidden><a href="https://en.portal.gov.vn/">English</a><a href="https://vi.portal.gov.vn/">Tiếng Việt</a></div>`,
		"for screen readers": `<style>.sr-only{position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0,0,0,0)}</style><span class="sr-only">Đến <a href="#noi-dung">nội dung</a></span>`,
		"skip link":          `<a class="screen-reader-text" style="clip:rect(1px,1px,1px,1px)" href="#noi-dung">Đến nội dung</a>`,
		"tabs":               `<style>.tab{display:none}.tab.on{display:block}</style><div class="tab on"><a href="/1">1</a></div><div class="tab"><a href="/2">2</a></div>`,
		"dialogue":           `<div id="m" style="display:none"><h2>Đăng nhập</h2><a href="javascript:void(0)">x</a><form action="/login"><input name="u"></form></div>`,
		"honeypot":           `<p style="left:-9999px;position:absolute"><label>Để trống<input name="website" tabindex="-1"></label></p>`,
		"counter":            `<div style="display:none"><img src="https://count.test/1.gif"></div>`,
		"without scripts":    `<noscript><p>Hãy bật <a href="/huong-dan">JavaScript</a></p></noscript>`,
		"closed dialogue":    `<dialog id="m"><nav><a href="/a">a</a><a href="/b">b</a></nav><a href="https://thongtin.gov.vn/">c</a></dialog>`,
		"popover":            `<button popovertarget="m">x</button><nav id="m" popover><a href="/a">a</a><a href="/b">b</a></nav>`,
		"options":            `<input list="d"><datalist id="d"><option value="a"><option value="b"></datalist>`,
		"ruby":               `<ruby>漢<rp>(</rp><rt>Hán</rt><rp>)</rp></ruby>`,
		"fallback":           `<video src="/a.mp4" controls><p>Tải <a href="/a.mp4">MP4</a> hoặc <a href="/a.webm">WebM</a></p></video>`,
		"chart":              `<canvas id="c"><table><tr><td>1<td>2</table></canvas>`,
		"template":           `<template id="t"><li><a href="/x">x</a></li></template>`,
		"one link shown":     `<div style="height:0"><p>x</p></div>`,
		"gradient":           `<h1 style="color:transparent;background-clip:text"><a href="/a">a</a></h1>`,
	} {
		t.Run(name, func(t *testing.T) {
			if out := stable(t, c, in); out != in {
				t.Errorf("%s\ncleaned: %s", in, out)
			}
		})
	}
}

// TestVisible: what only looks hidden keeps its words.
func TestVisible(t *testing.T) {
	c := newCleaner(t, portal(t))
	for name, test := range map[string]struct{ head, start string }{
		"hidden from readers aloud":  {"", `<div aria-hidden="true">`},
		"half a scale":               {"", `<div style="transform:scale(0.5)">`},
		"wide clip":                  {"", `<div style="clip:rect(0,200px,40px,0)">`},
		"no height, not cut":         {"", `<div style="height:0">`},
		"off canvas":                 {"", `<div style="left:-100%">`},
		"colours":                    {"", `<div style="color:#fff;background:#fff000">`},
		"gradient":                   {"", `<div style="background-clip:text;color:transparent">`},
		"shown again":                {"", `<div style="display:none;display:block">`},
		"on paper":                   {`@media print{.x{display:none}}`, `<div class="x">`},
		"on telephones":              {`@media (max-width:768px){.x{display:none}}`, `<div class="x">`},
		"without scripts":            {`.no-js .x{display:none}`, `<div class="x">`},
		"the open tab":               {`.x{display:none}.x.on{display:block}`, `<div class="x on">`},
		"the open tab by style":      {`.x{display:none}`, `<div class="x" style="display:block">`},
		"another element":            {`span.x{display:none}`, `<div class="x">`},
		"both classes":               {`.x.y{display:none}`, `<div class="x">`},
		"all but some":               {`li:not(.w,.x,.y){display:none}`, `<li class="x">`},
		"behind a rule that is none": {`}.x{display:none}`, `<div class="x">`},
		"on wide screens":            {`.hidden{display:none}@media (min-width:1024px){.lg\:flex{display:flex}}`, `<div class="hidden lg:flex">`},
		"on medium screens":          {`.a{display:none}@media only screen and (min-width:48em) and (max-width:1199.98px){.b{display:block}}`, `<div class="b a">`},
		"layer":                      {`@layer a{.hidden{display:none}@media (width>=64rem){.lg\:flex{display:flex}}}`, `<div class="hidden lg:flex">`},
		"shown before":               {`.tab.on{display:block}.tab{display:none}`, `<div class="tab on">`},
		"pseudo":                     {`.x:not(.y){display:none}`, `<div class="x y">`},
		"page while it loads":        {"", `<body style="opacity:0">`},
		"page by rule":               {`body{visibility:hidden}`, `<body>`},
		"in a hidden frame's wake":   {"", `<iframe src="https://www.youtube.com/" style="display:none"></iframe><div>`},
		"in a hidden text's wake":    {"", `<textarea hidden></textarea><div>`},
		"open details":               {"", `<details open>`},
		"details about anything":     {"", `<details>`},
		"noscript about anything":    {"", `<noscript>`},
		"video about anything":       {"", `<video>`},
		"canvas about anything":      {"", `<canvas>`},
		"object":                     {"", `<object>`},
		"open dialogue":              {"", `<dialog open>`},
		"dialogue by rule":           {`dialog{display:flex}`, `<dialog>`},
		"dialogue by style":          {"", `<dialog style="display:block">`},
		"popovers by rule":           {`[popover]{display:block}`, `<div popover>`},
		"popover by rule":            {`#p{display:block}`, `<div id="p" popover>`},
		"ticks":                      {`datalist{display:flex}`, `<datalist>`},
		"a form's end":               {"", `<form><p hidden>x</form>`},
		"a section's end":            {"", `<section><div hidden>x</section>`},
		"a heading's end":            {"", `<h2><span hidden>x</h3>`},
		"a cell's end":               {"", `<table><tr><td><div hidden>x</td>`},
		"an unknown one's":           {"", `<x><y hidden>x</x>`},
		"next item":                  {"", `<ul><li hidden>x<li>`},
		"next cell":                  {"", `<table><tr><td><div hidden>x<td>`},
		"behind a closed parent":     {"", `<section><ul><li hidden><p>x</ul></section><div>`},
	} {
		t.Run(name, func(t *testing.T) {
			in := test.start + planted
			if test.head != "" {
				in = "<style>" + test.head + "</style>" + in
			}
			want := strings.Replace(in, planted, "a, b", 1)
			if out := strings.TrimSuffix(stable(t, c, in), "</noscript>"); out != want {
				t.Errorf("%s\ncleaned: %s\nwant:    %s", in, out, want)
			}
		})
	}
}

// TestMenus: where the links to other hosts are fewer than the others they go
// by themselves, and the block stays.
func TestMenus(t *testing.T) {
	c := newCleaner(t, portal(t))
	for in, want := range map[string]string{
		`<nav hidden><a href="/1">1</a><a href="/2">2</a><a href="https://sub.gov.vn/">3</a>` + planted + `</nav>`: `<nav hidden><a href="/1">1</a><a href="/2">2</a><a href="https://sub.gov.vn/">3</a>, </nav>`,
		`<nav hidden><a href="/1">1</a><a href="/2">2</a>` + planted + `</nav>`:                                    ``,
		`<nav hidden><p>x <a href="https://x.test/">một</a></p></nav>`:                                             `<nav hidden><p>x </p></nav>`,
	} {
		if out := stable(t, c, in); out != want {
			t.Errorf("%s\ncleaned: %s\nwant:    %s", in, out, want)
		}
	}
}

// TestBlockEnds: the page behind a block is left alone, and so is what else
// the block stood in.
func TestBlockEnds(t *testing.T) {
	c := newCleaner(t, portal(t))
	for name, test := range map[string]struct{ in, want string }{
		"ruby text":        {`<ruby>x<rp>` + planted + `<rt>y` + planted + `<rp>)</ruby>b`, `<ruby>x<rt>ya, b<rp>)</ruby>b`},
		"parent":           {`<main><div hidden><p>` + planted + `</main>b`, `<main></main>b`},
		"end of what was":  {`<form><section></section><h2>x</h2><div hidden></section></form>` + planted + `</div></form>b`, `<form><section></section><h2>x</h2></form>b`},
		"end in a span":    {`<b>x</b><span hidden></b></x>` + planted + `</span>b`, `<b>x</b>b`},
		"end of a link":    {`<a href="//x.test/">x</a><span hidden></a>` + planted + `</span>b`, `xb`},
		"body in it":       {`<body><div hidden></body>` + planted + `</div>b`, `<body><div hidden></body>, </div>b`},
		"body behind it":   {`<body><div hidden>` + planted + `</body>` + planted + `</div>b`, `<body></body>, </div>b`},
		"body":             {`<body><div hidden><div><p>` + planted + `</body></html>`, `<body></body></html>`},
		"end of document":  {`a<div hidden>` + planted + `<p>b`, `a`},
		"cut":              {`a<div hidden>` + planted + `<p title="`, `a`},
		"next paragraph":   {`<p hidden>` + planted + `<p>b`, `<p>b`},
		"own kind":         {`<div hidden><div>` + planted + `</div>x</div>b`, `b`},
		"select":           {`<select><option hidden>` + planted + `<option>b</select><xmp></xmp>`, `<select><option>b</select><xmp></xmp>`},
		"open select":      {`<div hidden><select>` + planted + `</div><xmp>b</xmp>`, `<xmp>b</xmp>`},
		"hidden select":    {`<select hidden>` + planted + `</select><xmp>b</xmp>`, `<xmp>b</xmp>`},
		"open template":    {`<div hidden><template>` + planted + `</div><col><style>b{}</style>`, `<col><style>b{}</style>`},
		"open noscript":    {`<div hidden><noscript>` + planted + `</div><p title="<b>">b`, `<p title="<b>">b`},
		"open drawing":     {`<div hidden><svg><desc>x</desc>` + planted + `</div><b>b</b>`, `<b>b</b>`},
		"before a tag":     {`<<div hidden>` + planted + `</div>b>`, `<<!---->b>`},
		"script in it":     {`<div hidden><script src="//evil.test/"></script>` + planted + `</div>b`, `b`},
		"link around it":   {`<a href="/x"><span hidden>` + planted + `</span></a>b`, `<a href="/x"></a>b`},
		"held link":        {`<a href="https://z.test/"><span hidden>` + planted + `</span></a>b`, `<span hidden>, </span></a>b`},
		"two of them":      {`<div hidden>` + planted + `</div>b<div hidden>` + planted + `</div>`, `b`},
		"stray end tags":   {`<div><div hidden></i></span></br></p>` + planted + `</div>b</div>`, `<div>b</div>`},
		"foreign link":     {`<svg hidden><a href="//evil.test/">x</a><a href="//evil.test/">y</a></svg><script>b</script>`, `<script>b</script>`},
		"after a removal":  {`<script src="//evil.test/"></script><div hidden>` + planted + `</div>` + "\ufeffb", `<!---->` + "\ufeffb"},
		"deep":             {`<div hidden>` + strings.Repeat("<b>", maxOpened+9) + `</div>` + planted, `<div hidden>` + strings.Repeat("<b>", maxOpened+9) + `</div>a, b`},
		"a select behind":  {`<template><a href="//x.test/">cá cược</a><a href="//y.test/">b</a><select hidden><style>p{}</style>`, `<select hidden>p{}</style>`},
		"a noscript first": {`<noscript><a href="https://x.test/">nhà cái</a><div hidden>` + planted + `</div></noscript>b`, `<noscript></noscript>b`},
	} {
		t.Run(name, func(t *testing.T) {
			if out := stable(t, c, test.in); out != test.want {
				t.Errorf("%s\ncleaned: %s\nwant:    %s", test.in, out, test.want)
			}
		})
	}
}

// TestBlockBound: beyond the bound what has been seen decides, and the page
// goes on behind the block.
func TestBlockBound(t *testing.T) {
	c := newCleaner(t, portal(t))
	pad := strings.Repeat("<p>dòng chữ</p>", maxBlock/12)
	for name, test := range map[string]struct{ in, want string }{
		"spam first":       {`a<div hidden>` + planted + pad + pad + `</div>b`, `ab`},
		"spam last":        {`a<div hidden>` + pad + planted + `</div>b`, `a<div hidden>` + pad + `, </div>b`},
		"one link first":   {`a<div hidden><a href="//x.test">x</a>` + pad + planted + `</div>b`, `a<div hidden>` + pad + `, </div>b`},
		"never ends":       {`<main>a<div hidden>` + planted + pad + `</main>b`, `<main>a</main>b`},
		"one long text":    {`a<div hidden>` + planted + strings.Repeat("chữ ", maxBlock) + `</div>b`, `ab`},
		"in a select":      {`a<div hidden>` + planted + `<select><option>` + pad + `</div><xmp>b</xmp>`, `a<xmp>b</xmp>`},
		"one long tag":     {`a<div hidden>` + planted + `<p title="` + strings.Repeat("x", maxBlock) + `"></p></div>b`, `ab`},
		"one endless tag":  {`a<div hidden>` + planted + `<p title="` + strings.Repeat("x", maxHold) + `"></p></div>b`, `ab`},
		"one long script":  {`a<div hidden>` + planted + `<script>` + strings.Repeat("/**/", maxBlock/4) + `</script></div>b`, `ab`},
		"many links":       {`a<div hidden>` + strings.Repeat(planted, maxBlockFindings) + `</div>b`, `ab`},
		"many other links": {`a<div hidden>` + strings.Repeat(`<a href="/a">a</a>`, 200) + strings.Repeat(planted, 60) + `</div>b`, `a<div hidden>` + strings.Repeat(`<a href="/a">a</a>`, 200) + strings.Repeat(", ", 60) + `</div>b`},
	} {
		t.Run(name, func(t *testing.T) {
			var want []Finding
			for _, size := range []int{0, 1, 13, 1000, 40000} {
				out, findings := cleanBy(t, c, []byte(test.in), size, Document{})
				if out != test.want {
					t.Fatalf("in pieces of %d: %d bytes, want %d: %.300s", size, len(out), len(test.want), out)
				}
				if size == 0 {
					want = findings
				} else if diff := cmp.Diff(want, findings); diff != "" {
					t.Errorf("in pieces of %d: %s", size, diff)
				}
			}
			if again, _ := cleanString(t, c, test.want); again != test.want {
				t.Errorf("cleaning again: %.300s", again)
			}
		})
	}
}

// TestBlockFinding shows the evidence for a block.
func TestBlockFinding(t *testing.T) {
	c := newCleaner(t, portal(t))
	const removed = `<div class=z style="display:none">Tin <a href="https://x.test/1">Slot gacor</a><script src="//evil.test/"></script> <a href="https://nhacai.test/">b</a> <a href=/c>c</a></div>`
	in := "<p>Xã</p>" + removed + "<p>"
	want := []Finding{{
		Kind: "link", Element: "div", Target: "https://x.test/1", Host: "x.test",
		Offset: int64(strings.Index(in, removed)), Snippet: removed,
		Reasons: []string{reasonOffList, reasonHidden, reasonSpamHost, reasonSpamText, "links-2"},
		SHA256:  sha256.Sum256([]byte(removed)), Removed: true,
	}}
	for _, size := range []int{0, 1, 7} {
		_, findings := cleanBy(t, c, []byte(in), size, Document{})
		var blocks []Finding
		for _, f := range findings {
			if f.Kind == "link" {
				blocks = append(blocks, f)
			}
		}
		if diff := cmp.Diff(want, blocks); diff != "" {
			t.Error(diff)
		}
		if len(findings) != 2 { // the script has its own
			t.Errorf("%+v", findings)
		}
	}
}

// TestHiddenGenerated puts hidden elements together with whatever opens and
// closes things in them, long text included.
func TestHiddenGenerated(t *testing.T) {
	parts := strings.Split(`<div hidden>|</div>|<div>|<p hidden>|</p>|<span style="left:-999px">|</span>|<svg hidden>|<svg>|</svg>|<g>|<style>p{}</style>|<select hidden>|<select>|<option hidden>|<option>|</select>|<table hidden>|<table>|<td>|<tr hidden>|</table>|<template>|</template>|<noscript>|</noscript>|<details>|</details>|<li hidden>|<li>|<ul>|</ul>|<textarea>|</textarea>|<a href=//evil.test/>x</a>|<a href=//evil.test/>|<a href=//slot.evil.test/>cá cược</a>|<a href="/own">y</a>|</a>|</body>|<script>x</script>|<img src=x onerror=pwn=1>|<script>document.write("<p hidden>")</script>|<script>document.write("</p>")</script>|<|x|<!--x-->|<b>|</b>|<section>|</section>|<x hidden>|<x>|</x>|<h1 hidden>|</h2>|</td>|</form>|<style>.x{display:none}</style>|<style>.x.x{display:block!important}</style>|<p class=x>|<dialog>|</dialog>|<b popover>|<video>|</video>|<canvas>|</canvas>|<ruby>|<rp>|<rt>|</ruby>|<datalist>|</datalist>|<style>.w .y,.w>.x{opacity:0}</style>|<b class=w>|<div class=w>|<i class=y>|PAD`, "|")
	pad := strings.Repeat("dòng chữ ", 2000)
	c := newCleaner(t, corpusSite(t))
	site := portal(t)
	site.Response.Links = policies.LinksReport
	reporting := newCleaner(t, site)
	site.Response.Links = policies.LinksSignals
	lenient := newCleaner(t, site)
	count := 4000
	if testing.Short() {
		count = 600
	}
	random := rand.New(rand.NewPCG(3, 4))
	for range count {
		var doc strings.Builder
		for range 2 + random.IntN(24) {
			part := parts[random.IntN(len(parts))]
			if part == "PAD" && random.IntN(4) == 0 {
				part = pad
			}
			doc.WriteString(part)
		}
		in := doc.String()
		for _, c := range []*Cleaner{c, reporting, lenient} {
			want, findings := cleanString(t, c, in)
			for _, size := range []int{1, 5, 1021, 30000} {
				out, others := cleanBy(t, c, []byte(in), size, Document{})
				if out != want {
					t.Fatalf("%q\nin pieces of %d: %q\nwhole:          %q", in, size, out, want)
				}
				if diff := cmp.Diff(findings, others); diff != "" {
					t.Fatalf("%q\nin pieces of %d: %s", in, size, diff)
				}
			}
			if again, _ := cleanString(t, c, want); again != want {
				t.Fatalf("%q\ncleaned: %q\nagain:   %q", in, want, again)
			}
		}
	}
}

// TestBrokenSheets: whatever a style sheet holds, it is read to its end.
func TestBrokenSheets(t *testing.T) {
	dice := rand.New(rand.NewPCG(5, 6))
	const bytes = "{}@.x:;\"'\\/*()[]<!->, \n"
	for range 100_000 {
		b := make([]byte, dice.IntN(12))
		for i := range b {
			b[i] = bytes[dice.IntN(len(bytes))]
		}
		readSheet(b)
		readSheet(append([]byte("@media all{"), b...))
	}
}

// TestSheetsForSome: nor does a style element count that is not for everybody.
func TestSheetsForSome(t *testing.T) {
	c := newCleaner(t, portal(t))
	for name, head := range map[string]string{
		"paper":           `<style media="print">.x{display:none}</style>`,
		"telephones":      `<style MEDIA='only screen and (max-width: 600px)'>.x{display:none}</style>`,
		"without scripts": `<noscript><style>.x{display:none}</style></noscript>`,
	} {
		t.Run(name, func(t *testing.T) {
			for range 2 { // the second time from memory
				if out := stable(t, c, head+`<div class="x">`+planted+`</div>`); out != head+`<div class="x">a, b</div>` {
					t.Errorf("cleaned: %s", out)
				}
			}
		})
	}
	gone(t, "all", `<style media="all">.x{display:none}</style>`, `<div class="x">`+planted+`</div>`)
}

// TestGoneStyles: what a style element or a script in a block, or a link, says of
// others goes with it.
func TestGoneStyles(t *testing.T) {
	const hides, shows = `<style>.x{display:none}</style>`, `<style>.x.x{display:block!important}</style>`
	for name, test := range map[string]struct{ in, want string }{
		"shown in a block":  {hides + `<div hidden>` + shows + planted + `</div><p class="x">` + planted + `</p>b`, hides + `b`},
		"hidden in a block": {`<div hidden>` + hides + planted + `</div><p class="x">` + planted + `</p>b`, `<p class="x">a, b</p>b`},
		"script in a block": {`<div hidden><script>document.getElementById("x").style.display="none"</script>` + planted + `</div><p id="x">` + planted + `</p>b`, `<p id="x">a, b</p>b`},
		"shown in a link":   {hides + `<a href="//x.test/">casino` + shows + `</a><p class="x">` + planted + `</p>b`, hides + `b`},
		"script that goes":  {hides + `<script>eval(atob("eA"));document.getElementById("x").style.display="block"</script><p class="x" id="x">` + planted + `</p>b`, hides + `b`},
		"written and gone":  {`<script>eval(atob("eA"));document.write("<div hidden>")</script>` + planted, `a, b`},
		"style that goes":   {hides + `<style></sty@import '//evil.test/';le>.x.x{display:block}</style><p class="x">` + planted + `</p>b`, hides + `<style></style>b`},
		"in a long block":   {hides + `<div hidden>` + planted + strings.Repeat("a", maxBlock) + shows + `</div><p class="x">` + planted + `</p>b`, hides + `b`},
	} {
		t.Run(name, func(t *testing.T) {
			if out := stable(t, newCleaner(t, portal(t)), test.in); out != test.want {
				t.Errorf("cleaned: %s\nwant:    %s", out, test.want)
			}
		})
	}
}
