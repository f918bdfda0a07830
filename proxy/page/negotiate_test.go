package page

import (
	"net/http"
	"strings"
	"testing"
)

func TestWantsJSON(t *testing.T) {
	const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
	tests := []struct {
		name   string
		header http.Header
		want   bool
	}{
		{"nothing", nil, false},
		{"browser", http.Header{"Accept": {browser}}, false},
		{"curl", http.Header{"Accept": {"*/*"}}, false},
		{"json", http.Header{"Accept": {"application/json"}}, true},
		{"problem json", http.Header{"Accept": {"application/problem+json"}}, true},
		{"upper case", http.Header{"Accept": {"Application/JSON"}}, true},
		{"axios", http.Header{"Accept": {"application/json, text/plain, */*"}}, true},
		{"jquery getJSON", http.Header{"Accept": {"application/json, text/javascript, */*; q=0.01"}}, true},
		{"html first by q", http.Header{"Accept": {"application/json;q=0.5, text/html"}}, false},
		{"json first by q", http.Header{"Accept": {"text/html;q=0.5, application/json"}}, true},
		{"two fields", http.Header{"Accept": {"text/html;q=0.5", "application/json"}}, true},
		{"tie", http.Header{"Accept": {"application/json, text/html"}}, false},
		{"application/* only", http.Header{"Accept": {"application/*"}}, true},
		{"refused json", http.Header{"Accept": {"application/json;q=0"}}, false},
		{"q after another parameter", http.Header{"Accept": {"application/json;v=2;q=0.1, text/html;q=0.2"}}, false},
		{"bad q is left out", http.Header{"Accept": {"application/json;q=NaN"}}, false},
		{"q over one is left out", http.Header{"Accept": {"application/json;q=9, text/html"}}, false},
		{"noise", http.Header{"Accept": {",;;q=,=/,/"}}, false},
		{"xhr", http.Header{"X-Requested-With": {"XMLHttpRequest"}}, true},
		{"xhr for a fragment of HTML", http.Header{"X-Requested-With": {"XMLHttpRequest"}, "Accept": {"text/html, */*; q=0.01"}}, false},
		{"fetch", http.Header{"Sec-Fetch-Dest": {"empty"}, "Accept": {"*/*"}}, true},
		{"navigation", http.Header{"Sec-Fetch-Dest": {"document"}, "Accept": {"*/*"}}, false},
	}
	for _, tt := range tests {
		if got := wantsJSON(tt.header); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestPreferredLanguage(t *testing.T) {
	for value, want := range map[string]string{
		"": "vi", "en": "en", "en-US,en;q=0.9": "en", "vi-VN,vi;q=0.9,en;q=0.8": "vi", "fr": "vi",
		"en;q=0.5,vi;q=0.5": "vi", "*": "vi", "en;q=0.9,*;q=0.1": "en", "en;q=x": "vi",
	} {
		if got := preferred(http.Header{"Accept-Language": {value}}, "vi", "en"); got != want {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
	}
}

func FuzzRanges(f *testing.F) {
	f.Add("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")
	f.Add("application/json;q=1e-400, ;q=,;=;,")
	f.Add(strings.Repeat("a/b;q=0.1,", 2*maxRanges))
	f.Fuzz(func(t *testing.T, value string) {
		accept := ranges([]string{value})
		if len(accept) > maxRanges {
			t.Fatalf("%d ranges", len(accept))
		}
		for name, q := range accept {
			if !(q >= 0 && q <= 1) || name == "" {
				t.Fatalf("%q weighs %v", name, q)
			}
		}
	})
}

func FuzzShorten(f *testing.F) {
	f.Add("Bộ phận Một cửa", 7)
	f.Add("\xff\x00\r\n", 3)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		limit = max(limit, len("…"))
		if got := shorten(s, limit); len(got) > limit || strings.ToValidUTF8(got, "") != got || strings.ContainsAny(got, "\x00\r\n\x7f") {
			t.Fatalf("shorten(%q, %d) = %q", s, limit, got)
		}
	})
}
