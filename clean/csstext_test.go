package clean

import (
	"strings"
	"testing"

	"github.com/lachan-waf/lachan/policies"
)

// inCSS cleans css as a style element and as a style sheet, and checks that
// both come out alike, whole and in pieces.
func inCSS(t *testing.T, site *policies.Site, css string) (string, []Finding) {
	t.Helper()
	c := newCleaner(t, site)
	out, findings := cleanString(t, c, "<style>"+css+"</style>")
	out = strings.TrimSuffix(strings.TrimPrefix(out, "<style>"), "</style>")
	for _, size := range []int{0, 1, 3} {
		if sheet, _ := cleanBody(t, c, MediumCSS, []byte(css), size); sheet != out {
			t.Errorf("%s\nas a style element: %s\nas a sheet in pieces of %d: %s", css, out, size, sheet)
		}
	}
	stable(t, c, "<style>"+css+"</style>")
	return out, findings
}

// TestAdvertisingContent: text that a style sheet shows goes where it names a
// host and the lexicon speaks against it, however it is spelled.
func TestAdvertisingContent(t *testing.T) {
	for name, test := range map[string]struct{ in, want string }{
		"content":           {`body::before{content:"SLOT GACOR evil.test"}`, `body::before{content:""}`},
		"single quotes":     {`p:after{content:'Nhà cái evil.test';color:red}`, `p:after{content:"";color:red}`},
		"escapes":           {`p::after{content:"\53 LOT \47\41 COR evil\2e test"}`, `p::after{content:""}`},
		"escaped newline":   {"p::after{content:\"SLOT GA\\\nCOR evil.te\\\r\nst\"}", `p::after{content:""}`},
		"a line's end":      {`p::after{content:"SLOT\a GACOR\a evil.test"}`, `p::after{content:""}`},
		"several":           {`p::after{content:"SLOT" " GACOR" " evil.test"}`, `p::after{content:"" "" ""}`},
		"letters":           {`p::after{content:"c" "a" "s" "i" "n" "o" " " "e" "v" "i" "l" "." "t" "e" "s" "t"}`, `p::after{content:"" "" "" "" "" "" "" "" "" "" "" "" "" "" "" ""}`},
		"comment between":   {`p::after{content:"SLOT"/*x*/" GACOR evil.test"}`, `p::after{content:""/*x*/""}`},
		"attr between":      {`p::after{content:"SLOT " attr(x) "GACOR" counter(y) " evil.test"}`, `p::after{content:"" attr(x) "" counter(y) ""}`},
		"fallback":          {`p::after{content:attr(data-x string, "SLOT GACOR evil.test")}`, `p::after{content:attr(data-x string, "")}`},
		"counters":          {`p::after{content:counters(x, " slot gacor evil.test ")}`, `p::after{content:counters(x, "")}`},
		"quotes":            {`q{quotes:"SLOT GACOR " " evil.test"}`, `q{quotes:"" ""}`},
		"symbols":           {`@counter-style x{system:cyclic;symbols:"SLOT" "GACOR" "evil.test"}`, `@counter-style x{system:cyclic;symbols:"" "" ""}`},
		"prefix and suffix": {`@counter-style x{prefix:"SLOT GACOR ";suffix:" evil.test"}`, `@counter-style x{prefix:"";suffix:""}`},
		"symbols()":         {`ul{list-style:symbols("casino evil.test")}`, `ul{list-style:symbols("")}`},
		"list style":        {`li{list-style-type:"Tài xỉu evil.test"}`, `li{list-style-type:""}`},
		"custom property":   {`:root{--a:"SLOT GACOR";--b:"evil.test"}`, `:root{--a:"";--b:""}`},
		"alternative text":  {`p::after{content:url(/a.png)/"SLOT GACOR evil.test"}`, `p::after{content:url(/a.png)/""}`},
		"beside references": {`p::after{content:"SLOT " url(//evil.test/a) "GACOR evil.test" url(//evil.test/b)}`, `p::after{content:"" url() "" url()}`},
		"nested":            {`@media all{p{color:red;&::after{content:"SLOT GACOR evil.test"}}}`, `@media all{p{color:red;&::after{content:""}}}`},
		"no end":            {`p::after{content:"SLOT GACOR evil.test`, `p::after{content:""`},
		"other dots":        {`p::after{content:"SLOT GACOR ｅｖｉｌ。ｔｅｓｔ"}`, `p::after{content:""}`},
		"no width":          {`p::after{content:"SLOT GACOR ev\200bil.\200btest"}`, `p::after{content:""}`},
		"address":           {`p::after{content:"SLOT GACOR https://evil.test/"}`, `p::after{content:""}`},
		"one of two":        {`a::after{content:"x.test"}p::after{content:"SLOT GACOR evil.test"}b{content:"y"}`, `a::after{content:"x.test"}p::after{content:""}b{content:"y"}`},
	} {
		t.Run(name, func(t *testing.T) {
			site := portal(t)
			site.Response.Allow.Media = nil
			out, findings := inCSS(t, site, test.in)
			if out != test.want || len(findings) != 1 {
				t.Fatalf("%s\nbecame %s\nwant   %s\n%+v", test.in, out, test.want, findings)
			}
			if f := findings[0]; !f.Removed || f.Element != "style" || f.Host != "evil.test" {
				t.Errorf("%+v", f)
			}
		})
	}
}

