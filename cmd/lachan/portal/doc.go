// Package portal is the web site of a commune that does not exist, Xã Thanh
// Bình An, as an intruder left it: betting backlinks, a frame and a script
// from elsewhere, a loader after the end of the document, redirects for
// people who come from a search engine, a web shell, and a search form that
// puts what it is given into its query. It is what `lachan demo` protects.
//
//	handler, err := portal.New()
//	if err != nil {
//		return err
//	}
//	return http.Serve(listener, handler)
//
// Plants lists what was planted and Keeps what is the commune's own, each with
// the bytes to look for, so that whoever compares the raw with the protected
// site looks for what is really there.
//
// It is insecure on purpose, and for nobody but the visitor of a
// demonstration on a loopback address: it holds no data, runs no command and
// writes no file. Everything hostile is named under evil.test, which RFC 6761
// keeps from ever being somebody's.
package portal
