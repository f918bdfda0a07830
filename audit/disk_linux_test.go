package audit

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/lachan-waf/lachan/policies"
)

// smallDisk has room for two megabytes until there is more.
type smallDisk struct {
	path     string
	moreRoom func() error
}

// newSmallDisk is a file system of its own, with something else on it. Where
// mounting is not permitted the kernel limits the size of files instead: the
// error differs (EFBIG), the half line it leaves does not.
func newSmallDisk(t *testing.T) smallDisk {
	t.Helper()
	dir := t.TempDir()
	err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=40m")
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) {
		return limitedDisk(t, dir)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	other := filepath.Join(dir, "other")
	if err := os.WriteFile(other, make([]byte, 38<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	return smallDisk{dir, func() error { return os.Remove(other) }}
}

func limitedDisk(t *testing.T, dir string) smallDisk {
	t.Log("mounting is not permitted: the size of files is limited instead")
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	signal.Ignore(syscall.SIGXFSZ)
	lift := func() error { return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old) }
	t.Cleanup(func() {
		if err := lift(); err != nil {
			t.Error(err)
		}
		signal.Reset(syscall.SIGXFSZ)
	})
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 2 << 20, Max: old.Max}); err != nil {
		t.Fatal(err)
	}
	return smallDisk{dir, lift}
}

// flooder records events, every other one of one kind.
type flooder struct {
	log      *Log
	recorded uint64
	slowest  time.Duration
}

func (f *flooder) record(events int) {
	for range events {
		e := blockEvent()
		if e.Reason = "flood"; f.recorded%2 == 0 {
			e.Reason = fmt.Sprint(f.recorded)
		}
		begun := time.Now()
		f.log.Record(e)
		f.slowest = max(f.slowest, time.Since(begun))
		f.recorded++
	}
}

// What a full disk costs is known to the event, and it costs no visitor any time.
func TestFullDiskIsCountedExactly(t *testing.T) {
	const full = 2 * time.Second
	disk := newSmallDisk(t)
	f := folder{filepath.Join(disk.path, "audit.jsonl"), t.TempDir()}
	l := f.open(t, policies.Audit{Fold: policies.Fold{First: 50, Every: policies.Duration(time.Second)}})
	l.keeper.stop() // its own events about the disk are none of those counted here
	l.keeper = nil
	flood := &flooder{log: l}
	wait(t, func() bool { flood.record(100); return l.Stats().LastError != "" })
	flood.slowest = 0
	for begun := time.Now(); time.Since(begun) < full; {
		flood.record(100)
	}
	if s := l.Stats(); s.Dropped == 0 || s.LastError == "" {
		t.Fatalf("the disk was not full: %+v", s)
	}
	t.Logf("%d events, the slowest of them, on a full disk, in %v; %s", flood.recorded, flood.slowest, l.Stats().LastError)
	if flood.slowest >= full/2 {
		t.Errorf("Record took %v on a disk that was full for %v", flood.slowest, full)
	}
	if err := disk.moreRoom(); err != nil {
		t.Fatal(err)
	}
	wait(t, func() bool { s := l.Stats(); return s.LastError == "" && s.Queued == 0 })
	flood.record(10)
	closeLog(t, l)
	if report := f.verify(t); !report.Whole() {
		t.Errorf("%+v", report)
	}
	whole, folded, lost := f.sum(t)
	if whole+folded+lost != flood.recorded || folded == 0 || lost == 0 {
		t.Errorf("%d whole, %d folded, %d lost: of %d", whole, folded, lost, flood.recorded)
	}
}

func wait(t *testing.T, until func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !until(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it does not come to that")
		}
	}
}

// sum is what the trail says of how many events there were.
func (f folder) sum(t *testing.T) (whole, folded, lost uint64) {
	t.Helper()
	for _, e := range readLog(t, f.path) {
		switch Action(e.Event.Action) {
		case Block:
			whole++
		case Fold:
			folded += e.Lachan.Fold.Count
		case Gap:
			lost += e.Lachan.Gap.Count
		}
	}
	return whole, folded, lost
}
