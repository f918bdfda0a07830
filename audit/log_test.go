package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/lachan-waf/lachan/policies"
)

func openLog(t testing.TB, path string) *Log {
	t.Helper()
	l, err := Open(policies.Audit{File: path}, testInfo())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close(context.Background()) })
	return l
}

// startLog is Open with another file.
func startLog(t testing.TB, file appender, cfg policies.Audit, info Info, q *queue) *Log {
	t.Helper()
	l, err := newLog(file, cfg, info, q, origin{})
	if err != nil {
		t.Fatal(err)
	}
	return l.run()
}

func closeLog(t testing.TB, l *Log) {
	t.Helper()
	if err := l.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// written is what a test reads back of a record.
type written struct {
	Event  struct{ ID, Action string }
	HTTP   struct{ Request struct{ ID string } }
	Lachan struct {
		Gap struct {
			Count  uint64
			Reason string
		}
		Fold struct{ Count uint64 }
	}
}

// readLog fails on any line that is not valid, the last one included.
func readLog(t testing.TB, path string) []written {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return parseLog(t, data)
}

func parseLog(t testing.TB, data []byte) []written {
	t.Helper()
	var all []written
	for len(data) > 0 {
		text, rest, whole := bytes.Cut(data, []byte("\n"))
		var e written
		if err := json.Unmarshal(text, &e); err != nil || !whole {
			t.Fatalf("line %d is not valid (%v): %q", len(all)+1, err, text)
		}
		all, data = append(all, e), rest
	}
	return all
}

func requestIDs(events []written) (ids []string) {
	for _, e := range events {
		ids = append(ids, e.HTTP.Request.ID)
	}
	return ids
}

func TestLogWritesInOrder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "audit.jsonl")
	l := openLog(t, path)
	var want []string
	for i := range 1000 {
		want = append(want, fmt.Sprint(i))
		l.Record(Event{Action: Block, RequestID: fmt.Sprint(i)})
	}
	closeLog(t, l)
	events := readLog(t, path)
	if got := requestIDs(events); !slices.Equal(got, want) {
		t.Errorf("got %d events in another order than the %d recorded", len(got), len(want))
	}
	if !slices.IsSortedFunc(events, func(a, b written) int { return strings.Compare(a.Event.ID, b.Event.ID) }) {
		t.Error("event.id does not ascend")
	}
	if s := l.Stats(); s.Written != 1000 || s.Dropped != 0 || s.Queued != 0 || s.LastError != "" {
		t.Errorf("stats %+v", s)
	}
	checkMode(t, path, 0o640)
	checkMode(t, filepath.Dir(path), os.ModeDir|0o750)
}

// checkMode allows for a stricter umask.
func checkMode(t *testing.T, path string, want os.FileMode) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode(); got&^want != 0 || got&0o600 != 0o600 {
		t.Errorf("%s has mode %v, want %v", filepath.Base(path), got, want)
	}
}

func TestRecordIsConcurrent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	l := openLog(t, path)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				l.Record(blockEvent())
				l.Record(stripEvent())
			}
		})
	}
	for range 5 {
		if err := l.Reopen(); err != nil {
			t.Error(err)
		}
	}
	wg.Wait()
	closeLog(t, l)
	if got := len(readLog(t, path)); got != 8*400 {
		t.Errorf("%d events, want %d", got, 8*400)
	}
}

func TestRecordLeavesTheEventAlone(t *testing.T) {
	l := openLog(t, filepath.Join(t.TempDir(), "a"))
	e, same := blockEvent(), blockEvent()
	f := stripEvent()
	l.Record(e)
	l.Record(f)
	if e.Match.Value != same.Match.Value || f.Finding.Reasons[0] != stripEvent().Finding.Reasons[0] {
		t.Error("Record changed the caller's event")
	}
}

