package quickstart_test

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lachan-waf/lachan/internal/lachantest"
)

const host = "localhost"

// start runs the site and Lachan as README.md says, on free ports.
func start(t *testing.T) (raw string, srv *lachantest.Server) {
	t.Helper()
	raw = servePython(t)
	config, err := os.ReadFile("lachan.yaml")
	if err != nil {
		t.Fatal(err)
	}
	const upstream = "http://127.0.0.1:8000"
	if !strings.Contains(string(config), upstream) {
		t.Fatalf("lachan.yaml: no upstream %s to move", upstream)
	}
	return raw, lachantest.Start(t, strings.Replace(string(config), upstream, raw, 1))
}

// servePython is the README's first command.
func servePython(t *testing.T) string {
	t.Helper()
	if out, err := exec.Command("./install-test-tools.sh").CombinedOutput(); err != nil {
		t.Fatalf("install-test-tools.sh: %v\n%s", err, out)
	}
	port := fmt.Sprint(lachantest.FreePort(t))
	cmd := exec.Command("python3", "-m", "http.server", port, "--bind", "127.0.0.1", "--directory", "site")
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // "signal: killed"
	})
	addr := net.JoinHostPort("127.0.0.1", port)
	awaitDial(t, addr)
	return "http://" + addr
}

func awaitDial(t *testing.T, addr string) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		conn, err := net.Dial("tcp", addr)
		if err == nil {
			_ = conn.Close()
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("python3 -m http.server: %v", err)
		}
	}
}

func TestPlantedMarkupIsRemoved(t *testing.T) {
	raw, srv := start(t)
	planted := []string{"planted.js", "evil.test", "nhà cái"}
	_, dirty := lachantest.Get(t, http.DefaultClient, raw+"/")
	for _, text := range planted {
		if !strings.Contains(dirty, text) {
			t.Errorf("the site as planted lacks %q: nothing would be shown", text)
		}
	}

	resp, page := lachantest.Get(t, srv.Client(), srv.URL(host)+"/")
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("status %s", resp.Status)
	}
	for _, text := range planted {
		if strings.Contains(page, text) {
			t.Errorf("the page still holds %q:\n%s", text, page)
		}
	}
	for _, text := range []string{"Lịch tiếp công dân", `href="https://dichvucong.gov.vn/"`, `href="/gioi-thieu.html"`, `href="/style.css"`} {
		if !strings.Contains(page, text) {
			t.Errorf("the page has lost %q:\n%s", text, page)
		}
	}

	event := srv.WaitEvent(10*time.Second, func(e lachantest.Event) bool {
		return e.Text("event.action") == "strip" && e.Text("lachan.finding.element") == "script"
	})
	for path, want := range map[string]string{
		"service.name": "commune", "lachan.finding.host": "evil.test",
		"http.request.id": resp.Header.Get("X-Request-Id"),
	} {
		if got := event.Text(path); got != want {
			t.Errorf("%s = %q, want %q", path, got, want)
		}
	}
}

func TestAttackIsBlocked(t *testing.T) {
	_, srv := start(t)
	attack := "/?id=" + url.QueryEscape("1' UNION SELECT password FROM users-- ")
	resp, page := lachantest.Get(t, srv.Client(), srv.URL(host)+attack)
	if resp.StatusCode != http.StatusForbidden {
		t.Fatalf("status %s", resp.Status)
	}
	id := resp.Header.Get("X-Request-Id")
	if id == "" || !strings.Contains(page, id) {
		t.Errorf("the page does not show request ID %q:\n%s", id, page)
	}
	event := srv.WaitEvent(10*time.Second, lachantest.Is("event.action", "block"))
	if got := event.Text("http.request.id"); got != id {
		t.Errorf("http.request.id = %q, want %q", got, id)
	}
}

func TestPlainHTTPIsRedirected(t *testing.T) {
	_, srv := start(t)
	resp, _ := lachantest.Get(t, srv.Client(), srv.HTTPURL(host)+"/gioi-thieu.html?a=1")
	if got, want := resp.Header.Get("Location"), srv.URL(host)+"/gioi-thieu.html?a=1"; got != want {
		t.Fatalf("Location %q, want %q", got, want)
	}
	// The address it names is served, under the name it names.
	resp, page := lachantest.Get(t, srv.Client(), resp.Header.Get("Location"))
	if resp.StatusCode != http.StatusOK || !strings.Contains(page, "mười hai thôn") {
		t.Errorf("status %s:\n%s", resp.Status, page)
	}
}

// The file as shipped has no problem, and it is as short as README.md says.
func TestConfigurationAsShipped(t *testing.T) {
	out, err := lachantest.Command(t, "check", "--config", filepath.Join(".", "lachan.yaml")).CombinedOutput()
	if err != nil {
		t.Errorf("lachan check: %v\n%s", err, out)
	}
	config, err := os.ReadFile("lachan.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(string(config), "\n"); lines != 10 {
		t.Errorf("lachan.yaml has %d lines; README.md says ten", lines)
	}
}
