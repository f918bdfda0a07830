package proxy

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/lachan-waf/lachan/policies"
	"github.com/lachan-waf/lachan/proxy/certs"
	"github.com/lachan-waf/lachan/proxy/framing"
)

// Limits of the public listeners.
const (
	maxHeaderBytes    = 64 << 10
	readHeaderTimeout = 10 * time.Second
	keepAlive         = 120 * time.Second
	maxStreams        = 128 // per HTTP/2 connection
)

// listener is a socket with the server that answers on it.
type listener struct {
	name   string
	socket net.Listener // as it was opened; Addr tells the real port
	conns  net.Listener // what the server accepts from
	server *http.Server
}

// listen opens every listener the configuration names.
func (s *Server) listen(cfg *policies.Config) (err error) {
	if cfg.Listen.HTTP != "" {
		handler := s.keeper.HTTPChallenge(s)
		if s.http, err = s.open("listen.http", cfg.Listen.HTTP, handler, nil); err != nil {
			return err
		}
	}
	if cfg.Listen.HTTPS != "" {
		if s.https, err = s.open("listen.https", cfg.Listen.HTTPS, s, s.tlsConfig()); err != nil {
			return err
		}
	}
	if path, ok := strings.CutPrefix(cfg.Admin.Listen, "unix:"); ok {
		if s.admin, err = s.openAdmin(path); err != nil {
			return err
		}
	}
	return nil
}

// open makes a public listener; with a TLS configuration it serves HTTP/2 too.
func (s *Server) open(name, address string, handler http.Handler, tlsConfig *tls.Config) (*listener, error) {
	socket, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	opts := framing.Options{MaxHeaderBytes: maxHeaderBytes, Refused: s.refusedFraming}
	l := &listener{name: name, socket: socket, server: &http.Server{
		Handler: handler,

		DisableGeneralOptionsHandler: true, // OPTIONS * is refused like any target without a path
		TLSConfig:                    tlsConfig,
		ReadHeaderTimeout:            readHeaderTimeout,
		IdleTimeout:                  keepAlive,
		MaxHeaderBytes:               maxHeaderBytes,
		Protocols:                    new(http.Protocols),
		HTTP2:                        &http.HTTP2Config{MaxConcurrentStreams: maxStreams},
		ErrorLog:                     zap.NewStdLog(s.logger.Named(name)),
	}}
	l.server.Protocols.SetHTTP1(true)
	l.server.Protocols.SetHTTP2(tlsConfig != nil)
	if tlsConfig != nil {
		l.conns = framing.ListenTLS(socket, tlsConfig, opts)
	} else {
		l.conns = framing.Listen(socket, opts)
	}
	return l, nil
}

// tlsConfig asks the snapshot in force for the certificate of each handshake.
func (s *Server) tlsConfig() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		NextProtos: certs.NextProtos(),
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			sn := s.acquire()
			defer sn.release()
			return sn.certs.GetCertificate(hello)
		},
	}
}

func (s *Server) listeners() []*listener {
	var open []*listener
	for _, l := range []*listener{s.http, s.https, s.admin} {
		if l != nil {
			open = append(open, l)
		}
	}
	return open
}

func (l *listener) addr() net.Addr {
	if l == nil {
		return nil
	}
	return l.socket.Addr()
}

func (l *listener) serve() error {
	if err := l.server.Serve(l.conns); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("%s: %w", l.name, err)
	}
	return nil
}

// shutdown drains; what does not end in time is cut.
func (l *listener) shutdown(ctx context.Context) error {
	if err := l.server.Shutdown(ctx); err != nil {
		return errors.Join(fmt.Errorf("%s: %w", l.name, err), l.server.Close())
	}
	return nil
}

func (l *listener) close() {
	// Serve has closed it already where it ran; then this is a no-op.
	_ = l.conns.Close()
}
