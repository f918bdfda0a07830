package proxy_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/policies"
	"github.com/lachan-waf/lachan/proxy"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fixture is a running server before one origin, as `lachan run` sets it up.
type fixture struct {
	*proxy.Server
	t      *testing.T
	dir    string
	origin *httptest.Server
	roots  *x509.CertPool
	client *http.Client
	logs   *observer.ObservedLogs
	stop   func() error
}

// start serves the sites of the YAML text, in which ORIGIN and DIR stand for
// the origin's address and a folder of the test's own.
func start(t *testing.T, sites string, origin http.HandlerFunc) *fixture {
	t.Helper()
	return startWith(t, proxy.Options{}, sites, origin)
}

// startWith is start with options of the test's own.
func startWith(t *testing.T, o proxy.Options, sites string, origin http.HandlerFunc) *fixture {
	t.Helper()
	f := &fixture{t: t, dir: t.TempDir(), origin: httptest.NewUnstartedServer(origin)}
	f.origin.Config.ErrorLog = zap.NewStdLog(zap.NewNop())
	f.origin.Start()
	t.Cleanup(f.origin.Close)

	core, logs := observer.New(zap.InfoLevel)
	f.logs = logs
	cfg := f.config(sites)
	trail, err := audit.Open(cfg.Audit, audit.Info{Version: "test", Hostname: "proxy.test", Logger: zap.New(core)})
	if err != nil {
		t.Fatal(err)
	}
	o.Config, o.Audit, o.Logger, o.Version = cfg, trail, zap.New(core), "test"
	f.Server, err = proxy.New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	var runErr error
	go func() { defer close(ended); runErr = f.Run(ctx) }()
	f.stop = func() error { cancel(); <-ended; return runErr }
	t.Cleanup(func() {
		f.client.CloseIdleConnections()
		if err := f.stop(); err != nil {
			t.Error("Run:", err)
		}
		if err := trail.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	f.trustRoot()
	return f
}

// config parses a configuration whose listeners are free loopback ports.
func (f *fixture) config(sites string) *policies.Config {
	f.t.Helper()
	text := `
listen: {http: "127.0.0.1:0", https: "127.0.0.1:0"}
state_dir: "DIR/state"
admin: {listen: "unix:DIR/run/a.sock"}
audit: {file: "DIR/audit.jsonl"}
sites:
` + sites
	text = strings.NewReplacer("DIR", f.dir, "ORIGIN", f.origin.URL).Replace(text)
	cfg, err := policies.Parse(filepath.Join(f.dir, "lachan.yaml"), []byte(text))
	if err != nil {
		f.t.Fatal(err)
	}
	return cfg
}

func (f *fixture) trustRoot() {
	f.t.Helper()
	f.roots = x509.NewCertPool()
	if pem, err := os.ReadFile(f.InternalRoot()); err == nil {
		f.roots.AppendCertsFromPEM(pem)
	}
	f.client = &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: f.roots},
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				to := f.HTTPSAddr()
				if strings.HasSuffix(address, ":80") {
					to = f.HTTPAddr()
				}
				return new(net.Dialer).DialContext(ctx, network, to.String())
			},
			DisableCompression: true,
			ForceAttemptHTTP2:  true,
		},
	}
}

// answer is a response that was read to its end.
type answer struct {
	*http.Response
	body string
}

// get sends one request; headers are name, value, name, value.
func (f *fixture) get(url string, headers ...string) answer {
	f.t.Helper()
	return f.do(http.MethodGet, url, "", headers...)
}

// getting is get beside the test. It closes the channel, too, where the request
// fails.
func (f *fixture) getting(url string) <-chan answer {
	f.t.Helper()
	done := make(chan answer, 1)
	go func() {
		defer close(done)
		done <- f.get(url)
	}()
	return done
}

func (f *fixture) do(method, url, body string, headers ...string) answer {
	f.t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		f.t.Fatal(err)
	}
	req.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")
	req.Header.Set("Accept", "text/html,*/*")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := f.client.Do(req)
	if err != nil {
		f.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	return answer{resp, string(b)}
}

// raw writes bytes on a connection for host, as no HTTP client would, and
// returns the status line's code and all that came back.
func (f *fixture) raw(host, request string) (status int, reply string) {
	f.t.Helper()
	conn := f.dial(host)
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := io.WriteString(conn, request); err != nil {
		f.t.Fatal(err)
	}
	var all bytes.Buffer
	resp, err := http.ReadResponse(bufio.NewReader(io.TeeReader(conn, &all)), nil)
	if err != nil {
		f.t.Fatalf("reply to %q: %v", request, err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, all.String()
}

func (f *fixture) dial(host string) *tls.Conn {
	f.t.Helper()
	conn, err := tls.Dial("tcp", f.HTTPSAddr().String(), &tls.Config{RootCAs: f.roots, ServerName: host})
	if err != nil {
		f.t.Fatal(err)
	}
	return conn
}

// event is one record of the audit trail.
type event map[string]any

// at returns the value under a dotted name, as text.
func (e event) at(name string) string {
	var v any = map[string]any(e)
	for _, key := range strings.Split(name, ".") {
		m, ok := v.(map[string]any)
		if !ok {
			return ""
		}
		v = m[key]
	}
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// events waits until the trail holds n events of an action, and returns them.
func (f *fixture) events(action string, n int) []event {
	f.t.Helper()
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		var found []event
		data, _ := os.ReadFile(filepath.Join(f.dir, "audit.jsonl"))
		for _, line := range bytes.Split(data, []byte("\n")) {
			var e event
			if json.Unmarshal(line, &e) == nil && e.at("event.action") == action {
				found = append(found, e)
			}
		}
		if len(found) >= n {
			return found
		}
		if time.Now().After(deadline) {
			f.t.Fatalf("%d events %q, want %d:\n%s", len(found), action, n, data)
		}
	}
}

func html(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, body)
	}
}

const portal = `
- name: portal
  hosts: [portal.test]
  upstream: ORIGIN
  tls: internal
  contact: Văn phòng, 024 0000 0000
`
