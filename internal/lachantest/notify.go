package lachantest

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"
)

// notifySocket stands where systemd listens for sd_notify(3).
type notifySocket struct {
	path    string
	notices chan string
}

func listenNotify(t testing.TB, path string) *notifySocket {
	t.Helper()
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatalf("lachantest: %v", err)
	}
	n := &notifySocket{path: path, notices: make(chan string, 64)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		n.read(conn)
	}()
	t.Cleanup(func() {
		_ = conn.Close()
		<-done
	})
	return n
}

// read ends when the socket is closed. Notices nobody waits for are dropped
// beyond the channel's bound.
func (n *notifySocket) read(conn *net.UnixConn) {
	buf := make([]byte, 4096)
	for {
		size, err := conn.Read(buf)
		if err != nil {
			return
		}
		select {
		case n.notices <- string(buf[:size]):
		default:
		}
	}
}

// await skips notices until one holds the line.
func (n *notifySocket) await(line string, limit time.Duration, exited <-chan struct{}) error {
	timeout := time.After(limit)
	for {
		select {
		case notice := <-n.notices:
			for got := range strings.Lines(notice) {
				if strings.TrimSuffix(got, "\n") == line {
					return nil
				}
			}
		case <-exited:
			return errors.New("lachan run ended by itself")
		case <-timeout:
			return fmt.Errorf("no %s from lachan run within %v", line, limit)
		}
	}
}

func (n *notifySocket) drain() {
	for {
		select {
		case <-n.notices:
		default:
			return
		}
	}
}
