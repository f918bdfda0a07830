package wordpress_test

import (
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lachan-waf/lachan/internal/cmstest"
)

// siteHost is the name visitors type; no resolver knows it.
const siteHost = "portal.example"

// target is a way to reach the site: through the proxy, or straight.
type target struct {
	base     string         // what the address bar shows, without a final slash
	addr     string         // where siteHost really is, host:port
	roots    *x509.CertPool // the CA that signed for certName
	certName string         // name in the certificate; siteHost if empty
	events   func(t *testing.T) []event
}

// event is one line of the audit log with its keys flattened to dotted names.
type event map[string]any

func (e event) text(key string) string {
	if e[key] == nil {
		return ""
	}
	return fmt.Sprint(e[key])
}

// startLachan runs the real binary with this folder's configuration, moved to
// free ports and a temporary directory. LACHAN_BINARY names a ready-built one.
func startLachan(t *testing.T, port int, upstream string) *target {
	t.Helper()
	dir := cmstest.WorkDir(t)
	config := filepath.Join(dir, "lachan.yaml")
	cmstest.WriteFile(t, config, exampleConfig(t, dir, port, upstream))
	cmd := exec.Command(lachanBinary(t, dir), "run", "--config", config)
	cmd.Dir = dir
	cmstest.Serve(t, filepath.Join(dir, "lachan.log"), cmd)
	addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	cmstest.Await(t, "lachan", 30*time.Second, cmstest.Dialable("tcp", addr))
	log := filepath.Join(dir, "audit.jsonl")
	return &target{
		base:   (&url.URL{Scheme: "https", Host: net.JoinHostPort(siteHost, strconv.Itoa(port))}).String(),
		addr:   addr,
		roots:  internalRoots(t, filepath.Join(dir, "state")),
		events: func(t *testing.T) []event { return readEvents(t, log) },
	}
}

func lachanBinary(t *testing.T, dir string) string {
	t.Helper()
	if file := os.Getenv("LACHAN_BINARY"); file != "" {
		return file
	}
	file := filepath.Join(dir, "lachan")
	out, err := exec.Command("go", "build", "-o", file, "github.com/lachan-waf/lachan/cmd/lachan").CombinedOutput()
	if err != nil {
		t.Fatalf("build lachan: %v\n%s", err, out)
	}
	return file
}

// exampleConfig is lachan.yaml as shipped, except for what ties it to a machine.
// A line that is no longer there fails the test: the example would not be tested.
func exampleConfig(t *testing.T, dir string, port int, upstream string) string {
	t.Helper()
	text := readFile(t, "lachan.yaml")
	for old, with := range map[string]string{
		`http: ":80"`:                         `http: ""`,
		`https: ":443"`:                       fmt.Sprintf(`https: "127.0.0.1:%d"`, port),
		"state_dir: /var/lib/lachan":          "state_dir: " + filepath.Join(dir, "state"),
		"file: /var/log/lachan/audit.jsonl":   "file: " + filepath.Join(dir, "audit.jsonl"),
		"listen: unix:/run/lachan/admin.sock": "listen: unix:" + filepath.Join(dir, "admin.sock"),
		"upstream: http://127.0.0.1:8080":     "upstream: http://" + upstream,
		"hosts: [portal.example]":             "hosts: [" + siteHost + "]",
	} {
		if !strings.Contains(text, old) {
			t.Fatalf("lachan.yaml: no %q to replace", old)
		}
		text = strings.Replace(text, old, with, 1)
	}
	return text
}

// internalRoots collects the CA certificates that `tls: internal` left in the
// state directory.
func internalRoots(t *testing.T, state string) *x509.CertPool {
	t.Helper()
	pool := x509.NewCertPool()
	cmstest.Await(t, "root certificate", 30*time.Second, func() error {
		found := false
		err := filepath.WalkDir(state, func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.Contains(d.Name(), "root") {
				return err
			}
			b, err := os.ReadFile(p)
			found = pool.AppendCertsFromPEM(b) || found
			return err
		})
		if err == nil && !found {
			err = fmt.Errorf("none below %s", state)
		}
		return err
	})
	return pool
}

func readEvents(t *testing.T, file string) []event {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	var out []event
	for line := range strings.Lines(string(b)) {
		if !strings.HasSuffix(line, "\n") {
			break // still being written
		}
		var m map[string]any
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatalf("audit log: %v in %q", err, line)
		}
		e := event{}
		flatten(e, "", m)
		out = append(out, e)
	}
	return out
}

func flatten(into event, prefix string, m map[string]any) {
	for k, v := range m {
		if sub, ok := v.(map[string]any); ok {
			flatten(into, prefix+k+".", sub)
			continue
		}
		into[prefix+k] = v
	}
}

// having selects the events of one action; an empty id means any request.
func having(events []event, action, requestID string) []event {
	var out []event
	for _, e := range events {
		if e.text("event.action") == action && (requestID == "" || e.text("http.request.id") == requestID) {
			out = append(out, e)
		}
	}
	return out
}

// onRecord waits until the log holds an event of the request: it is written beside
// the answer, not before it.
func (to *target) onRecord(t *testing.T, action, requestID string) []event {
	t.Helper()
	var found []event
	cmstest.Await(t, action+" event of request "+requestID, 5*time.Second, func() error {
		found = having(to.events(t), action, requestID)
		if requestID == "" || len(found) == 0 {
			return errors.New("none")
		}
		return nil
	})
	return found
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
