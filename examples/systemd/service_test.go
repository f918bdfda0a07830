package systemd_test

import (
	"context"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lachan-waf/lachan/internal/lachantest"
)

// serviceUser stands for the account that lachan.sysusers creates.
const serviceUser = 61234

// machine is an empty root directory with nothing in it but what README.md
// installs, and a network of its own: ports 80 and 443 are free there.
type machine struct {
	t       *testing.T
	root    string
	notices chan string
	cmd     *exec.Cmd
	exited  chan struct{}
	failed  error // how the process ended; read after exited is closed
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	root, err := os.MkdirTemp("", "unit-") // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(root); err != nil {
			t.Error(err)
		}
	})
	m := &machine{t: t, root: root, notices: make(chan string, 16)}
	if err := os.Chmod(root, 0o755); err != nil {
		t.Fatal(err)
	}
	m.install()
	m.listen()
	return m
}

// install does what README.md and the unit's *Directory= keys do.
func (m *machine) install() {
	m.t.Helper()
	binary := m.path("/usr/local/bin/lachan")
	write(m.t, binary, read(m.t, lachantest.Binary(m.t)))
	write(m.t, m.path("/etc/lachan/lachan.yaml"), read(m.t, "lachan.yaml"))
	for _, err := range []error{
		os.Chmod(binary, 0o755), os.MkdirAll(m.path("/etc/lachan/sites.d"), 0o755),
		m.own("/var/lib/lachan"), m.own("/var/log/lachan"), m.own("/run/lachan"),
	} {
		if err != nil {
			m.t.Fatal(err)
		}
	}
}

func (m *machine) path(inside string) string { return filepath.Join(m.root, inside) }

func (m *machine) own(dir string) error {
	if err := os.MkdirAll(m.path(dir), 0o755); err != nil || os.Geteuid() != 0 {
		return err
	}
	return os.Chown(m.path(dir), serviceUser, serviceUser)
}

// listen stands where systemd does (sd_notify(3)).
func (m *machine) listen() {
	m.t.Helper()
	path := m.path("/run/notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		m.t.Fatal(err)
	}
	if err := os.Chmod(path, 0o777); err != nil {
		m.t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 4096)
		for {
			n, err := conn.Read(buf)
			if err != nil {
				return
			}
			select {
			case m.notices <- string(buf[:n]):
			default: // nobody waits for that many
			}
		}
	}()
	m.t.Cleanup(func() {
		_ = conn.Close()
		<-done
	})
}

// start runs a command line inside, or with a wrapper that goes inside itself.
func (m *machine) start(attr *syscall.SysProcAttr, commandLine ...string) {
	m.t.Helper()
	log, err := os.Create(m.path("/run/stderr"))
	if err != nil {
		m.t.Fatal(err)
	}
	m.cmd = &exec.Cmd{
		Path: commandLine[0], Args: commandLine, SysProcAttr: attr,
		Env: []string{"NOTIFY_SOCKET=/run/notify"}, Dir: "/", Stdout: log, Stderr: log,
	}
	if err := m.cmd.Start(); err != nil {
		m.t.Fatalf("%s (needs root, or user namespaces): %v", commandLine[0], err)
	}
	m.exited = make(chan struct{})
	go func() {
		m.failed = m.cmd.Wait()
		_ = log.Close()
		close(m.exited)
	}()
	m.t.Cleanup(func() {
		_ = m.cmd.Process.Kill() // it has ended where all went well
		<-m.exited
		if m.t.Failed() {
			m.t.Logf("standard error:\n%s", read(m.t, m.path("/run/stderr")))
		}
	})
}

// wait wants the process to end well.
func (m *machine) wait() {
	m.t.Helper()
	select {
	case <-m.exited:
	case <-time.After(60 * time.Second):
		m.t.Fatal("still running 60 s after SIGTERM")
	}
	if m.failed != nil {
		m.t.Errorf("exit: %v", m.failed)
	}
}

func (m *machine) notice() string {
	m.t.Helper()
	select {
	case notice := <-m.notices:
		return notice
	case <-m.exited:
		m.t.Fatalf("ended without a notification: %v", m.failed)
		return ""
	case <-time.After(60 * time.Second):
		m.t.Fatal("no notification for 60 s")
		return ""
	}
}

func (m *machine) health() error {
	client := http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", m.path("/run/lachan/admin.sock"))
		},
	}}
	resp, err := client.Get("http://admin/health")
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// The exact command of the unit, as an unprivileged user, on ports 80 and 443.
func TestExecStartTellsSystemdHowItIs(t *testing.T) {
	m := newMachine(t)
	m.start(lachantest.Confine(m.root, serviceUser), strings.Fields(serviceValue(t, "ExecStart"))...)
	if got := m.notice(); got != "READY=1" {
		t.Fatalf("first notification %q", got)
	}
	if err := m.health(); err != nil {
		t.Error(err)
	}

	before := monotonic(t)
	if err := m.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	if at := reloadingAt(t, m.notice()); at < before || at > monotonic(t) {
		t.Errorf("MONOTONIC_USEC=%d is not the time of the reload, after %d", at, before)
	}
	if got := m.notice(); got != "READY=1" {
		t.Errorf("after the reload: %q", got)
	}

	if err := m.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if got := m.notice(); got != "STOPPING=1" {
		t.Errorf("at the end: %q", got)
	}
	m.wait()
}

// reloadingAt reads what Type=notify-reload asks for (systemd.service(5)).
func reloadingAt(t *testing.T, notice string) int64 {
	t.Helper()
	match := regexp.MustCompile(`^RELOADING=1\nMONOTONIC_USEC=(\d+)$`).FindStringSubmatch(notice)
	if match == nil {
		t.Fatalf("on SIGHUP: %q", notice)
	}
	usec, err := strconv.ParseInt(match[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return usec
}

func monotonic(t *testing.T) int64 {
	t.Helper()
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		t.Fatal(err)
	}
	return now.Nano() / 1000
}
