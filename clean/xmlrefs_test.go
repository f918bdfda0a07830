package clean

import (
	"strings"
	"testing"

	"github.com/lachan-waf/lachan/policies"
)

const (
	declareXHTML = ` xmlns:h="http://www.w3.org/1999/xhtml"`
	declareSVG   = ` xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"`
)

// xmlGuardOnly is the portal with feeds passed unread.
func xmlGuardOnly(t testing.TB) *policies.Site {
	site := strict(t)
	site.Response.Bodies.Feeds = policies.BodyOff
	site.Response.Allow.Media = patterns(t, "img.test")
	return site
}

// TestXMLReferences: what the elements of XHTML and SVG refer to goes, one class
// of reference after the other.
func TestXMLReferences(t *testing.T) {
	c := newCleaner(t, xmlGuardOnly(t))
	for in, want := range map[string]string{
		`<h:link rel="preconnect" href="//evil.test/"/>`:                        `<h:link rel="preconnect" />`,
		`<h:link href="//evil.test/" rel="DNS-Prefetch"/>`:                      `<h:link  rel="DNS-Prefetch"/>`,
		`<h:link rel="preload" as="image" href="//evil.test/a"/>`:               `<h:link rel="preload" as="image" />`,
		`<h:link rel="stylesheet" href="//evil.test/a.css"/>`:                   `<h:link rel="stylesheet" />`,
		`<h:link rel="icon" imagesrcset="/a 1x, //evil.test/a 2x"/>`:            `<h:link rel="icon" />`,
		`<h:iframe src="//evil.test/"/>`:                                        `<h:iframe />`,
		`<h:iframe srcdoc="&lt;a href='//evil.test/'>x&lt;/a>"/>`:               `<h:iframe />`,
		`<h:object data="//evil.test/"/><h:embed src="//evil.test/"/>`:          `<h:object /><h:embed />`,
		`<h:img src="//evil.test/a" alt="a"/>`:                                  `<h:img  alt="a"/>`,
		`<h:img srcset="/a 1x,//evil.test/a 2x"/>`:                              `<h:img />`,
		`<h:video poster="//evil.test/a"><h:source src='//evil.test/b'/>`:       `<h:video ><h:source />`,
		`<h:script src="//evil.test/a.js"/>`:                                    `<h:script />`,
		`<h:base href="//evil.test/"/>`:                                         `<h:base />`,
		`<h:form action="//evil.test/"><h:button formaction="//evil.test/"/>`:   `<h:form ><h:button />`,
		`<h:meta content="0;url=//evil.test/" http-equiv="Refresh"/>`:           `<h:meta  http-equiv="Refresh"/>`,
		`<h:a href="https://evil.test/">x</h:a>`:                                `<h:a >x</h:a>`,
		`<h:a ping="//evil.test/" href="/x">x</h:a>`:                            `<h:a  href="/x">x</h:a>`,
		`<h:a href="javascript:pwn=1">x</h:a>`:                                  `<h:a >x</h:a>`,
		`<A HREF="//evil.test/">x</A>`:                                          `<A >x</A>`,
		`<map><area href="//evil.test/"/></map>`:                                `<map><area /></map>`,
		`<a href="&#x68;ttps&#58;//evil.test/">x</a>`:                           `<a >x</a>`,
		`<a href="&#10;//evil.test/">x</a>`:                                     `<a >x</a>`,
		`<a xlink:href='//evil.test/' href="//evil.test/">x</a>`:                `<a  >x</a>`,
		`<a q:href="//evil.test/">x</a>`:                                        `<a >x</a>`,
		`<image xlink:href="//evil.test/a"/><use href="//evil.test/a#b"/>`:      `<image /><use />`,
		`<g xml:base="//evil.test/"><a href="x">x</a></g>`:                      `<g ><a href="x">x</a></g>`,
		`<mi href="//evil.test/">x</mi>`:                                        `<mi >x</mi>`,
		`<a><animate attributeName="href" values="//evil.test/"/></a>`:          `<a><animate  values="//evil.test/"/></a>`,
		`<set attributeName=" xlink:href" to="//evil.test/"/>`:                  `<set  to="//evil.test/"/>`,
		`<foreignObject><iframe xmlns="x" src="//evil.test/"/></foreignObject>`: `<foreignObject><iframe xmlns="x" /></foreignObject>`,
		`<g/><a href="//evil.test/" <g/>`:                                       `<g/><g/>`,
		`<g/><a href="//evil.test/" x=y>x</a>`:                                  `<g/>x</a>`,
		`x<a href="//evil.test/" x=y>x</a>`:                                     `x<!---->x</a>`,
		`<a <?x?>href="//evil.test/" <a href="//evil.test/"/>`:                  `<a <!---->href="//evil.test/" <a />`,
		`<a <image href="//evil.test/" <b/>href="//evil.test/">`:                `<a <!----><b/>href="//evil.test/">`,
		`<g/><a href="//evil.test/`:                                             `<g/>`,
	} {
		for _, size := range []int{1, 7, bodyWindow} {
			for _, head := range []string{"<svg>", "<html>", "<x" + declareXHTML + ">", `<x><g xmlns=" http://www.w3.org/2000/&#x73;vg">`} {
				out, findings := cleanBody(t, c, MediumXML, []byte(head+in), 0, func(w *BodyWriter) { w.size = size })
				if out != head+want || len(findings) == 0 || !findings[0].Removed {
					t.Errorf("%s in windows of %d\nbecame %s\nwant   %s %+v", head+in, size, out, head+want, findings)
				}
				if again, findings := cleanBody(t, c, MediumXML, []byte(out), 0); again != out || len(findings) > 0 {
					t.Errorf("%s again: %s %+v", out, again, findings)
				}
			}
		}
	}
}

