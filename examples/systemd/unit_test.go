package systemd_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/lachan-waf/lachan/internal/lachantest"
)

// exposure is the most that `systemd-analyze security` may find, in tenths:
// what is left is the network, without which there is no proxy.
const exposure = "17"

// installTools runs the script a developer would run, and fails as it does.
func installTools(t *testing.T) {
	t.Helper()
	if out, err := exec.Command("./install-test-tools.sh").CombinedOutput(); err != nil {
		t.Fatalf("install-test-tools.sh: %v\n%s", err, out)
	}
}

// installUnit puts the unit, and drop-ins for it, where systemd-analyze can
// read them. It wants ExecStart to exist, so that becomes the built binary.
func installUnit(t *testing.T, dropIns ...string) string {
	t.Helper()
	dir := t.TempDir()
	text := strings.ReplaceAll(read(t, "lachan.service"), "/usr/local/bin/lachan", lachantest.Binary(t))
	unit := filepath.Join(dir, "lachan.service")
	write(t, unit, text)
	for _, name := range dropIns {
		write(t, filepath.Join(dir, "lachan.service.d", name), read(t, name))
	}
	return unit
}

func analyze(t *testing.T, args ...string) (string, error) {
	t.Helper()
	cmd := exec.Command("systemd-analyze", args...)
	cmd.Env = append(cmd.Environ(), "SYSTEMD_COLORS=0", "SYSTEMD_PAGER=")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func TestUnitIsValid(t *testing.T) {
	installTools(t)
	out, err := analyze(t, "verify", "--man=no", installUnit(t))
	if err != nil || out != "" {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
}

// The drop-in is for systemd 253 and later. An older one must complain of the
// service type and of nothing else.
func TestDropInIsValid(t *testing.T) {
	installTools(t)
	out, err := analyze(t, "verify", "--man=no", installUnit(t, "notify-reload.conf"))
	if version := systemdVersion(t); version < 253 {
		if strings.Count(out, "\n") != 1 || !strings.Contains(out, "notify-reload") {
			t.Errorf("systemd-analyze verify (systemd %d): %v\n%s", version, err, out)
		}
		return
	}
	if err != nil || out != "" {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
}

func systemdVersion(t *testing.T) int {
	t.Helper()
	out, err := analyze(t, "--version")
	match := regexp.MustCompile(`^systemd (\d+)`).FindStringSubmatch(out)
	if err != nil || match == nil {
		t.Fatalf("systemd-analyze --version: %v\n%s", err, out)
	}
	version, err := strconv.Atoi(match[1])
	if err != nil {
		t.Fatal(err)
	}
	return version
}

func TestUnitIsHardened(t *testing.T) {
	installTools(t)
	out, err := analyze(t, "security", "--offline=yes", "--threshold="+exposure, installUnit(t))
	if err != nil {
		t.Errorf("systemd-analyze security: %v\n%s", err, out)
	}
}

func TestSystemUserIsValid(t *testing.T) {
	installTools(t)
	root := t.TempDir()
	write(t, filepath.Join(root, "etc/passwd"), "")
	write(t, filepath.Join(root, "etc/group"), "")
	write(t, filepath.Join(root, "etc/sysusers.d/lachan.conf"), read(t, "lachan.sysusers"))
	out, err := exec.Command("systemd-sysusers", "--root="+root).CombinedOutput()
	if err != nil {
		t.Fatalf("systemd-sysusers: %v\n%s", err, out)
	}
	if passwd := read(t, filepath.Join(root, "etc/passwd")); !regexp.MustCompile(`(?m)^lachan:.*:/var/lib/lachan:.*nologin$`).MatchString(passwd) {
		t.Errorf("passwd: %s", passwd)
	}
}

// serviceValue is a key of the unit that stands there once.
func serviceValue(t *testing.T, key string) string {
	t.Helper()
	found := regexp.MustCompile(`(?m)^`+key+`=(.*)$`).FindAllStringSubmatch(read(t, "lachan.service"), -1)
	if len(found) != 1 {
		t.Fatalf("lachan.service: %s stands there %d times", key, len(found))
	}
	return found[0][1]
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
