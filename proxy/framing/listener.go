// Package framing refuses HTTP/1 requests whose end two readers could see in
// different places (request smuggling, RFC 9112 §11.2), before net/http has
// parsed them: net/http drops a Content-Length that stands next to a
// Transfer-Encoding, and with it the evidence.
//
// It wraps the public listeners. Every connection it hands out follows its own
// byte stream through request heads and bodies as http.Server reads it, and
// ends the stream with an error in front of the first byte it does not accept;
// http.Server then answers 400 and closes. Requests before that byte are served;
// where it stands behind a request-line, one whose handler still runs finds its
// context cancelled, as if the client had gone.
//
//	ln, err := net.Listen("tcp", ":443")
//	…
//	opts := framing.Options{Refused: func(r framing.Refusal) { … }}
//	err = server.Serve(framing.ListenTLS(ln, tlsConfig, opts))
//
// Whoever hijacks a connection for a protocol other than HTTP calls Tunnel on it.
package framing

import (
	"net"
	"net/netip"
	"time"
)

// Options bound what a listener spends on one client and on all of them. The
// zero value is usable.
type Options struct {
	// MaxHeaderBytes bounds one trailer section, and one chunk's size line with
	// its extensions, which http.Server.MaxHeaderBytes does not cover; past it
	// the request is refused. A request's head is left to http.Server, which
	// answers 431. Default 2 KiB; past 4 KiB net/http refuses both itself.
	MaxHeaderBytes int
	// HandshakeTimeout is how long a TLS handshake may take before its
	// connection is closed. Default 10 s.
	HandshakeTimeout time.Duration
	// MaxHandshakes bounds the TLS handshakes under way. One more closes the
	// connection that has been at it longest: a client that sends nothing must
	// not keep out one that does. Default 1024.
	MaxHandshakes int
	// Refused is told of every refused request, once a connection, on the
	// goroutine that reads it; it must return quickly. May be nil.
	Refused func(Refusal)
}

// Refusal is a request that was not let in. Method, Target and Host are what
// had been read of them, cut at 256 bytes.
type Refusal struct {
	Client, Server netip.AddrPort
	TLS            bool
	Method         string
	Target         string
	Host           string
	Reason         string
}

func (o Options) withDefaults() Options {
	if o.MaxHeaderBytes <= 0 {
		o.MaxHeaderBytes = 2 << 10
	}
	if o.HandshakeTimeout <= 0 {
		o.HandshakeTimeout = 10 * time.Second
	}
	if o.MaxHandshakes <= 0 {
		o.MaxHandshakes = 1024
	}
	return o
}

// Listen wraps a listener of plain HTTP/1.
func Listen(ln net.Listener, opts Options) net.Listener {
	return &plainListener{Listener: ln, opts: opts.withDefaults()}
}

type plainListener struct {
	net.Listener
	opts Options
}

func (l *plainListener) Accept() (net.Conn, error) {
	raw, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return newConn(raw, l.opts), nil
}
