package certs

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/caddyserver/certmagic"
	"github.com/lachan-waf/lachan/policies"
	"go.uber.org/zap"
)

// retryAfter is the pause once certmagic has given up on a name: at once where
// the CA says that it never will, or after a month of attempts.
const retryAfter = 6 * time.Hour

// acmeClient obtains and renews certificates of names ahead of any handshake.
// Handshakes and validations are answered from memory.
//
// It speaks to the CA only: no OCSP is fetched (Let's Encrypt ended OCSP in
// 2025, and a staple is one more host to depend on). With Let's Encrypt as CA,
// a failed name is tried again on its staging server first, which spares the
// limits that all names below gov.vn share.
type acmeClient struct {
	logger *zap.Logger
	config *certmagic.Config
	issuer *certmagic.ACMEIssuer
	cache  *certmagic.Cache

	mu   sync.RWMutex
	jobs map[string]context.CancelFunc // by managed host
	work sync.WaitGroup
}

func newACMEClient(opts Options, logger *zap.Logger) (*acmeClient, error) {
	roots, err := trustedRoots(opts.ACME.TrustedRoots)
	if err != nil {
		return nil, err
	}
	c := &acmeClient{logger: logger, jobs: map[string]context.CancelFunc{}}
	c.cache = certmagic.NewCache(certmagic.CacheOptions{
		GetConfigForCert: func(certmagic.Certificate) (*certmagic.Config, error) { return c.config, nil },
		Logger:           logger,
	})
	c.config = certmagic.New(c.cache, certmagic.Config{
		Storage:   &certmagic.FileStorage{Path: filepath.Join(opts.StateDir, "acme")},
		KeySource: certmagic.StandardKeyGenerator{KeyType: certmagic.P256},
		OCSP:      certmagic.OCSPConfig{DisableStapling: true},
		Logger:    logger,
		Issuers:   []certmagic.Issuer{},
		OnEvent:   onEvent(opts.Failed),
	})
	c.issuer = certmagic.NewACMEIssuer(c.config, template(opts, roots, logger))
	c.config.Issuers = []certmagic.Issuer{c.issuer}
	return c, nil
}

// onEvent passes on what certmagic tells of its attempts.
func onEvent(failed func(host string, err error)) func(context.Context, string, map[string]any) error {
	if failed == nil {
		return nil
	}
	return func(_ context.Context, event string, data map[string]any) error {
		host, _ := data["identifier"].(string)
		switch event {
		case "cert_failed":
			err, _ := data["error"].(error)
			if err == nil {
				err = errors.New("no reason given")
			}
			failed(host, err)
		case "cert_obtained":
			failed(host, nil)
		}
		return nil
	}
}

func template(opts Options, roots *x509.CertPool, logger *zap.Logger) certmagic.ACMEIssuer {
	listen := opts.Listen
	if listen.HTTP == "" && listen.HTTPS == "" {
		listen = policies.Listen{HTTP: ":80", HTTPS: ":443"}
	}
	host, httpPort := split(listen.HTTP)
	hostTLS, tlsPort := split(listen.HTTPS)
	if host == "" {
		host = hostTLS
	}
	return certmagic.ACMEIssuer{
		CA: opts.ACME.CA, Email: opts.ACME.Email, Agreed: true, TrustedRoots: roots, Logger: logger,
		ListenHost: host, AltHTTPPort: httpPort, AltTLSALPNPort: tlsPort,
		DisableHTTPChallenge: httpPort == 0, DisableTLSALPNChallenge: tlsPort == 0,
	}
}

func split(address string) (host string, port int) {
	host, p, err := net.SplitHostPort(address)
	if err != nil {
		return "", 0
	}
	port, _ = strconv.Atoi(p)
	return host, port
}

// trustedRoots is nil, the system's roots, without files.
func trustedRoots(files []string) (*x509.CertPool, error) {
	if len(files) == 0 {
		return nil, nil
	}
	pool := x509.NewCertPool()
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			return nil, fmt.Errorf("trusted root: %w", err)
		}
		if !pool.AppendCertsFromPEM(data) {
			return nil, fmt.Errorf("trusted root %s: no certificate in PEM", f)
		}
	}
	return pool, nil
}

// manage makes hosts the names that are kept. Work on a name that stays goes on.
func (c *acmeClient) manage(ctx context.Context, hosts []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	keep := make(map[string]bool, len(hosts))
	for _, h := range hosts {
		keep[h] = true
	}
	for h, cancel := range c.jobs {
		if !keep[h] {
			cancel()
			delete(c.jobs, h)
			c.cache.RemoveManaged([]certmagic.SubjectIssuer{{Subject: h}})
		}
	}
	for h := range keep {
		if _, ok := c.jobs[h]; !ok {
			jobCtx, cancel := context.WithCancel(ctx)
			c.jobs[h] = cancel
			c.work.Go(func() { c.keep(jobCtx, h) })
		}
	}
}

// keep gets the certificate of a name into memory; from there on certmagic's
// maintenance renews it.
func (c *acmeClient) keep(ctx context.Context, host string) {
	for {
		err := c.obtain(ctx, host)
		if err == nil || ctx.Err() != nil {
			return
		}
		c.logger.Error("no certificate", zap.String("host", host), zap.Duration("retry_in", retryAfter), zap.Error(err))
		select {
		case <-ctx.Done():
			return
		case <-time.After(retryAfter):
		}
	}
}

// obtain returns when the name has a certificate that is not due for renewal.
// The functions of certmagic called …Async block and retry: it is their lack of
// a console that the name means.
func (c *acmeClient) obtain(ctx context.Context, host string) error {
	if err := c.config.ObtainCertAsync(ctx, host); err != nil {
		return err
	}
	cert, err := c.config.CacheManagedCertificate(ctx, host)
	if err != nil || !cert.NeedsRenewal(c.config) {
		return c.unlessDropped(ctx, host, err)
	}
	if err := c.config.RenewCertAsync(ctx, host, false); err != nil {
		return err
	}
	_, err = c.config.CacheManagedCertificate(ctx, host)
	return c.unlessDropped(ctx, host, err)
}

// unlessDropped takes a certificate out again that came after its name had gone
// from the configuration.
func (c *acmeClient) unlessDropped(ctx context.Context, host string, err error) error {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if _, managed := c.jobs[host]; !managed && ctx.Err() != nil {
		c.cache.RemoveManaged([]certmagic.SubjectIssuer{{Subject: host}})
	}
	return err
}

// answer serves an HTTP-01 validation of a managed name.
func (c *acmeClient) answer(w http.ResponseWriter, r *http.Request) bool {
	if !certmagic.LooksLikeHTTPChallenge(r) {
		return false
	}
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host, err := policies.ASCIIHost(host)
	if err != nil || !c.manages(host) {
		return false
	}
	return c.issuer.HandleHTTPChallenge(w, r)
}

func (c *acmeClient) manages(host string) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	_, ok := c.jobs[host]
	return ok
}

func (c *acmeClient) close() {
	c.mu.Lock()
	for h, cancel := range c.jobs {
		cancel()
		delete(c.jobs, h)
	}
	c.mu.Unlock()
	c.work.Wait()
	c.cache.Stop()
}

// errNotYet is a name whose certificate is still being obtained.
var errNotYet = errors.New("certificate not issued yet")

// acmeHost serves one name of `tls: acme`.
type acmeHost struct {
	client *acmeClient
	host   string
}

func (a acmeHost) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	named := *hello
	named.ServerName = a.host
	cert, err := a.client.config.GetCertificate(&named)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", a.host, errNotYet, err)
	}
	return cert, nil
}