// TestHonestContent: neither words nor a host alone go, nor what warns.
func TestHonestContent(t *testing.T) {
	for _, css := range []string{
		`p::after{content:"SLOT GACOR"}`,
		`p::after{content:"evil.test"}`,
		`p::after{content:"casino"}p::before{content:"evil.test"}`,
		`p::after{content:"Cảnh báo: không truy cập evil.test cờ bạc, nhà cái"}`,
		`p::after{content:"Polisi: judi online evil.test diblokir"}`,
		`p::after{content:"Hỏi đáp về casino: www.portal.example, sub.gov.vn"}`,
		`p::after{content:"casino.js casino.min.css"}`,
		`p{background:url("casino evil.test.png")}@font-face{src:local("Casino Evil.Test")}`,
		`a[href*="casino.evil.test"]{display:none}`,
		`.fa::before{content:"\f2b9"}.fa-x::before{content:"\e900"}`,
		`@namespace "casino.evil.test";@charset "utf-8";`,
		`body::before{content:"Error: Undefined variable.\a    app.scss 12:3  root stylesheet"}`,
	} {
		if out, findings := inCSS(t, portal(t), css); out != css || len(findings) > 0 {
			t.Errorf("%s\nbecame %s\n%+v", css, out, findings)
		}
	}
}

// TestAdvertisingContentUnderReport: the policy for links judges what is a
// link in words.
func TestAdvertisingContentUnderReport(t *testing.T) {
	site := portal(t)
	site.Response.Links = policies.LinksReport
	c := newCleaner(t, site)
	const css = `p::after{content:"SLOT GACOR evil.test"}`
	for _, in := range []string{"<style>" + css + "</style>", `<p style='--x:"SLOT GACOR evil.test"'>`, "<svg><style>" + css + "</style></svg>"} {
		for range 2 { // the second time more is familiar
			if out, findings := cleanString(t, c, in); out != in || len(findings) != 1 || findings[0].Removed || findings[0].Host != "evil.test" {
				t.Errorf("%s became %s\n%+v", in, out, findings)
			}
		}
	}
	if out, findings := cleanBody(t, c, MediumCSS, []byte(css), 0); out != css || len(findings) != 1 || findings[0].Removed {
		t.Errorf("%s\n%+v", out, findings)
	}
}

func TestAdvertisingAttribute(t *testing.T) {
	c := newCleaner(t, portal(t))
	for in, want := range map[string]string{
		`<p style="--x:'SLOT GACOR evil.test'">a</p>`:           `<p>a</p>`,
		`<p style="--x:'\53 LOT' ' GACOR' ' evil.test'">a</p>`:  `<p>a</p>`,
		`<p style="font-family:'Times New Roman'">a</p>`:        `<p style="font-family:'Times New Roman'">a</p>`,
		`<svg><style>p{content:"SLOT GACOR evil.test"}</style>`: `<svg></svg>`,
	} {
		if out := stable(t, c, in); out != want {
			t.Errorf("%s became %s", in, out)
		}
	}
}

// TestAdvertisingFarApart: where a block is too long to wait for, what was seen
// of it is read together with what follows.
func TestAdvertisingFarApart(t *testing.T) {
	c := newCleaner(t, portal(t))
	for name, between := range map[string]string{
		"comment":      "/*" + strings.Repeat("x", 3*maxBlockCSS) + "*/",
		"declarations": strings.Repeat(";a:b", maxBlockCSS) + ";c:",
		"strings":      strings.Repeat(`" "`, 2*maxStringsCSS),
		"numbers":      strings.Repeat("1 ", maxBlockCSS),
	} {
		in := `p{content:"SLOT GACOR "` + between + `"evil.test"}q{content:"x"}`
		want := `p{content:"SLOT GACOR "` + between + `""}q{content:"x"}`
		for _, size := range []int{0, 1000} {
			out, findings := cleanBody(t, c, MediumCSS, []byte(in), size)
			if name == "strings" {
				out, want = strings.ReplaceAll(out, `" "`, `""`), strings.ReplaceAll(want, `" "`, `""`)
			}
			if out != want || len(findings) != 1 {
				t.Errorf("%s in pieces of %d: %.80q … %.80q\n%d findings", name, size, out, out[max(0, len(out)-80):], len(findings))
			}
		}
	}
	for _, spaces := range []int{2 * maxLexicon, 2 * maxHold} {
		in := `p{content:"` + strings.Repeat(" ", spaces) + `SLOT GACOR evil.test"}`
		if out, _ := cleanBody(t, c, MediumCSS, []byte(in), 0); out != `p{content:""}` {
			t.Errorf("behind %d spaces: %.80q", spaces, out)
		}
	}
}
