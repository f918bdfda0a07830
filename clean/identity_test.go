package clean

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lachan-waf/lachan/policies"
)

const (
	evilCanonical = `<link rel="canonical" href="https://evil.test/">`
	evilOpenGraph = `<meta property="og:url" content="https://evil.test/">`
	evilAMP       = `<link rel="amphtml" href="https://amp.evil.test/">`
	evilLinked    = `<script type="application/ld+json">{"@type":"WebSite","url":"https:\/\/evil.test\/"}</script>`
	evilLanguages = `<link rel="alternate" hreflang="id" href="https://evil.test/id"><link rel="alternate" hreflang="x-default" href="https://evil.test/">`
)

func head(parts ...string) string {
	return "<!DOCTYPE html><html><head><title>t</title>" + strings.Join(parts, "") + "</head><body><p>x</p></body></html>"
}

// doorwayOf returns what Head was told, and how often.
func doorwayOf(t *testing.T, c *Cleaner, in string, size int) (f Finding, calls int) {
	t.Helper()
	cleanBy(t, c, []byte(in), size, Document{Head: func(doorway Finding) { f = doorway; calls++ }})
	return f, calls
}

func TestDoorway(t *testing.T) {
	site := portal(t)
	site.Response.Doorways = policies.DoorwaysGone
	c := newCleaner(t, site)
	for name, test := range map[string]struct{ in, reasons string }{
		"canonical, open graph and linked data": {head(evilCanonical, evilOpenGraph, evilLinked), "doorway canonical og:url json-ld"},
		"translations, none of them ours":       {head(evilLanguages, evilCanonical), "doorway hreflang canonical"},
		"hosts differ":                          {head(evilCanonical, evilAMP, strings.ReplaceAll(evilOpenGraph, "evil", "casino")), "doorway canonical amphtml og:url"},
		"translations of a page that is ours":   {head(`<link rel="canonical" href="/tin"/>`, evilLanguages, evilAMP), ""},
		"three translations of ours":            {head(`<link rel="alternate" hreflang="vi" href="https://portal.example/">`, evilLanguages, strings.ReplaceAll(evilLanguages, "id", "en")), ""},
		"taken over from a ministry":            {head(`<link rel="canonical" href="https://moh.gov.vn/1">`, `<meta property="og:url" content="https://moh.gov.vn/1">`, `<meta name="twitter:url" content="https://moh.gov.vn/1">`), ""},
		"taken over from a paper":               {head(evilCanonical, evilOpenGraph), ""},
		"the same said thrice":                  {head(evilCanonical, evilCanonical, evilCanonical), ""},
		"one tag of many relations":             {head(`<link rel="canonical shortlink amphtml" href="https://evil.test/">`), ""},
		"feeds":                                 {head(strings.Repeat(`<link rel="alternate" type="application/rss+xml" href="https://feeds.test/">`, 4)), ""},
		"publisher and two":                     {head(evilCanonical, evilOpenGraph, `<script type="application/ld+json">{"publisher":{"url":"https://evil.test/"}}</script>`), "doorway canonical og:url json-ld"},
		"linked data that is ours":              {head(evilCanonical, evilOpenGraph, `<script type="application/ld+json">{"url":"/tin","publisher":{"url":"https://evil.test/"}}</script>`), ""},
		"behind the head":                       {head(evilCanonical) + evilOpenGraph + evilAMP, ""},
		"behind a head without a body":          {evilCanonical + "</head>" + evilOpenGraph + evilAMP, ""},
		"a template's head":                     {head("<template></head></template>", evilCanonical, evilOpenGraph, evilAMP), "doorway canonical og:url amphtml"},
		"no head at all":                        {evilCanonical + evilOpenGraph + evilAMP, "doorway canonical og:url amphtml"},
		"in a frame's own document":             {head(`<iframe srcdoc="` + strings.ReplaceAll(evilCanonical+evilOpenGraph+evilAMP, `"`, "&quot;") + `"></iframe>`), ""},
		"too far down":                          {head(strings.Repeat("<!-- -->", maxHead/8), evilCanonical, evilOpenGraph, evilAMP), ""},
		"nothing":                               {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			for _, size := range []int{0, 1, 7, 0} { // the second time more is familiar
				f, calls := doorwayOf(t, c, test.in, size)
				if got := strings.Join(f.Reasons, " "); got != test.reasons || calls != 1 {
					t.Errorf("in pieces of %d: %q in %d calls, want %q", size, got, calls, test.reasons)
				}
				if f.Kind != "" && (f.Kind != "identity" || !f.Removed || f.Snippet == "" || !strings.HasSuffix(f.Host, "evil.test")) {
					t.Errorf("%+v", f)
				}
			}
		})
	}
}

