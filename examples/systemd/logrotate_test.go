package systemd_test

import (
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lachan-waf/lachan/internal/lachantest"
)

// The shipped rules, run by the real logrotate on a running Lachan: the record
// from before is in the rotated file, the next one in the new file.
func TestLogrotateLosesNothing(t *testing.T) {
	installTools(t)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "lachan.yaml"), read(t, "lachan.yaml"))
	if err := os.Mkdir(filepath.Join(dir, "sites.d"), 0o755); err != nil {
		t.Fatal(err)
	}
	srv := lachantest.StartFile(t, filepath.Join(dir, "lachan.yaml"))
	srv.Reload()
	before := srv.WaitEvent(10*time.Second, lachantest.Is("event.action", "config")).Text("event.id")

	rotate(t, srv)
	fresh := srv.WaitEvent(10*time.Second, lachantest.Is("event.action", "config")).Text("event.id")
	if fresh == before {
		t.Error("the audit file was not rotated")
	}
	rotated, err := filepath.Glob(srv.AuditFile + "-*")
	if err != nil || len(rotated) != 1 || !strings.Contains(read(t, rotated[0]), before) {
		t.Errorf("rotated files %v (%v) do not hold event %s", rotated, err, before)
	}
}

// rotate runs logrotate with the shipped rules, moved to the test's file and
// account, and with a postrotate that signals the test's process.
func rotate(t *testing.T, srv *lachantest.Server) {
	t.Helper()
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	group, err := user.LookupGroupId(me.Gid)
	if err != nil {
		t.Fatal(err)
	}
	signalled := filepath.Join(t.TempDir(), "signalled")
	rules := read(t, "lachan.logrotate")
	for shipped, local := range map[string]string{
		"/var/log/lachan/audit.jsonl": srv.AuditFile,
		"lachan lachan":               me.Username + " " + group.Name,
		"systemctl kill --kill-who=main --signal=HUP lachan.service": "touch " + signalled,
	} {
		if !strings.Contains(rules, shipped) {
			t.Fatalf("lachan.logrotate: no %q to move", shipped)
		}
		rules = strings.ReplaceAll(rules, shipped, local)
	}
	file := filepath.Join(t.TempDir(), "lachan.logrotate")
	write(t, file, rules)
	cmd := exec.Command("logrotate", "--force", "--state", filepath.Join(t.TempDir(), "state"), file)
	cmd.Env = append(cmd.Environ(), "PATH="+os.Getenv("PATH")+":/usr/sbin")
	cmd.Path = lookRotate(t)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("logrotate: %v\n%s", err, out)
	}
	if _, err := os.Stat(signalled); err != nil {
		t.Fatalf("postrotate did not run: %v", err)
	}
	srv.Reload()
}

// lookRotate looks in sbin too, which is not in every user's PATH.
func lookRotate(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"logrotate", "/usr/sbin/logrotate"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("logrotate is not installed")
	return ""
}
