package clean

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lachan-waf/lachan/policies"
)

// approving returns a cleaner under `inline_scripts: known` whose baseline
// holds the fingerprint of the script, and whether the script has one.
func approving(t testing.TB, script string) (*Cleaner, bool) {
	t.Helper()
	site := portal(t)
	site.Response.InlineScripts = policies.ScriptsKnown
	site.Response.Allow.Scripts = patterns(t, "cdn.example", "npm.example/npm/swiper/")
	var seen []Script
	cleanBy(t, newCleaner(t, site), []byte("<script>"+script+"</script>"), 0, Document{URL: pageURL, Script: func(s Script) { seen = append(seen, s) }})
	if len(seen) != 1 {
		t.Fatalf("%d scripts were offered for approval", len(seen))
	}
	file := filepath.Join(t.TempDir(), "baseline.yaml")
	text := "fingerprints: [" + hex.EncodeToString(seen[0].Fingerprint[:]) + "]\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	baseline, err := policies.LoadBaseline(file)
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(site, baseline)
	if err != nil {
		t.Fatal(err)
	}
	return c, seen[0].Fingerprint != [32]byte{}
}

func stays(t testing.TB, c *Cleaner, script string) bool {
	t.Helper()
	in := "<script>" + script + "</script>"
	out, _ := cleanString(t, c, in)
	return out == in
}

// TestFingerprintKnows: what differs in data only is the same script.
func TestFingerprintKnows(t *testing.T) {
	tests := []struct{ name, approved, served string }{
		{"nonce", `var wpApiSettings = {"root":"https:\/\/www.portal.example\/wp-json\/","nonce":"a1b2c3d4e5"};`,
			`var wpApiSettings = {"root":"https:\/\/www.portal.example\/wp-json\/","nonce":"0f9e8d7c6b"};`},
		{"date", `showDate("26/11/2026 08:15", 2026);`, `showDate("01/12/2026 23:59", 2027);`},
		{"number of an article", `post = {id: 17, url: "/tin-tuc/bai-17?p=17", title: "Họp Hội đồng nhân dân"};`,
			`post = {id: 4711, url: "/van-ban/so-4711#dau", title: 'Thông báo (lần 2): lịch nghỉ'};`},
		{"white space and comments", "a = 1; /* one */ b(2); // x", "a=1;b( 2 );"},
		{"element", `jQuery("#slide-17").swipe({speed: 500, images: ["/a/1.jpg", "/a/2.jpg"]});`,
			`jQuery("#slide-18").swipe({speed: 300, images: ["/b/7.jpg", "/b/8.jpg"]});`},
		{"template", "var a = `Bài 17`;", "var a = `Bài 18`;"},
		{"division", "var a = (b + 1) / 2, c = d[0] / 3 / x;", "var a = (b + 7) / 2, c = d[0] / 9 / x;"},
		{"regular expression", `if (a) /["/]b/.test(x); var c = 1;`, `if (a) /["/]b/.test(x); var c = 2;`},
		{"old wrapping", "<!--\nvar a = 1;\n//-->", "<!--\nvar a = 2;\n//-->"},
		{"covered path", `swiper = {"js": "https://npm.example/npm/swiper/11.1/a.js"};`, `swiper = {"js": "https://npm.example/npm/swiper/11.2/a.js"};`},
		{"sink as a key", `var c = {"src": "https://cdn.example/a", "href": "/tin/1"};`, `var c = {"src": "https://cdn.example/b", "href": "/tin/2"};`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if c, _ := approving(t, test.approved); !stays(t, c, test.served) {
				t.Error("not known")
			}
		})
	}
}

