package sinks

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"

	"github.com/lachan-waf/lachan/policies"
)

// clientTLS is how a sink proves who it is, and whom it believes. The client's
// certificate is read for each handshake: one that is renewed needs no restart.
func clientTLS(sink policies.Sink) (*tls.Config, error) {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12}
	if sink.CA != "" {
		roots, err := readRoots(sink.CA)
		if err != nil {
			return nil, err
		}
		cfg.RootCAs = roots
	}
	if sink.Cert == "" {
		return cfg, nil
	}
	load := func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		pair, err := tls.LoadX509KeyPair(sink.Cert, sink.Key)
		if err != nil {
			return nil, fmt.Errorf("certificate %s: %w", sink.Cert, err)
		}
		return &pair, nil
	}
	if _, err := load(nil); err != nil {
		return nil, err
	}
	cfg.GetClientCertificate = load
	return cfg, nil
}

func readRoots(file string) (*x509.CertPool, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s holds no certificate in PEM", file)
	}
	return roots, nil
}
