package policies

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestASCIIHost(t *testing.T) {
	for host, want := range map[string]string{
		"www.example.test":      "www.example.test",
		"WWW.Example.TEST":      "www.example.test",
		"www.example.test.":     "www.example.test",
		"localhost":             "localhost",
		"a_b.example.test":      "a_b.example.test",
		"a--b.example.test":     "a--b.example.test",
		"Cổng.example":          "xn--cng-qmz.example",
		"xn--cng-qmz.example":   "xn--cng-qmz.example",
		"XN--CNG-QMZ.example":   "xn--cng-qmz.example",
		"co\u0302\u0309ng.test": "xn--cng-qmz.test", // decomposed, as macOS types it
		"faß.example":           "xn--fa-hia.example",
		"ｅｘａｍｐｌｅ。test":          "example.test",
		"127.0.0.1":             "127.0.0.1",
		"::1":                   "[::1]",
		"[::1]":                 "[::1]",
		"[2001:DB8:0::1]":       "[2001:db8::1]",
		"[::ffff:192.0.2.1]":    "[::ffff:c000:201]",
	} {
		if got, err := ASCIIHost(host); err != nil || got != want {
			t.Errorf("ASCIIHost(%q) = %q, %v; want %q", host, got, err, want)
		}
	}
}

func TestASCIIHostErrors(t *testing.T) {
	for _, host := range []string{
		"", ".", "..", "a..b", ".a", "a..", "a b", "a/b", "a@b", "a%2eb", "a\x00b", "a\\b", "*.test", "xn--a.test", "xn--zz-.test",
		"1.2.3", "0x7f.1", "127.1", "a.0x1", "1.2.3.4.5", "256.0.0.1", "01.2.3.4", "[127.0.0.1]", "[::1", "::1]", "[fe80::1%25eth0]", "fe80::1%eth0",
		strings.Repeat("a", 64) + ".test", strings.Repeat("abc.", 64) + "test", "\u200d.test", "\xaa", "a\u2024b/c",
	} {
		if got, err := ASCIIHost(host); err == nil {
			t.Errorf("ASCIIHost(%q) = %q, want an error", host, got)
		}
	}
	for _, host := range []string{"example.test:443", "[::1]:443", "127.0.0.1:80"} {
		if _, err := ASCIIHost(host); !errors.Is(err, errPort) {
			t.Errorf("ASCIIHost(%q): %v, want %v", host, err, errPort)
		}
	}
}

func TestOwnHosts(t *testing.T) {
	s := Site{Hosts: []string{"Cổng.example", "a:1", "example.test"}}
	var got []string
	for _, p := range s.OwnHosts() {
		got = append(got, p.String())
	}
	if diff := cmp.Diff([]string{"xn--cng-qmz.example", "example.test"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestASCIIHostOfPlainNamesDoesNotAllocate(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { _, _ = ASCIIHost("www.example.test") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestParseHostPattern(t *testing.T) {
	for text, want := range map[string]string{
		"*": "*", "example.test": "example.test", "*.GOV.vn": "*.gov.vn", "*.vn": "*.vn",
		"*.việt-nam.example": "*.xn--vit-nam-zv4c.example",
		"example.test/":      "example.test", "example.test/embed": "example.test/embed", "*.example.test/a/b/": "*.example.test/a/b/",
		"example.test/a b/ảnh": "example.test/a%20b/%E1%BA%A3nh", "example.test/%e1": "example.test/%e1",
		"example.test/npm/jquery@3/": "example.test/npm/jquery@3/",
		"127.0.0.1":                  "127.0.0.1", "[::1]/x": "[::1]/x", "localhost": "localhost",
	} {
		got, err := ParseHostPattern(text)
		if err != nil || got.String() != want {
			t.Errorf("ParseHostPattern(%q) = %q, %v; want %q", text, got, err, want)
		}
		if again, err := ParseHostPattern(got.String()); err != nil || again != got {
			t.Errorf("%q does not read back: %v, %v", got, again, err)
		}
	}
}

func FuzzParseHostPattern(f *testing.F) {
	for _, seed := range []string{"*", "*.gov.vn", "cdn.example.test/embed/", "Cổng.example/ảnh", "[::1]/x", "*.*.x", "a/../b", "a/%0 0", "xn--cng-qmz.example", "1.2.3"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParseHostPattern(text)
		if err != nil {
			return
		}
		if again, err := ParseHostPattern(p.String()); err != nil || again != p {
			t.Errorf("%q: %q does not read back: %v, %v", text, p, again, err)
		}
		host := p.host
		switch {
		case host == "":
			host = "any.test"
		case p.below:
			host = "a." + host
		}
		if !NewAllowlist(p).Allows(host, p.path+"/x") {
			t.Errorf("%q does not allow %s%s/x", p, host, p.path)
		}
	})
}
