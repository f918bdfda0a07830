package evidence

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var start = time.Date(2026, 11, 26, 4, 5, 1, 123e6, time.UTC)

// shelf is a Store on a folder of the test's own, and what it has told.
type shelf struct {
	*Store
	t   *testing.T
	dir string

	mu     sync.Mutex
	losses []Loss
}

func open(t *testing.T) *shelf {
	t.Helper()
	s := &shelf{t: t, dir: t.TempDir()}
	s.reopen()
	t.Cleanup(s.close)
	return s
}

func (s *shelf) reopen() {
	s.Store = Open(Options{Dir: s.dir, Now: func() time.Time { return start }, Lost: func(l Loss) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.losses = append(s.losses, l)
	}})
}

func (s *shelf) close() {
	s.t.Helper()
	if err := s.Close(context.Background()); err != nil {
		s.t.Error(err)
	}
}

func (s *shelf) folder() string { return filepath.Join(s.dir, "portal", "evidence") }

// document passes before and after through a Document, and closes it.
func (s *shelf) document(id, before, after string, removed, complete bool) Sums {
	s.t.Helper()
	d := s.Begin(About{Site: "portal", RequestID: id, URL: "https://portal.test/tin"})
	if got, err := io.ReadAll(d.Before(strings.NewReader(before))); err != nil || string(got) != before {
		s.t.Errorf("read through: %d bytes, %v", len(got), err)
	}
	var out bytes.Buffer
	if _, err := io.WriteString(d.After(&out), after); err != nil || out.String() != after {
		s.t.Errorf("written through: %d bytes, %v", out.Len(), err)
	}
	d.Found(3, removed)
	return d.Close(complete)
}

func (s *shelf) names() []string {
	s.t.Helper()
	files, err := os.ReadDir(s.folder())
	if err != nil && !os.IsNotExist(err) {
		s.t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, f.Name())
	}
	return names
}

