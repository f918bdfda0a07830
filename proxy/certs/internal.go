package certs

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"
)

const (
	rootLife = 10 * 365 * 24 * time.Hour
	leafLife = 7 * 24 * time.Hour
	// leafRest is what is left of a leaf when it is renewed.
	leafRest = leafLife / 3
	// skew is how far a visitor's clock may be behind.
	skew = time.Hour
)

// internalCA signs the certificates of `tls: internal`. Its root is made when
// it is first needed and kept in the state directory; leaves stay in memory.
// The root has no name constraints: it would have to be made, and trusted,
// anew with each host. It signs no CA below itself.
type internalCA struct {
	dir string
	now func() time.Time

	mu   sync.Mutex
	root *tls.Certificate
}

func (ca *internalCA) rootFile() string { return filepath.Join(ca.dir, "root.crt") }
func (ca *internalCA) keyFile() string  { return filepath.Join(ca.dir, "root.key") }

// leaf is a certificate for hosts that renews itself.
func (ca *internalCA) leaf(hosts []string) (*internalLeaf, error) {
	root, err := ca.load()
	if err != nil {
		return nil, err
	}
	l := &internalLeaf{root: root, hosts: hosts, now: ca.now}
	_, err = l.certificate(nil)
	return l, err
}

func (ca *internalCA) load() (*tls.Certificate, error) {
	ca.mu.Lock()
	defer ca.mu.Unlock()
	if ca.root != nil {
		return ca.root, nil
	}
	if _, err := os.Stat(ca.rootFile()); errors.Is(err, fs.ErrNotExist) {
		if err := ca.create(); err != nil {
			return nil, err
		}
	}
	root, err := load(ca.rootFile(), ca.keyFile())
	if err != nil {
		return nil, err
	}
	if !root.Leaf.IsCA || ca.now().After(root.Leaf.NotAfter) {
		return nil, fmt.Errorf("%s: expired or not a CA; remove it to have a new one made", ca.rootFile())
	}
	ca.root = root
	return root, nil
}

// create writes the key before the certificate: what load finds first, it finds
// complete.
func (ca *internalCA) create() error {
	if err := os.MkdirAll(ca.dir, 0o700); err != nil {
		return err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	certDER, err := sign(ca.template(), nil, key, key)
	if err != nil {
		return err
	}
	if err := writePEM(ca.keyFile(), "PRIVATE KEY", keyDER, 0o600); err != nil {
		return err
	}
	return writePEM(ca.rootFile(), "CERTIFICATE", certDER, 0o644)
}

func (ca *internalCA) template() *x509.Certificate {
	now := ca.now()
	return &x509.Certificate{
		Subject:               pkix.Name{CommonName: "Lachan internal CA " + now.Format(time.DateOnly)},
		NotBefore:             now.Add(-skew),
		NotAfter:              now.Add(rootLife),
		IsCA:                  true,
		MaxPathLenZero:        true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign,
	}
}

// writePEM replaces a file at once, so that no reader meets half of it.
func writePEM(name, kind string, der []byte, mode fs.FileMode) error {
	tmp, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	err = errors.Join(tmp.Chmod(mode), pem.Encode(tmp, &pem.Block{Type: kind, Bytes: der}), tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), name)
	}
	if err != nil {
		os.Remove(tmp.Name())
	}
	return err
}

// sign issues a certificate for the key's owner; without a parent it is signed
// by itself.
func sign(template, parent *x509.Certificate, owner, signer crypto.Signer) ([]byte, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	template.SerialNumber = serial.Add(serial, big.NewInt(1))
	if parent == nil {
		parent = template
	}
	return x509.CreateCertificate(rand.Reader, template, parent, owner.Public(), signer)
}

// internalLeaf renews its certificate in the handshake that finds it old: that
// costs one signature, and takes no goroutine.
type internalLeaf struct {
	root  *tls.Certificate
	hosts []string
	now   func() time.Time

	mu      sync.Mutex
	current *tls.Certificate
}

func (l *internalLeaf) certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.current != nil && l.now().Before(l.current.Leaf.NotAfter.Add(-leafRest)) {
		return l.current, nil
	}
	next, err := l.issue()
	if err != nil {
		return nil, fmt.Errorf("internal certificate for %s: %w", l.hosts[0], err)
	}
	l.current = next
	return next, nil
}

func (l *internalLeaf) issue() (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := sign(l.template(), l.root.Leaf, key, l.root.PrivateKey.(crypto.Signer))
	if err != nil {
		return nil, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der, l.root.Leaf.Raw}, PrivateKey: key, Leaf: leaf}, nil
}

func (l *internalLeaf) template() *x509.Certificate {
	now := l.now()
	template := &x509.Certificate{
		NotBefore:   now.Add(-skew),
		NotAfter:    now.Add(leafLife),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, h := range l.hosts {
		if ip := net.ParseIP(h); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, h)
		}
	}
	return template
}
