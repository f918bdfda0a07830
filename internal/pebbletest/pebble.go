// Package pebbletest runs pebble, a real ACME server (RFC 8555), for tests: it
// validates names over the network, on the ports it is told, with a DNS server
// that leads every name to 127.0.0.1.
//
//	ca := pebbletest.Start(t, httpPort, httpsPort)
//	// configure ca.Directory and ca.RootFile, serve on the two ports, then
//	client.RootCAs = ca.Issuers()
package pebbletest

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// patience bounds waiting for pebble.
const patience = 60 * time.Second

// Server is a running pebble. It ends with the test.
type Server struct {
	Directory string // URL, as in acme.ca
	RootFile  string // authenticates the server itself, as in acme.trusted_roots

	t          testing.TB
	management string
	client     *http.Client
	stop       func()
}

// Start builds and runs pebble. It validates HTTP-01 on httpPort and
// TLS-ALPN-01 on tlsPort of 127.0.0.1.
func Start(t testing.TB, httpPort, tlsPort int) *Server {
	t.Helper()
	dir := t.TempDir()
	acme, management := freeAddress(t), freeAddress(t)
	s := &Server{t: t, Directory: "https://" + acme + "/dir", management: "https://" + management}
	keyFile := s.identity(dir)
	config, err := json.Marshal(map[string]any{"pebble": map[string]any{
		"listenAddress": acme, "managementListenAddress": management,
		"certificate": s.RootFile, "privateKey": keyFile,
		"httpPort": httpPort, "tlsPort": tlsPort, "keyAlgorithm": "ecdsa",
		"retryAfter": map[string]int{"authz": 1, "order": 1},
	}})
	if err != nil {
		t.Fatal(err)
	}
	configFile := filepath.Join(dir, "config.json")
	write(t, configFile, config)
	s.run(build(t, dir), "-config", configFile, "-dnsserver", serveDNS(t))
	s.await(s.Directory)
	return s
}

// await waits until url answers: an ACME client that finds nobody there tries
// again a minute later.
func (s *Server) await(url string) {
	s.t.Helper()
	var last error
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		res, err := s.client.Get(url)
		if last = err; err == nil {
			res.Body.Close()
			return
		}
	}
	s.t.Fatalf("pebble does not answer: %v", last)
}

// identity gives pebble the certificate that httptest has for 127.0.0.1.
func (s *Server) identity(dir string) (keyFile string) {
	s.t.Helper()
	lender := httptest.NewTLSServer(nil)
	defer lender.Close()
	s.client = &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: lender.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}, DisableKeepAlives: true,
	}}
	key, err := x509.MarshalPKCS8PrivateKey(lender.TLS.Certificates[0].PrivateKey)
	if err != nil {
		s.t.Fatal(err)
	}
	s.RootFile, keyFile = filepath.Join(dir, "pebble.crt"), filepath.Join(dir, "pebble.key")
	write(s.t, s.RootFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: lender.Certificate().Raw}))
	write(s.t, keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}))
	return keyFile
}

func build(t testing.TB, dir string) string {
	t.Helper()
	program := filepath.Join(dir, "pebble")
	out, err := exec.Command("go", "build", "-o", program, "github.com/letsencrypt/pebble/v2/cmd/pebble").CombinedOutput()
	if err != nil {
		t.Fatalf("build pebble: %v\n%s", err, out)
	}
	return program
}

func (s *Server) run(program string, args ...string) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = append(os.Environ(), "PEBBLE_VA_NOSLEEP=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = cmd.Wait() }()
	s.stop = func() { cancel(); <-ended }
	s.t.Cleanup(func() {
		s.stop()
		if s.t.Failed() {
			s.t.Logf("pebble:\n%s", log.String())
		}
	})
}

// Stop ends pebble before the test does.
func (s *Server) Stop() { s.stop() }

// Issuers are the roots pebble made when it started.
func (s *Server) Issuers() *x509.CertPool {
	s.t.Helper()
	pool := x509.NewCertPool()
	pool.AddCert(s.Root())
	return pool
}

// Root is the certificate behind all that pebble issues.
func (s *Server) Root() *x509.Certificate {
	s.t.Helper()
	s.await(s.management)
	res, err := s.client.Get(s.management + "/roots/0")
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	block, _ := pem.Decode(text)
	if err != nil || block == nil {
		s.t.Fatalf("pebble's root: %v\n%s", err, text)
	}
	root, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		s.t.Fatal(err)
	}
	return root
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return ln
}

func freeAddress(t testing.TB) string {
	t.Helper()
	ln := listen(t)
	defer ln.Close()
	return ln.Addr().String()
}

func write(t testing.TB, file string, data []byte) {
	t.Helper()
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
