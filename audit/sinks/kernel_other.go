//go:build !linux

package sinks

import (
	"net"
	"time"
)

// kernel knows nothing here: what was written counts as taken, and a receiver
// that vanished without a word is found out by keepalives alone.
type kernel struct{}

func askKernel(*net.TCPConn, time.Duration) (*kernel, error) { return &kernel{}, nil }

func (*kernel) contact(written uint64) (contact, error) {
	return contact{written: written, taken: written}, nil
}
