package clean

import "testing"

func TestResolve(t *testing.T) {
	r := newResolver("https://www.portal.example/a/b.html", nil)
	tests := []struct{ ref, want string }{
		{"", "own"}, {"#x", "own"}, {"?q=//evil.test", "own"}, {"/a", "own"}, {"a/b:c", "own"}, {"../x", "own"},
		{"//evil.test/x", "https://evil.test/x"},
		{"http://EVIL.test", "http://evil.test/"},
		{" \x01https://evil.test/a?b#c ", "https://evil.test/a"},
		{`\\evil.test`, "https://evil.test/"},
		{`/\evil.test`, "https://evil.test/"},
		{"/\t/evil.test", "https://evil.test/"},
		{"ht\ntp://evil.test/", "http://evil.test/"},
		{"https:evil.test/x", "https://www.portal.example/a/evil.test/x"},
		{"http:evil.test", "http://evil.test/"},
		{"https:///evil.test", "https://evil.test/"},
		{"https://user:p@evil.test:8080/", "https://evil.test/"},
		{`https://evil.test\@www.portal.example/`, "https://evil.test/@www.portal.example/"},
		{"https://www.portal.example@evil.test/", "https://evil.test/"},
		{"https://%65vil.test/", "https://evil.test/"},
		{"https://ｅｖｉｌ.test/", "https://evil.test/"},
		{"https://evil。test/", "https://evil.test/"},
		{"https://ev\u00ADil.test/", "https://evil.test/"},
		{"https://evil.test./", "https://evil.test/"},
		{"https://2130706433/", "https://127.0.0.1/"},
		{"https://0x7f.1/", "https://127.0.0.1/"},
		{"https://evil.test/a/../b", "https://evil.test/b"},
		{"https://evil.test/%2e%2e/b", "https://evil.test/b"},
		{"javascript:pwn=1", "javascript:"},
		{"java\tscript:pwn=1", "javascript:"},
		{"\x01 JavaScript:pwn=1", "javascript:"},
		{"mailto:a@b", "mailto:"},
		{"data:text/html,x", "data:"},
		{"https://exa mple/", "bad"},
		{"https://[::1", "bad"},
	}
	for _, test := range tests {
		got := r.resolve([]byte(test.ref))
		text := got.String()
		switch {
		case got.own:
			text = "own"
		case got.bad:
			text = "bad"
		}
		if text != test.want {
			t.Errorf("%q: %s, want %s", test.ref, text, test.want)
		}
	}
}

// Whether a browser came over http is not for certain.
func TestSchemeWithoutSlashes(t *testing.T) {
	r := newResolver("http://www.portal.example/a/b.html", nil)
	for ref, want := range map[string]string{
		"http:evil.test": "http://evil.test/", "ht\ttp:/evil.test": "http://evil.test/", "https:evil.test": "https://evil.test/",
		`\a`: "http://www.portal.example/a", "http-a:b": "http-a:",
	} {
		if got := r.resolve([]byte(ref)); got.String() != want {
			t.Errorf("%q: %s, want %s", ref, got, want)
		}
	}
}

// FuzzResolve: where the fast path answers, the WHATWG parser agrees.
func FuzzResolve(f *testing.F) {
	for _, s := range []string{"//evil.test/x", "/a", "http://a.b:80/c", "a:b", "https://xn--a.test/", "mailto:x", "//a..b/"} {
		f.Add(s)
	}
	r := newResolver("https://www.portal.example/a/b.html", nil)
	f.Fuzz(func(t *testing.T, ref string) {
		trimmed := trimControls([]byte(ref))
		if !plainReference(trimmed) {
			return
		}
		fast, ok := r.fast(trimmed)
		if !ok {
			return
		}
		slow := r.slow(trimmed)
		if fast.own {
			if slow.host != "www.portal.example" && !slow.bad {
				t.Fatalf("%q is not on the own host: %+v", ref, slow)
			}
			return
		}
		if fast.scheme != slow.scheme && !slow.bad || fast.host != "" && fast.host != slow.host && !slow.bad {
			t.Fatalf("%q: fast %+v, slow %+v", ref, fast, slow)
		}
	})
}

func TestDecodeAttribute(t *testing.T) {
	tests := []struct{ in, want string }{
		{"plain", "plain"}, {"a&amp;b", "a&b"}, {"&lt", "<"}, {"&ltx", "&ltx"}, {"&lt=", "&lt="}, {"&lt;=", "<="},
		{"&notit;", "&notit;"}, {"&not;", "¬"}, {"&colon;", ":"}, {"&colon", "&colon"}, {"&Tab;", "\t"}, {"&NewLine;", "\n"},
		{"&sol;&bsol;", `/\`}, {"&#106", "j"}, {"&#x6A&#x61;", "ja"}, {"&#0000047;", "/"}, {"&#0;", "\uFFFD"}, {"&#x80;", "€"},
		{"&#xD800;", "\uFFFD"}, {"&#99999999999;", "\uFFFD"}, {"&#;", "&#;"}, {"&#x;", "&#x;"}, {"&", "&"}, {"&&amp;", "&&"},
		{"&semi;", ";"}, {"&nosuch;", "&nosuch;"}, {"&CounterClockwiseContourIntegral;", "∳"}, {"&copy;", "©"}, {"&copy", "©"}, {"&NotEqualTilde;", "≂̸"},
	}
	for _, test := range tests {
		if got := string(decodeAttribute([]byte(test.in))); got != test.want {
			t.Errorf("%q: %q, want %q", test.in, got, test.want)
		}
	}
}
