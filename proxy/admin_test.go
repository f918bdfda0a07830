package proxy_test

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lachan-waf/lachan/proxy"
)

func (f *fixture) adminRequest(method, path string) answer {
	f.t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", filepath.Join(f.dir, "run", "a.sock"))
		}}}
	req, err := http.NewRequest(method, "http://admin"+path, nil)
	if err != nil {
		f.t.Fatal(err)
	}
	resp, err := client.Do(req)
	if err != nil {
		f.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	return answer{resp, string(body)}
}

func TestAdminListener(t *testing.T) {
	f := start(t, portal, html(infected))
	info, err := os.Stat(filepath.Join(f.dir, "run", "a.sock"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("socket %v, %v", info.Mode(), err)
	}
	f.get("https://portal.test/")
	if got := f.adminRequest("GET", "/health"); got.StatusCode != 200 || got.body != "serving\n" {
		t.Errorf("health %d %q", got.StatusCode, got.body)
	}
	var status proxy.Status
	if err := json.Unmarshal([]byte(f.adminRequest("GET", "/status").body), &status); err != nil || len(status.Sites) != 1 || status.Sites[0].Name != "portal" {
		t.Errorf("status %+v, %v", status, err)
	}
	metrics := f.adminRequest("GET", "/metrics").body
	for _, want := range []string{`lachan_requests_total{site="portal",status="200"} 1`, `lachan_events_total{action="strip",site="portal"} 2`, "lachan_audit_written_total",
		`lachan_findings_total{action="strip",kind="script",site="portal"}`, `lachan_stage_seconds_count{stage="clean"} 1`, "lachan_audit_chain_seq"} {
		if !strings.Contains(metrics, want) {
			t.Errorf("metrics lack %s:\n%s", want, metrics)
		}
	}
	if got := f.adminRequest("POST", "/reload"); got.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("reload without a file: %d %s", got.StatusCode, got.body)
	}
}

func TestShutdownLetsRequestsEnd(t *testing.T) {
	began, goOn := make(chan struct{}), make(chan struct{})
	f := start(t, portal, func(w http.ResponseWriter, r *http.Request) {
		close(began)
		<-goOn
		html(infected)(w, r)
	})
	page, stopped := f.getting("https://portal.test/"), make(chan error, 1)
	<-began
	go func() { stopped <- f.stop() }()
	for f.refuses() == false {
		time.Sleep(5 * time.Millisecond)
	}
	close(goOn)
	mustBeClean(t, (<-page).body)
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

// refuses reports whether new connections are no longer accepted.
func (f *fixture) refuses() bool {
	conn, err := net.Dial("tcp", f.HTTPSAddr().String())
	if err == nil {
		conn.Close()
	}
	return err != nil
}
