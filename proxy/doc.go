// Package proxy is Lachan's HTTP side: listeners and TLS, the site a request
// belongs to, the chain of stages it passes, the upstream, and the map from
// errors to what the visitor sees. It decides nothing about attacks or markup:
// package rules judges requests, package clean rewrites responses, package
// audit keeps the evidence.
//
//	srv, err := proxy.New(proxy.Options{Config: cfg, Audit: log, Logger: logger})
//	if err != nil {
//		return err
//	}
//	return srv.Run(ctx) // until ctx ends, then drains
//
// The path of a request is Server.ServeHTTP in chain.go; the way back is
// exchange.modifyResponse in response.go.
package proxy
