package trail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/lachan-waf/lachan/audit/chain"
)

// scribe writes the files of a trail, as package audit does.
type scribe struct {
	t    testing.TB
	path string
	head chain.Head
	file *os.File
	from uint64 // number of the growing file's first line
}

func newScribe(t testing.TB) *scribe {
	s := &scribe{t: t, path: filepath.Join(t.TempDir(), "audit.jsonl")}
	s.create()
	t.Cleanup(func() { s.file.Close() })
	return s
}

func (s *scribe) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *scribe) create() {
	f, err := os.OpenFile(s.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o640)
	s.must(err)
	s.file, s.from = f, s.head.Seq+1
}

// when is the time of a line: a second after the one before.
func when(seq uint64) time.Time {
	return time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC).Add(time.Duration(seq) * time.Second)
}

// line returns the next line.
func (s *scribe) line() []byte {
	plain := fmt.Sprintf(`{"@timestamp":"%s","event":{"action":"block"},"lachan":{}}`+"\n", FormatStamp(when(s.head.Seq+1)))
	sealed, err := s.head.Seal(nil, []byte(plain))
	s.must(err)
	return sealed
}

func (s *scribe) write(lines int) {
	for range lines {
		s.raw(s.line())
	}
}

func (s *scribe) raw(b []byte) {
	_, err := s.file.Write(b)
	s.must(err)
}

// cut goes on with a new file, and returns the segment.
func (s *scribe) cut() File {
	name := SegmentName(s.path, s.from, when(s.from))
	s.must(s.file.Close())
	s.must(os.Rename(s.path, name))
	f := File{Path: name, First: s.from, Begun: when(s.from)}
	s.create()
	return f
}

func (s *scribe) compress(f File) File {
	done, err := Compress(f)
	s.must(err)
	return done
}

// reads takes the lines up to limit, and wants these numbers.
func reads(t *testing.T, r *Reader, limit uint64, from, to uint64) {
	t.Helper()
	for want := from; want <= to; want++ {
		line, err := r.Next(limit)
		if err != nil || line.Seq != want {
			t.Fatalf("line %d of %s, %v; want %d", line.Seq, line.File, err, want)
		}
		if link, err := chain.Read(line.Raw); err != nil || link.Altered() {
			t.Fatalf("line %d is %q: %v", want, line.Raw, err)
		}
	}
	if line, err := r.Next(limit); !errors.Is(err, io.EOF) {
		t.Fatalf("line %d after line %d, %v", line.Seq, to, err)
	}
}

func TestReaderGoesFromFileToFile(t *testing.T) {
	s := newScribe(t)
	r := OpenReader(s.path, 1)
	defer r.Close()
	reads(t, r, Everything, 1, 0)
	s.write(10)
	reads(t, r, 7, 1, 7) // not before it is on the disk for good
	reads(t, r, 10, 8, 10)
	first := s.cut()
	reads(t, r, Everything, 11, 10)
	s.write(5)
	reads(t, r, Everything, 11, 15)
	s.compress(first)
	s.compress(s.cut())
	s.write(5)
	s.cut()
	s.write(1)
	reads(t, r, Everything, 16, 21)
	for from := uint64(1); from <= 22; from++ {
		again := OpenReader(s.path, from)
		reads(t, again, Everything, from, 21)
		again.Close()
	}
}

func TestReaderBeginsAtATime(t *testing.T) {
	s := newScribe(t)
	for range 4 {
		s.write(10)
		s.compress(s.cut())
	}
	s.write(3)
	for at, first := range map[uint64]uint64{0: 1, 5: 1, 11: 11, 25: 21, 41: 41, 1000: 41} {
		r, err := OpenReaderAt(s.path, when(at))
		if err != nil || r.Seq() != first {
			t.Errorf("for line %d: begins at %d, want %d, %v", at, r.Seq(), first, err)
		}
		reads(t, r, Everything, first, 43)
		r.Close()
	}
}

