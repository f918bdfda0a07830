package lachantest

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// Confine starts a process as an unprivileged user in a root directory and a
// network of its own, as a container or a hardened service does; of root's
// powers it keeps the one to bind ports below 1024. The caller needs to be
// root or to have user namespaces, in which it then is the only user.
func Confine(root string, uid uint32) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Chroot: root, Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	if os.Geteuid() == 0 {
		attr.Credential = &syscall.Credential{Uid: uid, Gid: uid}
		attr.AmbientCaps = []uintptr{unix.CAP_NET_BIND_SERVICE}
		return attr
	}
	attr.Cloneflags |= syscall.CLONE_NEWUSER
	attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}}
	attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getegid(), Size: 1}}
	return attr
}
