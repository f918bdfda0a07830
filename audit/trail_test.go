package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lachan-waf/lachan/audit/checkpoint"
	"github.com/lachan-waf/lachan/audit/trail"
	"github.com/lachan-waf/lachan/policies"
)

// folder is a trail with its key on a real disk.
type folder struct{ path, state string }

func newFolder(t testing.TB) folder {
	dir := t.TempDir()
	return folder{filepath.Join(dir, "audit.jsonl"), filepath.Join(dir, "state")}
}

func (f folder) open(t testing.TB, cfg policies.Audit) *Log {
	t.Helper()
	cfg.File = f.path
	info := testInfo()
	info.State = f.state
	l, err := Open(cfg, info)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close(context.Background()) })
	return l
}

func (f folder) verify(t testing.TB) *trail.Report {
	t.Helper()
	public, err := checkpoint.ReadPublic(f.state)
	if err != nil {
		t.Fatal(err)
	}
	last, err := checkpoint.Last(f.state)
	if err != nil {
		t.Fatal(err)
	}
	report, err := trail.Verify(context.Background(), f.path, trail.VerifyOptions{Public: public, Notes: []string{last}})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func (f folder) whole(t testing.TB) *trail.Report {
	t.Helper()
	report := f.verify(t)
	for _, finding := range report.Findings {
		t.Error(finding)
	}
	return report
}

// lines returns the raw lines of all files, as a reader of the trail gets them.
func (f folder) lines(t testing.TB) (lines []string) {
	t.Helper()
	r := trail.OpenReader(f.path, 1)
	defer r.Close()
	for {
		line, err := r.Next(trail.Everything)
		if errors.Is(err, io.EOF) {
			return lines
		}
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(line.Raw))
	}
}

func recordBlocks(l *Log, from, to int) {
	for i := from; i < to; i++ {
		l.Record(Event{Action: Block, RequestID: fmt.Sprint(i), Site: "portal"})
		for l.Stats().Queued > maxQueuedLines/2 {
			time.Sleep(time.Millisecond)
		}
	}
}

// drained waits until the writer has nothing left to write.
func drained(l *Log) {
	for l.Stats().Queued > 0 {
		time.Sleep(time.Millisecond)
	}
}

