package clean

import (
	"strings"
	"testing"
)

func smallHold(w *BodyWriter) { w.size, w.hold = 16, 64 }

func TestStylesheet(t *testing.T) {
	site := strict(t)
	site.Response.Allow.Media = patterns(t, "img.example")
	c := newCleaner(t, site)
	long := strings.Repeat("x", 200)
	for in, want := range map[string]string{
		`@import "/a.css";p{}`:                                                            `@import "/a.css";p{}`,
		`@import '//evil.test/a.css';p{}`:                                                 `p{}`,
		`@IMPORT url(//evil.test/a.css) screen; p{}`:                                      ` p{}`,
		`@\69mport "//evil.test/a.css";p{}`:                                               `p{}`,
		`@imp@import "//evil.test/a";ort "//evil.test/b";`:                                `@imp/**/ort "//evil.test/b";`,
		`@import "//evil.test/a"; "//evil.test/b";`:                                       ` "//evil.test/b";`,
		"\x00@import '//evil.test/a';url(1a{--x:url(//evil.test/b)":                       "\x00/**/url(1a{--x:url(//evil.test/b)",
		`@import "//evil.test/a"`:                                                         ``,
		`p{background:url(//img.example/a.png)}`:                                          `p{background:url(//img.example/a.png)}`,
		`p{background:url( "//evil.test/a.png" )}`:                                        `p{background:url( "" )}`,
		`p{background:URL(\2f\2f evil.test/a)}`:                                           `p{background:url()}`,
		`p{background:image-set("//evil.test/a" 1x)}`:                                     `p{background:image-set("" 1x)}`,
		`a:is([href = "//evil.test"]){b:c}`:                                               `a:is([href = "//evil.test"]){b:c}`,
		`a:not([href^="//evil.test"],[style*='a: b' i]){b:image-set("//evil.test/a" 1x)}`: `a:not([href^="//evil.test"],[style*='a: b' i]){b:image-set("" 1x)}`,
		`:root{--x:"//evil.test/a"}p{content:"//evil.test/b"}`:                            `:root{--x:""}p{content:"//evil.test/b"}`,
		`@namespace svg url(http://www.w3.org/2000/svg);p{}`:                              `@namespace svg url(http://www.w3.org/2000/svg);p{}`,
		`/* @import "//evil.test/a" */p{}`:                                                `/* @import "//evil.test/a" */p{}`,
		`/*/ url(//evil.test/a) */p{a:url(//evil.test/b)}`:                                `/*/ url(//evil.test/a) */p{a:url()}`,
		"p{a:\"x\n}q{a:url(//evil.test/b)}":                                               "p{a:\"x\n}q{a:url()}",
		`/*` + long + `*/p{a:url(//evil.test/b)}`:                                         `/*` + long + `*/p{a:url()}`,
		`p{content:"` + long + `\";";a:url(//evil.test/b)}`:                               `p{content:"";a:url()}`,
		`p{a:url(data:image/png;base64,` + long + `);b:url(//evil.test)}`:                 `p{a:url(data:image/png;base64,` + long + `);b:url()}`,
		`p{a:url("data:image/png,` + long + `");b:url(//evil.test)}`:                      `p{a:url("data:image/png,` + long + `");b:url()}`,
		`p{a:url(data:text/html,` + long + `);b:c}`:                                       `p{a:url();b:c}`,
		`p{a:url(/` + long + `);b:c}`:                                                     `p{a:url();b:c}`,
		`p{a:image-set("/a" calc((1)*1x),"//evil.test/b" 2x)}q{content:"//evil.test/c"}`:  `p{a:image-set("/a" calc((1)*1x),"" 2x)}q{content:"//evil.test/c"}`,
		`p{a:var(--y,@namespace),url(//evil.test/a)}`:                                     `p{a:var(--y,@namespace),url()}`,
		`p{a:var(--y,@namespace),image-set("//evil.test/a` + long + `" 1x)}`:              `p{a:var(--y,@namespace),image-set("" 1x)}`,
		`@namespace url("http://www.w3.org/2000/svg");`:                                   `@namespace url("http://www.w3.org/2000/svg");`,
		`@import url("//evil.test/a");p{content:"//evil.test/b"}`:                         `p{content:"//evil.test/b"}`,
		`@import url("` + long + `");p{content:"//evil.test/b"}`:                          `p{content:"//evil.test/b"}`,
		"@\\69\r\nmport '//evil.test/a';p{a:\\75\r\nrl(//evil.test/a)}":                   `p{a:url()}`,
		`@function --f(){result:"//evil.test/a"}`:                                         `@function --f(){result:""}`,
		`:root{--a:"Email: ";--c:"//";--b:"data: text/html,x"}p{src:local("Foo: Bar")}`:   `:root{--a:"Email: ";--c:"//";--b:""}p{src:local("Foo: Bar")}`,
		"p{content:\"" + long + "\\\r\n\";a:url(//evil.test/a);b:\"x\"}":                  "p{content:\"\";a:url();b:\"x\"}",
		`a{}@import "` + long + `";p{}`:                                                   `a{}p{}`,
		`a@import "` + long + `";p{}`:                                                     `a/**/p{}`,
	} {
		out, findings := cleanBody(t, c, MediumCSS, []byte(in), 0, smallHold)
		if out != want || (out != in) != (len(findings) > 0) {
			t.Errorf("%q\nbecame %q\nwant   %q %+v", in, out, want, findings)
		}
	}
}

// TestStylesheetEvidence shows what is told of what went.
func TestStylesheetEvidence(t *testing.T) {
	const in = "p{}\n@import url(https://evil.test/a.css) screen;\nq{}"
	_, findings := cleanBody(t, newCleaner(t, strict(t)), MediumCSS, []byte(in), 3)
	if len(findings) != 1 {
		t.Fatalf("%+v", findings)
	}
	f := findings[0]
	if f.Kind != "style" || f.Target != "https://evil.test/a.css" || f.Host != "evil.test" || f.Offset != 4 || !f.Removed ||
		f.Snippet != "@import url(https://evil.test/a.css) screen;" || f.Reasons[0] != reasonOffList {
		t.Errorf("%+v", f)
	}
}

func TestStylesheetInUTF16(t *testing.T) {
	var in []byte
	for _, c := range "\uFEFFp{a:url(//evil.test/x)} @import '//evil.test/y';" {
		in = append(in, byte(c), byte(c>>8))
	}
	out, findings := cleanBody(t, newCleaner(t, strict(t)), MediumCSS, in, 0)
	if strings.Contains(out, "/y") || len(findings) != 1 {
		t.Errorf("%q %+v", out, findings)
	}
}
