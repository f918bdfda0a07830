package clean

import (
	"errors"
	"strings"
	"testing"

	"github.com/lachan-waf/lachan/policies"
)

func TestXMLGuard(t *testing.T) {
	site := strict(t)
	site.Response.Bodies.Feeds = policies.BodyOff
	c := newCleaner(t, site)
	for in, want := range map[string]string{
		`<?xml version="1.0"?><a/>`:                                                `<?xml version="1.0"?><a/>`,
		"\uFEFF\n<?xml version='1.0'?><a/>":                                        "\uFEFF\n<?xml version='1.0'?><a/>",
		`<a/><?xml version="1.0"?>`:                                                `<a/>`,
		`<?xml-stylesheet href="/wp-sitemap.xsl" type="text/xsl"?><a/>`:            `<a/>`,
		`<?xml-stylesheet href="#x" type="text/xsl"?><a/>`:                         `<a/>`,
		`<a><?php pwn() ?>x</a>`:                                                   `<a>x</a>`,
		`<a><![CDATA[<?php pwn() ?><!DOCTYPE]]></a>`:                               `<a><![CDATA[<?php pwn() ?><!DOCTYPE]]></a>`,
		`<!-- <?x?> --><a/>`:                                                       `<!-- <?x?> --><a/>`,
		`<!DOCTYPE a PUBLIC "[" ">"><a/>`:                                          `<!DOCTYPE a PUBLIC "[" ">"><a/>`,
		`<!DOCTYPE a [<!ENTITY x "<b>]>"><!-- ' ]> --><?p ' ]>?>]><a>&x;</a>`:      `<!DOCTYPE a ><a>&x;</a>`,
		`<!doctype a SYSTEM 'x' [ <!ENTITY % p SYSTEM "//evil.test/"> %p; ] ><a/>`: `<!doctype a SYSTEM 'x' ><a/>`,
		`<a><?never ends`:                                                          `<a>`,
		`<!DOCTYPE a [ <!ENTITY x "`:                                               `<!DOCTYPE a `,
		`<a><!`:                                                                    `<a><!`,
		`<<?x?>?xml-stylesheet href="//evil.test"?><a/>`:                           `<<!---->?xml-stylesheet href="//evil.test"?><a/>`,
		`<!DOC<?x?>TYPE a [<!ENTITY x "y">]><a>&x;</a>`:                            `<!DOC<!---->TYPE a [<!ENTITY x "y">]><a>&x;</a>`,
		`<a>b<?x?>c</a>`:                                                           `<a>b<!---->c</a>`,
		`<?xml version="1.0" encoding="UTF-8"?><a/>`:                               `<?xml version="1.0" encoding="UTF-8"?><a/>`,
		`<?xml version="1.0" encoding="utf-7"?><a>+ADw-b/+AD4-</a>`:                `<?xml version="1.0" encoding="utf-8"?><a>+ADw-b/+AD4-</a>`,
		`<?xml encoding="utf-8" encoding="utf-7"?><a/>`:                            `<?xml version="1.0" encoding="utf-8"?><a/>`,
	} {
		for _, size := range []int{1, 5, bodyWindow} {
			out, _ := cleanBody(t, c, MediumXML, []byte(in), 0, func(w *BodyWriter) { w.size = size })
			if out != want {
				t.Errorf("%q in windows of %d\nbecame %q\nwant   %q", in, size, out, want)
			}
		}
	}
}

// TestXMLDeclaration: a declaration is true of what is sent.
func TestXMLDeclaration(t *testing.T) {
	c := newCleaner(t, strict(t))
	for _, tt := range []struct{ charset, in, want string }{
		{"windows-1252", `<?xml version="1.0" encoding="iso-8859-1"?><a/>`, `<?xml version="1.0" encoding="iso-8859-1"?><a/>`},
		{"windows-1252", `<?xml version="1.0" encoding="utf-8"?><a/>`, `<?xml version="1.0" encoding="windows-1252"?><a/>`},
		{"windows-1252", `<?xml version="1.0"?><a/>`, `<?xml version="1.0" encoding="windows-1252"?><a/>`},
		{"utf-8", `<?xml version="1.0" encoding="utf-16"?><a/>`, `<?xml version="1.0" encoding="utf-8"?><a/>`},
		{"utf-8", `<?xml version="1.0" ` + strings.Repeat(" ", maxInstruction) + `encoding="utf-8"?><a/>`, `<?xml version="1.0" encoding="utf-8"?><a/>`},
	} {
		for _, size := range []int{1, bodyWindow} {
			var out strings.Builder
			w := c.NewBodyWriter(&out, MediumXML, Document{URL: pageURL, Charset: tt.charset})
			w.size = size
			if _, err := w.Write([]byte(tt.in)); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil || out.String() != tt.want {
				t.Errorf("%s: %q became %q, want %q, %v", tt.charset, tt.in, out.String(), tt.want, err)
			}
		}
	}
}

