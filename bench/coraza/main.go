// Command coraza is a peer of the benchmark: net/http/httputil's ReverseProxy
// behind coraza's own middleware, with the OWASP Core Rule Set of the same module
// versions that lachan is built with, and nothing else.
//
//	coraza -listen 127.0.0.1:8081 -upstream http://127.0.0.1:8080
//
// It must not import package rules: coraza's operators are registered once per
// process, and the peer would then be measured with lachan's.
package main

import (
	"flag"
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"

	coreruleset "github.com/corazawaf/coraza-coreruleset/v4"
	"github.com/corazawaf/coraza/v3"
	middleware "github.com/corazawaf/coraza/v3/http"
	"github.com/corazawaf/coraza/v3/types"
)

// directives are coraza's recommended ones and CRS as it is delivered. Files for
// responses are left out, as lachan leaves them out where a policy does not ask.
const directives = `Include @coraza.conf-recommended
Include @crs-setup.conf.example
Include @owasp_crs/REQUEST-*.conf
SecRuleEngine On
SecResponseBodyAccess Off
SecAuditEngine Off
`

func main() {
	listen := flag.String("listen", "127.0.0.1:8081", "the address to serve")
	upstream := flag.String("upstream", "http://127.0.0.1:8080", "the origin")
	flag.Parse()
	if err := serve(*listen, *upstream); err != nil {
		fmt.Fprintln(os.Stderr, "coraza:", err)
		os.Exit(1)
	}
}

func serve(listen, upstream string) error {
	origin, err := url.Parse(upstream)
	if err != nil {
		return err
	}
	handler, err := inspect(forward(origin))
	if err != nil {
		return err
	}
	return http.ListenAndServe(listen, handler)
}

// forward keeps as many connections to the origin as there may be requests:
// http.DefaultTransport would close all but two.
func forward(origin *url.URL) http.Handler {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 256
	return &httputil.ReverseProxy{Transport: transport, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(origin)
		r.SetXForwarded()
		r.Out.Host = r.In.Host
	}}
}

// inspect logs what matched to stderr, as the other servers log to a file.
func inspect(next http.Handler) (http.Handler, error) {
	waf, err := coraza.NewWAF(coraza.NewWAFConfig().WithRootFS(coreruleset.FS).WithDirectives(directives).
		WithErrorCallback(func(rule types.MatchedRule) { fmt.Fprintln(os.Stderr, rule.ErrorLog()) }))
	if err != nil {
		return nil, err
	}
	return middleware.WrapHandler(waf, next), nil
}
