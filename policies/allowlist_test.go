package policies

import (
	"fmt"
	"testing"
)

func allowlist(t testing.TB, patterns ...string) *Allowlist {
	t.Helper()
	parsed := make([]HostPattern, len(patterns))
	for i, text := range patterns {
		p, err := ParseHostPattern(text)
		if err != nil {
			t.Fatal(err)
		}
		parsed[i] = p
	}
	return NewAllowlist(parsed...)
}

func TestAllowlist(t *testing.T) {
	list := []string{
		"www.example.test", "*.gov.vn", "Cổng.example", "127.0.0.1", "[::1]",
		"video.example.test/embed", "cdn.example.test/js/", "*.tiles.example.test/v1",
		"both.example.test", "both.example.test/x", "*.both.example.test/x", "*.both.example.test",
		"two.example.test/a", "two.example.test/b",
	}
	a := allowlist(t, list...)
	for _, test := range []struct {
		host, path string
		want       bool
	}{
		{"www.example.test", "/", true},
		{"www.example.test", "", true},
		{"www.example.test.", "/", true},
		{"example.test", "/", false},
		{"a.www.example.test", "/", false},
		{"xwww.example.test", "/", false},
		{"www.example.test.evil.test", "/", false},
		{"hanoi.gov.vn", "/", true},
		{"a.b.hanoi.gov.vn", "/", true},
		{"gov.vn", "/", false},
		{"evilgov.vn", "/", false},
		{".gov.vn", "/", true}, // no parser yields it
		{"gov.vn.evil.test", "/", false},
		{"xn--cng-qmz.example", "/", true},
		{"127.0.0.1", "/x", true},
		{"[::1]", "/x", true},
		{"", "/", false},
		{".", "/", false},
		{"evil.test", "/", false},

		{"video.example.test", "/embed", true},
		{"video.example.test", "/embed/abc", true},
		{"video.example.test", "/embedded", false},
		{"video.example.test", "/embed%2fx", false},
		{"video.example.test", "/embed?x", false},
		{"video.example.test", "/Embed/abc", false},
		{"video.example.test", "/", false},
		{"video.example.test", "", false},
		{"video.example.test", "/embed/..%2F..%2fwatch", false},
		{"video.example.test", "/embed/..%5cwatch", false},
		{"video.example.test", `/embed/..\watch`, false},
		{"video.example.test", "/embed/..%252fwatch", false},
		{"video.example.test", "/embed/..%25252Fwatch", false},
		{"video.example.test", "/embed/%252E%252e/watch", false},
		{"video.example.test", "/embed/%25%32%65%25%32%65/watch", false},
		{"video.example.test", "/embed/..%%32fwatch", false},
		{"video.example.test", "/embed/..%2%66watch", false},
		{"video.example.test", "/embed/..;/watch", false},
		{"video.example.test", "/embed/..;a=b/watch", false},
		{"video.example.test", "/embed/.;/watch", false},
		{"video.example.test", "/embed;a=b", false},
		{"video.example.test", "//embed/abc", false},
		{"video.example.test", "/%65mbed/abc", false},
		{"video.example.test", "/embed//abc", true},
		{"video.example.test", "/embed/a;b=c", true},
		{"video.example.test", "/embed/a%2ejs", true},
		{"video.example.test", "/embed/...", true},
		{"VIDEO.example.test", "/embed/abc", false}, // no parser yields it
		{"video.example.test:443", "/embed/abc", false},
		{"video.example.test..", "/embed/abc", false},
		{"user@video.example.test", "/embed/abc", false},
		{"video.example.test", "/embed/100%25", true},
		{"video.example.test", "/embed/%2", true},
		{"cdn.example.test", "/js/a.js", true},
		{"cdn.example.test", "/js/", true},
		{"cdn.example.test", "/js", false},
		{"a.tiles.example.test", "/v1/0/0", true},
		{"a.tiles.example.test", "/v2", false},
		{"tiles.example.test", "/v1", false},
		{"both.example.test", "/any", true},
		{"a.both.example.test", "/any", true},
		{"two.example.test", "/a/1", true},
		{"two.example.test", "/b", true},
		{"two.example.test", "/c", false},
	} {
		if got := a.Allows(test.host, test.path); got != test.want {
			t.Errorf("Allows(%q, %q) = %v", test.host, test.path, got)
		}
	}
}

// TestNames: an entry that names a host outranks what is said of it elsewhere,
// one that only covers it does not.
func TestNames(t *testing.T) {
	a := allowlist(t, "*", "*.gov.vn", "www.example.test", "video.example.test/embed")
	for _, test := range []struct {
		host, path string
		want       bool
	}{
		{"www.example.test", "/x", true}, {"www.example.test.", "/x", true}, {"a.www.example.test", "/", false},
		{"video.example.test", "/embed/x", true}, {"video.example.test", "/x", false}, {"video.example.test", "/embed/..%2fx", false},
		{"hanoi.gov.vn", "/", false}, {"gov.vn", "/", false}, {"evil.test", "/", false}, {"", "/", false},
	} {
		if got := a.Names(test.host, test.path); got != test.want {
			t.Errorf("Names(%q, %q) = %v", test.host, test.path, got)
		}
	}
	if (*Allowlist)(nil).Names("evil.test", "/") || new(Allowlist).Names("evil.test", "/") {
		t.Error("an empty list names")
	}
}

func TestEmptyAllowlists(t *testing.T) {
	for name, a := range map[string]*Allowlist{"nil": nil, "zero": {}, "none": NewAllowlist()} {
		if a.Allows("example.test", "/") {
			t.Errorf("%s allows", name)
		}
	}
	if every := allowlist(t, "*"); !every.Allows("evil.test", "/x") || every.Allows("", "/x") {
		t.Error("* allows every host, but not none")
	}
}

func TestAllowsDoesNotAllocate(t *testing.T) {
	a := allowlist(t, "www.example.test", "*.gov.vn", "video.example.test/embed")
	n := testing.AllocsPerRun(100, func() {
		a.Allows("a.b.c.hanoi.gov.vn", "/x")
		a.Allows("video.example.test", "/embed/x%20y")
		a.Allows("a.b.c.d.evil.test", "/x")
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzAllows(f *testing.F) {
	f.Add("www.example.test", "/")
	f.Add("a.gov.vn.", "/x%2f")
	f.Add("..", "%")
	a := allowlist(f, "www.example.test", "*.gov.vn", "video.example.test/embed")
	f.Fuzz(func(t *testing.T, host, path string) {
		if a.Names(host, path) && !a.Allows(host, path) {
			t.Errorf("%q %q is named, not allowed", host, path)
		}
	})
}

func BenchmarkAllows(b *testing.B) {
	patterns := make([]string, 0, 1000)
	for i := range 500 {
		patterns = append(patterns, fmt.Sprintf("h%d.example.test", i), fmt.Sprintf("*.d%d.example.test/v1", i))
	}
	a := allowlist(b, patterns...)
	for name, host := range map[string]string{"exact": "h250.example.test", "below": "a.b.d250.example.test", "other": "www.shop.evil.test"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				a.Allows(host, "/v1/lib.js")
			}
		})
	}
}
