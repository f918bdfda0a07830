package certs

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest"

	"github.com/lachan-waf/lachan/internal/pebbletest"
	"github.com/lachan-waf/lachan/policies"
)

// patience bounds waiting for pebble; every wait ends as soon as it can.
const patience = 60 * time.Second

// TestACME has a real ACME server validate a name by each kind of challenge,
// over the network, and completes a handshake with what it issued.
func TestACME(t *testing.T) {
	for _, kind := range []string{"http-01", "tls-alpn-01"} {
		t.Run(kind, func(t *testing.T) { testIssue(t, kind) })
	}
}

func testIssue(t *testing.T, kind string) {
	web, secure := listen(t), listen(t)
	opened := policies.Listen{HTTP: web.Addr().String()}
	if kind == "tls-alpn-01" {
		opened = policies.Listen{HTTPS: secure.Addr().String()}
	}
	p := pebbletest.Start(t, port(web), port(secure))
	state := t.TempDir()
	opts := Options{
		StateDir: state, Listen: opened, Logger: zaptest.NewLogger(t, zaptest.Level(zap.InfoLevel)),
		ACME: policies.ACME{CA: p.Directory, Email: "ops@hosting.example", TrustedRoots: []string{p.RootFile}},
	}
	k := newKeeper(t, opts)
	set, err := k.Prepare([]policies.Site{site("portal", policies.TLSACME, "portal.example")})
	if err != nil {
		t.Fatal(err)
	}
	serveWeb(t, k, web)
	serveTLS(t, set, secure)
	if err := k.Manage(t.Context(), set); err != nil {
		t.Fatal(err)
	}

	client := &tls.Config{RootCAs: p.Issuers(), ServerName: "portal.example"}
	leaf := awaitHandshake(t, secure.Addr().String(), client)
	if err := leaf.VerifyHostname("portal.example"); err != nil {
		t.Error(err)
	}

	t.Run("other paths pass", func(t *testing.T) {
		for _, url := range []string{"/", "/.well-known/acme-challenge/nothing-known"} {
			res, err := http.Get("http://" + web.Addr().String() + url)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			if res.StatusCode != http.StatusTeapot {
				t.Errorf("%s: %s", url, res.Status)
			}
		}
	})
	t.Run("a restart takes it from the state directory", func(t *testing.T) {
		p.Stop()
		k.Close()
		again := newKeeper(t, opts)
		set, err := again.Prepare([]policies.Site{site("portal", policies.TLSACME, "portal.example")})
		if err != nil {
			t.Fatal(err)
		}
		third := listen(t)
		serveTLS(t, set, third)
		again.Manage(t.Context(), set)
		if second := awaitHandshake(t, third.Addr().String(), client); !second.Equal(leaf) {
			t.Error("another certificate")
		}
		none, _ := again.Prepare(nil)
		again.Manage(t.Context(), none)
		if _, err := handshake(t, set.GetCertificate, client); err == nil {
			t.Error("a name that is no longer managed still has a certificate")
		}
	})
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	return ln
}

func port(ln net.Listener) int { return ln.Addr().(*net.TCPAddr).Port }

func serveWeb(t *testing.T, k *Keeper, ln net.Listener) {
	server := &http.Server{Handler: k.HTTPChallenge(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTeapot)
	}))}
	done := make(chan struct{})
	go func() { defer close(done); server.Serve(ln) }()
	t.Cleanup(func() { server.Close(); <-done; http.DefaultClient.CloseIdleConnections() })
}

func serveTLS(t *testing.T, set *Set, ln net.Listener) {
	config := &tls.Config{NextProtos: NextProtos(), GetCertificate: set.GetCertificate}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			raw, err := ln.Accept()
			if err != nil {
				return
			}
			raw.SetDeadline(time.Now().Add(5 * time.Second))
			tls.Server(raw, config).Handshake()
			raw.Close()
		}
	}()
	t.Cleanup(func() { ln.Close(); <-done })
}

// awaitHandshake tries until the certificate is there.
func awaitHandshake(t *testing.T, addr string, client *tls.Config) *x509.Certificate {
	t.Helper()
	var last error
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		c, err := tls.Dial("tcp", addr, client)
		if err == nil {
			c.Close()
			return c.ConnectionState().PeerCertificates[0]
		}
		last = err
	}
	t.Fatalf("no certificate: %v", last)
	return nil
}
