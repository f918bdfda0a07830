package policies

import (
	"slices"
	"strings"
	"testing"
)

func TestSources(t *testing.T) {
	for pattern, want := range map[string][]string{
		"*":                        {"*"},
		"www.example.test":         {"www.example.test:*"},
		"*.gov.vn":                 {"*.gov.vn:*"},
		"cdn.example.test/embed":   {"cdn.example.test:*/embed", "cdn.example.test:*/embed/"},
		"cdn.example.test/embed/":  {"cdn.example.test:*/embed/"},
		"*.example.test/a;b,c'd":   {"*.example.test:*/a%3Bb%2Cc%27d", "*.example.test:*/a%3Bb%2Cc%27d/"},
		"xã.example.test/tin tức/": {"xn--x-yfa.example.test:*/tin%20t%E1%BB%A9c/"},
		"[2001:db8::1]":            nil,
		"192.0.2.1":                {"192.0.2.1:*"},
	} {
		p, err := ParseHostPattern(pattern)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Sources(); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", pattern, got, want)
		}
	}
}

// FuzzSources: nothing in a pattern ends the source it becomes.
func FuzzSources(f *testing.F) {
	for _, seed := range []string{"*", "a.test/b;c", "a.test/b, c", "*.a.test/'b'", "a.test/\u00e9\\|"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParseHostPattern(text)
		if err != nil {
			return
		}
		for _, source := range p.Sources() {
			if strings.ContainsAny(source, " \t\r\n;,'\"") {
				t.Errorf("%q becomes %q", text, source)
			}
		}
	})
}