func (s *shelf) unpacked(name string) string {
	s.t.Helper()
	packed, err := os.ReadFile(filepath.Join(s.folder(), name))
	if err != nil {
		s.t.Fatal(err)
	}
	r, err := zstd.NewReader(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	defer r.Close()
	plain, err := r.DecodeAll(packed, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(plain)
}

func sumOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func TestDocumentIsKeptBeforeAndAfter(t *testing.T) {
	s := open(t)
	before, after := "<p>Xã</p><script src=//evil.test>", "<p>Xã</p>"
	if got := s.document("01KB", before, after, true, true); got != (Sums{sumOf(before), sumOf(after)}) {
		t.Errorf("%+v", got)
	}
	s.close()
	const name = "20261126T040501.123Z-01KB"
	if diff := cmp.Diff([]string{name + ".after.zst", name + ".before.zst", name + ".json"}, s.names()); diff != "" {
		t.Fatal(diff)
	}
	if s.unpacked(name+".before.zst") != before || s.unpacked(name+".after.zst") != after {
		t.Error("not what went by")
	}
	text, err := os.ReadFile(filepath.Join(s.folder(), name+".json"))
	var got Record
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	want := Record{
		Time: start, Site: "portal", RequestID: "01KB", URL: "https://portal.test/tin", Complete: true, Findings: 1, Offsets: []int64{3},
		Before: Side{File: name + ".before.zst", Size: int64(len(before)), SHA256: sumOf(before), Kept: len(before)},
		After:  Side{File: name + ".after.zst", Size: int64(len(after)), SHA256: sumOf(after), Kept: len(after)},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	for path, mode := range map[string]os.FileMode{
		filepath.Dir(s.folder()): 0o700 | os.ModeDir, s.folder(): 0o700 | os.ModeDir,
		filepath.Join(s.folder(), name+".json"): 0o600, filepath.Join(s.folder(), name+".before.zst"): 0o600, filepath.Join(s.folder(), name+".after.zst"): 0o600,
	} {
		if info, err := os.Stat(path); err != nil || info.Mode() != mode {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
}

func TestDocumentWithoutRemovalIsNotKept(t *testing.T) {
	s := open(t)
	if got := s.document("01KB", "<p>", "<p>", false, true); got.Before != sumOf("<p>") {
		t.Errorf("%+v", got)
	}
	s.close()
	if names := s.names(); names != nil {
		t.Error(names)
	}
	if free := s.budget.free.Load(); free != maxHeld {
		t.Errorf("%d bytes are still held", maxHeld-free)
	}
}

// TestBrokenOffDocument: what was seen is kept and said to be a part, and its
// hashes are not given out as a document's.
func TestBrokenOffDocument(t *testing.T) {
	s := open(t)
	if got := s.document("01KB", "<p>Xã", "<p>", true, false); got != (Sums{}) {
		t.Errorf("%+v", got)
	}
	s.close()
	text, err := os.ReadFile(filepath.Join(s.folder(), "20261126T040501.123Z-01KB.json"))
	var got Record
	if err != nil || json.Unmarshal(text, &got) != nil || got.Complete || got.Before.SHA256 != sumOf("<p>Xã") {
		t.Errorf("%v %s", err, text)
	}
}

func TestSameDocumentIsKeptOnce(t *testing.T) {
	s := open(t)
	s.document("01A", "<p>a", "<p>", true, true)
	s.document("01B", "<p>a", "<p>", true, true)
	s.close()
	s.reopen() // another process knows it too
	s.document("01C", "<p>a", "<p>", true, true)
	s.document("01D", "<p>b", "<p>", true, true)
	s.close()
	names := s.names()
	if len(names) != 6 || !strings.Contains(names[0], "01A") || !strings.Contains(names[3], "01D") {
		t.Error(names)
	}
	if got := s.Stats(); got != (Stats{Kept: 1, Repeated: 1}) {
		t.Errorf("%+v", got)
	}
}

func TestLongDocumentIsCut(t *testing.T) {
	s := open(t)
	long := strings.Repeat("dòng chữ ", maxSide/9)
	if got := s.document("01KB", long, "<p>", true, true); got.Before != sumOf(long) {
		t.Error("the hash is not of the whole")
	}
	s.close()
	const name = "20261126T040501.123Z-01KB"
	if got := s.unpacked(name + ".before.zst"); got != long[:maxSide] {
		t.Errorf("kept %d bytes", len(got))
	}
	text, _ := os.ReadFile(filepath.Join(s.folder(), name+".json"))
	var got Record
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if b := got.Before; !b.Truncated || b.Kept != maxSide || b.Size != int64(len(long)) || got.After.Truncated {
		t.Errorf("%+v", got)
	}
}

// TestMemoryIsBounded: documents beyond the budget are given up, which is told.
func TestMemoryIsBounded(t *testing.T) {
	s := open(t)
	page := strings.Repeat("x", maxSide)
	var docs []*Document
	for i := range maxHeld/maxSide + 3 {
		d := s.Begin(About{Site: "portal", RequestID: fmt.Sprint("01", i)})
		if _, err := io.Copy(io.Discard, d.Before(strings.NewReader(page))); err != nil {
			t.Fatal(err)
		}
		d.Found(0, true)
		docs = append(docs, d)
	}
	if free := s.budget.free.Load(); free < 0 {
		t.Errorf("%d bytes too many are held", -free)
	}
	if last := docs[len(docs)-1]; last.Hold(1) || last.Close(true) != (Sums{}) {
		t.Error("a document that was given up goes on")
	}
	for _, d := range docs[:len(docs)-1] {
		d.Close(true)
	}
	s.close()
	if len(s.losses) != 1 || s.losses[0].Reason != lostMemory || s.losses[0].Count != 3 || s.losses[0].Site != "portal" {
		t.Errorf("%+v", s.losses)
	}
	if free := s.budget.free.Load(); free != maxHeld {
		t.Errorf("%d bytes are still held", maxHeld-free)
	}
}

// TestBrokenDisk: what cannot be written is counted and told.
func TestBrokenDisk(t *testing.T) {
	s := open(t)
	if err := os.WriteFile(filepath.Join(s.dir, "portal"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s.document("01A", "<p>a", "<p>", true, true)
	s.document("01B", "<p>b", "<p>", true, true)
	s.close()
	if len(s.losses) != 1 || s.losses[0].Reason != lostDisk || s.losses[0].Count != 2 || s.Stats().Lost != 2 {
		t.Errorf("%+v", s.losses)
	}
	if free := s.budget.free.Load(); free != maxHeld {
		t.Errorf("%d bytes are still held", maxHeld-free)
	}
}

// TestHungDisk: a pipe nobody reads is a disk that does not answer. Nobody
// waits for it but the writer.
func TestHungDisk(t *testing.T) {
	s := open(t)
	pipe := filepath.Join(s.folder(), "20261126T040501.123Z-01A.before.zst.new")
	if err := os.MkdirAll(s.folder(), 0o700); err != nil {
		t.Fatal(err)
	}
	s.document("00", "<p>0", "<p>", true, true) // the folder has been read when this is on disk
	for s.Stats().Kept == 0 {
		time.Sleep(time.Millisecond)
	}
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	s.document("01A", "<p>a", "<p>", true, true)
	for hangs := false; !hangs; time.Sleep(time.Millisecond) {
		s.queue.mu.Lock()
		hangs = len(s.queue.docs) == 0
		s.queue.mu.Unlock()
	}
	began := time.Now()
	for i := range maxQueued + 10 {
		s.document(fmt.Sprint("02", i), fmt.Sprint("<p>", i), "<p>", true, true)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("waited %v for the disk", took)
	}
	if lost := s.Stats().Lost; lost != 10 {
		t.Errorf("%d lost, want the ten beyond the queue", lost)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	if err := s.Close(ctx); err == nil {
		t.Error("Close is content with a disk that does not answer")
	}
	reader, err := os.Open(pipe)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	<-s.writer.done
	if free := s.budget.free.Load(); free != maxHeld {
		t.Errorf("%d bytes are still held", maxHeld-free)
	}
	s.document("03", "<p>late", "<p>", true, true)
	if last := s.queue.losses(); len(last) != 1 || last[0].Reason != lostClosing {
		t.Errorf("%+v", last)
	}
}
