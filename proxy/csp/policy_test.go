package csp

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lachan-waf/lachan/policies"
)

func site(t *testing.T) *policies.Site {
	t.Helper()
	cfg, err := policies.Parse("lachan.yaml", []byte(`
sites:
- name: portal
  hosts: [portal.test, www.portal.test]
  upstream: http://127.0.0.1:1
  response:
    allow:
      scripts: [cdn.example/lib/]
      frames: ["*.youtube.example"]
      forms: [pay.example]
      redirects: [login.example]
      connect: [api.example]
      styles: [fonts.example/css]
`))
	if err != nil {
		t.Fatal(err)
	}
	return &cfg.Sites[0]
}

// directives reads a policy back.
func directives(value string) map[string]string {
	out := make(map[string]string)
	for text := range strings.SplitSeq(value, "; ") {
		name, rest, _ := strings.Cut(text, " ")
		out[name] = rest
	}
	return out
}

func compiled(t *testing.T, s *policies.Site, b *policies.Baseline) *Policy {
	t.Helper()
	p, err := New(s, b)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPolicy(t *testing.T) {
	p := compiled(t, site(t), nil)
	const own = "'self' portal.test:* www.portal.test:*"
	got := directives(p.Value("N1", true))
	for name, want := range map[string]string{
		"script-src-elem": own + " cdn.example:*/lib/ 'nonce-N1' 'report-sample'",
		"script-src-attr": "'unsafe-inline' 'report-sample'",
		"script-src":      own + " cdn.example:*/lib/ 'unsafe-inline' 'unsafe-eval' 'report-sample'",
		"worker-src":      own + " cdn.example:*/lib/ blob:",
		"frame-src":       own + " *.youtube.example:* blob:",
		"object-src":      own + " *.youtube.example:*",
		"base-uri":        own,
		"form-action":     own + " pay.example:* login.example:* mailto:",
		"style-src":       own + " fonts.example:*/css fonts.example:*/css/ 'unsafe-inline'",
		"manifest-src":    own + " api.example:*",
		"report-uri":      ReportPath,
		"report-to":       Group,
	} {
		if got[name] != want {
			t.Errorf("%s: %q, want %q", name, got[name], want)
		}
	}
	if connect := got["connect-src"]; !strings.HasPrefix(connect, own+" api.example:* cdn.example:*/lib/ ws://portal.test:* wss://portal.test:*") {
		t.Errorf("connect-src %q", connect)
	}
	for _, name := range []string{"default-src", "img-src", "frame-ancestors"} {
		if _, there := got[name]; there {
			t.Errorf("%s is restricted", name)
		}
	}
	if p.Field() != "Content-Security-Policy-Report-Only" {
		t.Error(p.Field())
	}
	if plain := p.Value("N1", false); strings.Contains(plain, "report-to") || !strings.Contains(plain, "report-uri") {
		t.Error(plain)
	}
}

func TestPolicyIsOff(t *testing.T) {
	for _, change := range []func(*policies.Response){
		func(r *policies.Response) { r.CSP = policies.CSPOff },
		func(r *policies.Response) { r.Mode = policies.ResponseReport },
		func(r *policies.Response) { r.Mode = policies.ResponseOff },
	} {
		s := site(t)
		change(&s.Response)
		if p := compiled(t, s, nil); p != nil {
			t.Error(p.parts)
		}
	}
}

func TestMediaAreRestrictedWhereTheyAre(t *testing.T) {
	s := site(t)
	s.Response.Allow.Media = s.Response.Allow.Forms
	s.Response.CSP = policies.CSPEnforce
	p := compiled(t, s, nil)
	for _, name := range []string{"img-src", "media-src", "font-src"} {
		if got := directives(p.Value("N1", false))[name]; got != "'self' portal.test:* www.portal.test:* pay.example:* data: blob:" {
			t.Errorf("%s %q", name, got)
		}
	}
	if p.Field() != "Content-Security-Policy" {
		t.Error(p.Field())
	}
}

// TestKnownHandlers: where every script must be known, so must each handler.
func TestKnownHandlers(t *testing.T) {
	sum := sha256.Sum256([]byte("moTrang()"))
	file := filepath.Join(t.TempDir(), "baseline.yaml")
	if err := os.WriteFile(file, []byte("scripts: ["+hex.EncodeToString(sum[:])+"]"), 0o600); err != nil {
		t.Fatal(err)
	}
	baseline, err := policies.LoadBaseline(file)
	if err != nil {
		t.Fatal(err)
	}
	s := site(t)
	s.Response.InlineScripts = policies.ScriptsKnown
	got := directives(compiled(t, s, baseline).Value("N1", false))
	const hash = "'sha256-zKQecQwh6wTmhPLZS/ZwCYIOHAnm5jS3YTQ+tPsHn3U='"
	for _, name := range []string{"script-src-elem", "script-src-attr"} {
		if !strings.Contains(got[name], "'unsafe-hashes'") || !strings.Contains(got[name], hash) || strings.Contains(got[name], "'unsafe-inline'") {
			t.Errorf("%s %q", name, got[name])
		}
	}
}

func TestPolicyIsBounded(t *testing.T) {
	s := site(t)
	for range 500 {
		s.Response.Allow.Scripts = append(s.Response.Allow.Scripts, s.Response.Allow.Forms...)
	}
	if _, err := New(s, nil); err == nil || !strings.Contains(err.Error(), "shorten them") {
		t.Error(err)
	}
}

func TestNonce(t *testing.T) {
	a, b := NewNonce(), NewNonce()
	if a == b || len(a) != 22 {
		t.Errorf("%q, then %q", a, b)
	}
}