func TestTheChainOutlivesRestartsAndCrashes(t *testing.T) {
	f := newFolder(t)
	for run := range 5 {
		l := f.open(t, policies.Audit{})
		recordBlocks(l, 100*run, 100*run+100)
		closeLog(t, l)
		if run == 2 { // a crash in the middle of a line
			file, err := os.OpenFile(f.path, os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			_, err = file.WriteString(`{"@timestamp":"2026-`)
			if err := errors.Join(err, file.Close()); err != nil {
				t.Fatal(err)
			}
		}
	}
	report := f.whole(t)
	// 500 events, the gap of the torn line, and a checkpoint at each end
	if report.Lines != 506 || report.Checkpoints != 5 || report.Signed != 505 {
		t.Errorf("%+v", report)
	}
}

// what somebody may do to the lines, and what verify must call it.
func TestVerifyNamesWhatWasDone(t *testing.T) {
	tests := []struct {
		name  string
		do    func(lines []string) []string
		fault trail.Fault
		line  int
	}{
		{"a word altered", func(l []string) []string {
			l[9] = strings.Replace(l[9], "portal", "portaI", 1)
			return l
		}, trail.Altered, 10},
		{"the number altered", func(l []string) []string {
			l[9] = strings.Replace(l[9], `"seq":10,`, `"seq":11,`, 1)
			return l
		}, trail.Altered, 10},
		{"the link cut off", func(l []string) []string {
			l[9] = l[9][:strings.Index(l[9], `"chain":`)] + "}}"
			return l
		}, trail.Unlinked, 10},
		{"a line removed", func(l []string) []string { return append(l[:9:9], l[10:]...) }, trail.Removed, 10},
		{"ten lines removed", func(l []string) []string { return append(l[:9:9], l[19:]...) }, trail.Removed, 10},
		{"the first lines removed", func(l []string) []string { return l[10:] }, trail.Removed, 1},
		{"two lines changed places", func(l []string) []string {
			l[9], l[10] = l[10], l[9]
			return l
		}, trail.Moved, 11},
		{"a line repeated", func(l []string) []string { return append(l[:10:10], l[9:]...) }, trail.Inserted, 11},
		{"the end cut off", func(l []string) []string { return l[:10] }, trail.Truncated, 0},
		{"the end cut off in a line", func(l []string) []string {
			l[20] = l[20][:50]
			return l[:21]
		}, trail.Truncated, 21},
		{"sealed anew from here on", func(l []string) []string { return resealed(l, 9, 0) }, trail.Forged, 0},
		{"sealed anew without checkpoints", func(l []string) []string { return resealed(l, 9, 20) }, trail.Forged, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFolder(t)
			l := f.open(t, policies.Audit{})
			recordBlocks(l, 0, 20)
			closeLog(t, l)
			l = f.open(t, policies.Audit{})
			recordBlocks(l, 20, 40)
			closeLog(t, l)
			changed := strings.Join(tt.do(f.lines(t)), "\n")
			if !strings.Contains(tt.name, "in a line") {
				changed += "\n"
			}
			if err := os.WriteFile(f.path, []byte(changed), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, finding := range f.verify(t).Findings {
				if finding.Fault == tt.fault && (tt.line == 0 || finding.Line == tt.line) && finding.File == f.path {
					return
				}
			}
			t.Errorf("no %s at line %d: %v", tt.fault, tt.line, f.verify(t).Findings)
		})
	}
}

// resealed is what somebody does who knows how hashes work and has no key: a
// word altered, and all that follows linked again. drop leaves out a line.
func resealed(lines []string, from, drop int) []string {
	var s sealer
	var out []byte
	for i, line := range lines {
		plain := line[:strings.LastIndex(line, `"chain":`)]
		plain = strings.TrimSuffix(plain, ",") + "}}\n"
		if i == from {
			plain = strings.Replace(plain, "portal", "portaI", 1)
		}
		if drop != 0 && i == drop {
			continue
		}
		s.begin()
		out = s.seal(out, []byte(plain))
		s.commit()
	}
	return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
}

func TestRotationKeepsEveryLine(t *testing.T) {
	f := newFolder(t)
	l := f.open(t, policies.Audit{Rotate: 64 << 10})
	reader := trail.OpenReader(f.path, 1)
	defer reader.Close()
	const events = 5000
	seen := 0
	for from := 0; from < events; from += 100 {
		recordBlocks(l, from, from+100)
		for {
			seq, _ := l.Durable()
			if _, err := reader.Next(seq); err != nil {
				break
			}
			seen++
		}
	}
	drained(l)
	if err := l.keeper.compress(); err != nil {
		t.Fatal(err)
	}
	closeLog(t, l)
	for {
		if _, err := reader.Next(trail.Everything); err != nil {
			break
		}
		seen++
	}
	report := f.whole(t)
	files, err := trail.Files(f.path)
	if err != nil || len(files) < 10 || !files[0].Compressed || report.Files != len(files) {
		t.Fatalf("%+v, %d verified, %v", files, report.Files, err)
	}
	if checkpoints := report.Checkpoints; int(report.Lines) != events+checkpoints || checkpoints < len(files)-1 || seen != int(report.Lines) {
		t.Errorf("%d lines in %d files with %d checkpoints; the reader saw %d", report.Lines, len(files), report.Checkpoints, seen)
	}
	var ids bytes.Buffer
	for _, line := range f.lines(t) {
		if trail.HasAction([]byte(line), "block") {
			_, rest, _ := strings.Cut(line, `"request":{"id":"`)
			id, _, _ := strings.Cut(rest, `"`)
			fmt.Fprintln(&ids, id)
		}
	}
	var want bytes.Buffer
	for i := range events {
		fmt.Fprintln(&want, i)
	}
	if ids.String() != want.String() {
		t.Error("the lines are not those recorded, in order")
	}
}

func TestMidnightCutsTheFile(t *testing.T) {
	now := time.Date(2026, 11, 26, 23, 59, 59, 0, time.Local)
	c := cuts{size: 1 << 20}
	if c.due(0, 1, now) || c.due(100, 2, now.Add(900*time.Millisecond)) {
		t.Error("cut on the same day")
	}
	if !c.due(100, 3, now.Add(2*time.Second)) {
		t.Error("not cut after midnight")
	}
}

// A trail that was shortened while Lachan was away says so itself.
func TestAShortenedTrailIsToldAtTheStart(t *testing.T) {
	f := newFolder(t)
	l := f.open(t, policies.Audit{})
	recordBlocks(l, 0, 20)
	closeLog(t, l)
	if err := os.Remove(f.path); err != nil {
		t.Fatal(err)
	}
	closeLog(t, f.open(t, policies.Audit{}))
	events := readLog(t, f.path)
	if len(events) != 2 || events[0].Lachan.Gap.Reason != "trail cut" || events[0].Lachan.Gap.Count != 20 {
		t.Errorf("%+v", events)
	}
	if report := f.verify(t); report.Whole() || report.Findings[0].Fault != trail.Removed || report.First != 21 {
		t.Errorf("%+v", report)
	}
}

func TestRetentionRemovesAndSaysSo(t *testing.T) {
	f := newFolder(t)
	l := f.open(t, policies.Audit{Rotate: 64 << 10, Retention: policies.Duration(time.Hour)})
	for from := 0; from < 1000; from += 100 {
		recordBlocks(l, from, from+100)
		time.Sleep(time.Millisecond)
	}
	drained(l)
	before, err := trail.Files(f.path)
	if err != nil || len(before) < 3 {
		t.Fatal(len(before), err)
	}
	l.keeper.stop()
	defer func() { l.keeper = nil }()
	clock := l.keeper.now()
	l.keeper.now = func() time.Time { return clock.Add(2 * time.Hour) }
	if err := l.keeper.keep(); err != nil {
		t.Fatal(err)
	}
	l.keeper = nil
	closeLog(t, l)
	after, err := trail.Files(f.path)
	if err != nil || after[0].First != before[len(before)-2].First {
		t.Errorf("begins with line %d, %v", after[0].First, err)
	}
	if report := f.whole(t); report.First == 1 || len(report.Remarks) == 0 {
		t.Errorf("%+v", report)
	}
}

// A full disk costs first what every sink has, then what Lachan did nothing
// about, then the oldest; and each time the trail says so and still verifies.
func TestAFullDiskCostsTheLeastFirst(t *testing.T) {
	f := newFolder(t)
	sink := policies.Sink{Name: "soc"}
	l := f.open(t, policies.Audit{Rotate: 64 << 10, Sinks: []policies.Sink{sink}})
	for i := range 2000 {
		if i%100 == 0 {
			time.Sleep(time.Millisecond)
		}
		action := Block
		if i%2 == 0 {
			action = Detect
		}
		l.Record(Event{Action: action, RequestID: fmt.Sprint(i)})
	}
	drained(l)
	k := l.keeper
	k.stop()
	l.keeper = nil
	k.stopping = make(chan struct{})
	if err := k.compress(); err != nil {
		t.Fatal(err)
	}
	files, err := trail.Files(f.path)
	if err != nil || len(files) < 4 {
		t.Fatal(len(files), err)
	}
	if err := (trail.Cursor{Name: "soc", Seq: files[1].First - 1}).Save(f.state); err != nil {
		t.Fatal(err)
	}
	rounds := 0
	k.usage = func(string) (float64, error) {
		rounds++
		return []float64{0.99, 0.97, 0.5}[min(rounds-1, 2)], nil
	}
	if err := k.relieve(); err != nil {
		t.Fatal(err)
	}
	closeLog(t, l)
	after, _ := trail.Files(f.path)
	if after[0].First != files[1].First {
		t.Errorf("the delivered segment is still there: %+v", after[0])
	}
	blocks, detects := 0, 0
	for _, line := range f.lines(t) {
		switch {
		case trail.HasAction([]byte(line), "block"):
			blocks++
		case trail.HasAction([]byte(line), "detect"):
			detects++
		}
	}
	if delivered := int(files[1].First) - 2; blocks < 1000-delivered || detects >= blocks {
		t.Errorf("%d blocks and %d detects left", blocks, detects)
	}
	if report := f.whole(t); len(report.Remarks) == 0 {
		t.Errorf("%+v", report)
	}
}

func TestFloodsFoldAndReconcile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{}
		l := startLog(t, d, policies.Audit{Fold: policies.Fold{First: 5, Every: policies.Duration(10 * time.Second)}}, testInfo(), newQueue(1000, 1<<20))
		attack := func(client, path string, n int) {
			for range n {
				l.Record(Event{Action: Block, Site: "portal", Client: netip.MustParseAddrPort(client), URL: URL{Path: path}, Match: &Match{RuleID: 942100}})
			}
		}
		attack("203.0.113.7:1", "/wp-login.php", 100)
		attack("203.0.113.8:1", "/wp-login.php", 100) // the same network
		attack("198.51.100.1:1", "/wp-login.php", 3)
		attack("203.0.113.7:1", "/xmlrpc.php", 3)
		attack("203.0.113.7:1", "/tin/123-a.html", 4)
		attack("203.0.113.7:1", "/tin/124-b.html", 4) // the same template
		l.Record(Event{Action: Config, Reason: "x"})
		time.Sleep(11 * time.Second)
		attack("203.0.113.7:1", "/wp-login.php", 10)
		closeLog(t, l)
		whole, folded := count(t, d.data.Bytes())
		if whole != 5+3+3+5+1 || folded != 195+3+10 {
			t.Errorf("%d whole, %d folded", whole, folded)
		}
		if s := l.Stats(); s.Folded != uint64(folded) {
			t.Errorf("%+v", s)
		}
	})
}

