package sinks

import (
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// kernel is what Linux knows of a TCP connection, see tcp(7).
type kernel struct {
	socket syscall.RawConn
	before uint64 // acknowledged before the first byte: the SYN may count
}

const established = 1 // TCP_ESTABLISHED

var errClosing = errors.New("the connection is at its end")

// askKernel has it give a connection up on which nothing was acknowledged for
// the time of limit, whether data, window probes or keepalives.
func askKernel(conn *net.TCPConn, limit time.Duration) (*kernel, error) {
	socket, err := conn.SyscallConn()
	if err != nil {
		return nil, err
	}
	k := &kernel{socket: socket}
	err = k.control(func(fd int) error {
		return unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(limit.Milliseconds()))
	})
	if err != nil {
		return nil, fmt.Errorf("TCP_USER_TIMEOUT: %w", err)
	}
	info, err := k.info()
	if err != nil {
		return nil, err
	}
	k.before = info.Bytes_acked
	return k, nil
}

func (k *kernel) control(do func(fd int) error) error {
	var failed error
	err := k.socket.Control(func(fd uintptr) { failed = do(int(fd)) })
	return errors.Join(err, failed)
}

func (k *kernel) info() (info *unix.TCPInfo, err error) {
	err = k.control(func(fd int) error {
		info, err = unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("TCP_INFO: %w", err)
	}
	return info, nil
}

// contact does not depend on when this process was last given the processor: a
// FIN or a reset shows here before anybody has read it.
func (k *kernel) contact(written uint64) (contact, error) {
	info, err := k.info()
	switch {
	case err != nil:
		return contact{}, err
	case info.State != established:
		return contact{}, errClosing
	}
	return contact{
		written: written,
		taken:   info.Bytes_acked - k.before,
		silence: time.Duration(info.Last_ack_recv) * time.Millisecond,
	}, nil
}
