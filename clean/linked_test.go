package clean

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/lachan-waf/lachan/policies"
)

func linked(data string) string { return `<script type="application/ld+json">` + data + `</script>` }

// TestLinkedElsewhere: data goes whose things are all at another site's,
// wherever in a thing that is said.
func TestLinkedElsewhere(t *testing.T) {
	c := newCleaner(t, portal(t))
	for _, data := range []string{
		`{"@type":"BreadcrumbList","itemListElement":[{"@type":"ListItem","position":1,"item":"https://evil.test/"}]}`,
		`{"@type":"BreadcrumbList","itemListElement":[{"@type":"ListItem","item":{"@id":"https://evil.test/","name":"x"}},{"@type":"ListItem","item":{"url":"https://evil.test/a"}}]}`,
		`{"@type":"ItemList","itemListElement":{"@type":"ListItem","url":"https://evil.test/"}}`,
		`{"@type":"ItemList","itemListElement":{"@list":[{"@type":"Product","url":"https://evil.test/"}]}}`,
		`{"schema:itemListElement":[{"schema:item":{"@id":"https://evil.test/"}}]}`,
		`{"@type":"WebSite","potentialAction":{"@type":"SearchAction","target":"https://evil.test/?q={q}"}}`,
		`{"@type":"WebSite","potentialAction":[{"@type":["SearchAction"],"target":{"@type":"EntryPoint","urlTemplate":"https://evil.test/?q={q}"}}]}`,
		`{"@type":"WebPage","potentialAction":[{"@type":"https://schema.org/ReadAction","target":["https://evil.test/"]}]}`,
		`{"@type":"WebPage","isPartOf":{"@id":"https://evil.test/#website"}}`,
		`{"@type":"Article","isPartOf":{"@type":["WebPage"],"url":"https://evil.test/"}}`,
		`{"@type":"WebPage","mainEntity":{"@type":"Organization","url":"https://evil.test/"}}`,
		`{"@type":"WebPage","mainEntityOfPage":{"@type":"WebPage","url":"https://evil.test/"}}`,
		`[{"@graph":[{"@type":"WebSite","url":"https://evil.test/"}]}]`,
		`{"@graph":{"@type":"WebSite","url":"https://evil.test/"}}`,
		`{"@id":"urn:uuid:1","url":"https://evil.test/"}`,
		`{"@id":"#website","url":"https://evil.test/"}`,
		`{"@graph":[{"@type":"WebSite","@id":"_:b0","url":"https://evil.test/"},{"@type":"WebPage","isPartOf":{"@id":"_:b0","url":"https://evil.test/"}}]}`,
		`{"@id":"https://schema.org/WebSite","url":"https://evil.test/"}`,
		`{"url":"https://evil.test/","sameAs":"https://www.facebook.com/x"}`,
	} {
		out, findings := cleanString(t, c, linked(data))
		if out != "" || len(findings) != 1 || findings[0].Kind != "identity" || findings[0].Host != "evil.test" {
			t.Errorf("%s became %s, %+v", data, out, findings)
		}
	}
}

// TestLinkedHere: data stays that names this site or a listed one, and what names
// others by right.
func TestLinkedHere(t *testing.T) {
	c := newCleaner(t, portal(t))
	for _, data := range []string{
		`{"@type":"BreadcrumbList","itemListElement":[{"@type":"ListItem","position":1,"item":"/"},{"@type":"ListItem","item":"https://parent.test/"}]}`,
		`[{"@type":"BreadcrumbList","itemListElement":[{"item":{"@id":"https://www.portal.example/"}}]},{"@type":"Person","url":"https://an.test/"}]`,
		`{"@type":"ItemList","itemListElement":["https://a.test/",{"@type":"ListItem","url":"https://moh.gov.vn/"}]}`,
		`{"@type":"Organization","name":"Sở Y tế","sameAs":["https://www.youtube.com/x","https://zalo.test/x"]}`,
		`{"@type":"Organization","url":"/","sameAs":["https://www.youtube.com/x"]}`,
		`{"@type":"Organization","url":"/","potentialAction":{"@type":"SearchAction","target":"https://search.test/?q={q}"}}`,
		`{"@type":"Organization","name":"Quỹ","potentialAction":{"@type":"DonateAction","target":"https://pay.test/"}}`,
		`{"@type":"Event","name":"Hội chợ","offers":{"@type":"Offer","url":"https://tickets.test/1"}}`,
		`{"@type":"Product","brand":{"url":"https://brand.test/"},"url":"https://brand.test/1","offers":{"url":"/mua"}}`,
		`{"@type":"ScholarlyArticle","name":"x","isPartOf":{"@type":"Periodical","url":"https://journal.test/"}}`,
		`{"@type":"FAQPage","mainEntity":[{"@type":"Question","name":"?","acceptedAnswer":{"text":"<a href='https://a.test/'>a</a>"}}]}`,
		`{"@id":"#website","url":"https://www.portal.example/","sameAs":"https://a.test/"}`,
		`{"@graph":[{"@type":"Organization","@id":"#organization"},{"@type":"Person","@id":"#an","url":"https://an.test/"}]}`,
		`{"@type":"Thing","@id":"urn:uuid:1","image":"https://a.test/x.png"}`,
	} {
		if out, findings := cleanString(t, c, linked(data)); out != linked(data) || len(findings) > 0 {
			t.Errorf("%s became %s, %+v", data, out, findings)
		}
	}
}

// TestLinkedSpam: what names others by right, it may not advertise.
func TestLinkedSpam(t *testing.T) {
	c := newCleaner(t, portal(t))
	for _, data := range []string{
		`{"@type":"Product","name":"Slot Gacor","offers":{"url":"https://evil.test/"}}`,
		`{"@type":"Organization","description":"Casino","sameAs":["https://evil.test/"]}`,
	} {
		if out, findings := cleanString(t, c, linked(data)); out != "" || len(findings) != 1 {
			t.Errorf("%s became %s, %+v", data, out, findings)
		}
	}
}