// The segment under the reader is compressed, and its name goes.
func TestCompressionWhileReading(t *testing.T) {
	s := newScribe(t)
	s.write(20)
	f := s.cut()
	s.write(20)
	r := OpenReader(s.path, 1)
	defer r.Close()
	for want := uint64(1); want <= 10; want++ {
		if line, err := r.Next(Everything); err != nil || line.Seq != want {
			t.Fatal(line.Seq, err)
		}
	}
	s.compress(f)
	reads(t, r, Everything, 11, 40)
}

// A crash between rename and remove leaves both forms of a segment.
func TestASegmentThatIsThereTwiceIsReadOnce(t *testing.T) {
	s := newScribe(t)
	s.write(5)
	f := s.cut()
	s.write(5)
	text, err := os.ReadFile(f.Path)
	s.must(err)
	s.compress(f)
	s.must(os.WriteFile(f.Path, text, 0o600))
	r := OpenReader(s.path, 1)
	defer r.Close()
	reads(t, r, Everything, 1, 10)
	if files, err := Files(s.path); err != nil || len(files) != 2 {
		t.Errorf("%+v, %v", files, err)
	}
}

// A full disk leaves half a line, which the writer takes back.
func TestHalfALineThatIsTakenBack(t *testing.T) {
	s := newScribe(t)
	s.write(3)
	info, err := s.file.Stat()
	s.must(err)
	before := s.head
	lost := s.line()
	s.raw(lost[:len(lost)/2])
	r := OpenReader(s.path, 1)
	defer r.Close()
	reads(t, r, Everything, 1, 3)
	s.must(s.file.Truncate(info.Size()))
	s.head = before
	s.raw([]byte(`{"@timestamp":"2026-11-26T00:00:00.000000Z","event":{"action":"gap"}}` + "\n")) // of another length, and without a link
	s.write(2)
	line, err := r.Next(Everything)
	if err != nil || line.Seq != 0 || !bytes.Contains(line.Raw, []byte(`"gap"`)) {
		t.Fatalf("%q, %v", line.Raw, err)
	}
	reads(t, r, Everything, 4, 5)
}

// A group that was buffered before it was for good is read again.
func TestWhatWasTakenBackAfterItWasRead(t *testing.T) {
	s := newScribe(t)
	s.write(3)
	info, err := s.file.Stat()
	s.must(err)
	before := s.head
	s.write(2) // without a sync
	r := OpenReader(s.path, 1)
	defer r.Close()
	reads(t, r, 3, 1, 3)
	s.must(s.file.Truncate(info.Size()))
	s.head = before
	s.raw(append(bytes.TrimSuffix(s.line(), []byte("\n")), '\n'))
	s.write(3)
	reads(t, r, 7, 4, 7)
}

// copytruncate, which nobody should use: what follows is read.
func TestAFileThatIsEmptied(t *testing.T) {
	s := newScribe(t)
	s.write(5)
	r := OpenReader(s.path, 1)
	defer r.Close()
	reads(t, r, Everything, 1, 5)
	s.must(s.file.Truncate(0))
	reads(t, r, Everything, 6, 5)
	s.write(5)
	reads(t, r, Everything, 6, 10)
}

func TestAFileThatWasRemoved(t *testing.T) {
	s := newScribe(t)
	s.write(5)
	r := OpenReader(s.path, 1)
	defer r.Close()
	reads(t, r, Everything, 1, 5)
	s.must(s.file.Close())
	s.must(os.Remove(s.path))
	reads(t, r, Everything, 6, 5)
	s.create()
	s.write(2)
	reads(t, r, Everything, 6, 7)
}

// Removed segments are a hole, and no end.
func TestReaderGoesOnAfterAHole(t *testing.T) {
	s := newScribe(t)
	var segments []File
	for range 4 {
		s.write(5)
		segments = append(segments, s.compress(s.cut()))
	}
	s.write(5)
	s.must(os.Remove(segments[0].Path))
	s.must(os.Remove(segments[2].Path))
	r := OpenReader(s.path, 1)
	defer r.Close()
	for _, want := range []uint64{6, 7, 8, 9, 10, 16, 17} {
		if line, err := r.Next(Everything); err != nil || line.Seq != want {
			t.Fatalf("line %d, %v; want %d", line.Seq, err, want)
		}
	}
}

