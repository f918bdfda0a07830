package cmstest

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// credential is the account the servers run as: www-data when the test is root
// (php-fpm and mariadbd refuse root), otherwise the caller's own.
func credential(t testing.TB) *syscall.Credential {
	t.Helper()
	if os.Geteuid() != 0 {
		return nil
	}
	u, err := user.Lookup("www-data")
	if err != nil {
		t.Fatalf("account of the servers: %v", err)
	}
	uid, _ := strconv.ParseUint(u.Uid, 10, 32)
	gid, _ := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

// give hands a file or a whole tree to the servers' account.
func give(t testing.TB, root string) {
	t.Helper()
	c := credential(t)
	if c == nil {
		return
	}
	err := filepath.WalkDir(root, func(p string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(p, int(c.Uid), int(c.Gid))
	})
	if err != nil {
		t.Fatalf("hand %s over: %v", root, err)
	}
}

// WorkDir is like t.TempDir, but another account may enter it, and its name is
// short enough for a Unix socket (108 bytes).
func WorkDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "lachan-cms-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Serve starts a long-running command and stops it when the test ends. The
// kernel stops it too if the test binary is killed (golang/go#27505: only if the
// starting thread dies with it, which an unlocked goroutine's does).
func Serve(t testing.TB, logFile string, cmd *exec.Cmd) {
	t.Helper()
	out, err := os.Create(logFile)
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = out, out
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGTERM
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", cmd.Path, err)
	}
	done := make(chan struct{})
	go func() {
		_ = cmd.Wait() // how it ended its log tells
		close(done)
	}()
	t.Cleanup(func() {
		stop(t, cmd, done)
		out.Close()
		if t.Failed() {
			t.Logf("last lines of %s:\n%s", filepath.Base(logFile), tail(logFile, 4096))
		}
	})
}

// stop asks politely, then insists: a server that hangs must not outlive the test.
func stop(t testing.TB, cmd *exec.Cmd, done <-chan struct{}) {
	_ = cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-done:
	case <-time.After(15 * time.Second):
		t.Errorf("%s ignored SIGTERM for 15 s", cmd.Path)
		_ = cmd.Process.Kill()
		<-done
	}
}

// run executes a short command as the servers' account and returns its output.
func run(t testing.TB, c *syscall.Credential, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c, Pdeathsig: syscall.SIGKILL}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}

// FreePort asks the kernel for a port nobody uses. Something else could take it
// before our server does; the server then fails to start and says so.
func FreePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// Await polls until ready says so: child processes offer nothing to wait on.
func Await(t testing.TB, what string, limit time.Duration, ready func() error) {
	t.Helper()
	deadline := time.Now().Add(limit)
	for {
		err := ready()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: not ready after %v: %v", what, limit, err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// Dialable is ready when something listens there.
func Dialable(network, addr string) func() error {
	return func() error {
		c, err := net.DialTimeout(network, addr, time.Second)
		if err != nil {
			return err
		}
		return c.Close()
	}
}

func tail(file string, n int) []byte {
	b, err := os.ReadFile(file)
	if err != nil {
		return fmt.Appendf(nil, "(%v)", err)
	}
	if len(b) > n {
		b = b[len(b)-n:]
	}
	return bytes.TrimSpace(b)
}

// WriteFile writes a file that the servers may read.
func WriteFile(t testing.TB, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
