package sinks

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/lachan-waf/lachan/policies"
)

// certificate is one that is its own root, and its file.
func certificate(t *testing.T, name string) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	if ip := net.ParseIP(name); ip != nil {
		c.IPAddresses = []net.IP{ip}
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	text = append(text, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})...)
	pair, err := tls.X509KeyPair(text, text)
	if err != nil {
		t.Fatal(err)
	}
	return pair, written(t, "pair.pem", string(text))
}

// Both sides say who they are; the client's certificate can be replaced while it
// runs, and nobody else's is believed.
func TestSinksProveAndAskWhoIsThere(t *testing.T) {
	pair, ca := certificate(t, "127.0.0.1")
	_, first := certificate(t, "one")
	_, second := certificate(t, "two")
	var saw string
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		saw = r.TLS.PeerCertificates[0].Subject.CommonName
	}))
	s.Config.ErrorLog, _ = zap.NewStdLogAt(zap.NewNop(), zap.DebugLevel)
	s.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, ClientAuth: tls.RequireAnyClientCert}
	s.StartTLS()
	t.Cleanup(s.Close)
	sink := httpSink(policies.SinkHTTP, s.URL)
	sink.CA, sink.Cert, sink.Key = ca, written(t, "cert", slurp(t, first)), written(t, "key", slurp(t, first))
	r, err := newWebhook(sink)
	hook := made(t, r, err)
	batch := messages(t, 1)
	for _, want := range []string{"one", "two"} {
		if err := hook.deliver(t.Context(), batch); err != nil || saw != want {
			t.Errorf("seen as %q, want %q: %v", saw, want, err)
		}
		for _, file := range []string{sink.Cert, sink.Key} {
			if err := os.WriteFile(file, []byte(slurp(t, second)), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		hook.close() // its connections
	}
	sink.CA = ""
	r, err = newWebhook(sink)
	if err := made(t, r, err).deliver(t.Context(), batch); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a stranger's certificate: %v", err)
	}
}

func TestOldTLSIsRefused(t *testing.T) {
	pair, ca := certificate(t, "127.0.0.1")
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	s.Config.ErrorLog, _ = zap.NewStdLogAt(zap.NewNop(), zap.DebugLevel)
	s.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
	s.StartTLS()
	t.Cleanup(s.Close)
	sink := httpSink(policies.SinkHTTP, s.URL)
	sink.CA = ca
	r, err := newWebhook(sink)
	if err := made(t, r, err).deliver(t.Context(), messages(t, 1)); err == nil || !strings.Contains(err.Error(), "protocol version") {
		t.Errorf("TLS 1.1: %v", err)
	}
}

func slurp(t *testing.T, file string) string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