// TestDoorwayIsToldInTime: whoever waits with the first byte must be told at
// the head's end, not at the document's, and at the bound where there is none.
func TestDoorwayIsToldInTime(t *testing.T) {
	c := newCleaner(t, portal(t))
	for name, in := range map[string]string{
		"head":        "<head><title>t</title></head>",
		"body":        "<title>t</title><body class=x>",
		"text":        strings.Repeat("a", maxHead),
		"script":      "<script>" + strings.Repeat("a", maxHead),
		"comment":     "<!--" + strings.Repeat("a", maxHead),
		"long tag":    "<a title='" + strings.Repeat("a", maxHead),
		"foreign":     "<svg>" + strings.Repeat("<g>", maxHead/3),
		"frameset":    "<frameset>" + strings.Repeat("<frame>", maxHead/7),
		"many pieces": strings.Repeat("<p>a", maxHead/4),
	} {
		told := false
		w := c.NewWriter(&strings.Builder{}, Document{URL: pageURL, Head: func(Finding) { told = true }})
		for i := range len(in) {
			if _, err := w.Write([]byte(in[i : i+1])); err != nil {
				t.Fatal(err)
			}
		}
		if !told {
			t.Errorf("%s: not told after %d bytes", name, len(in))
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestDoorwayAtTheBound: whether the last tag still counts does not depend on
// how the document was cut.
func TestDoorwayAtTheBound(t *testing.T) {
	c := newCleaner(t, portal(t))
	tags := evilCanonical + evilOpenGraph + evilAMP
	for past := -2; past <= 2; past++ {
		in := strings.Repeat(" ", maxHead-len(tags)+past) + tags
		for _, size := range []int{0, 1, 7, 4096} {
			if f, _ := doorwayOf(t, c, in, size); (f.Kind != "") != (past <= 0) {
				t.Errorf("%d past the bound, in pieces of %d: %+v", past, size, f)
			}
		}
	}
}

func TestDoorwayUnderReport(t *testing.T) {
	c := newCleaner(t, portal(t))
	out, findings := cleanString(t, c, head(evilCanonical, evilOpenGraph, evilAMP))
	last := findings[len(findings)-1]
	if len(findings) != 4 || last.Removed || strings.Join(last.Reasons, " ") != "doorway canonical og:url amphtml" || out != head() {
		t.Errorf("%+v\n%s", findings, out)
	}
}

func TestIdentityFollowsThePolicyForLinks(t *testing.T) {
	for policy, want := range map[policies.LinkPolicy]string{
		policies.LinksAllowlist: "",
		policies.LinksSignals:   evilCanonical,
		policies.LinksReport:    evilCanonical + strings.ReplaceAll(evilOpenGraph, "evil", "casino"),
	} {
		site := portal(t)
		site.Response.Links = policy
		out, findings := cleanString(t, newCleaner(t, site), evilCanonical+strings.ReplaceAll(evilOpenGraph, "evil", "casino"))
		if out != want || len(findings) != 2 {
			t.Errorf("%s: %s\n%+v", policy, out, findings)
		}
	}
}

func TestVerification(t *testing.T) {
	file := filepath.Join(t.TempDir(), "baseline.yaml")
	if err := os.WriteFile(file, []byte("verifications: [ours]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	listing, err := policies.LoadBaseline(file)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"google-site-verification", "msvalidate.01", "yandex-verification", "baidu-site-verification", "p:domain_verify", "facebook-domain-verification", "zalo-platform-site-verification", "verify-v1"}
	for _, test := range []struct {
		scripts  policies.ScriptPolicy
		baseline *policies.Baseline
		removed  bool
	}{
		{policies.ScriptsKnown, nil, true},
		{policies.ScriptsSignals, nil, false},
		{policies.ScriptsSignals, listing, true},
		{policies.ScriptsReport, listing, false},
	} {
		site := portal(t)
		site.Response.InlineScripts = test.scripts
		c, err := New(site, test.baseline)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			_, findings := cleanString(t, c, `<meta name="`+name+`" content="theirs">`)
			if len(findings) != 1 || findings[0].Removed != test.removed || !slices.Contains(findings[0].Reasons, "site-verification") {
				t.Errorf("%s, %s: %+v", test.scripts, name, findings)
			}
			in := `<meta name="` + name + `" content=" ours ">`
			if out, _ := cleanString(t, c, in); test.baseline != nil && out != in {
				t.Errorf("%s: the owner's own went: %s", name, out)
			}
		}
	}
}

// foreignHead is a head that is made of n files of another site, and own of ours.
func foreignHead(n, own int, parts ...string) string {
	for i := range n {
		parts = append(parts, fmt.Sprintf(`<link rel="stylesheet" href="https://assets.shop.test/%d.css?v=%d">`, i, i))
		parts = append(parts, fmt.Sprintf("<link rel=stylesheet href=//assets.shop.test/%d.css>", i)) // the same
	}
	for i := range own {
		parts = append(parts, fmt.Sprintf(`<script src="/js/%d.js" async></script>`, i))
	}
	return head(parts...)
}

const spamTitle = "<title>Slot Gacor Maxwin</title>"

// TestForeignTemplate: a page that is made of another site's files is a doorway
// where its title advertises, or where it names another canonical page and
// another mobile one; nothing a legacy page has is enough.
func TestForeignTemplate(t *testing.T) {
	c := newCleaner(t, portal(t))
	cdn := strings.NewReplacer("assets.shop.test", "cdnjs.cloudflare.com").Replace
	for name, test := range map[string]struct{ in, reasons string }{
		"planted by its title":     {foreignHead(5, 1, spamTitle), "doorway foreign-template spam-title"},
		"by its links":             {foreignHead(8, 2, evilCanonical, evilAMP), "doorway canonical amphtml foreign-template"},
		"by all":                   {foreignHead(8, 0, evilCanonical, evilAMP, evilOpenGraph, spamTitle), "doorway canonical amphtml og:url foreign-template spam-title"},
		"files with other queries": {strings.ReplaceAll(foreignHead(2, 0, spamTitle), ".css>", ".css?x>"), ""},
		"scripts":                  {strings.NewReplacer(`<link rel="stylesheet" href=`, "<script src=", ".css", ".js", `">`, `"></script>`).Replace(foreignHead(5, 0, spamTitle)), "doorway foreign-template spam-title"},
		"many":                     {foreignHead(3*maxFurniture, maxFurniture/4, spamTitle), "doorway foreign-template spam-title"},

		"a theme of our own":                {foreignHead(5, 2, spamTitle), ""},
		"few files":                         {foreignHead(4, 0, spamTitle), ""},
		"files alone":                       {foreignHead(20, 0), ""},
		"a network for its files":           {cdn(foreignHead(12, 0)), ""},
		"that, taken over from a paper":     {cdn(foreignHead(12, 0, evilCanonical, evilOpenGraph)), ""},
		"a theme's demonstration":           {foreignHead(12, 0, evilCanonical, evilOpenGraph), ""},
		"another mobile page only":          {foreignHead(12, 0, evilAMP), ""},
		"a title alone":                     {head(spamTitle), ""},
		"a title, taken over from a paper":  {head(spamTitle, evilCanonical, evilOpenGraph), ""},
		"a title that warns":                {foreignHead(12, 0, "<title>Cảnh báo: nổ hũ, tài xỉu online</title>"), ""},
		"files that the site's list allows": {strings.NewReplacer("assets.shop.test", "fonts.googleapis.com").Replace(foreignHead(12, 0, spamTitle)), ""},
		"pictures of others":                {head(spamTitle, strings.Repeat(`<link rel="icon" href="https://assets.shop.test/x.png">`, 9)), ""},
		"behind the head":                   {head() + foreignHead(9, 0, spamTitle, evilCanonical, evilAMP), ""},
	} {
		t.Run(name, func(t *testing.T) {
			for _, size := range []int{0, 1, 7, 0} { // the second time more is familiar
				f, calls := doorwayOf(t, c, test.in, size)
				if got := strings.Join(f.Reasons, " "); got != test.reasons || calls != 1 {
					t.Errorf("in pieces of %d: %q in %d calls, want %q", size, got, calls, test.reasons)
				}
				if f.Kind != "" && (f.Kind != "identity" || f.Snippet == "") {
					t.Errorf("%+v", f)
				}
			}
		})
	}
}

// TestFurnitureIsCountedOnce, however its tags are read: skimmed, known as a
// whole, or judged.
func TestFurnitureIsCountedOnce(t *testing.T) {
	c := newCleaner(t, portal(t))
	in := `<link rel="stylesheet" href="/a.css"><script src="/a.js"></script><script src='/b.js'  ></script><script src=""></script>` +
		`<script src="https://cdn.example/x.js" async></script><link rel="icon" href="/a.png"><link rel="preload" as="style" href="/a.css">` +
		`<script>var a</script><script type="text/template">x</script>` + strings.Repeat(" ", 200)
	for range 3 {
		for _, size := range []int{len(in), 1, 50} {
			w := c.newRewriter(io.Discard, Document{URL: pageURL})
			for piece := range slices.Chunk([]byte(in), size) {
				w.write(piece)
			}
			if w.identity.furniture.own != 5 {
				t.Errorf("in pieces of %d: %d, want 5", size, w.identity.furniture.own)
			}
			w.abort()
			if w.release() {
				c.rewriters.Put(w)
			}
		}
	}
}

// Microdata, and whose profile a page names, are weighed as links: what says whose
// the page is stays out of a doorway.
func TestLinksOfMicrodata(t *testing.T) {
	c := newCleaner(t, portal(t))
	for in, stays := range map[string]bool{
		`<link itemprop="url" href="https://evil.test/">`:                            false,
		`<link itemprop="url" href="https://a.gov.vn/">`:                             true,
		`<link itemprop="image" href="/anh.jpg">`:                                    true,
		`<link itemprop="image" href="https://img.test/a.JPG?x">`:                    true,
		`<link itemprop="availability" href="https://schema.org/InStock">`:           true,
		`<meta itemprop="url" content="https://evil.test/">`:                         false,
		`<meta itemprop="name https://schema.org/url" content="//evil.test/">`:       false,
		`<meta itemprop="mainEntityOfPage" itemscope content="https://evil.test/x">`: false,
		`<meta itemprop="item" content="https://evil.test/x">`:                       false,
		`<meta itemprop="url" content="https://evil.test/x.png.html">`:               false,
		`<meta itemprop="url" content="https://www.portal.example/tin">`:             true,
		`<meta itemprop="mainEntityOfPage" itemscope content="">`:                    true,
		`<meta itemprop="url" content="https://img.test/logo.png">`:                  true,
		`<meta itemprop="sameAs" content="https://www.youtube.com/x">`:               true,
		`<meta itemprop="telephone" content="+84 1">`:                                true,
		`<link rel="me" href="https://evil.test/">`:                                  false,
		`<link rel="author publisher" href="//evil.test/">`:                          false,
		`<link rel="profile" href="https://gmpg.org/xfn/11">`:                        true,
	} {
		out, findings := cleanString(t, c, in)
		if (out == in) != stays || stays != (len(findings) == 0) {
			t.Errorf("%s became %s, %+v", in, out, findings)
		}
	}
}
