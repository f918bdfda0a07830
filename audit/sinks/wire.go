package sinks

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync/atomic"
	"time"
)

const (
	// dialTime is what a connection may take, TLS included.
	dialTime = 10 * time.Second
	// stall is how long a receiver may take nothing before it counts as gone:
	// not a segment acknowledged, or no room in its window.
	stall = 30 * time.Second
	// lastWord is what a write under way may take once we are to end: half a
	// message is what receivers make an event of.
	lastWord = 2 * time.Second
	// maxWord bounds what a receiver may say. One of syslog says nothing.
	maxWord = 4 << 10
)

// line is where a receiver of syslog is, and how it is reached.
type line struct {
	network, address string
	tls              *tls.Config // nil: without
	probe            time.Duration
	stall            time.Duration
}

// wire is a connection over which only we speak.
type wire struct {
	net.Conn // with TLS where there is any
	raw      *counted
	kernel   *kernel // nil: of a datagram socket
	stall    time.Duration
	listener chan struct{} // closed when nothing can come any more
	gone     error         // why; read after listener is closed
}

// counted counts what is written to a connection, below TLS.
type counted struct {
	net.Conn
	written atomic.Uint64
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.written.Add(uint64(max(n, 0)))
	return n, err
}

// dial connects. The wire is ended by cut or Close.
func (l line) dial(ctx context.Context) (*wire, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	d := net.Dialer{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: l.probe, Interval: l.probe}}
	d.SetMultipathTCP(false) // the kernel counts for one path
	conn, err := d.DialContext(ctx, l.network, l.address)
	if err != nil {
		return nil, err
	}
	w := &wire{raw: &counted{Conn: conn}, stall: l.stall, listener: make(chan struct{})}
	w.Conn = w.raw
	if err := w.prepare(ctx, l.tls); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	go w.listen() // ended by the connection's end
	return w, nil
}

func (w *wire) prepare(ctx context.Context, cfg *tls.Config) error {
	if tcp, ok := w.raw.Conn.(*net.TCPConn); ok {
		kernel, err := askKernel(tcp, w.stall)
		if err != nil {
			return err
		}
		w.kernel = kernel
	}
	if cfg == nil {
		return nil
	}
	secured := tls.Client(w.raw, cfg)
	w.Conn = secured
	if err := secured.HandshakeContext(ctx); err != nil {
		return fmt.Errorf("tls: %w", err)
	}
	return nil
}

// listen waits for the end. A receiver that speaks speaks something else than
// syslog, and what it says helps to find out what.
func (w *wire) listen() {
	defer close(w.listener)
	word := make([]byte, maxWord)
	n, err := io.ReadFull(w, word)
	switch {
	case err == nil:
		err = errors.New("the receiver talks: it is none of syslog")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		err = errors.New("the receiver closed the connection")
	}
	if n > 0 {
		err = fmt.Errorf("%w, and said %.80q", err, word[:n])
	}
	w.gone = err
}

// contact tells how the connection stands.
func (w *wire) contact() (contact, error) {
	select {
	case <-w.listener:
		return contact{}, w.gone
	default:
	}
	written := w.raw.written.Load()
	if w.kernel == nil {
		return contact{written: written, taken: written}, nil
	}
	return w.kernel.contact(written)
}

// send writes all of b. After an error the wire is good for nothing.
func (w *wire) send(ctx context.Context, b []byte) error {
	if err := w.SetWriteDeadline(time.Now().Add(w.stall)); err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { _ = w.SetWriteDeadline(time.Now().Add(lastWord)) })()
	_, err := w.Write(b)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("the receiver takes nothing: %w", err)
	}
	return w.why(err)
}

// why prefers what the receiver said last, an alert of TLS for one, to "broken pipe".
func (w *wire) why(err error) error {
	select {
	case <-w.listener:
		return w.gone
	case <-time.After(100 * time.Millisecond):
		return err
	}
}

// cut ends the connection without another word.
func (w *wire) cut() error {
	err := w.raw.Close()
	<-w.listener
	return err
}

// Close says goodbye where TLS has a word for it.
func (w *wire) Close() error {
	err := w.Conn.Close()
	<-w.listener
	return err
}
