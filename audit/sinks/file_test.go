package sinks

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/lachan-waf/lachan/policies"
)

func newTestFile(t *testing.T) *file {
	t.Helper()
	to, err := newFile(policies.Sink{URL: "file://" + filepath.Join(t.TempDir(), "new", "soc.log")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = to.close() })
	return to.(*file)
}

// messagesOf are messages of ten bytes, with their newlines.
func messagesOf(from, to int) (batch []message) {
	for i := from; i < to; i++ {
		batch = append(batch, message{body: fmt.Appendf(nil, "event %03d", i)})
	}
	return batch
}

func linesOf(t *testing.T, path string) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}

func texts(from, to int) (lines []string) {
	for _, m := range messagesOf(from, to) {
		lines = append(lines, string(m.body))
	}
	return lines
}

func put(t *testing.T, f *file, from, to int) {
	t.Helper()
	if err := f.deliver(t.Context(), messagesOf(from, to)); err != nil {
		t.Fatal(err)
	}
}

func expect(t *testing.T, path string, want []string) {
	t.Helper()
	if got := linesOf(t, path); !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", filepath.Base(path), got, want)
	}
}

func TestFileKeepsOneBefore(t *testing.T) {
	f := newTestFile(t)
	f.limit = 50
	for i := range 6 {
		put(t, f, 2*i, 2*i+2)
	}
	expect(t, f.path+".1", texts(4, 8))
	expect(t, f.path, texts(8, 12))
	if info, err := os.Stat(f.path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestFileThatIsMovedAwayIsMadeAnew(t *testing.T) {
	f := newTestFile(t)
	put(t, f, 0, 2)
	if err := os.Rename(f.path, f.path+"-20261126"); err != nil {
		t.Fatal(err)
	}
	put(t, f, 2, 4)
	expect(t, f.path+"-20261126", texts(0, 2))
	expect(t, f.path, texts(2, 4))
	if err := os.Remove(f.path); err != nil {
		t.Fatal(err)
	}
	put(t, f, 4, 6)
	expect(t, f.path, texts(4, 6))
	if err := os.Truncate(f.path, 0); err != nil { // logrotate's copytruncate
		t.Fatal(err)
	}
	put(t, f, 6, 8)
	expect(t, f.path, texts(6, 8))
}

// Half a line of a crash does not join the next one.
func TestFileMendsItsEnd(t *testing.T) {
	f := newTestFile(t)
	put(t, f, 0, 1)
	if err := f.close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(f.path, []byte("event 000\neven"), 0o600); err != nil {
		t.Fatal(err)
	}
	put(t, f, 1, 2)
	expect(t, f.path, []string{"event 000", "even", "event 001"})
}

func TestFileIsARegularOne(t *testing.T) {
	for _, path := range []string{"/dev/null", t.TempDir()} {
		if _, err := newFile(policies.Sink{URL: "file://" + path}); err == nil {
			t.Errorf("%s: no error", path)
		}
	}
}

// A sink on a full disk: the events wait, no half line stays, and nothing is
// written twice.
func TestFileOnAFullDisk(t *testing.T) {
	tr, f := newTrail(t), newTestFile(t)
	if err := os.MkdirAll(filepath.Dir(f.path), 0o750); err != nil {
		t.Fatal(err)
	}
	tr.slowly(2000)
	before := int64(0)
	limitFiles(t, 100_000) // of this process; the trail is written by now
	s := newTestShipper(t, tr.source(), f, testSink("copy"))
	shipWith(t, s, func() bool {
		if s.status().Error == "" {
			return false
		}
		info, err := os.Stat(f.path)
		if err != nil {
			t.Fatal(err)
		}
		before = info.Size()
		return true
	})
	if !strings.Contains(s.status().Error, "too large") || before == 0 {
		t.Errorf("%+v with %d bytes", s.status(), before)
	}
	if text, err := os.ReadFile(f.path); err != nil || !strings.HasSuffix(string(text), "\n") {
		t.Errorf("half a line stays: %v", err)
	}
	limitFiles(t, ^uint64(0))
	s = newTestShipper(t, tr.source(), f, testSink("copy"))
	shipWith(t, s, func() bool { return s.status().Seq >= 2000 })
	var ids []string
	for _, line := range linesOf(t, f.path) {
		if strings.Contains(line, `"action":"block"`) {
			ids = append(ids, between([]byte(line), `"request":{"id":"`))
		}
	}
	if !slices.Equal(ids, numbers(0, 2000)) {
		t.Errorf("%d events", len(ids))
	}
}

// limitFiles has the kernel refuse what goes beyond the size, in the middle of a
// write, as a full disk does (EFBIG instead of ENOSPC).
func limitFiles(t *testing.T, bytes uint64) {
	t.Helper()
	signal.Ignore(syscall.SIGXFSZ)
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	old := limit
	limit.Cur = min(bytes, limit.Max)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
			t.Error(err)
		}
		signal.Reset(syscall.SIGXFSZ)
	})
}
