package proxy

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"

	"github.com/lachan-waf/lachan/policies"
)

// upstreamTLS is the client side of an https upstream. Below TLS 1.2 it also
// offers the cipher suites that origins of that age know.
func upstreamTLS(p policies.UpstreamTLS) (*tls.Config, error) {
	cfg := &tls.Config{ServerName: p.ServerName, MinVersion: tlsVersions[p.MinVersion]}
	if cfg.MinVersion < tls.VersionTLS12 {
		for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
			cfg.CipherSuites = append(cfg.CipherSuites, suite.ID)
		}
	}
	if p.CA != "" {
		pem, err := os.ReadFile(p.CA)
		if err != nil {
			return nil, err
		}
		cfg.RootCAs = x509.NewCertPool()
		if !cfg.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s: no certificate in it", p.CA)
		}
	}
	return cfg, pin(cfg, p.PinSHA256)
}

var tlsVersions = map[string]uint16{
	"": tls.VersionTLS12, "1.0": tls.VersionTLS10, "1.1": tls.VersionTLS11, "1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13,
}

// pin replaces the verification by chain with one by public key: the pinned
// certificate may be self-signed or have expired.
func pin(cfg *tls.Config, pins []string) error {
	if len(pins) == 0 {
		return nil
	}
	var sums [][]byte
	for _, p := range pins {
		sum, err := decodePin(p)
		if err != nil {
			return err
		}
		sums = append(sums, sum)
	}
	cfg.InsecureSkipVerify = true // VerifyConnection below verifies instead
	cfg.VerifyConnection = func(state tls.ConnectionState) error {
		got := sha256.Sum256(state.PeerCertificates[0].RawSubjectPublicKeyInfo)
		for _, sum := range sums {
			if bytes.Equal(sum, got[:]) {
				return nil
			}
		}
		return fmt.Errorf("upstream's public key has SHA-256 %x, which is not pinned", got)
	}
	return nil
}

func decodePin(s string) ([]byte, error) {
	if b, err := hex.DecodeString(s); err == nil && len(b) == sha256.Size {
		return b, nil
	}
	if b, err := base64.StdEncoding.DecodeString(s); err == nil && len(b) == sha256.Size {
		return b, nil
	}
	return nil, errors.New("pin_sha256: " + s + " is not a SHA-256 in hex or base64")
}