// TestFingerprintTellsApart: whoever knows an approved script must not be able
// to write one that does something else and is taken for it.
func TestFingerprintTellsApart(t *testing.T) {
	tests := []struct{ name, approved, served string }{
		{"another host", `var c = {"src": "https://cdn.example/a"};`, `var c = {"src": "https://evil.test/a"};`},
		{"another host, escaped", `var c = {"url": "https:\/\/cdn.example\/a"};`, `var c = {"url": "https:\/\/ev\x69l.test\/a"};`},
		{"another host, relative", `var c = {"url": "/a"};`, `var c = {"url": "\\\\evil.test/a"};`},
		{"another host, with a tab", `var c = {"url": "/a"};`, `var c = {"url": "/\t/evil.test/a"};`},
		{"a host in base64", `var c = {"id": "YWJjZGVmZ2hpams1"};`, `var c = {"id": "Ly9ldmlsLnRlc3Qv"};`},
		{"a host in percent escapes", `var c = {"url": "/a?b=1"};`, `var c = {"url": "/a?b=%2F%2Fevil.test"};`},
		{"a host in a query", `var c = {"url": "/a?b=1"};`, `var c = {"url": "/a?b=evil.test"};`},
		{"a path as an argument", `go("/tin")`, `go("/dang-xuat")`},
		{"a host without slashes", `var cdn = "máy chủ";`, `var cdn = "evil.test";`},
		{"an address without slashes", `var cdn = "a1";`, `var cdn = "192.0.2.1";`},
		{"hosts swapped", `a = "https://cdn.example/"; b = "https://www.facebook.com/";`, `a = "https://www.facebook.com/"; b = "https://cdn.example/";`},
		{"a host added to slashes", `var a = "https://", b = "a1"; c(a + b);`, `var a = "https://", b = "2130706433"; c(a + b);`},
		{"a host added to a scheme", `var a = "https:/", b = "/a1"; c(a + b);`, `var a = "https:/", b = "/a2"; c(a + b);`},
		{"a path that is not covered", `swiper = {"js": "https://npm.example/npm/swiper/a.js"};`, `swiper = {"js": "https://npm.example/npm/evil/a.js"};`},
		{"another call", `startMenu(1);`, `stopMenu(1);`},
		{"another member", `menu.a(1);`, `menu.b(1);`},
		{"another member by name", `menu["a1"](1);`, `menu["a2"](1);`},
		{"another key", `var c = {a: 1};`, `var c = {b: 1};`},
		{"another quoted key", `var c = {"a": 1};`, `var c = {"b": 1};`},
		{"another statement", `a(1);`, `a(1);b();`},
		{"another line", "function f() { return false }", "function f() { return\nfalse }"},
		{"eval", `eval("a1")`, `eval("b2")`},
		{"decoder", `run(atob("YTE="))`, `run(atob("YjI="))`},
		{"character codes", `x = String.fromCharCode(104, 105)`, `x = String.fromCharCode(104, 106)`},
		{"packed array", `x = [1,2,3,4,5,6,7,8]`, `x = [1,2,3,4,5,6,7,9]`},
		{"inner HTML", `el.innerHTML = "Tin 1"`, `el.innerHTML = "Tin 2"`},
		{"inner HTML by name", `el["innerHTML"] = "Tin 1"`, `el["innerHTML"] = "Tin 2"`},
		{"navigation", `location = "/tin/1"`, `location = "/dang-xuat/2"`},
		{"navigation through a variable", `var to = "/tin/1"; top.location.href = to`, `var to = "/tin/2"; top.location.href = to`},
		{"written markup", `document.write("tin 1")`, `document.write("tin 2")`},
		{"timer that is given text", `var f = "a1"; setTimeout(f, 1)`, `var f = "a2"; setTimeout(f, 1)`},
		{"member by an expression", `var k = "a1"; x[k] = "b1"`, `var k = "a2"; x[k] = "b1"`},
		{"import", `import("/a1.js")`, `import("/a2.js")`},
		{"script element", `s = document.createElement("script"); s.id = "a1"`, `s = document.createElement("script"); s.id = "a2"`},
		{"argument that selects", `$("menu").remove()`, `$("body").remove()`},
		{"case", `switch (a) { case "x": b() }`, `switch (a) { case "y": b() }`},
		{"comparison", `if (a == "x") b()`, `if (a == "y") b()`},
		{"markup as data", `var a = "tin"`, `var a = "<img onerror=x>"`},
		{"references as data", `var a = "tin"`, `var a = "&lt;script"`},
		{"code as data", `var a = "tin"`, `var a = "alert(1)"`},
		{"assignment as data", `var a = "tin"`, `var a = "location=name"`},
		{"template as data", `var a = "tin"`, "var a = \"alert`1`\""},
		{"scheme as data", `var a = "/tin"`, `var a = "javascript:pwn"`},
		{"name of a sink as data", `var a = "tin"`, `var a = "innerHTML"`},
		{"payload as data", `var a = "tin"`, `var a = "` + strings.Repeat("7a", 40) + `"`},
		{"long text as data", `var a = "tin"`, `var a = "` + strings.Repeat("abc ", 200) + `"`},
		{"literal that something is done with", `x("a-1".split("-"))`, `x("b-1".split("-"))`},
		{"tagged template", "x(html`a 1`)", "x(html`a 2`)"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, _ := approving(t, test.approved)
			if !stays(t, c, test.approved) {
				t.Error("the approved script is not known")
			}
			if stays(t, c, test.served) {
				t.Error("taken for the approved script")
			}
		})
	}
}