// TestXMLReferencesStay: honest documents stay as they are.
func TestXMLReferencesStay(t *testing.T) {
	for name, in := range map[string]string{
		"logo": `<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg` + declareSVG + ` viewBox="0 0 9 9"><defs><linearGradient id="b" xlink:href="#a"/><path id="c" d="M0 0&#10;L1 1"/></defs><use xlink:href="#c" fill="url(#b)"/>
<a href="/trang-chu"><text>x</text></a><a xlink:href="https://www.facebook.com/p" target="_blank"/><image href="data:image/png;base64,AAAA"/><image href="//img.test/a.png"/><animate attributeName="r" values="1;2"/></svg>`,
		"page":         `<html xmlns="http://www.w3.org/1999/xhtml"><head><link rel="canonical" href="https://news.test/"/><link rel="stylesheet" href="/a.css"/><meta http-equiv="refresh" content="300"/><meta name="a" content="0;url=//x.test/"/></head><body><a href="mailto:a@portal.example">m</a><img src="" alt=""/><iframe src="https://www.youtube.com/embed/x" srcdoc="a"/></body></html>`,
		"feed":         `<feed xmlns="http://www.w3.org/2005/Atom"><link href="https://news.test/"/><link rel="next" href="https://news.test/2"/><link rel="search" href="https://news.test/os"/><entry><link href="https://news.test/1"/><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><a href="https://news.test/1">x</a><img src="https://news.test/a.png"/></div></content></entry></feed>`,
		"news":         `<rss xmlns:h="http://www.w3.org/1999/xhtml"><channel><link>https://news.test/</link><image><url>https://news.test/a</url></image><source url="https://news.test/">x</source></channel></rss>`,
		"sitemap":      `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"><url><loc>/a</loc><xhtml:link rel="alternate" hreflang="en" href="https://en.news.test/a"/></url></urlset>`,
		"other XML":    `<outline xmlns="x"><link rel="preconnect" href="//news.test/"/><a href="//news.test/"/><image href="//news.test/"/></outline>`,
		"not XHTML":    `<x xmlns:h="http://www.w3.org/1999/xhtml"><include href="//news.test/"/><a x:src="//news.test/" xmlns:href="//news.test/"/>a &lt;a href="//news.test/"&gt;<![CDATA[<a href="//news.test/">]]><!-- <a href="//news.test/"> --></x>`,
		"style sheet":  `<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns="http://www.w3.org/1999/xhtml"><xsl:import href="own.xsl"/><xsl:template match="/"><a href="{concat('/tin/', @id)}"><xsl:value-of select="a &gt; b"/></a></xsl:template></xsl:stylesheet>`,
		"broken":       `<x xmlns:h="http://www.w3.org/1999/xhtml"><b c=d><e "></x>`,
		"long drawing": `<svg` + declareSVG + `><path d="` + strings.Repeat("M0 0", maxHold) + `"/><a href="/x"/></svg>`,
		"long image":   `<svg` + declareSVG + `><image id="a" xlink:href="data:image/png;base64,` + strings.Repeat("AAAA", maxHold) + `" height="1"/></svg>`,
		"long tag":     `<svg` + declareSVG + `><text x="` + strings.Repeat("1 ", maxHold/4) + `" y="` + strings.Repeat("1 ", maxHold/4) + `" dx="1">x</text></svg>`,
	} {
		t.Run(name, func(t *testing.T) {
			for _, policy := range []policies.BodyPolicy{policies.BodyOff, policies.BodyReport} {
				site := xmlGuardOnly(t)
				site.Response.Bodies.Feeds = policy
				out, findings := cleanBody(t, newCleaner(t, site), MediumXML, []byte(in), 0)
				if out != in || policy == policies.BodyOff && len(findings) > 0 {
					t.Errorf("%.500s\nbecame %.500s %+v", in, out, findings)
				}
			}
		})
	}
}