func TestOpenRepairs(t *testing.T) {
	const whole = `{"event":{"id":"1"}}` + "\n"
	tests := []struct {
		name, tail string
		events     int
		gap        bool
	}{
		{"clean", "", 1, false},
		{"no newline", `{"event":{"id":"2"}}`, 2, false},
		{"half a line", `{"event":{"id":"2`, 2, true},
		{"zeros", strings.Repeat("\x00", 4096), 2, true},
		{"half a line and zeros", `{"event"` + strings.Repeat("\x00", 9000), 2, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "audit.jsonl")
			if err := os.WriteFile(path, []byte(whole+tt.tail), 0o640); err != nil {
				t.Fatal(err)
			}
			closeLog(t, openLog(t, path))
			events := readLog(t, path)
			last := events[len(events)-1]
			if len(events) != tt.events || (last.Event.Action == "gap") != tt.gap {
				t.Errorf("%d events, want %d; last %+v", len(events), tt.events, last)
			}
			if tt.gap && (last.Lachan.Gap.Count != 1 || last.Lachan.Gap.Reason != "torn line") {
				t.Errorf("gap %+v", last.Lachan.Gap)
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	openLog(t, filepath.Join(dir, "a"))
	if _, err := Open(policies.Audit{File: filepath.Join(dir, "a")}, Info{}); !errors.Is(err, ErrInUse) {
		t.Errorf("second Open: %v, want ErrInUse", err)
	}
	if _, err := Open(policies.Audit{File: dir}, Info{}); err == nil || strings.Count(err.Error(), dir) != 1 {
		t.Errorf("Open of a folder: %v", err)
	}
	if _, err := Open(policies.Audit{File: filepath.Join(dir, "a", "b")}, Info{}); err == nil {
		t.Error("Open below a file succeeded")
	}
}

func TestReopen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	l := openLog(t, path)
	l.Record(Event{RequestID: "1"})
	if err := l.Reopen(); err != nil { // nobody has moved it
		t.Fatal(err)
	}
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	l.Record(Event{RequestID: "2"})
	waitWritten(t, l, 2)
	if err := l.Reopen(); err != nil {
		t.Fatal(err)
	}
	l.Record(Event{RequestID: "3"})
	closeLog(t, l)
	if got := requestIDs(readLog(t, path+".1")); !slices.Equal(got, []string{"1", "2"}) {
		t.Errorf("old file holds %q", got)
	}
	if got := requestIDs(readLog(t, path)); !slices.Equal(got, []string{"3"}) {
		t.Errorf("new file holds %q", got)
	}
	if err := l.Reopen(); !errors.Is(err, ErrClosed) {
		t.Errorf("Reopen after Close: %v", err)
	}
}

// waitWritten waits for the writer, which works on a real disk outside synctest.
func waitWritten(t *testing.T, l *Log, n uint64) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for l.Stats().Written < n {
		if time.Now().After(deadline) {
			t.Fatalf("stats %+v, want %d written", l.Stats(), n)
		}
		time.Sleep(time.Millisecond)
	}
}

func TestDeletedFileIsCreatedAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	core, logs := observer.New(zapcore.WarnLevel)
	l, err := Open(policies.Audit{File: path}, Info{Logger: zap.New(core)})
	if err != nil {
		t.Fatal(err)
	}
	l.Record(Event{RequestID: "1"})
	waitWritten(t, l, 1)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	l.Record(Event{RequestID: "2"})
	closeLog(t, l)
	if got := requestIDs(readLog(t, path)); !slices.Equal(got, []string{"2"}) {
		t.Errorf("file holds %q", got)
	}
	if logs.FilterMessageSnippet("deleted").Len() != 1 {
		t.Errorf("operational log: %v", logs.All())
	}
}

// TestFileSizeLimit has the kernel itself refuse in the middle of a line, as a
// full disk does (EFBIG instead of ENOSPC).
func TestFileSizeLimit(t *testing.T) {
	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	s, _, err := openSpool(path, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	if err := s.append([]byte("{}\n")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 10, Max: old.Max}); err != nil {
		t.Fatal(err)
	}
	err = s.append([]byte(`{"event":{"id":"2"}}` + "\n"))
	if e := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old); e != nil {
		t.Fatal(e)
	}
	if !errors.Is(err, syscall.EFBIG) {
		t.Fatalf("append: %v, want EFBIG", err)
	}
	if got := len(readLog(t, path)); got != 1 {
		t.Errorf("%d lines after the failure, want 1", got)
	}
	if err := s.append([]byte(`{"event":{"id":"3"}}` + "\n")); err != nil {
		t.Fatal(err)
	}
	if got := readLog(t, path); len(got) != 2 || got[1].Event.ID != "3" {
		t.Errorf("after recovery: %+v", got)
	}
}

// TestFullDevice has a device that refuses every byte.
func TestFullDevice(t *testing.T) {
	l, err := Open(policies.Audit{File: "/dev/full"}, testInfo())
	if err != nil {
		t.Fatal(err)
	}
	l.Record(blockEvent())
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	err = l.Close(ctx)
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "1 events not written") {
		t.Errorf("Close: %v", err)
	}
	if s := l.Stats(); s.Queued != 1 || s.Failures == 0 || s.LastError == "" {
		t.Errorf("stats %+v", s)
	}
}

// disk is an appender that fails on demand and remembers when it was synced.
type disk struct {
	mu      sync.Mutex
	data    bytes.Buffer
	unsaved int
	syncs   []time.Time
	broken  error
}

func (d *disk) append(b []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.broken != nil {
		return d.broken
	}
	d.unsaved++
	d.data.Write(b)
	return nil
}

func (d *disk) sync() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.unsaved = 0
	d.syncs = append(d.syncs, time.Now())
	return nil
}