// count returns the events that stand whole in the lines, and in fold records.
func count(t *testing.T, data []byte) (whole, folded int) {
	for _, e := range parseLog(t, data) {
		switch e.Event.Action {
		case "fold":
			folded += int(e.Lachan.Fold.Count)
		case "checkpoint", "gap":
		default:
			whole++
		}
	}
	return whole, folded
}

func TestTheMachinesOwnRequestsAreSpared(t *testing.T) {
	for spare, want := range map[bool]uint64{true: 1, false: 5} {
		f := newFloods(policies.Fold{First: 1, Every: policies.Duration(time.Hour), SpareLoopback: spare})
		for _, client := range []string{"127.0.0.1:1", "[::ffff:127.0.0.1]:1", "[::1]:1", "203.0.113.7:1"} {
			e := Event{Action: Block, Client: netip.MustParseAddrPort(client)}
			f.folds(&e)
			f.folds(&e)
		}
		f.close()
		if got := f.figures(); got != want {
			t.Errorf("spare %v: %d folded", spare, got)
		}
	}
}

func TestWhatIsQuietIsForgotten(t *testing.T) {
	f := newFloods(policies.Fold{First: 1, Every: policies.Duration(time.Hour)})
	defer f.close()
	e := Event{Action: Block, Time: time.Now()}
	if f.folds(&e) || !f.folds(&e) {
		t.Error("first whole, then folded")
	}
	for range 3 {
		f.take(false)
	}
	if f.folds(&e) || len(f.kinds) != 1 {
		t.Error("not forgotten")
	}
}

// The counts hold, whatever comes together: a full queue, floods and Close.
func TestNothingIsLostWithoutACount(t *testing.T) {
	d := &disk{}
	l := startLog(t, d, policies.Audit{Fold: policies.Fold{First: 5, Every: policies.Duration(time.Second)}}, testInfo(), newQueue(50, 1<<20))
	d.set(syscall.ENOSPC)
	const events = 20000
	for i := range events {
		l.Record(Event{Action: Block, Site: "s", URL: URL{Path: "/" + strings.Repeat("x", i%20)}, Client: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(i % 50), 1}), 1)})
		if i == events/2 {
			d.set(nil)
		}
	}
	closeLog(t, l)
	whole, folded := count(t, d.data.Bytes())
	lost := 0
	for _, e := range parseLog(t, d.data.Bytes()) {
		lost += int(e.Lachan.Gap.Count)
	}
	if whole+folded+lost != events || folded == 0 || lost == 0 {
		t.Errorf("%d whole + %d folded + %d lost, want %d", whole, folded, lost, events)
	}
}
