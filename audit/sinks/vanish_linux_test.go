package sinks

import (
	"net"
	"testing"

	"golang.org/x/sys/unix"
)

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
