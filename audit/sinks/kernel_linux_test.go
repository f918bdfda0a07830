package sinks

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lachan-waf/lachan/audit/trail"
	"github.com/lachan-waf/lachan/policies"
)

// What the receiver's window keeps out does not count as delivered.
func TestStalledReceiverHoldsTheCursor(t *testing.T) {
	t.Parallel()
	conns := make(chan *net.TCPConn, 1)
	tr, c := newTrail(t), listen(t, policies.FramingOctets, func(conn *net.TCPConn) {
		takeNothing(conn)
		conns <- conn
	})
	to := tcpSyslog(t, c.Addr().String(), policies.FramingOctets, 100*time.Millisecond)
	to.line.stall = 3 * time.Second
	const events = 400 // fit into our buffer, and not into the receiver's
	tr.record(0, events)
	s := newTestShipper(t, tr.source(), to, testSink("soc"))
	var conn *net.TCPConn
	begun := time.Now()
	shipWith(t, s, func() bool {
		if conn == nil {
			conn = <-conns
		}
		return time.Since(begun) > 2*time.Second
	})
	cursor, has := s.status(), unread(t, conn)
	if cursor.Sent < events || framed(t, tr, cursor.Sent) <= has {
		t.Errorf("the receiver has %d bytes, and did not stall: %+v", has, cursor)
	}
	if framed(t, tr, cursor.Seq) > has {
		t.Errorf("the receiver has %d bytes: %+v", has, cursor)
	}
}

// framed is how many bytes the trail's lines have in octets, up to this one.
func framed(t *testing.T, tr *testTrail, last uint64) (bytes int) {
	t.Helper()
	r := trail.OpenReader(tr.path, 1)
	defer r.Close()
	for {
		line, err := r.Next(last)
		if err == io.EOF {
			return bytes
		}
		if err != nil {
			t.Fatal(err)
		}
		bytes += len(fmt.Sprint(len(line.Raw), " ")) + len(line.Raw)
	}
}

// A receiver whose machine loses power says nothing any more. What it had taken
// just before does not count, however long nobody notices.
func TestVanishedReceiverHoldsTheCursor(t *testing.T) {
	t.Parallel()
	const events = 50
	vanished := make(chan struct{})
	tr, c := newTrail(t), listen(t, policies.FramingOctets, func(conn *net.TCPConn) {
		in := bufio.NewReader(conn)
		for range events {
			if _, err := readCounted(in); err != nil {
				t.Error(err)
			}
		}
		deafen(t, conn)
		close(vanished)
	})
	to := tcpSyslog(t, c.Addr().String(), policies.FramingOctets, time.Second)
	to.line.stall = 4 * time.Second
	tr.record(0, events)
	ship(t, tr, to, testSink("soc"), func() bool {
		select {
		case <-vanished:
		default:
			return false
		}
		if cursor, err := trail.LoadCursor(tr.state, "soc"); err != nil || cursor.Seq > 0 && len(c.distinct()) == 0 {
			t.Fatalf("%+v, %v", cursor, err)
		}
		return len(c.distinct()) == events
	})
	if n := c.connections(); n != 2 {
		t.Errorf("%d connections", n)
	}
}

// deafen has the kernel drop every segment that comes for the connection: to the
// other side it is as if this machine had lost its power.
func deafen(t *testing.T, conn *net.TCPConn) {
	socket, err := conn.SyscallConn()
	if err != nil {
		t.Error(err)
		return
	}
	nothing := []unix.SockFilter{{Code: unix.BPF_RET | unix.BPF_K}}
	if err := socket.Control(func(fd uintptr) {
		err := unix.SetsockoptSockFprog(int(fd), unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: 1, Filter: &nothing[0]})
		if err != nil {
			t.Error(err)
		}
	}); err != nil {
		t.Error(err)
	}
}

// unread is how many bytes the kernel holds for a reader of the connection.
func unread(t *testing.T, conn *net.TCPConn) (bytes int) {
	t.Helper()
	socket, err := conn.SyscallConn()
	if err == nil {
		err = socket.Control(func(fd uintptr) {
			if bytes, err = unix.IoctlGetInt(int(fd), unix.SIOCINQ); err != nil {
				t.Error(err)
			}
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	return bytes
}
