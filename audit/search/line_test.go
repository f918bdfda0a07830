package search

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func TestTextIsFoundWhateverItsCase(t *testing.T) {
	for _, tt := range []struct {
		text  string
		folds bool
		in    string
		found bool
	}{
		{"select", false, "UNION SELECT 1", true},
		{"SELECT", false, "union select 1", true},
		{"Mật khẩu", false, "mật KHẨU", false}, // letters beyond ASCII as they are
		{"mật khẩu", false, "MậT KHẩU", true},
		{"mat khau", true, "Quên MẬT KHẨU?", true},
		{"Đăng nhập", true, "dang nhap", true},
		{"mật", true, "ma\u0323\u0302t", true}, // decomposed
		{"@[`{", false, "@[`{", true},
		{"@[`{", false, "`{@[", false},
		{"a\"b\\c\n\x01", false, `A\"b\\c\n\u0001`, true}, // as it stands in a line
		{"ж", true, "Ж", true},
		{"\xff", false, "\xff", true},
	} {
		if got := newText(tt.text, tt.folds).in([]byte(tt.in)); got != tt.found {
			t.Errorf("%q in %q, folding %v: %v", tt.text, tt.in, tt.folds, got)
		}
	}
}

func TestEightBytesAtOnceAreEachOne(t *testing.T) {
	var every []byte
	for c := range 256 {
		every = append(every, byte(c))
	}
	for at := range 9 {
		got := appendLower(nil, every[at:])
		for i, c := range every[at:] {
			want := c
			if c >= 'A' && c <= 'Z' {
				want += 'a' - 'A'
			}
			if got[i] != want {
				t.Fatalf("%q became %q, want %q", c, got[i], want)
			}
		}
	}
}

func TestGlob(t *testing.T) {
	for _, tt := range []struct {
		pattern, path string
		matches       bool
	}{
		{"/wp-admin/*", "/wp-admin/a/b.php", true},
		{"/wp-admin/*", "/wp-admin", false},
		{"*.php", "/a.php5", false},
		{"*.php", "/a.php.php", true},
		{"/?/x", "/a/x", true},
		{"/?/x", "//x", false},
		{"*a*b*c", "xxaxxbxxc", true},
		{"**", "", true},
		{"/admin", "/admin/x", true}, // a prefix
		{"/admin", "/x/admin", false},
		{strings.Repeat("*a", 50) + "b", strings.Repeat("a", 5000), false},
	} {
		if got := pathMatches(tt.pattern, []byte(tt.path)); got != tt.matches {
			t.Errorf("%s on %.20s: %v", tt.pattern, tt.path, got)
		}
	}
}

func TestHuntYieldsEachLineOnce(t *testing.T) {
	block := []byte("a1\nb\n\na2b\nxx\nb\n")
	var got []string
	needles{[]byte("a"), []byte("b")}.hunt(block, block, func(line []byte) bool {
		got = append(got, string(line))
		return true
	})
	if want := []string{"a1", "b", "a2b", "b"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// FuzzWalk: whatever the bytes are, the walk ends; and whatever stands in the
// values and names of an object, the facts are those that encoding/json wrote.
func FuzzWalk(f *testing.F) {
	f.Add([]byte(`{"event":{"id":"1","action":"block","severity":73},"lachan":{"rule_ids":["1","2"],"fold":{"count":3}}}`), `","action":"x`)
	f.Add([]byte(`{"event":{"action":"a\"b\\"},"x":[[{"y":[]}],{}],"source":{"ip":null}}`), `\`)
	f.Add([]byte(`{"event":{"action":"\\\\\\\"`), "\x00\u2028\xff")
	f.Add([]byte(strings.Repeat("[", 100)), "}]")
	f.Fuzz(func(t *testing.T, line []byte, value string) {
		r := newReader(newText("needle", false))
		r.read(line)
		written, err := json.Marshal(map[string]any{
			"a":       []any{value, []any{map[string]any{value: value}}, 1.5, nil, true},
			"event":   map[string]any{"action": value, "severity": 47},
			"service": map[string]any{"name": "portal", "other" + value: value},
			value:     map[string]any{"deep": map[string]any{value: []string{value}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		var again map[string]map[string]any
		_ = json.Unmarshal(written, &again) // "a" is none of these
		if value == "event" || value == "service" || value == "a" || value == "" {
			return // the name stands for another object then
		}
		if !r.read(written) || string(unescaped(r.action)) != strings.ToValidUTF8(again["event"]["action"].(string), "\ufffd") || string(r.site) != "portal" || r.severity != 47 {
			t.Errorf("%q: action %q, site %q, severity %d", written, r.action, r.site, r.severity)
		}
	})
}

func TestWhatIsNoObjectIsNoEvent(t *testing.T) {
	for _, line := range []string{
		"", "x", `"event"`, `[]`, `{`, `{}x`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{"a":"b}`, `{"a":"b\"}`, `{,}`, `{"a":[1,]}`,
		`{"a":` + strings.Repeat("[", maxDepth+1) + strings.Repeat("]", maxDepth+1) + `}`,
	} {
		if newReader(nil).read([]byte(line)) {
			t.Errorf("%q was read", line)
		}
	}
	for _, line := range []string{`{}`, ` { "a" : [ ] , "b" : { } } `, `{"a":-1.5e+3,"b":[true,null,["x"]]}`} {
		if !newReader(nil).read([]byte(line)) {
			t.Errorf("%q was not read", line)
		}
	}
}
