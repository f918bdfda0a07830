package sinks

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"syscall"
	"time"

	"github.com/lachan-waf/lachan/audit/remote"
	"github.com/lachan-waf/lachan/policies"
)

// syslog sends messages over TLS (RFC 5425), TCP (RFC 6587) or UDP (RFC 5426),
// none of which has a word for "got it". See flight for what takes its place.
//
// Over UDP a receiver that is not there is noticed where its host says so (ICMP),
// and what the network or a full receiver drops is lost.
type syslog struct {
	line     line
	newlines bool // after each message, instead of its length before it
	resend   time.Duration
	wire     *wire // nil: none
	buf      []byte
}

// newSyslog checks what the sink names. It connects with the first delivery.
func newSyslog(sink policies.Sink) (receiver, error) {
	u, err := url.Parse(sink.URL)
	if err != nil {
		return nil, err
	}
	s := &syslog{newlines: sink.Framing == policies.FramingNewline, resend: time.Duration(sink.Resend)}
	s.line = line{network: "tcp", address: u.Host, probe: probeEvery(s.resend), stall: stall}
	switch u.Scheme {
	case "tcp":
		return s, nil
	case "udp":
		s.line.network = "udp"
		return s, nil
	case "tls":
		if s.line.tls, err = remote.TLS(sink.CA, sink.Cert, sink.Key); err != nil {
			return nil, err
		}
		s.line.tls.ServerName = u.Hostname()
		return s, nil
	}
	return nil, fmt.Errorf("%s is not a URL of syslog", sink.URL)
}

// probeEvery is how often a silent receiver is asked whether it is there: often
// enough that its answer moves the cursor soon after the window, and not so
// often that it disturbs anybody. The kernel counts in whole seconds.
func probeEvery(window time.Duration) time.Duration {
	return min(max(window/4, time.Second), 15*time.Second)
}

func (s *syslog) window() time.Duration { return s.resend }

func (s *syslog) contact() (contact, error) {
	if s.wire == nil {
		return contact{}, nil
	}
	return s.wire.contact()
}

func (s *syslog) drop() {
	if s.wire != nil {
		_ = s.wire.cut() // of a connection that has failed already
		s.wire = nil
	}
}

func (s *syslog) close() error {
	if s.wire == nil {
		return nil
	}
	err := s.wire.Close()
	s.wire = nil
	return err
}

func (s *syslog) deliver(ctx context.Context, batch []message) error {
	if s.wire == nil {
		wire, err := s.line.dial(ctx)
		if err != nil {
			return err
		}
		s.wire = wire
	}
	if s.line.network == "udp" {
		return s.datagrams(ctx, batch)
	}
	return s.stream(ctx, batch)
}

const (
	maxWrite = 64 << 10
	// maxFraming is the longest length and its space, or a newline.
	maxFraming = 8
)

// stream joins messages to as few writes as there may be.
func (s *syslog) stream(ctx context.Context, batch []message) error {
	s.buf = s.buf[:0]
	for _, m := range batch {
		if len(s.buf) > 0 && len(s.buf)+len(m.body)+maxFraming > maxWrite {
			if err := s.wire.send(ctx, s.buf); err != nil {
				return err
			}
			s.buf = s.buf[:0]
		}
		s.buf = s.frame(s.buf, m.body)
	}
	return s.wire.send(ctx, s.buf)
}

// frame appends one message (RFC 6587 §3.4.1 and 3.4.2).
func (s *syslog) frame(dst, body []byte) []byte {
	if s.newlines {
		return append(append(dst, body...), '\n')
	}
	dst = append(strconv.AppendInt(dst, int64(len(body)), 10), ' ')
	return append(dst, body...)
}

// datagrams sends each message in one. Those that are too large for any are
// rejected: over UDP there is no other way.
func (s *syslog) datagrams(ctx context.Context, batch []message) error {
	refused := &rejection{}
	for _, m := range batch {
		err := s.wire.send(ctx, m.body)
		switch {
		case errors.Is(err, syscall.EMSGSIZE):
			refused.count++
			refused.cause = fmt.Errorf("%d bytes: %w", len(m.body), err)
		case err != nil:
			return err
		}
	}
	if refused.count > 0 {
		return refused
	}
	return nil
}
