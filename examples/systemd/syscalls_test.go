package systemd_test

import (
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/lachan-waf/lachan/internal/lachantest"
)

// The unit's filter answers EPERM to every call outside it. A call that Lachan
// makes must be inside, or be one whose refusal does no harm.
func TestSystemCallsAreWithinTheFilter(t *testing.T) {
	installTools(t)
	allowed := systemCallFilter(t)
	for name := range tracedCalls(t) {
		if !allowed[name] {
			t.Errorf("lachan run calls %s, which SystemCallFilter= refuses", name)
		}
	}
}

// systemCallFilter computes the set of the unit's SystemCallFilter= lines.
func systemCallFilter(t *testing.T) map[string]bool {
	t.Helper()
	allowed := make(map[string]bool)
	for _, line := range regexp.MustCompile(`(?m)^SystemCallFilter=(~?)(.*)$`).FindAllStringSubmatch(read(t, "lachan.service"), -1) {
		for group := range strings.FieldsSeq(line[2]) {
			for name := range members(t, group) {
				allowed[name] = line[1] == ""
			}
		}
	}
	if !allowed["read"] || allowed["reboot"] {
		t.Fatalf("SystemCallFilter= was not understood: %d calls", len(allowed))
	}
	return allowed
}

// members asks systemd what is in a group, and in the groups in it.
func members(t *testing.T, group string) map[string]bool {
	t.Helper()
	out, err := analyze(t, "syscall-filter", group)
	if err != nil {
		t.Fatalf("systemd-analyze syscall-filter %s: %v\n%s", group, err, out)
	}
	found := make(map[string]bool)
	for line := range strings.Lines(out) {
		name := strings.TrimSpace(line)
		switch {
		case !strings.HasPrefix(line, "    ") || strings.HasPrefix(name, "#"):
		case strings.HasPrefix(name, "@"):
			for inner := range members(t, name) {
				found[inner] = true
			}
		default:
			found[name] = true
		}
	}
	return found
}

// tracedCalls runs the service from start to end and collects its system calls.
func tracedCalls(t *testing.T) map[string]bool {
	t.Helper()
	m := newMachine(t)
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Fatal(err)
	}
	command := append([]string{strace, "-f", "-qq", "-o", m.path("/run/trace"), "/usr/sbin/chroot", m.root},
		strings.Fields(serviceValue(t, "ExecStart"))...)
	attr := lachantest.Confine(m.root, serviceUser)
	attr.Chroot, attr.Credential, attr.AmbientCaps = "", nil, nil // chroot(8) goes inside
	m.start(attr, command...)
	m.notice()
	if err := m.health(); err != nil {
		t.Error(err)
	}
	m.signalTraced(syscall.SIGHUP)
	m.notice()
	m.notice()
	m.signalTraced(syscall.SIGTERM)
	m.notice()
	m.wait()
	return callsOf(t, read(t, m.path("/run/trace")))
}

// signalTraced signals strace's child: strace keeps signals to itself. The
// trace's first column is the process.
func (m *machine) signalTraced(sig syscall.Signal) {
	m.t.Helper()
	first, _, _ := strings.Cut(read(m.t, m.path("/run/trace")), " ")
	pid, err := strconv.Atoi(first)
	if err == nil {
		err = syscall.Kill(pid, sig)
	}
	if err != nil {
		m.t.Fatalf("signal the traced process: %v", err)
	}
}

// callsOf skips chroot(8)'s own calls, which end with the second execve.
func callsOf(t *testing.T, trace string) map[string]bool {
	t.Helper()
	_, own, found := strings.Cut(trace, `execve("/usr/local/bin/lachan"`)
	if !found {
		t.Fatalf("lachan is not in the trace:\n%s", trace)
	}
	calls := make(map[string]bool)
	for _, match := range regexp.MustCompile(`(?m)^\d+ +([a-z0-9_]+)\(`).FindAllStringSubmatch(own, -1) {
		calls[match[1]] = true
	}
	return calls
}
