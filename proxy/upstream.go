package proxy

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"
)

// dialUpstream prepares the connection pool and the reverse proxy of a site.
func (t *site) dialUpstream(logger *zap.Logger) error {
	origin, err := url.Parse(t.Upstream)
	if err != nil {
		return fmt.Errorf("upstream: %w", err)
	}
	tlsConfig, err := upstreamTLS(t.UpstreamTLS)
	if err != nil {
		return fmt.Errorf("upstream_tls: %w", err)
	}
	transport := newTransport(tlsConfig)
	t.origin, t.close = origin, transport.CloseIdleConnections
	t.proxy = &httputil.ReverseProxy{
		Rewrite:        func(pr *httputil.ProxyRequest) { exchangeOf(pr.In.Context()).rewrite(pr) },
		Transport:      &refetch{next: &wholeDocuments{next: transport}},
		ModifyResponse: func(resp *http.Response) error { return exchangeOf(resp.Request.Context()).modifyResponse(resp) },
		ErrorHandler:   func(_ http.ResponseWriter, r *http.Request, err error) { exchangeOf(r.Context()).refuse(err) },
		BufferPool:     copyBuffers,
		ErrorLog:       zap.NewStdLog(logger.With(zap.String("site", t.Name))),
	}
	return nil
}

// newTransport bounds what an origin, hostile like everything else, may make
// us wait for or hold.
func newTransport(tlsConfig *tls.Config) *http.Transport {
	return &http.Transport{
		Proxy:                  nil, // an environment variable must not divert traffic
		DialContext:            (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:        tlsConfig,
		TLSHandshakeTimeout:    10 * time.Second,
		ResponseHeaderTimeout:  defaultIdle,
		MaxResponseHeaderBytes: 64 << 10,
		MaxIdleConnsPerHost:    64,
		IdleConnTimeout:        90 * time.Second,
		DisableCompression:     true, // package codings reads what the origin sends
	}
}

// forward sends the request upstream and copies the cleaned response back.
func (x *exchange) forward() {
	x.forwarded = x.server.now()
	x.site.proxy.ServeHTTP(x.w, x.r)
}

// rewrite makes the upstream request: the target as it was inspected, byte
// for byte, and the fields that only the proxy may set.
func (x *exchange) rewrite(pr *httputil.ProxyRequest) {
	out := pr.Out
	out.URL = x.upstream
	out.Host = pr.In.Host
	out.Trailer = nil // arrives after the body was inspected
	out.Header.Del("Expect")
	out.Header.Del("Available-Dictionary")
	x.forwardedFields(pr)
	x.conditions(out)
	acceptCodings(out.Header)
}

// forwardedFields tells the upstream who asks. X-Forwarded-For is continued
// only where the peer is trusted to have begun it.
func (x *exchange) forwardedFields(pr *httputil.ProxyRequest) {
	if x.site.trusts(pr.In) {
		pr.Out.Header["X-Forwarded-For"] = pr.In.Header["X-Forwarded-For"]
	}
	pr.SetXForwarded()
	pr.Out.Header.Set("X-Forwarded-Proto", x.scheme())
	pr.Out.Header.Set("X-Real-Ip", x.client.Addr().String())
	pr.Out.Header.Set("X-Request-Id", x.id)
}

// upstreamURL carries the raw target through net/http, which would clean
// paths and drop query parameters that hold ";" or bad escapes. It reports
// false where net/http cannot be made to send the target unchanged.
func upstreamURL(origin *url.URL, target string) (*url.URL, bool) {
	path, query, hasQuery := strings.Cut(target, "?")
	u := &url.URL{Scheme: origin.Scheme, Host: origin.Host, Opaque: path, RawQuery: query, ForceQuery: hasQuery}
	if strings.HasPrefix(path, "//") {
		// Opaque would be sent in absolute form here, with an authority that
		// the client chose.
		unescaped, err := url.PathUnescape(path)
		if err != nil {
			return nil, false
		}
		u.Opaque, u.Path, u.RawPath = "", unescaped, path
	}
	return u, u.RequestURI() == target
}

// copyBuffers serves ReverseProxy's copy loop.
var copyBuffers = &bufferPool{}

type bufferPool struct{ pool sync.Pool }

func (p *bufferPool) Get() []byte {
	if b, ok := p.pool.Get().(*[]byte); ok {
		return *b
	}
	return make([]byte, 32<<10)
}

func (p *bufferPool) Put(b []byte) { p.pool.Put(&b) }
