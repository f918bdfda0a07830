package remote

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
)

// TLS is how a client proves who it is, with the certificate and key of two PEM
// files, and whom it believes, by the roots of a third. Each may be empty: no
// certificate, and the system's roots. The certificate is read for each handshake,
// and once now, so that a mistake is found at the start.
func TLS(ca, cert, key string) (*tls.Config, error) {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12}
	if ca != "" {
		roots, err := readRoots(ca)
		if err != nil {
			return nil, err
		}
		cfg.RootCAs = roots
	}
	if cert == "" {
		return cfg, nil
	}
	load := func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		pair, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			return nil, fmt.Errorf("certificate %s: %w", cert, err)
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
