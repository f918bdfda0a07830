package proxy_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lachan-waf/lachan/policies"
)

func TestReloadPutsAnotherPolicyInForce(t *testing.T) {
	f := start(t, portal, html(infected))
	mustBeClean(t, f.get("https://portal.test/").body)
	if err := f.Apply(f.config(portal + "  response: {mode: off}\n")); err != nil {
		t.Fatal(err)
	}
	if got := f.get("https://portal.test/"); got.body != infected {
		t.Errorf("the old policy is still in force:\n%s", got.body)
	}
	f.events("config", 1)
}

func TestRequestKeepsTheConfigurationItBeganWith(t *testing.T) {
	began, goOn := make(chan struct{}), make(chan struct{})
	f := start(t, portal, func(w http.ResponseWriter, r *http.Request) {
		close(began)
		<-goOn
		html(infected)(w, r)
	})
	done := f.getting("https://portal.test/")
	<-began
	if err := f.Apply(f.config(portal + "  response: {mode: off}\n")); err != nil {
		t.Fatal(err)
	}
	close(goOn)
	mustBeClean(t, (<-done).body)
}

func TestBadRuleFileStopsOnlyItsSite(t *testing.T) {
	sites := portal + "  waf: {rules: [DIR/own.conf]}\n" + `
- name: second
  hosts: [second.test]
  upstream: ORIGIN
  tls: internal
`
	f := start(t, portal, html(infected))
	write(t, filepath.Join(f.dir, "own.conf"), "SecRule ARGS \"@nosuchoperator x\" \"id:1,deny\"\n")
	err := f.Apply(f.config(sites))
	if err == nil || !strings.Contains(err.Error(), "own.conf:1") || !strings.Contains(err.Error(), "portal") {
		t.Errorf("error %v does not name the site and the place", err)
	}
	if got := f.get("https://second.test/"); got.StatusCode != 200 {
		t.Errorf("the other site answers %d", got.StatusCode)
	}
	mustBeClean(t, f.get("https://portal.test/").body) // by its former policy

	write(t, filepath.Join(f.dir, "own.conf"), "SecRule ARGS:secret \"@streq open\" \"id:1,phase:2,deny,status:406,msg:'own rule'\"\n")
	if err := f.Apply(f.config(sites)); err != nil {
		t.Fatal(err)
	}
	if got := f.get("https://portal.test/?secret=open"); got.StatusCode != 406 {
		t.Errorf("own rule: status %d", got.StatusCode)
	}
}

func TestSiteThatNeverCompiledAnswers503(t *testing.T) {
	f := start(t, portal, html(infected))
	write(t, filepath.Join(f.dir, "own.conf"), "nonsense\n")
	if err := f.Apply(f.config(portal + `
- name: second
  hosts: [second.test]
  upstream: ORIGIN
  tls: internal
  waf: {rules: [DIR/own.conf]}
`)); err == nil {
		t.Fatal("no error")
	}
	if got := f.get("https://second.test/"); got.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("status %d", got.StatusCode)
	}
	mustBeClean(t, f.get("https://portal.test/").body)
}

func TestSiteRefusedByTheReaderKeepsItsPolicy(t *testing.T) {
	f := start(t, portal, html(infected))
	cfg := f.config(portal + `
- name: second
  hosts: [second.test]
  upstream: ORIGIN
  tls: internal
`)
	cfg.Refused, cfg.Sites = cfg.Sites[:1], cfg.Sites[1:]
	if err := f.Apply(cfg); err != nil {
		t.Fatal(err)
	}
	mustBeClean(t, f.get("https://portal.test/").body)
	if got := f.get("https://second.test/"); got.StatusCode != 200 {
		t.Errorf("the other site: status %d", got.StatusCode)
	}
	cfg = f.config(portal)
	cfg.Refused = []policies.Site{{Name: "new", Hosts: []string{"new.test"}, TLS: policies.TLS{Mode: policies.TLSInternal}}}
	if err := f.Apply(cfg); err != nil {
		t.Fatal(err)
	}
	if got := f.get("https://new.test/"); got.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a new site that was refused: status %d, want 503", got.StatusCode)
	}
}

func TestListenerChangeNeedsARestart(t *testing.T) {
	f := start(t, portal, html(infected))
	cfg := f.config(portal)
	cfg.Listen.HTTPS = "127.0.0.1:1"
	if err := f.Apply(cfg); err == nil || !strings.Contains(err.Error(), "listen.https has changed: restart") {
		t.Errorf("error %v", err)
	}
	cfg = f.config(portal)
	cfg.ACME.Email, cfg.Audit.Durability = "other@hosting.example", policies.DurabilityAlways
	err := f.Apply(cfg)
	for _, key := range []string{"acme", "audit.durability"} {
		if err == nil || !strings.Contains(err.Error(), key+" has changed: restart") {
			t.Errorf("error %v does not name %s", err, key)
		}
	}
	mustBeClean(t, f.get("https://portal.test/").body)
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
