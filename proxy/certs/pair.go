package certs

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"github.com/lachan-waf/lachan/policies"
	"go.uber.org/zap"
)

// CheckPair reports everything that is wrong with a site's certificate files,
// each problem with its file: unreadable, no PEM, a key of another certificate,
// expired or not yet valid, hosts that are not covered.
func CheckPair(cert, key string, hosts []string, now time.Time) error {
	p, err := newPair(cert, key)
	if err != nil {
		return err
	}
	return errors.Join(p.problems(hosts, now)...)
}

// pair is a certificate in two files, loaded again when one of them changes.
type pair struct {
	certFile, keyFile string
	current           atomic.Pointer[tls.Certificate]
	seen              [2]os.FileInfo // when last loaded, successfully or not; nil: could not be found
}

func newPair(certFile, keyFile string) (*pair, error) {
	p := &pair{certFile: certFile, keyFile: keyFile}
	p.seen = p.stat()
	cert, err := load(certFile, keyFile)
	if err != nil {
		return nil, err
	}
	p.current.Store(cert)
	return p, nil
}

func (p *pair) certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	return p.current.Load(), nil
}

// refresh loads files that have changed. Files that do not make a certificate
// are reported once, and the one in use stays: a replacement in two steps shows
// the new certificate beside the old key for a moment.
func (p *pair) refresh(logger *zap.Logger) {
	now := p.stat()
	if same(p.seen[0], now[0]) && same(p.seen[1], now[1]) {
		return
	}
	p.seen = now
	cert, err := load(p.certFile, p.keyFile)
	if err != nil {
		logger.Error("replaced certificate not used, the one before stays", zap.String("cert", p.certFile),
			zap.String("key", p.keyFile), zap.Error(err))
		return
	}
	p.current.Store(cert)
	logger.Info("replaced certificate in use", zap.String("cert", p.certFile), zap.Time("until", cert.Leaf.NotAfter))
}

// stat follows symlinks, so that a swapped one shows as another file.
func (p *pair) stat() (found [2]os.FileInfo) {
	for i, name := range []string{p.certFile, p.keyFile} {
		if info, err := os.Stat(name); err == nil {
			found[i] = info
		}
	}
	return found
}

func same(a, b os.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

// load reads a pair; its errors name the file at fault.
func load(certFile, keyFile string) (*tls.Certificate, error) {
	certPEM, err := readPEM(certFile)
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	keyPEM, err := readPEM(keyFile)
	if err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	cert, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		return nil, fmt.Errorf("certificate %s with key %s: %w", certFile, keyFile, err)
	}
	return &cert, nil
}

func readPEM(name string) ([]byte, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	if block, _ := pem.Decode(data); block == nil {
		return nil, fmt.Errorf("%s: no PEM block", name)
	}
	return data, nil
}

// problems are those a pair can be served with.
func (p *pair) problems(hosts []string, now time.Time) (problems []error) {
	leaf := p.current.Load().Leaf
	if now.After(leaf.NotAfter) {
		problems = append(problems, fmt.Errorf("%s: expired on %s", p.certFile, leaf.NotAfter.Format(time.DateOnly)))
	}
	if now.Before(leaf.NotBefore) {
		problems = append(problems, fmt.Errorf("%s: not valid before %s", p.certFile, leaf.NotBefore.Format(time.DateOnly)))
	}
	for _, h := range hosts {
		if !covers(leaf, h) {
			problems = append(problems, fmt.Errorf("%s: does not cover host %s", p.certFile, h))
		}
	}
	return problems
}

func covers(leaf *x509.Certificate, host string) bool {
	ascii, err := policies.ASCIIHost(host)
	return err == nil && leaf.VerifyHostname(ascii) == nil
}