// Names that are like those of segments are none.
func TestFilesThatAreNotOurs(t *testing.T) {
	s := newScribe(t)
	s.write(1)
	for _, name := range []string{
		"audit.jsonl.1", "audit-20261126T000000Z-.jsonl", "audit-20261126T000000Z-0.jsonl", "audit-20261126T000000Z-7.jsonl.zst.new",
		"audit-20261399T000000Z-7.jsonl", "audit-20261126T000000Z-99999999999999999999.jsonl", "other-20261126T000000Z-7.jsonl",
		"audit-20261126T000000Z-7.json", "xaudit-20261126T000000Z-7.jsonl",
	} {
		s.must(os.WriteFile(filepath.Join(filepath.Dir(s.path), name), []byte("x\n"), 0o600))
	}
	files, err := Files(s.path)
	if err != nil || len(files) != 1 || !files[0].Growing || files[0].First != 1 {
		t.Errorf("%+v, %v", files, err)
	}
}

// bomb is a segment of little on the disk, and very much to read.
func bomb(t testing.TB, s *scribe, first uint64, size int64) File {
	path := SegmentName(s.path, first, when(first)) + ".zst"
	out, err := os.Create(path)
	s.must(err)
	w, err := zstd.NewWriter(out, zstd.WithWindowSize(8<<20))
	s.must(err)
	_, err = io.CopyN(w, zeros{}, size)
	s.must(errors.Join(err, w.Close(), out.Close()))
	info, err := os.Stat(path)
	s.must(err)
	if info.Size() > size/1000 {
		t.Fatalf("the bomb has %d bytes", info.Size())
	}
	return File{Path: path, First: first, Begun: when(first), Compressed: true, Size: info.Size()}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// allocated runs f, and returns how much memory it has asked for.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestABombInPlaceOfASegment(t *testing.T) {
	const size = 1 << 30
	s := newScribe(t)
	f := bomb(t, s, 1, size)
	s.head.Seq = 10
	s.write(1)
	used := allocated(func() {
		r := OpenReader(s.path, 1)
		defer r.Close()
		if _, err := r.Next(Everything); !errors.Is(err, errLong) || !strings.Contains(err.Error(), f.Path) {
			t.Errorf("the reader says %v", err)
		}
		report, err := Verify(context.Background(), s.path, VerifyOptions{})
		if err != nil || report.Whole() || report.Findings[0].Fault != Unreadable {
			t.Errorf("%+v, %v", report, err)
		}
		if done, _, err := Thin(f, func([]byte) bool { return true }); done || err == nil {
			t.Errorf("thinned: %v", err)
		}
		if _, ok, err := f.Last(); ok || err != nil {
			t.Errorf("Last: %v, %v", ok, err)
		}
	})
	if used > 4*(64<<20) {
		t.Errorf("%d MB of memory for four looks at it", used>>20)
	}
}

// A frame may ask for a window of gigabytes: RFC 8878, 3.1.1.1.2.
func TestAWindowTooLarge(t *testing.T) {
	s := newScribe(t)
	path := SegmentName(s.path, 1, when(1)) + ".zst"
	// magic, no flags, a window of 2^41 bytes, a raw block of one byte, the last
	s.must(os.WriteFile(path, []byte{0x28, 0xb5, 0x2f, 0xfd, 0x00, 31 << 3, 0x09, 0, 0, 'x'}, 0o600))
	r := OpenReader(s.path, 1)
	defer r.Close()
	if _, err := r.Next(Everything); !errors.Is(err, zstd.ErrWindowSizeExceeded) {
		t.Errorf("%v", err)
	}
}