// TestXMLGuardEvidence: what leads elsewhere is told of, the site's own is not.
func TestXMLGuardEvidence(t *testing.T) {
	c := newCleaner(t, strict(t))
	for in, want := range map[string]string{
		`<?xml-stylesheet type="text/xsl" href="/own.xsl"?><a/>`:              "",
		`<?xml-stylesheet type="text/xsl" href="https://evil.test/"?><a/>`:    "https://evil.test/",
		`<?xml-stylesheet type="text/xsl" href='&#x2f;&#x2f;evil.test'?><a/>`: "https://evil.test/",
	} {
		_, findings := cleanBody(t, c, MediumXML, []byte(in), 0)
		got := ""
		if len(findings) > 0 {
			got = findings[0].Target
		}
		if got != want {
			t.Errorf("%s: %+v", in, findings)
		}
	}
	_, findings := cleanBody(t, c, MediumXML, []byte(`<!DOCTYPE a [<!ENTITY x "y">]><a/>`), 0)
	if len(findings) != 1 || findings[0].Reasons[0] != reasonEntities || findings[0].Snippet != `[<!ENTITY x "y">]` || findings[0].Offset != 12 {
		t.Errorf("%+v", findings)
	}
}

func inRSS(item string) string {
	return `<rss version="2.0"><channel>` + item + `</channel></rss>`
}

func TestFeedUnits(t *testing.T) {
	c := newCleaner(t, strict(t))
	const gone, own = "", `<item><link>/a</link></item>`
	for in, want := range map[string]string{
		own: own,
		`<item><link>https://www.facebook.com/a</link></item>`:                                   `<item><link>https://www.facebook.com/a</link></item>`,
		`<item><link>https://evil.test/</link></item>` + own:                                     own,
		`<item><link><![CDATA[ //evil.test ]]></link></item>`:                                    gone,
		`<item><link>https://www.portal.example<!-- -->.evil.test</link></item>`:                 gone,
		`<item><link>&#104;ttps://evil.test</link></item>`:                                       gone,
		`<x:item xmlns:x="y"><x:LINK>https://evil.test</x:LINK></x:item>`:                        gone,
		`<item rdf:about="https://evil.test/"><title>x</title></item>`:                           gone,
		`<item><guid>https://evil.test/?p=1</guid></item>`:                                       gone,
		`<item><guid isPermaLink="false">https://evil.test/?p=1</guid></item>`:                   `<item><guid isPermaLink="false">https://evil.test/?p=1</guid></item>`,
		`<item xmlns:a="//evil.test"><b xmlnsx:href="//evil.test"/></item>`:                      `<item xmlns:a="//evil.test"></item>`,
		`<item><guid>tin-12</guid></item>`:                                                       `<item><guid>tin-12</guid></item>`,
		`<link>https://evil.test</link>`:                                                         gone,
		`<generator>https://wordpress.org/?v=6</generator>`:                                      `<generator>https://wordpress.org/?v=6</generator>`,
		`<item><link>/a</link><comments>//evil.test</comments></item>`:                           own,
		`<item><link>/a</link><source url="//evil.test/feed">x</source></item>`:                  own,
		`<item><link>/a</link><script>pwn=1</script></item>`:                                     own,
		`<item xml:base="//evil.test"><link>/a</link></item>`:                                    gone,
		`<item><description>a &lt;b&gt; b</description></item>`:                                  `<item><description>a &lt;b&gt; b</description></item>`,
		`<item><description>&lt;img src=x onerror=location='//evil.test'></description></item>`:  `<item><description>&lt;img src="x"&gt;</description></item>`,
		`<item><d>x<![CDATA[<script src=//evil.test>]]>&lt;/script>]]&gt;y</d></item>`:           `<item><d><![CDATA[x]]]]><![CDATA[>y]]></d></item>`,
		`<item><c type="xhtml"><h:div xmlns:h="x"><h:script>pwn=1</h:script></h:div></c></item>`: `<item></item>`,
		`<item><title>` + strings.Repeat("dài ", 200) + `</title></item>` + own:                  own,
	} {
		out, findings := cleanBody(t, c, MediumXML, []byte(inRSS(in)), 0, func(w *BodyWriter) { w.size, w.hold = 100, 700 })
		if out != inRSS(want) || (in != want) != (len(findings) > 0) {
			t.Errorf("%s\nbecame %s\nwant   %s %+v", in, out, inRSS(want), findings)
		}
	}
}

