package clean

import (
	"math/rand/v2"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestNonce(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"inline", `<script>a()</script>`, `<script nonce="N1">a()</script>`},
		{"external", `<script src="/a.js" defer></script>`, `<script src="/a.js" defer nonce="N1"></script>`},
		{"module", `<script type=module src='/a.js'></script>`, `<script type=module src='/a.js' nonce="N1"></script>`},
		{"import map", `<script type="importmap">{"imports":{"a":"/a.js"}}</script>`, `<script type="importmap" nonce="N1">{"imports":{"a":"/a.js"}}</script>`},
		{"data", `<script type="application/json">{"a":1}</script>`, `<script type="application/json" nonce="N1">{"a":1}</script>`},
		{"the origin's", `<script nonce="old">a()</script>`, `<script nonce="N1">a()</script>`},
		{"the origin's, in capitals", `<SCRIPT NONCE=old SRC=/a.js></SCRIPT>`, `<SCRIPT SRC="/a.js" nonce="N1"></SCRIPT>`},
		{"with a slash", `<script src=/a/></script><script src="/a"/></script>`, `<script src=/a/ nonce="N1"></script><script src="/a" nonce="N1"/></script>`},
		{"in SVG", `<svg><script href="/a.js"/></svg>`, `<svg><script href="/a.js" nonce="N1"/></svg>`},
		{"removed", `<script src="//evil.test/a.js"></script>`, ``},
		{"no script", `<p nonce="x">a</p><link rel="stylesheet" href="/a.css">`, `<p nonce="x">a</p><link rel="stylesheet" href="/a.css">`},
		{"comment that looks like one", `<!--<script>a()</script>-->`, `<!--<script>a()</script>-->`},
		{"text that looks like one", `<title><script>a()</title>`, `<title><script>a()</title>`},
		{"document in an attribute", `<iframe srcdoc="<script>a(1&amp;&amp;2)</script>"></iframe>`,
			`<iframe srcdoc="&lt;script nonce=&quot;N1&quot;&gt;a(1&amp;&amp;2)&lt;/script&gt;"></iframe>`},
		{"document without scripts", `<iframe srcdoc="<p>a</p>"></iframe>`, `<iframe srcdoc="<p>a</p>"></iframe>`},
		{"policy with nonces", `<meta http-equiv="Content-Security-Policy" content="script-src 'nonce-old'; img-src *">`,
			`<meta http-equiv="Content-Security-Policy" content="script-src 'nonce-old' 'nonce-N1'; img-src *">`},
		{"policy that lets a stranger in", `<meta http-equiv="Content-Security-Policy" content="script-src  'self' evil.test;report-uri //evil.test/">`,
			`<meta http-equiv="Content-Security-Policy" content="script-src 'self'">`},
		{"policy as its author writes", `<meta http-equiv="Content-Security-Policy" content="script-src  'self' ;Img-Src *;">`,
			`<meta http-equiv="Content-Security-Policy" content="script-src  'self' ;Img-Src *;">`},
		{"policy without nonces", `<meta http-equiv="Content-Security-Policy" content="img-src *">`, `<meta http-equiv="Content-Security-Policy" content="img-src *">`},
	}
	c := newCleaner(t, portal(t))
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, size := range []int{0, 1, 7} {
				if out, _ := cleanBy(t, c, []byte(test.in), size, Document{URL: pageURL, Nonce: "N1"}); out != test.want {
					t.Errorf("in pieces of %d: %s", size, out)
				}
			}
			without, _ := cleanBy(t, c, []byte(test.in), 0, Document{URL: pageURL})
			if strings.Contains(without, "N1") || !strings.Contains(test.in, "evil") && without != test.in && !strings.Contains(test.in, "=old SRC") && !strings.Contains(test.in, "=module src") {
				t.Errorf("without a nonce: %s", without)
			}
		})
	}
}

