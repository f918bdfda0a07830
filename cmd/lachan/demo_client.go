package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

// maxDemoBody bounds what is read of an answer; the portal's pages are far
// smaller, so a cut one fails its check.
const maxDemoBody = 1 << 20

// demoClient asks the raw and the protected site the same.
type demoClient struct {
	raw, safe string
	http      *http.Client
}

// demoAnswer is a response, read whole.
type demoAnswer struct {
	status    int
	location  string
	requestID string
	body      string
}

// demoExchange is the same request answered by both sites.
type demoExchange struct{ raw, safe demoAnswer }

// client trusts the root of this demonstration and no other.
func (d *demoStage) client() (*demoClient, error) {
	pem, err := os.ReadFile(d.root)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate", d.root)
	}
	transport := &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2: true,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if strings.HasPrefix(address, "localhost:") {
				address = d.address // whatever this machine takes localhost for
			}
			return new(net.Dialer).DialContext(ctx, network, address)
		},
	}
	return &demoClient{raw: d.raw, safe: d.safe, http: &http.Client{
		Transport:     transport,
		Timeout:       20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// close lets the servers drain without waiting for idle connections.
func (c *demoClient) close() { c.http.CloseIdleConnections() }

// ask sends a GET to both sites, with header fields as name, value pairs.
func (c *demoClient) ask(ctx context.Context, target string, fields ...string) (x demoExchange, err error) {
	if x.raw, err = c.get(ctx, c.raw+target, fields); err != nil {
		return x, err
	}
	x.safe, err = c.get(ctx, c.safe+target, fields)
	return x, err
}

func (c *demoClient) get(ctx context.Context, url string, fields []string) (demoAnswer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return demoAnswer{}, err
	}
	// A browser's fields: without them the request itself would look odd.
	req.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	req.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	for i := 0; i+1 < len(fields); i += 2 {
		req.Header.Set(fields[i], fields[i+1])
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return demoAnswer{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxDemoBody))
	if err != nil {
		return demoAnswer{}, fmt.Errorf("read %s: %w", url, err)
	}
	return demoAnswer{resp.StatusCode, resp.Header.Get("Location"), resp.Header.Get("X-Request-Id"), string(body)}, nil
}
