package sinks

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"

	"github.com/lachan-waf/lachan/policies"
)

// clientTLS is how the receiver on this host is spoken to. Its certificate must
// lead to the roots of the sink's CA, or to the system's where there is none.
func clientTLS(sink policies.Sink, host string) (*tls.Config, error) {
	cfg := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if sink.CA != "" {
		pem, err := os.ReadFile(sink.CA)
		if err != nil {
			return nil, fmt.Errorf("ca: %w", err)
		}
		cfg.RootCAs = x509.NewCertPool()
		if !cfg.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("ca: %s holds no certificate", sink.CA)
		}
	}
	if sink.Cert == "" {
		return cfg, nil
	}
	load := func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		pair, err := tls.LoadX509KeyPair(sink.Cert, sink.Key)
		if err != nil {
			return nil, fmt.Errorf("cert and key: %w", err)
		}
		return &pair, nil
	}
	cfg.GetClientCertificate = load // anew each time: a renewed one needs no restart
	_, err := load(nil)
	return cfg, err
}