// TestNonceOfFamiliarTags: a tag that stayed as it was in a document without a
// nonce is not passed over in one that has one.
func TestNonceOfFamiliarTags(t *testing.T) {
	c := newCleaner(t, portal(t))
	const script, frame = `<script src="/a.js"></script>`, `<iframe srcdoc="<script src='/a.js'></script>"></iframe>`
	in := []byte(strings.Repeat(script+frame, 3) + strings.Repeat(" ", 64))
	for round := range 6 {
		nonce := "N1"[:round%2*2]
		out, _ := cleanBy(t, c, in, 0, Document{URL: pageURL, Nonce: nonce})
		if n := strings.Count(out, "N1"); n != 6*(round%2) {
			t.Errorf("round %d: %d nonces in %s", round, n, out)
		}
	}
}

func TestCSP(t *testing.T) {
	c := newCleaner(t, portal(t))
	for in, want := range map[string]string{
		"default-src 'self'; report-uri /csp; report-to x":                                    "default-src 'self'",
		"script-src * 'unsafe-inline'; report-uri //evil.test/r":                              "script-src * 'unsafe-inline'",
		"script-src 'self' https://evil.test cdn.example:443/a/ *.evil.test https: 'nonce-a'": "script-src 'self' cdn.example:443/a/ https: 'nonce-a'",
		"Script-Src EVIL.test":                         "script-src 'none'",
		"frame-src www.youtube.com //evil.test":        "frame-src www.youtube.com",
		"form-action 'self' pay.example evil.test":     "form-action 'self' pay.example",
		"base-uri evil.test":                           "base-uri 'none'",
		"img-src evil.test":                            "img-src evil.test",
		"frame-ancestors 'self'; sandbox , img-src *;": "frame-ancestors 'self'; sandbox, img-src *",
		"report-uri /a":                                "",
		"upgrade-insecure-requests;;":                  "upgrade-insecure-requests",
	} {
		if got := c.CSP(in); got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}

func TestWithNonce(t *testing.T) {
	for in, want := range map[string]string{
		"script-src 'nonce-a' 'strict-dynamic'; img-src *":      "script-src 'nonce-a' 'strict-dynamic' 'nonce-N1'; img-src *",
		"default-src 'Nonce-a', style-src 'self' 'nonce-b'":     "default-src 'Nonce-a' 'nonce-N1', style-src 'self' 'nonce-b' 'nonce-N1'",
		"script-src 'sha256-" + "abc=' 'self'; object-src none": "script-src 'sha256-abc=' 'self'; object-src none",
	} {
		if got := WithNonce(in, "N1"); got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}

// TestEveryScriptHasTheNonce: in documents put together at random each script
// that x/net's tree holds has the response's nonce, and no other.
func TestEveryScriptHasTheNonce(t *testing.T) {
	site := portal(t)
	c := newCleaner(t, site)
	all := append(strings.Split(`<script nonce=theirs>a()</script>|<script src=/a.js nonce>|<script/nonce='theirs'/>|<svg><script href="/a.js"/></svg>|<script type=module>|<iframe srcdoc="&lt;script>a()&lt;/script>"></iframe>`, "|"), pieces...)
	random := rand.New(rand.NewPCG(3, 4))
	scripts := 0
	for range 8000 {
		var in strings.Builder
		for range 2 + random.IntN(14) {
			in.WriteString(all[random.IntN(len(all))])
		}
		doc := Document{URL: pageURL, Nonce: "N1"}
		out, _ := cleanBy(t, c, []byte(in.String()), 0, doc)
		if again, _ := cleanBy(t, c, []byte(in.String()), 1, doc); again != out {
			t.Fatalf("%q\nin pieces: %q\nwhole:     %q", in.String(), again, out)
		}
		scripts += checkNonces(t, out)
	}
	if scripts < 1000 {
		t.Errorf("only %d scripts were seen", scripts)
	}
}

func checkNonces(t *testing.T, out string) (scripts int) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(out))
	if err != nil {
		return 0 // x/net refuses some depths
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode || n.Data != "script" {
			continue
		}
		scripts++
		var nonces []string
		for _, a := range n.Attr {
			if a.Key == "nonce" {
				nonces = append(nonces, a.Val)
			}
		}
		if len(nonces) != 1 || nonces[0] != "N1" {
			t.Fatalf("nonces %q in %q", nonces, out)
		}
	}
	return scripts
}
