package reading_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// child is a reader in a process of its own. It takes a page by POST and reads it
// as often as it is told, so that the transport does not count.
type child struct {
	pid int
	url string
}

// installed is the folder with the packages of npm.
func installed(t testing.TB) string {
	t.Helper()
	cmd := exec.Command("./install.sh")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("install the readers of npm: %v", err)
	}
	return strings.TrimSpace(string(out))
}

func newWorkerd(t testing.TB) *child {
	t.Helper()
	binaries, err := filepath.Glob(filepath.Join(installed(t), "node_modules/@cloudflare/workerd-*/bin/workerd"))
	if err != nil || len(binaries) != 1 {
		t.Fatalf("workerd: binaries %q, %v", binaries, err)
	}
	address := freeAddress(t)
	return newChild(t, address, exec.Command(binaries[0], "serve", "testdata/worker.capnp", "--socket-addr", "http="+address))
}

func newWasm(t testing.TB) *child {
	t.Helper()
	address := freeAddress(t)
	_, port, _ := strings.Cut(address, ":")
	return newChild(t, address, exec.Command("node", "testdata/wasm.mjs", installed(t), port))
}

// newChild starts a reader and stops it when the benchmark ends.
func newChild(t testing.TB, address string, cmd *exec.Cmd) *child {
	t.Helper()
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // ended by our signal
	})
	awaitListener(t, address)
	return &child{pid: cmd.Process.Pid, url: "http://" + address + "/"}
}

func awaitListener(t testing.TB, address string) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			conn.Close()
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("a reader does not come up: %v", err)
		}
	}
}

func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (c *child) read(t testing.TB, page []byte, n int) []byte {
	t.Helper()
	resp, err := http.Post(c.url+"?n="+strconv.Itoa(n), "text/html", bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	out, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", c.url, resp.Status, err)
	}
	return out
}

// used reads proc(5): utime and stime, the 14th and 15th fields of stat, in ticks
// that Linux fixes at 10 ms.
func (c *child) used(t testing.TB) time.Duration {
	t.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", c.pid))
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+2:]))
	var ticks int
	for _, field := range fields[11:13] {
		n, err := strconv.Atoi(field)
		if err != nil {
			t.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}
