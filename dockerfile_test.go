package lachan_test

import (
	"debug/elf"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lachan-waf/lachan/internal/lachantest"
)

// image is what the Dockerfile makes, without an engine to make it: its build
// command is run as it stands there, and its last stage laid out in a folder.
type image struct {
	t          *testing.T
	dockerfile string
	root       string
	uid        int
}

func newImage(t *testing.T) *image {
	t.Helper()
	dockerfile, err := os.ReadFile("Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	root, err := os.MkdirTemp("", "image-") // t.TempDir is closed to other users
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(root); err != nil {
			t.Error(err)
		}
	})
	m := &image{t: t, dockerfile: string(dockerfile), root: root}
	if m.uid, err = strconv.Atoi(m.find(`(?m)^USER (\d+):\d+$`)); err != nil || m.uid == 0 {
		t.Fatalf("Dockerfile: USER %d, %v", m.uid, err)
	}
	m.build()
	m.layOut()
	return m
}

func (m *image) find(pattern string) string {
	m.t.Helper()
	match := regexp.MustCompile(pattern).FindStringSubmatch(m.dockerfile)
	if match == nil {
		m.t.Fatalf("Dockerfile: nothing like %s", pattern)
	}
	return match[1]
}

func (m *image) path(inside string) string { return filepath.Join(m.root, inside) }

func (m *image) build() {
	m.t.Helper()
	command := m.find(`(CGO_ENABLED=0 go build [^\n]*) ./cmd/lachan\n`)
	command = strings.Replace(command, "/out/lachan", m.path("lachan"), 1) + " ./cmd/lachan"
	cmd := exec.Command("sh", "-c", command)
	cmd.Env = append(cmd.Environ(), "VERSION=v9.8.7")
	if out, err := cmd.CombinedOutput(); err != nil {
		m.t.Fatalf("%s: %v\n%s", command, err, out)
	}
}

// layOut makes the folders that the last stage owns, and the configuration a
// user would mount.
func (m *image) layOut() {
	m.t.Helper()
	folders := strings.Fields(m.find(`RUN mkdir -p ((?:/owned\S+ ?)+)`))
	for _, folder := range folders {
		dir := m.path(strings.TrimPrefix(folder, "/owned"))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			m.t.Fatal(err)
		}
		if os.Geteuid() == 0 {
			if err := os.Chown(dir, m.uid, m.uid); err != nil {
				m.t.Fatal(err)
			}
		}
	}
	config := "sites: [{name: portal, hosts: [portal.example], upstream: \"http://127.0.0.1:8080\", tls: internal}]\n"
	for _, err := range []error{
		os.MkdirAll(m.path("/etc/lachan"), 0o755), os.Chmod(m.root, 0o755),
		os.WriteFile(m.path("/etc/lachan/lachan.yaml"), []byte(config), 0o644),
	} {
		if err != nil {
			m.t.Fatal(err)
		}
	}
}

// command runs inside the image as its user.
func (m *image) command(args ...string) *exec.Cmd {
	return &exec.Cmd{Path: args[0], Args: args, Dir: "/", Env: []string{}, SysProcAttr: lachantest.Confine(m.root, uint32(m.uid))}
}

// words is an instruction in its JSON form.
func (m *image) words(instruction string) []string {
	m.t.Helper()
	var words []string
	if err := json.Unmarshal([]byte(m.find(instruction)), &words); err != nil {
		m.t.Fatalf("Dockerfile: %s: %v", instruction, err)
	}
	return words
}

func TestImageBinaryIsStatic(t *testing.T) {
	file, err := elf.Open(newImage(t).path("lachan"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, p := range file.Progs {
		if p.Type == elf.PT_INTERP {
			t.Error("the binary asks for a dynamic linker")
		}
	}
	if libraries, _ := file.ImportedLibraries(); len(libraries) > 0 {
		t.Errorf("the binary asks for %v", libraries)
	}
}

func TestImageRunsWithNothingElseInIt(t *testing.T) {
	m := newImage(t)
	out, err := m.command("/lachan", "version").CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "lachan v9.8.7\n") {
		t.Errorf("version: %v\n%s", err, out)
	}
	if out, err := m.command("/lachan", "check").CombinedOutput(); err != nil {
		t.Errorf("check: %v\n%s", err, out)
	}
}

// ENTRYPOINT and CMD serve, and HEALTHCHECK sees it: first that nothing
// serves, then that something does.
func TestImageHealthIsChecked(t *testing.T) {
	m := newImage(t)
	healthcheck := m.words(`(?m)^HEALTHCHECK .*CMD (\[.*\])$`)
	if out, err := m.command(healthcheck...).CombinedOutput(); err == nil {
		t.Errorf("healthy before it runs:\n%s", out)
	}
	server := m.command(append(m.words(`(?m)^ENTRYPOINT (\[.*\])$`), m.words(`(?m)^CMD (\[.*\])$`)...)...)
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	server.Stdout, server.Stderr = log, log
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = server.Process.Kill()
		_ = server.Wait() // "signal: killed"
	}()
	for deadline := time.Now().Add(60 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		out, err := m.command(healthcheck...).CombinedOutput()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			text, _ := os.ReadFile(log.Name())
			t.Fatalf("not healthy: %v\n%s\n%s", err, out, text)
		}
	}
}
