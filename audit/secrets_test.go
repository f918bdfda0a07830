package audit

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lachan-waf/lachan/policies"
)

func compiled(t *testing.T, r policies.Redact) *Secrets {
	t.Helper()
	s, err := CompileSecrets(r)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSiteSecrets(t *testing.T) {
	s := compiled(t, policies.Redact{Names: []string{"Mã hồ sơ", "so2", "ref"}, Patterns: []string{`HS-[0-9]{4}`, `(?i)bệnh án số \d+`}})
	tests := []struct{ in, want string }{
		{"ma_ho_so=" + canary + "&x=1", "ma_ho_so=[redacted]&x=1"},
		{"maHoSo=" + canary, "maHoSo=[redacted]"},
		{`{"form":{"mã_hồ_sơ_mới":"` + canary + `"}}`, `{"form":{"mã_hồ_sơ_mới":"[redacted]"}}`},
		{"m%C3%A3+h%E1%BB%93+s%C6%A1=" + canary, "m%C3%A3+h%E1%BB%93+s%C6%A1=[redacted]"},
		{"Mã hồ sơ: " + canary, "Mã hồ sơ: [redacted]"},
		{"so2=" + canary + "&so3=x", "so2=[redacted]&so3=x"},
		{"ref=" + canary + "&referrer=x&pref=y", "ref=[redacted]&referrer=x&pref=y"},
		{"X-Ref: " + canary, "X-Ref: [redacted]"},
		{"q=HS-1234&x=HS%2D5678", "q=[redacted]&x=[redacted]"},
		{"HS-1234", "[redacted]"},
		{"Bệnh án số 77 của ông A", "[redacted] của ông A"},
		{"password=" + canary, "password=[redacted]"},
		{"hs-1234", "hs-1234"},
	}
	for _, tt := range tests[:3] {
		if got := redactText(&redactor{}, tt.in); got != tt.in {
			t.Errorf("without the site's names %q becomes %q", tt.in, got)
		}
	}
	r := &redactor{secrets: s}
	for _, tt := range tests {
		if got := redactText(r, tt.in); got != tt.want {
			t.Errorf("%q becomes %q, want %q", tt.in, got, tt.want)
		}
	}
}

// TestSiteSecretsInAnEvent: also in fields that are too short for other secrets.
func TestSiteSecretsInAnEvent(t *testing.T) {
	e := Event{Action: Block, HTTP: HTTP{Method: "HS-1234"}, URL: URL{Path: "/HS-1234"},
		Secrets: compiled(t, policies.Redact{Names: []string{"ref"}, Patterns: []string{`HS-[0-9]{4}`}}),
		Match:   &Match{Variable: "ARGS:ref", Value: canary, Details: []Detail{{1, []string{"ARGS:ref"}, canary}}}}
	line := encodeLine(t, e)
	if strings.Contains(line, "1234") || strings.Contains(line, canary) {
		t.Errorf("secrets of the site in %s", line)
	}
	e.Secrets = nil
	if line := encodeLine(t, e); !strings.Contains(line, "/HS-1234") {
		t.Errorf("cut without a reason: %s", line)
	}
}

// TestMostSiteSecrets: as many and as long names as the configuration takes.
func TestMostSiteSecrets(t *testing.T) {
	var names []string
	for i := range 32 {
		names = append(names, fmt.Sprintf("%c%s", 'a'+i%26, strings.Repeat(string(rune('a'+i%26)), 29)+fmt.Sprintf("%02d", i)))
	}
	r := &redactor{secrets: compiled(t, policies.Redact{Names: names})}
	for _, name := range names {
		if got := redactText(r, name+"="+canary); got != name+"=[redacted]" {
			t.Errorf("%q", got)
		}
	}
}

func TestCompileSecretsErrors(t *testing.T) {
	for _, r := range []policies.Redact{{Names: []string{"密码"}}, {Patterns: []string{"("}}, {Names: longNames()}} {
		if s, err := CompileSecrets(r); err == nil || !strings.HasPrefix(err.Error(), "audit: redact: ") {
			t.Errorf("%v: %v, %v", r, s, err)
		}
	}
	if s := compiled(t, policies.Redact{}); s != nil {
		t.Error("nothing to add is not nil")
	}
}

func longNames() (names []string) {
	for i := range 100 {
		names = append(names, fmt.Sprintf("%c%c", 'a'+i%26, 'a'+i/26)+strings.Repeat("x", 60))
	}
	return names
}

// What was harmless once is not looked at again, and nothing else is taken for it.
func TestHarmlessTextsAreRemembered(t *testing.T) {
	m := newMemo()
	for i := range 3 * memoSlots {
		text := fmt.Sprintf("Mozilla/5.0 (the number %d)", i)
		hash, ok := m.hash(text)
		if !ok || m.holds(text, hash) {
			t.Fatalf("%q is known before it was met", text)
		}
		m.note(text, hash)
		if m.holds(text, hash) {
			t.Fatalf("%q is known after it was met once", text)
		}
		m.note(text, hash)
		if !m.holds(text, hash) || m.holds(text[1:], hash) {
			t.Fatalf("%q is not known after it was met twice", text)
		}
	}
	var r redactor
	for range 3 {
		if secret := "name=Nguyễn&password=" + canary; !r.redact(secret) {
			t.Error("a secret was remembered")
		}
		if r.redact("name=Nguyễn Văn An, and nothing else") {
			t.Error("no secret was cut")
		}
	}
}