// TestFingerprintRefuses: where browsers may read other tokens than the lexer
// there is no fingerprint, so that nothing hides in what is masked.
func TestFingerprintRefuses(t *testing.T) {
	for name, script := range map[string]string{
		"slash behind a block":       "function f(){}\n/a/.b(1)",
		"slash behind an increment":  "a++ / b / c",
		"slash behind yield":         "yield / b / c",
		"slash behind of":            "for (a of /b/) c()",
		"HTML comment":               "a()\n<!-- b \"\nc()",
		"end of an HTML comment":     "a()\n--> b \"",
		"end of one in the middle":   "while (a-->0) b()",
		"conditional compilation":    "/*@cc_on a() @*/",
		"escaped name":               `ev\u0061l(1)`,
		"octal number":               "a = 017",
		"open string":                "a = \"",
		"open comment":               "a /* b",
		"brackets that do not match": "a(`${b)}`",
		"NUL":                        "a(\x00)",
		"half a character":           "a(\"\xC3\")",
		"byte that is no token":      "a @ b",
	} {
		t.Run(name, func(t *testing.T) {
			if c, has := approving(t, script); has {
				t.Errorf("has a fingerprint; known: %t", stays(t, c, script))
			}
		})
	}
}

// TestFingerprintUnderSignals: an approved script may do what looks planted.
func TestFingerprintUnderSignals(t *testing.T) {
	const script = `/* a */ top.location.replace("https://tracker.test/");`
	c, _ := approving(t, script)
	site := portal(t)
	signals, err := New(site, c.baseline)
	if err != nil {
		t.Fatal(err)
	}
	if !stays(t, signals, strings.Replace(script, "/* a */", "/* b */", 1)) {
		t.Error("an approved script was removed")
	}
	if stays(t, signals, strings.Replace(script, "tracker", "evil", 1)) {
		t.Error("a script that leads away was kept")
	}
}

// TestFingerprintLeavesTheBytes: the lexer writes behind what it is given.
func TestFingerprintLeavesTheBytes(t *testing.T) {
	page := []byte("a(1)</script>")
	if _, ok := lexemes(page[:4]); !ok || string(page) != "a(1)</script>" {
		t.Errorf("%t %q", ok, page)
	}
}

// FuzzFingerprint: white space between tokens changes nothing, and nothing
// makes it panic.
func FuzzFingerprint(f *testing.F) {
	for _, seed := range []string{"a(1)", "var a={\"b\":'c'}", "`a${b}c`", "a/b/c", "if(a)/b/.c()", "<!--\na\n//-->", "a?.b?.5:1", "x=[1,2,3]", "\\u0061", "\u2028a"} {
		f.Add(seed)
	}
	c := newCleaner(f, portal(f))
	w := c.NewWriter(nil, Document{URL: pageURL}).r
	f.Fuzz(func(t *testing.T, script string) {
		sum, ok := w.fingerprintOf([]byte(script))
		if !ok {
			return
		}
		if again, ok := w.fingerprintOf([]byte(" \t" + script + " ")); !ok || again != sum {
			t.Errorf("%q: white space changes the fingerprint", script)
		}
	})
}
