package lachantest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
)

const mainPackage = "github.com/lachan-waf/lachan/cmd/lachan"

// Binary returns the file of a static binary built from this module. It is
// built once per test process; a file that is up to date is not linked again,
// so the binary stays in the user's cache between runs.
func Binary(t testing.TB) string {
	t.Helper()
	file, err := built()
	if err != nil {
		t.Fatalf("lachantest: %v", err)
	}
	return file
}

var built = sync.OnceValues(build)

func build() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "lachantest")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	unlock, err := lock(filepath.Join(dir, "lock"))
	if err != nil {
		return "", err
	}
	defer unlock()

	file := filepath.Join(dir, "lachan")
	// A copy of the tree that belongs to somebody else makes git refuse, and
	// with it go build: no test needs the commit's name.
	cmd := exec.Command("go", "build", "-buildvcs=false", "-o", file, mainPackage)
	cmd.Env = append(cmd.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build %s: %w\n%s", mainPackage, err, out)
	}
	return file, nil
}

// lock keeps the test processes of other packages from building at once.
func lock(name string) (unlock func(), err error) {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("lock %s: %w", name, err)
	}
	return func() { _ = file.Close() }, nil // closing unlocks, flock(2)
}

// Command prepares the binary with arguments, to be run or started by the
// caller. It dies with the test process.
func Command(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(Binary(t), args...)
	// The signal comes when the thread that started the child ends
	// (golang/go#27505). The runtime ends threads only with goroutines that
	// are locked to them, and tests are not.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}
