package manysites_test

import (
	"crypto/x509"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lachan-waf/lachan/internal/lachantest"
)

const (
	plantedScript = `<script src="https://evil.test/planted.js"></script>`
	slowPath      = "/archive.bin"
	slowFirst     = "the first half, "
	slowRest      = "and the second"
)

// farm is this folder with its sites' origins: a copy whose upstream addresses
// are those of servers of the test's own.
type farm struct {
	t       *testing.T
	dir     string
	root    *x509.Certificate // of records.crt
	leaf    *x509.Certificate // records.crt
	release chan struct{}     // closed: slowPath's second half is sent
}

func newFarm(t *testing.T) *farm {
	t.Helper()
	f := &farm{t: t, dir: t.TempDir(), release: make(chan struct{})}
	f.write("lachan.yaml", f.read("lachan.yaml"))
	for site, shipped := range map[string]string{
		"portal": "http://127.0.0.1:8081", "news": "http://127.0.0.1:8082",
		"records": "http://127.0.0.1:8083", "intranet": "http://127.0.0.1:8084",
	} {
		name := "sites.d/" + site + ".yaml"
		text := f.read(name)
		if !strings.Contains(text, shipped) {
			t.Fatalf("%s: no upstream %s to move", name, shipped)
		}
		f.write(name, strings.Replace(text, shipped, f.origin(site), 1))
	}
	ca := newAuthority(t)
	f.root, f.leaf = ca.cert, ca.issue(t, filepath.Join(f.dir, "certs"), "records", "records.example")
	return f
}

func (f *farm) start() *lachantest.Server {
	f.t.Helper()
	return lachantest.StartFile(f.t, filepath.Join(f.dir, "lachan.yaml"))
}

// origin is a site's CMS: a page that an intruder has been at.
func (f *farm) origin(name string) string {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, "<!DOCTYPE html><html><head><title>%[1]s</title></head><body><h1>%[1]s</h1>%[2]s</body></html>", name, plantedScript)
	})
	mux.HandleFunc(slowPath, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		fmt.Fprint(w, slowFirst)
		_ = http.NewResponseController(w).Flush() // *http.response flushes
		select {
		case <-f.release:
			fmt.Fprint(w, slowRest)
		case <-r.Context().Done():
		}
	})
	origin := httptest.NewServer(mux)
	f.t.Cleanup(origin.Close)
	return origin.URL
}

// mustFailCheck wants `lachan check` to name the file.
func (f *farm) mustFailCheck(file string) {
	f.t.Helper()
	out, err := lachantest.Command(f.t, "check", "--config", filepath.Join(f.dir, "lachan.yaml")).CombinedOutput()
	if err == nil || !strings.Contains(string(out), file) {
		f.t.Errorf("lachan check: %v, does not name %s:\n%s", err, file, out)
	}
}

func (f *farm) read(name string) string {
	f.t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		f.t.Fatal(err)
	}
	return string(data)
}

func (f *farm) write(name, text string) {
	f.t.Helper()
	path := filepath.Join(f.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		f.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		f.t.Fatal(err)
	}
}

func (f *farm) remove(name string) {
	f.t.Helper()
	if err := os.Remove(filepath.Join(f.dir, name)); err != nil {
		f.t.Fatal(err)
	}
}