// TestXMLHints: feeds are judged by their own reader, but for what no policy of
// the browser stops.
func TestXMLHints(t *testing.T) {
	c := newCleaner(t, xmlGuardOnly(t))
	const in = `<rss` + declareXHTML + `><h:link rel="preconnect" href="//evil.test/"/><h:a href="https://news.test/"/></rss>`
	want := strings.Replace(in, `href="//evil.test/"`, "", 1)
	if out, findings := cleanBody(t, c, MediumXML, []byte(in), 0); out != want || len(findings) != 1 || findings[0].Host != "evil.test" {
		t.Errorf("%s %+v", out, findings)
	}
}

// TestXMLLinkPolicies: links follow response.links.
func TestXMLLinkPolicies(t *testing.T) {
	const honest, spam = `<a href="https://bao.example/"/>`, `<a href="https://slot-gacor.example/"/>`
	for policy, want := range map[policies.LinkPolicy]string{
		policies.LinksAllowlist: `<a /><a />`, policies.LinksSignals: honest + `<a />`, policies.LinksReport: honest + spam,
	} {
		site := xmlGuardOnly(t)
		site.Response.Links = policy
		out, findings := cleanBody(t, newCleaner(t, site), MediumXML, []byte("<svg>"+honest+spam+"</svg>"), 0)
		if out != "<svg>"+want+"</svg>" || len(findings) == 0 {
			t.Errorf("%s: %s %+v", policy, out, findings)
		}
	}
	site := xmlGuardOnly(t)
	site.Response.Mode, site.Response.Bodies.Feeds = policies.ResponseReport, policies.BodyReport
	out, findings := cleanBody(t, newCleaner(t, site), MediumXML, []byte("<svg>"+spam+"</svg>"), 0)
	if out != "<svg>"+spam+"</svg>" || len(findings) != 1 || findings[0].Removed {
		t.Errorf("under report: %s %+v", out, findings)
	}
}

// TestXMLLongTags: what is too long to be held is judged piece by piece.
func TestXMLLongTags(t *testing.T) {
	c := newCleaner(t, xmlGuardOnly(t))
	long := strings.Repeat("x", 200)
	twice := `<a ` + strings.Repeat(`b="" `, 40) + `href="//evil.test/">x` // not well-formed
	for in, want := range map[string]string{
		`<image href="//evil.test/` + long + `" height="1"/>b`:            `<image  height="1"/>b`,
		`<image href="data:text/html,` + long + `"/>`:                     `<image />`,
		`<a href="data:image/png,` + long + `"/>`:                         `<a />`,
		`<a title="` + long + `" href="//evil.test/">x</a>`:               `<a title="` + long + `" >x</a>`,
		`<a href="//evil.test/" title="` + long + `">x</a>`:               `<a  title="` + long + `">x</a>`,
		`<a b="` + long[:50] + `" c="` + long + `" href="//evil.test/"/>`: `<a b="` + long[:50] + `" c="` + long + `" />`,
		`<link href="//evil.test/" title="` + long + `" rel="preload"/>`:  `<link  title="` + long + `" rel="preload"/>`,
		`<link rel="preload" title="` + long + `" href="//evil.test/"/>`:  `<link rel="preload" title="` + long + `" />`,
		`<a href="` + strings.Repeat(" ", 200) + `https://evil.test/"/>`:  `<a />`,
		`<a title="` + long + `<a href="//evil.test/">x</a>`:              `<a title="` + long + `<a >x</a>`,
		`<a title="` + long + `"<a href="//evil.test/">x</a>`:             `<a title="` + long + `"<!----><a >x</a>`,
		`<a title="` + long + `><?x?>" href="//evil.test/">`:              `<a title="` + long + `><!---->" href="//evil.test/">`,
		twice:                       twice[100:],
		`<` + long + ` href="/x">x`: `<` + long + ` href="/x">x`,
	} {
		for _, size := range []int{1, 7, bodyWindow} {
			out, _ := cleanBody(t, c, MediumXML, []byte("<svg>"+in), 0, func(w *BodyWriter) { w.size, w.hold = size, 100 })
			if out != "<svg>"+want {
				t.Errorf("%s in windows of %d\nbecame %s\nwant   %s", in, size, out, want)
			}
		}
	}
}
