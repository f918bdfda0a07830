package ring

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Open opens the ring of a trail, which the caller has locked, or makes one. The
// lines are those that the process before has put in and was not done with.
func Open(trail string) (*Ring, []Line, error) {
	path, err := fileOf(trail)
	if err != nil {
		return nil, nil, err
	}
	r, lines, err := open(path)
	if errors.Is(err, errForeign) { // what made it is unknown, and nothing can be made of it
		if err = os.Remove(path); err == nil {
			r, lines, err = open(path)
		}
	}
	if err != nil {
		return nil, nil, fmt.Errorf("ring %s: %w", path, err)
	}
	return r, lines, nil
}

// folder is the service's own where systemd gives it one that outlives a restart
// (RuntimeDirectory=, RuntimeDirectoryPreserve=), else the one for shared memory: in
// both a file is memory.
func folder() string {
	own, _, _ := strings.Cut(os.Getenv("RUNTIME_DIRECTORY"), ":")
	var info unix.Statfs_t
	if own != "" && unix.Statfs(own, &info) == nil && info.Type == unix.TMPFS_MAGIC {
		return own
	}
	return "/dev/shm"
}

// fileOf names the ring by its user and the trail.
func fileOf(trail string) (string, error) {
	trail, err := filepath.Abs(trail)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(trail))
	return filepath.Join(folder(), "lachan-"+strconv.Itoa(os.Getuid())+"-"+hex.EncodeToString(sum[:8])), nil
}

// open trusts no file that another user may have laid out: the folder is everybody's.
func open(path string) (*Ring, []Line, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|unix.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	var info unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &info); err != nil {
		return nil, nil, err
	}
	switch {
	case info.Mode&unix.S_IFMT != unix.S_IFREG || int(info.Uid) != os.Getuid() || info.Mode&0o077 != 0 || info.Nlink != 1:
		return nil, nil, errors.New("the file is somebody else's")
	case info.Size != 0 && info.Size != headerSize+size:
		return nil, nil, errForeign
	}
	// Now, while there is an error for it: a page that the system cannot find
	// later ends the process.
	if err := unix.Fallocate(int(f.Fd()), 0, 0, headerSize+size); err != nil {
		os.Remove(path)
		return nil, nil, err
	}
	mem, err := unix.Mmap(int(f.Fd()), 0, headerSize+size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, nil, err
	}
	r, lines, err := attach(mem, info.Size == 0, func(empty bool) error {
		err := unix.Munmap(mem)
		if empty {
			err = errors.Join(err, os.Remove(path))
		}
		return err
	})
	if err != nil {
		return nil, nil, errors.Join(err, unix.Munmap(mem))
	}
	return r, lines, nil
}
