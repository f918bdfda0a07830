package lachantest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/lachan-waf/lachan/internal/lachantest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func origin(t *testing.T) string {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s as %s", r.Host, r.Header.Get("X-Forwarded-Proto"))
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

func config(hosts, upstream string) string {
	return fmt.Sprintf("sites: [{name: portal, hosts: [%s], upstream: %q, tls: internal}]\n", hosts, upstream)
}

func TestServerIsReachedByName(t *testing.T) {
	srv := lachantest.Start(t, config("portal.example", origin(t)))
	resp, body := lachantest.Get(t, srv.Client(), srv.URL("portal.example")+"/")
	if resp.StatusCode != http.StatusOK || !strings.HasPrefix(body, "portal.example") || !strings.HasSuffix(body, "as https") {
		t.Errorf("status %s: %q", resp.Status, body)
	}
	if resp.ProtoMajor != 2 {
		t.Errorf("protocol %s, want HTTP/2", resp.Proto)
	}
	resp, _ = lachantest.Get(t, srv.Client(), srv.HTTPURL("portal.example")+"/")
	if want := srv.URL("portal.example") + "/"; resp.Header.Get("Location") != want {
		t.Errorf("Location %q, want %q", resp.Header.Get("Location"), want)
	}
}

func TestReloadIsOverWhenItReturns(t *testing.T) {
	upstream := origin(t)
	srv := lachantest.Start(t, config("portal.example", upstream))
	next := filepath.Join(filepath.Dir(srv.ConfigFile), "lachan.yaml")
	if err := os.WriteFile(next, []byte(config("portal.example, added.example", upstream)), 0o600); err != nil {
		t.Fatal(err)
	}
	srv.WriteConfig(next)
	srv.Reload()
	if resp, _ := lachantest.Get(t, srv.Client(), srv.URL("added.example")+"/"); resp.StatusCode != http.StatusOK {
		t.Errorf("status %s", resp.Status)
	}
	event := srv.WaitEvent(10*time.Second, lachantest.Is("event.action", "config"))
	if event.Text("event.id") == "" || event.Get("event.no.such") != nil {
		t.Errorf("event %v", event)
	}
}

// A restart keeps the state: the internal CA is the one of before.
func TestStartAfterStopAndKill(t *testing.T) {
	srv := lachantest.Start(t, config("portal.example", origin(t)))
	root, err := os.ReadFile(srv.RootFile())
	if err != nil {
		t.Fatal(err)
	}
	srv.Stop()
	srv.Start()
	srv.Kill()
	srv.Start()
	if again, err := os.ReadFile(srv.RootFile()); err != nil || string(again) != string(root) {
		t.Errorf("another root after the restart (%v)", err)
	}
	if resp, _ := lachantest.Get(t, srv.Client(), srv.URL("portal.example")+"/"); resp.StatusCode != http.StatusOK {
		t.Errorf("status %s", resp.Status)
	}
}

func TestDisabledListenerStaysDisabled(t *testing.T) {
	srv := lachantest.Start(t, "listen: {http: \"\"}\n"+config("portal.example", origin(t)))
	if srv.HTTPAddr != "" || srv.HTTPSAddr == "" {
		t.Errorf("listening on %q and %q", srv.HTTPAddr, srv.HTTPSAddr)
	}
}

func TestChosenPortIsKept(t *testing.T) {
	addr := fmt.Sprintf("127.0.0.1:%d", lachantest.FreePort(t))
	srv := lachantest.Start(t, fmt.Sprintf("listen: {https: %q}\n", addr)+config("portal.example", origin(t)))
	if srv.HTTPSAddr != addr {
		t.Errorf("listening on %q, want %q", srv.HTTPSAddr, addr)
	}
}
