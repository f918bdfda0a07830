package framing

import (
	"container/list"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
)

// acmeProtocol is the ALPN name of a certificate authority's validation
// (RFC 8737 §3): the handshake is all of it, no HTTP follows.
const acmeProtocol = "acme-tls/1"

// ListenTLS wraps a listener of HTTPS. It completes handshakes itself, so that
// Accept returns only connections that speak: HTTP/2 as *tls.Conn, which is
// what http.Server asks for, HTTP/1 with the framing of this package. Close
// also closes the connections whose handshake is under way, and returns once
// their goroutines have ended.
func ListenTLS(ln net.Listener, tlsConfig *tls.Config, opts Options) net.Listener {
	ctx, cancel := context.WithCancel(context.Background())
	l := &tlsListener{
		Listener: ln,
		config:   tlsConfig,
		opts:     opts.withDefaults(),
		ctx:      ctx,
		cancel:   cancel,
		ready:    make(chan net.Conn),
		failed:   make(chan error),
	}
	l.work.Go(l.acceptAll)
	return l
}

type tlsListener struct {
	net.Listener
	config *tls.Config
	opts   Options

	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	work   sync.WaitGroup // acceptAll and every handshake
	ready  chan net.Conn
	failed chan error

	mu      sync.Mutex
	pending list.List // of net.Conn, longest under way first
}

// Accept returns the next connection whose handshake is complete.
func (l *tlsListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.ready:
		return c, nil
	case err := <-l.failed:
		return nil, err
	case <-l.ctx.Done():
		return nil, net.ErrClosed
	}
}

// Close may be called more than once, as http.Server does.
func (l *tlsListener) Close() error {
	err := l.Listener.Close()
	l.cancel()
	l.work.Wait()
	return err
}

// acceptAll ends with the listener. Any other error (too many open files) goes
// to Accept's caller, whose pause before its next Accept is a pause here too.
func (l *tlsListener) acceptAll() {
	for {
		raw, err := l.Listener.Accept()
		if err == nil {
			place := l.enter(raw)
			l.work.Go(func() { l.handshake(raw, place) })
			continue
		}
		select {
		case l.failed <- err:
		case <-l.ctx.Done():
		}
		if l.ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
			return
		}
	}
}

// enter notes a handshake under way, and ends the longest one where there are
// too many.
func (l *tlsListener) enter(raw net.Conn) *list.Element {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pending.Len() >= l.opts.MaxHandshakes {
		l.pending.Remove(l.pending.Front()).(net.Conn).Close()
	}
	return l.pending.PushBack(raw)
}

func (l *tlsListener) leave(place *list.Element) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pending.Remove(place)
}

func (l *tlsListener) handshake(raw net.Conn, place *list.Element) {
	defer l.leave(place)
	ctx, cancel := context.WithTimeout(l.ctx, l.opts.HandshakeTimeout)
	defer cancel()
	c := tls.Server(raw, l.config)
	if err := c.HandshakeContext(ctx); err != nil {
		answerPlain(err)
		raw.Close()
		return
	}
	if l.ctx.Err() != nil || c.ConnectionState().NegotiatedProtocol == acmeProtocol {
		c.Close()
		return
	}
	l.hand(c)
}

// hand gives a connection to Accept.
func (l *tlsListener) hand(c *tls.Conn) {
	var out net.Conn = c
	if c.ConnectionState().NegotiatedProtocol != "h2" {
		out = newTLSConn(c, l.opts)
	}
	select {
	case l.ready <- out:
	case <-l.ctx.Done():
		c.Close()
	}
}

// answerPlain tells a client that spoke HTTP to the HTTPS port, in the words
// net/http has for it.
func answerPlain(err error) {
	var header tls.RecordHeaderError
	if !errors.As(err, &header) || header.Conn == nil || !looksLikeHTTP(header.RecordHeader) {
		return
	}
	_, _ = io.WriteString(header.Conn, "HTTP/1.0 400 Bad Request\r\nConnection: close\r\n\r\nClient sent an HTTP request to an HTTPS server.\n")
}

func looksLikeHTTP(header [5]byte) bool {
	switch string(header[:]) {
	case "GET /", "HEAD ", "POST ", "PUT /", "OPTIO":
		return true
	}
	return false
}
