package framing

import (
	"crypto/tls"
	"net"
	"net/netip"
	"sync/atomic"
)

// Error is what reading from a connection returns from the first byte that was
// not accepted onwards. http.Server answers it with 400 (Bad Request).
type Error struct{ Reason string }

func (e *Error) Error() string { return "request refused: " + e.Reason }

// Tunnel tells a connection that came out of one of this package's listeners
// that HTTP has ended on it: from now on its bytes pass unread. It reports
// whether c was such a connection.
//
// It is for whoever answers 101 to a WebSocket handshake, right after Hijack.
// The connection does not look for a 101 among the bytes written to it: an
// origin that answers 101 to a request nobody meant to upgrade would switch the
// framing off.
func Tunnel(c net.Conn) bool {
	t, ok := c.(interface{ Tunnel() })
	if ok {
		t.Tunnel()
	}
	return ok
}

// conn is a connection whose reads are followed by a message. One goroutine
// reads at a time, as http.Server does.
type conn struct {
	net.Conn
	opts    Options
	tls     bool
	tunnel  atomic.Bool
	message message
	refused error
	ahead   []byte // see end
}

func newConn(raw net.Conn, opts Options) *conn {
	c := &conn{Conn: raw, opts: opts}
	c.message.reset(opts.MaxHeaderBytes)
	return c
}

// Tunnel ends HTTP on the connection.
func (c *conn) Tunnel() { c.tunnel.Store(true) }

// Read hands on what the message accepts. http.Server reads single bytes ahead
// while a handler runs and interrupts that read with a deadline, so only a
// refusal is remembered, never an error of the connection.
func (c *conn) Read(p []byte) (int, error) {
	if c.tunnel.Load() {
		return c.Conn.Read(p)
	}
	if c.refused != nil {
		return c.end(p)
	}
	n, err := c.Conn.Read(p)
	if c.tunnel.Load() {
		return n, err
	}
	accepted := c.message.follow(p[:n])
	if c.message.reason == "" {
		return n, err
	}
	c.refuse()
	if c.message.inLine {
		c.ahead = []byte{p[accepted]}
	}
	if accepted > 0 {
		return accepted, nil
	}
	return c.end(p)
}

// end is the refusal. In a request-line, the byte it is for goes first: while a
// handler runs, http.Server reads one byte ahead, and over an error it would end
// the request before, which is not at fault. No byte there ends a head.
func (c *conn) end(p []byte) (int, error) {
	if n := copy(p, c.ahead); n > 0 {
		c.ahead = nil
		return n, nil
	}
	return 0, c.refused
}

func (c *conn) refuse() {
	m := &c.message
	c.refused = &Error{Reason: m.reason}
	if c.opts.Refused == nil {
		return
	}
	c.opts.Refused(Refusal{
		Client: addrPort(c.RemoteAddr()),
		Server: addrPort(c.LocalAddr()),
		TLS:    c.tls,
		Method: m.method.String(),
		Target: m.target.String(),
		Host:   m.host.String(),
		Reason: m.reason,
	})
}

// CloseWrite keeps http.Server's way of closing without a reset, by which the
// client can still read the last answer.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// tlsConn adds what http.Server takes Request.TLS from, where the connection is
// no *tls.Conn itself.
type tlsConn struct {
	*conn
	state func() tls.ConnectionState
}

func newTLSConn(raw *tls.Conn, opts Options) *tlsConn {
	c := newConn(raw, opts)
	c.tls = true
	return &tlsConn{conn: c, state: raw.ConnectionState}
}

func (c *tlsConn) ConnectionState() tls.ConnectionState { return c.state() }

func addrPort(a net.Addr) netip.AddrPort {
	if tcp, ok := a.(*net.TCPAddr); ok {
		ap := tcp.AddrPort()
		return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
	}
	if a == nil {
		return netip.AddrPort{}
	}
	ap, _ := netip.ParseAddrPort(a.String())
	return ap
}
