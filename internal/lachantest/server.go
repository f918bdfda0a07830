package lachantest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Bounds of what a test waits for. They are far above what a working server
// needs on a busy machine.
const (
	startTime  = 60 * time.Second
	reloadTime = 60 * time.Second
	stopTime   = 45 * time.Second // draining alone may take 30 s
)

// Server is a running lachan. Its configuration is the test's, except that
//
//   - a listener that is neither empty (disabled) nor on 127.0.0.1 moves to
//     127.0.0.1 and a port of the kernel's choice;
//   - state_dir, audit.file and admin.listen move to a temporary folder.
//
// It is for one goroutine, but for Client, URL and Events.
type Server struct {
	HTTPAddr, HTTPSAddr string // host:port; "" where the listener is disabled
	ConfigFile          string // as the process reads it
	StateDir            string
	AuditFile           string
	AdminSocket         string

	t      testing.TB
	cmd    *exec.Cmd
	notify *notifySocket
	stderr lockedBuffer
	// logStart is where in stderr the running process's lines begin: Start may
	// be called again after Stop.
	logStart int
	exited   chan struct{}
	failed   error // how the process ended; read after exited is closed
}

// Start runs lachan with a configuration and waits until it is healthy. The
// process is stopped when the test ends, which must succeed: see Stop.
func Start(t testing.TB, config string) *Server {
	t.Helper()
	file := filepath.Join(tempDir(t), "lachan.yaml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatalf("lachantest: %v", err)
	}
	return StartFile(t, file)
}

// StartFile is Start for a configuration with files beside it, sites.d or
// certificates. The changed configuration is written into the same folder,
// which is to be a temporary copy.
func StartFile(t testing.TB, file string) *Server {
	t.Helper()
	dir := tempDir(t)
	s := &Server{
		StateDir: filepath.Join(dir, "state"), AuditFile: filepath.Join(dir, "audit.jsonl"),
		AdminSocket: filepath.Join(dir, "admin.sock"), t: t,
	}
	s.notify = listenNotify(t, filepath.Join(dir, "notify.sock"))
	s.WriteConfig(file)
	t.Cleanup(s.cleanup)
	s.Start()
	return s
}

// WriteConfig localizes another configuration file, for Reload to read or for
// Start after Stop.
func (s *Server) WriteConfig(file string) {
	s.t.Helper()
	config, err := os.ReadFile(file)
	if err == nil {
		err = s.write(file, config)
	}
	if err != nil {
		s.t.Fatalf("lachantest: %v", err)
	}
}

// Start runs the server again after Stop, with the state it had.
func (s *Server) Start() {
	s.t.Helper()
	s.cmd = Command(s.t, "run", "--config", s.ConfigFile)
	s.cmd.Env = append(s.cmd.Environ(), "NOTIFY_SOCKET="+s.notify.path)
	s.cmd.Stderr = &s.stderr
	s.logStart = len(s.stderr.String())
	if err := s.cmd.Start(); err != nil {
		s.t.Fatalf("lachantest: %v", err)
	}
	s.exited = make(chan struct{})
	go func(cmd *exec.Cmd, exited chan struct{}) {
		s.failed = cmd.Wait()
		close(exited)
	}(s.cmd, s.exited)
	s.awaitNotice("READY=1", startTime)
	s.awaitHealth()
	s.readAddresses()
}

// PID is the process's.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// Stderr is what the process has logged so far.
func (s *Server) Stderr() string { return s.stderr.String() }

// Reload makes the server read ConfigFile and its sites_dir again, and waits
// until it has. Whether it liked what it read is in the audit trail.
func (s *Server) Reload() {
	s.t.Helper()
	s.notify.drain()
	if err := s.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		s.t.Fatalf("lachantest: %v", err)
	}
	s.awaitNotice("RELOADING=1", reloadTime)
	s.awaitNotice("READY=1", reloadTime)
}

// Stop ends the server as systemd does, and fails the test unless it drains
// and exits with 0.
func (s *Server) Stop() {
	s.t.Helper()
	if s.cmd == nil {
		return
	}
	// It may have ended by itself; then failed tells how.
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.exited:
	case <-time.After(stopTime):
		s.t.Errorf("lachantest: lachan ignored SIGTERM for %v", stopTime)
		s.kill()
	}
	if s.failed != nil {
		s.t.Errorf("lachantest: lachan run: %v", s.failed)
	}
	s.cmd = nil
}

// Kill ends the server at once, as a crash or a power cut would.
func (s *Server) Kill() {
	s.t.Helper()
	s.kill()
	s.cmd = nil
}

func (s *Server) kill() {
	_ = s.cmd.Process.Kill()
	<-s.exited
}

func (s *Server) cleanup() {
	s.Stop()
	if s.t.Failed() {
		s.t.Logf("standard error of lachan run:\n%s", s.stderr.tail(16<<10))
	}
}

// awaitNotice fails the test at once where the process ends instead.
func (s *Server) awaitNotice(state string, limit time.Duration) {
	s.t.Helper()
	if err := s.notify.await(state, limit, s.exited); err != nil {
		s.t.Fatalf("lachantest: %v", err)
	}
}

// lockedBuffer is written by the process's pipe and read by the test.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func (b *lockedBuffer) tail(n int) string {
	text := b.String()
	if len(text) <= n {
		return text
	}
	return fmt.Sprintf("(%d bytes left out)\n%s", len(text)-n, text[len(text)-n:])
}