func TestFeedContainers(t *testing.T) {
	c := newCleaner(t, strict(t))
	const in = `<rss xml:base="https://evil.test/" version="2.0"><channel><item><link>/a</link></item></channel></rss>`
	const want = `<rss  version="2.0"><channel><item><link>/a</link></item></channel></rss>`
	if out, findings := cleanBody(t, c, MediumXML, []byte(in), 0); out != want || len(findings) != 1 || findings[0].Kind != "base" {
		t.Errorf("%s %+v", out, findings)
	}
	const entry = `<entry xmlns="http://www.w3.org/2005/Atom"><link href="//evil.test/"/><link href="/a"/></entry>`
	if out, _ := cleanBody(t, c, MediumXML, []byte(entry), 0); out != strings.Replace(entry, `<link href="//evil.test/"/>`, "", 1) {
		t.Error(out)
	}
	const rdf = `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><channel rdf:about="/"><items/></channel><item rdf:about="//evil.test/"/></rdf:RDF>`
	if out, _ := cleanBody(t, c, MediumXML, []byte(rdf), 0); out != strings.Replace(rdf, `<item rdf:about="//evil.test/"/>`, "", 1) {
		t.Error(out)
	}
}

// TestFeedLinkPolicies: entries follow response.links.
func TestFeedLinkPolicies(t *testing.T) {
	const honest = `<item><title>Tin</title><link>https://bao.example/1</link></item>`
	const spam = `<item><title>Nhà cái uy tín</title><link>https://bao.example/2</link></item>`
	for policy, want := range map[policies.LinkPolicy]string{
		policies.LinksAllowlist: "", policies.LinksSignals: honest, policies.LinksReport: honest + spam,
	} {
		site := strict(t)
		site.Response.Links = policy
		out, findings := cleanBody(t, newCleaner(t, site), MediumXML, []byte(inRSS(honest+spam)), 0)
		if out != inRSS(want) || len(findings) == 0 {
			t.Errorf("%s: %s %+v", policy, out, findings)
		}
	}
}

// TestFeedRefused: what is no well-formed feed is not passed on as one.
func TestFeedRefused(t *testing.T) {
	c := newCleaner(t, strict(t))
	site := strict(t)
	site.Response.Bodies.Feeds = policies.BodyReport
	reports := newCleaner(t, site)
	for _, in := range []string{
		`<rss><channel><item></channel></rss>`, `<rss><channel>`, `<rss></rss><rss></rss>`, `<rss a=b></rss>`, `<rss a="1" a="2"></rss>`,
		`<rss a="<"></rss>`, `<rss><item><link>x</item></link></rss>`, `Warning: x <rss></rss>`, `<rss></rss>x`, `</rss>`, `<rss><!-- `, `<rss><![CDATA[`,
		`<rss>` + strings.Repeat("<a>", maxFeedDepth+1),
	} {
		var unreadable *UnreadableError
		if out, _, err := tryBody(c, MediumXML, []byte(in), 0); !errors.As(err, &unreadable) {
			t.Errorf("%s: %v, %s", in, err, out)
		}
		out, findings := cleanBody(t, reports, MediumXML, []byte(in), 0)
		if out != in || len(findings) == 0 {
			t.Errorf("under report %s: %s %+v", in, out, findings)
		}
	}
}