func TestOpenListedFindsWhatWasMoved(t *testing.T) {
	first := func(f File) uint64 {
		t.Helper()
		_, body, err := OpenListed(filepath.Join(filepath.Dir(f.Path), "audit.jsonl"), f, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer body.Close()
		text, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		line, _, _ := bytes.Cut(text, []byte("\n"))
		link, err := chain.Read(line)
		if err != nil {
			t.Fatal(err)
		}
		return link.Seq
	}
	s := newScribe(t)
	s.write(3)
	files, err := Files(s.path)
	s.must(err)
	growing := files[0]
	if got := first(growing); got != 1 {
		t.Errorf("where it was: line %d", got)
	}
	cut := s.cut()
	if got := first(growing); got != 1 {
		t.Errorf("cut off: line %d", got)
	}
	s.write(3)
	if got := first(growing); got != 1 {
		t.Errorf("another in its place: line %d", got)
	}
	s.compress(cut)
	if got := first(growing); got != 1 {
		t.Errorf("compressed: line %d", got)
	}
	if got := first(cut); got != 1 {
		t.Errorf("the segment, compressed: line %d", got)
	}
	s.must(os.Remove(cut.Path + ".zst"))
	if _, _, err := OpenListed(s.path, growing, nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no longer kept: %v", err)
	}
}

func TestProgressIsInBytesOfTheDisk(t *testing.T) {
	s := newScribe(t)
	s.write(1000)
	s.compress(s.cut())
	s.write(1000)
	files, err := Files(s.path)
	s.must(err)
	want, got := int64(0), int64(0)
	for _, f := range files {
		want += f.Size
	}
	if _, err := Verify(t.Context(), s.path, VerifyOptions{Progress: func(n int) { got += int64(n) }}); err != nil || got != want {
		t.Errorf("%d bytes read, there are %d, %v", got, want, err)
	}
}

// FuzzReader: whatever stands in the files, the reader ends, its lines are no
// longer than they may be, and their numbers rise.
func FuzzReader(f *testing.F) {
	s := newScribe(f)
	lines := append(append(s.line(), s.line()...), s.line()...)
	f.Add(lines, lines, false)
	f.Add([]byte("\n\n{}\n"), lines[:len(lines)-5], false)
	f.Add([]byte{0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x00, 0x01, 0, 0}, []byte(nil), true)
	f.Fuzz(func(t *testing.T, segment, growing []byte, compressed bool) {
		path := filepath.Join(t.TempDir(), "audit.jsonl")
		name := SegmentName(path, 1, when(1))
		if compressed {
			name += ".zst"
		}
		if err := errors.Join(os.WriteFile(name, segment, 0o600), os.WriteFile(path, growing, 0o600)); err != nil {
			t.Fatal(err)
		}
		r := OpenReader(path, 1)
		defer r.Close()
		last, most := uint64(0), bytes.Count(segment, []byte("\n"))+bytes.Count(growing, []byte("\n"))
		for n := 0; ; n++ {
			line, err := r.Next(Everything)
			if err != nil {
				break
			}
			if !compressed && n > 2*most {
				t.Fatalf("%d lines of %d", n, most)
			}
			if n > 1<<20 {
				break
			}
			if line.Seq != 0 && line.Seq <= last || len(line.Raw) > readSize {
				t.Fatalf("line %d of %d bytes after line %d", line.Seq, len(line.Raw), last)
			}
			last = max(last, line.Seq)
		}
		if _, err := Verify(context.Background(), path, VerifyOptions{}); err != nil && compressed == false {
			t.Fatal(err)
		}
	})
}

// A sink's reader beside a writer that cuts and compresses all the time: each line
// comes, once and in order.
func TestReaderBesideAWriter(t *testing.T) {
	const lines = 5000
	s := newScribe(t)
	var durable atomic.Uint64
	done := make(chan error, 1)
	go func() {
		r := OpenReader(s.path, 1)
		defer r.Close()
		for want := uint64(1); want <= lines; {
			line, err := r.Next(durable.Load())
			switch {
			case errors.Is(err, io.EOF):
				time.Sleep(50 * time.Microsecond)
				continue
			case err != nil:
				done <- err
				return
			case line.Seq != want:
				done <- fmt.Errorf("line %d of %s comes instead of %d", line.Seq, line.File, want)
				return
			}
			want++
		}
		done <- nil
	}()
	for i := range lines {
		s.write(1)
		durable.Store(s.head.Seq)
		if i%50 == 49 {
			f := s.cut()
			if i%100 == 99 {
				s.compress(f)
			}
		}
	}
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(time.Minute):
		t.Error("not all lines came")
	}
}