// spoiled are what data may be wrapped in, or broken by, of which search engines
// read it all the same; %s stands for an address.
var spoiled = []string{
	"<!-- {\"url\":\"%s\"} -->",
	"<!--\n{\"url\":\"%s\"}\n//-->",
	"<!-- the site's -->{\"url\":\"%s\"}",
	"<![CDATA[{\"url\":\"%s\"}]]>",
	"//<![CDATA[\n{\"url\":\"%s\",\"a\":[[1]]}\n//]]>",
	"// <![CDATA[ {\"url\":\"%s\"} // ]]>",
	"/*<![CDATA[*/{\"url\":\"%s\"}/*]]>*/",
	"\uFEFF{\"url\":\"%s\"}",
	"{\"url\":\"%s\",}",
	"{\"url\":[\"%s\" , ] , }",
	"{\"a\":1,,\"url\":\"%s\"}",
	"{\"url\":\"%s\"};",
	"{/* a \" */\"url\":\"%s\" // a \" b\n}",
	"{\"@type\":\"Thing\"}{\"url\":\"%s\"}",
	"{\"@type\":\"Thing\"},\n{\"url\":\"%s\"}",
	"{\"name\":\"a\n\tb\",\"url\":\"%s\"}",
	"{\"name\":\"a\\'b\\u12\",\"url\":\"%s\"}",
	"{\"url\":\"\n%s\"}",
	"{\"url\":\"%s\"} /* a",
}

// unreadable are read by nobody known.
var unreadable = []string{
	"{\"name\":\"Sở \"Y\" tế\",\"url\":\"%s\"}",
	"{'url':'%s'}",
	"{\"url\":\"%s\"",
	"{url:\"%s\"}",
	"{\"url\":\"%s\":}",
}

func TestLinkedSpoiled(t *testing.T) {
	c := newCleaner(t, portal(t))
	for _, text := range slices.Concat(spoiled, unreadable) {
		for address, stays := range map[string]bool{
			`https://evil.test/`: false, `https:\/\/evil.test\/`: false,
			`https://www.portal.example/`: true, `https:\/\/moh.gov.vn`: true, `/tin`: true,
		} {
			in := linked(strings.Replace(text, "%s", address, 1))
			out, findings := cleanString(t, c, in)
			if (out == in) != stays || stays != (len(findings) == 0) {
				t.Errorf("%q became %q, %+v", in, out, findings)
			}
			if !stays && (len(findings) != 1 || findings[0].Host != "evil.test" || findings[0].Kind != "identity") {
				t.Errorf("%q: %+v", in, findings)
			}
		}
	}
}

func TestReadLinked(t *testing.T) {
	for i, text := range slices.Concat(spoiled, unreadable) {
		data, ok := readLinked([]byte(text))
		found := false
		for _, thing := range thingsIn(data) {
			found = found || len(thing.values("url")) == 1
		}
		if want := i < len(spoiled); ok != want || found != want {
			t.Errorf("%q: %v, %t", text, data, ok)
		}
	}
}

// FuzzReadLinked: what is JSON says the same when it is mended.
func FuzzReadLinked(f *testing.F) {
	for _, text := range slices.Concat(spoiled, unreadable) {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		readLinked(text)
		mended := mendLinked(text)
		var before, after any
		if json.Unmarshal(text, &before) != nil {
			return
		}
		if err := json.Unmarshal(mended, &after); err != nil || !reflect.DeepEqual(before, after) {
			t.Fatalf("%q became %q: %v", text, mended, err)
		}
	})
}

// TestLinkedSpoiledHere: data that its template spoiled names the site, or no
// site at all.
func TestLinkedSpoiledHere(t *testing.T) {
	c := newCleaner(t, portal(t))
	for _, data := range []string{
		`{"name":"Sở "Y" tế","url":"/","image":"https://cdn.test/x.png"}`,
		`{"name":"Sở "Y" tế","sameAs":"https://cdn.test/x","logo":"https://www.portal.example/l.png"}`,
		`{"@context":"http://www.schema.org","name":"Sở "Y" tế"}`,
		`{"@context":"https://schema.org","name":"a` + "\n" + `b","sameAs":"https://cdn.test/x",}`,
		`{{ site.schema }}`, ``, `"`, `{"`, `<!--`,
	} {
		if out, findings := cleanString(t, c, linked(data)); out != linked(data) || len(findings) > 0 {
			t.Errorf("%s became %s, %+v", data, out, findings)
		}
	}
}

// TestLinearLinked is TestLinear for data that has to be mended.
func TestLinearLinked(t *testing.T) {
	c := newCleaner(t, portal(t))
	for _, middle := range []string{
		"/* ", "// ", "//", "<!--", "]]>", "{", "[", "],", ",", "1 ", "{}", `"\`, `"`, `"/`, `{"mainEntity":`, `{"@graph":[`, `{"url":["//a.test"]}`, `"//a.test",`,
	} {
		mustBeLinear(t, `"https://evil.test"`, middle, func(in []byte) { cleanBy(t, c, []byte(linked(string(in))), 0, Document{}) })
	}
}

func TestLinkedFollowsThePolicyForLinks(t *testing.T) {
	site := portal(t)
	site.Response.Links = policies.LinksSignals
	in := linked(`<!-- {"itemListElement":[{"item":"https://evil.test/"}]} -->`)
	if out, findings := cleanString(t, newCleaner(t, site), in); out != in || len(findings) != 1 || findings[0].Removed {
		t.Errorf("%s, %+v", out, findings)
	}
}