func (d *disk) size() (int64, error) { return 0, nil }
func (d *disk) rotate(string) error  { return nil }
func (d *disk) reopen() error        { return nil }
func (d *disk) close() error         { return d.sync() }

func (d *disk) set(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.broken = err
}

// TestSyncDelay: 50 ms after the first unsynced event at the latest, however
// steadily events come; at once with `always`.
func TestSyncDelay(t *testing.T) {
	for durability, want := range map[policies.Durability]time.Duration{policies.DurabilityBatch: syncDelay, policies.DurabilityAlways: 0} {
		t.Run(string(durability), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := &disk{}
				l := startLog(t, d, policies.Audit{Durability: durability}, testInfo(), newQueue(100, 1<<20))
				start := time.Now()
				for range 8 {
					l.Record(blockEvent())
					time.Sleep(10 * time.Millisecond)
				}
				synctest.Wait()
				d.mu.Lock()
				if len(d.syncs) == 0 || d.syncs[0].Sub(start) != want {
					t.Errorf("synced at %v, want after %v", d.syncs, want)
				}
				d.mu.Unlock()
				closeLog(t, l)
			})
		})
	}
}

// TestGapIsExact: while the disk refuses, what fits waits and the rest is
// counted; afterwards the trail says how many are missing, and exactly where.
func TestGapIsExact(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		core, logs := observer.New(zapcore.InfoLevel)
		d := &disk{broken: syscall.ENOSPC}
		info := testInfo()
		info.Logger = zap.New(core)
		l := startLog(t, d, policies.Audit{}, info, newQueue(10, 1<<20))
		l.Record(Event{Action: Block, RequestID: "held"})
		synctest.Wait() // the writer holds one and backs off
		for i := range 25 {
			l.Record(Event{Action: Block, RequestID: fmt.Sprint(i)})
		}
		if s := l.Stats(); s.Queued != 11 || s.Dropped != 15 || s.Written != 0 {
			t.Errorf("stats while failing %+v", s)
		}
		time.Sleep(time.Minute)
		if n := logs.Len(); n != 1 {
			t.Errorf("%d messages about one failure: %v", n, logs.All())
		}
		d.set(nil)
		time.Sleep(lastRetry)
		l.Record(Event{Action: Block, RequestID: "after"})
		closeLog(t, l)
		want := []string{"held", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "", "after"}
		events := parseLog(t, d.data.Bytes())
		if got := requestIDs(events); !slices.Equal(got, want) {
			t.Fatalf("trail %q, want %q", got, want)
		}
		if g := events[11]; g.Event.Action != "gap" || g.Lachan.Gap.Count != 15 {
			t.Errorf("gap %+v", g)
		}
		if s := l.Stats(); s.Queued != 0 || s.Dropped != 15 || s.Written != 13 || s.LastError != "" {
			t.Errorf("stats at the end %+v", s)
		}
	})
}

// TestQueueBytes: the second bound, with few but long lines.
func TestQueueBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{broken: syscall.EIO}
		l := startLog(t, d, policies.Audit{}, testInfo(), newQueue(1000, 64<<10))
		l.Record(Event{})
		synctest.Wait()
		for range 100 {
			l.Record(everywhere(strings.Repeat("x", 4096)))
		}
		if s := l.Stats(); s.Dropped == 0 || s.Queued+int(s.Dropped) != 101 {
			t.Errorf("stats %+v", s)
		}
		d.set(nil)
		closeLog(t, l)
	})
}

// TestCloseDeadline: Close does not wait for a dead disk, and says what is lost.
func TestCloseDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := startLog(t, &disk{broken: syscall.EIO}, policies.Audit{File: "x"}, testInfo(), newQueue(100, 1<<20))
		l.Record(Event{})
		synctest.Wait()
		l.Record(Event{})
		l.Record(Event{})
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		start := time.Now()
		err := l.Close(ctx)
		if took := time.Since(start); took != 3*time.Second {
			t.Errorf("Close took %v", took)
		}
		if !errors.Is(err, syscall.EIO) || !strings.Contains(err.Error(), "3 events not written") {
			t.Errorf("Close: %v", err)
		}
		if again := l.Close(t.Context()); again != err {
			t.Errorf("second Close: %v", again)
		}
		l.Record(Event{})
		if s := l.Stats(); s.Dropped != 1 || s.Queued != 3 {
			t.Errorf("stats %+v", s)
		}
	})
}

// TestReopenWhileFailing: the operator's way out of a full disk.
func TestReopenWhileFailing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{broken: syscall.ENOSPC}
		l := startLog(t, d, policies.Audit{}, testInfo(), newQueue(100, 1<<20))
		l.Record(Event{})
		time.Sleep(time.Minute)
		d.set(nil)
		if err := l.Reopen(); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if s := l.Stats(); s.Written != 1 {
			t.Errorf("stats right after Reopen %+v", s)
		}
		closeLog(t, l)
	})
}
