package lachantest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// URL is the base of a site's HTTPS address, without a final slash.
func (s *Server) URL(host string) string { return "https://" + authority(host, s.HTTPSAddr) }

// HTTPURL is the base of a site's plain HTTP address.
func (s *Server) HTTPURL(host string) string { return "http://" + authority(host, s.HTTPAddr) }

func authority(host, addr string) string {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return host
	}
	return net.JoinHostPort(host, port)
}

// Client returns a client that finds every host name at this server, trusts
// its internal CA and the given roots, and shows redirects instead of
// following them. Its connections are closed when the test ends, so that they
// do not hold up draining.
func (s *Server) Client(roots ...*x509.Certificate) *http.Client {
	s.t.Helper()
	transport := &http.Transport{
		DialContext:         s.dial,
		TLSClientConfig:     &tls.Config{RootCAs: s.pool(roots), MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2:   true,
		TLSHandshakeTimeout: 10 * time.Second,
	}
	s.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       60 * time.Second,
	}
}

// dial goes to the plain listener for its own port and for 80, to the TLS
// listener for all others.
func (s *Server) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	target := s.HTTPSAddr
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	if port == "80" || strings.HasSuffix(s.HTTPAddr, ":"+port) {
		target = s.HTTPAddr
	}
	if target == "" {
		return nil, errors.New("the listener is disabled")
	}
	return new(net.Dialer).DialContext(ctx, network, target)
}

func (s *Server) pool(roots []*x509.Certificate) *x509.CertPool {
	s.t.Helper()
	pool := x509.NewCertPool()
	for _, root := range roots {
		pool.AddCert(root)
	}
	if file := s.RootFile(); file != "" {
		pem, err := os.ReadFile(file)
		if err != nil {
			s.t.Fatalf("lachantest: %v", err)
		}
		pool.AppendCertsFromPEM(pem)
	}
	return pool
}

// RootFile is the PEM file of the internal CA's root certificate; "" while no
// site with `tls: internal` has needed one.
func (s *Server) RootFile() string {
	s.t.Helper()
	found := ""
	err := filepath.WalkDir(s.StateDir, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil && !entry.IsDir() && isRoot(path) {
			found = path
			return fs.SkipAll
		}
		return err
	})
	if err != nil {
		s.t.Fatalf("lachantest: %v", err)
	}
	return found
}

func isRoot(path string) bool {
	ext := filepath.Ext(path)
	return strings.Contains(filepath.Base(path), "root") && (ext == ".crt" || ext == ".pem")
}

// Get asks for a page and returns its body along with the response.
func Get(t testing.TB, client *http.Client, url string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return Do(t, client, req)
}
