package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// stand is the test stand: a folder, the origin, and the servers under test
// before it.
type stand struct {
	dir     string
	origin  string // its address
	started []*exec.Cmd
}

// server is one server under test.
type server struct {
	name    string
	address string
	host    string
	pid     int
}

// The CPUs of the servers under test, and of the origin and the load.
const (
	serversCPU = 0
	loadCPU    = 1
)

// onStand runs a measurement on a new stand, and takes the stand down.
func onStand(o options, measure func(*stand, options) error) error {
	dir, err := os.MkdirTemp("", "lb")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil { // nginx's workers read it as nobody
		return err
	}
	s := &stand{dir: dir}
	defer s.tearDown()
	if err := s.startOrigin(); err != nil {
		return err
	}
	return measure(s, o)
}

// startOrigin serves the pages, and takes what is posted.
func (s *stand) startOrigin() (err error) {
	if err := writePages(s.dir); err != nil {
		return err
	}
	if s.origin, err = freeAddress(); err != nil {
		return err
	}
	_, err = s.nginx("origin", loadCPU, s.origin, nginxConf{server: "root " + filepath.Join(s.dir, "www") + `; client_body_buffer_size 256k;
    location /comments { default_type text/html; return 200 "<!DOCTYPE html><p>saved</p>"; }
    location /upload { default_type text/html; return 200 "<!DOCTYPE html><p>stored</p>"; }
    location /api { default_type application/json; return 200 "{\"ok\":true}"; }`})
	return err
}

// start runs a server until the stand is taken down. What it has to say goes to a
// file of the stand.
func (s *stand) start(cpu int, name string, args ...string) (*exec.Cmd, error) {
	cmd := pinned(cpu, name, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	log, err := os.Create(filepath.Join(s.dir, fmt.Sprintf("log-%d", len(s.started))))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s.started = append(s.started, cmd)
	return cmd, nil
}

// pinned is a command on one CPU, where the machine has two and a taskset.
func pinned(cpu int, name string, args ...string) *exec.Cmd {
	if taskset, err := exec.LookPath("taskset"); err == nil && runtime.NumCPU() > loadCPU {
		return exec.Command(taskset, append([]string{"-c", fmt.Sprint(cpu), name}, args...)...)
	}
	return exec.Command(name, args...)
}

func (s *stand) tearDown() {
	for _, cmd := range s.started {
		stop(cmd)
	}
}

// stop ends a process; one that has ended already is left alone.
func stop(cmd *exec.Cmd) {
	if cmd.ProcessState == nil && cmd.Process.Signal(syscall.SIGTERM) == nil {
		_ = cmd.Wait() // ended by our signal
	}
}

// await waits until a server is ready. One that is not in time is quoted.
func await(cmd *exec.Cmd, ready func() error) error {
	err := waitFor(ready)
	if err == nil {
		return nil
	}
	said, _ := os.ReadFile(cmd.Stderr.(*os.File).Name()) // nothing more to say without it
	return fmt.Errorf("%v does not come up: %w\n%s", cmd.Args, err, said)
}

func waitFor(ready func() error) error {
	var err error
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if err = ready(); err == nil {
			return nil
		}
	}
	return err
}

// freeAddress is a loopback address that nobody listens on.
func freeAddress() (string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer ln.Close()
	return ln.Addr().String(), nil
}

func answers(url, host string) error {
	status, err := get(url, host)
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return errors.New(http.StatusText(status))
	}
	return nil
}

// get asks on a connection of its own, as a new visitor does.
func get(url, host string) (status int, err error) {
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	req.Host = host
	req.Close = true
	req.Header.Set("User-Agent", browser)
	req.Header.Set("Accept", "text/html")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	return resp.StatusCode, nil
}
