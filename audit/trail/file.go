// Package trail knows the files of a trail: the one that grows, and the
// segments it has been cut into, which are compressed, read, verified and, in
// the end, removed. It reads lines and their links, not events.
//
//	/var/log/lachan/audit.jsonl                               grows
//	/var/log/lachan/audit-20261126T000000Z-120001.jsonl       cut off, not yet compressed
//	/var/log/lachan/audit-20261125T000000Z-80001.jsonl.zst    Zstandard (RFC 8878)
//
// A segment's name says when it began and the number of its first line.
package trail

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/lachan-waf/lachan/audit/chain"
	"github.com/lachan-waf/lachan/audit/notation"
)

// MaxLine bounds a line. Ours have 32 KiB and a link.
const MaxLine = 64 << 10

// File is one file of a trail.
type File struct {
	Path       string
	First      uint64    // number of its first line; 0 for the growing file where it is empty
	Begun      time.Time // of its first line
	Compressed bool
	Growing    bool
	Size       int64 // on disk
}

const nameTime = "20060102T150405Z"

// SegmentName is the path of the segment whose first line has this number and
// time, beside the growing file.
func SegmentName(path string, first uint64, begun time.Time) string {
	stem, ext := split(path)
	return fmt.Sprintf("%s-%s-%d%s", stem, begun.UTC().Format(nameTime), first, ext)
}

func split(path string) (stem, ext string) {
	ext = filepath.Ext(path)
	return strings.TrimSuffix(path, ext), ext
}

// segmentPattern reads what SegmentName writes after the stem.
var segmentPattern = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^-(\d{8}T\d{6}Z)-([1-9]\d{0,19})$`)
})

// Files lists the files of the trail whose growing file is path, in the order
// of their lines. A growing file that is missing is left out.
func Files(path string) ([]File, error) {
	growing, err := growingFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("trail: %w", err)
	}
	files, err := segments(path)
	if err != nil {
		return nil, fmt.Errorf("trail: %w", err)
	}
	slices.SortFunc(files, func(a, b File) int {
		return cmp.Or(cmp.Compare(a.First, b.First), a.Begun.Compare(b.Begun), cmp.Compare(b.Path, a.Path))
	})
	// While a segment is being compressed, or when that was cut short, both are there.
	files = slices.CompactFunc(files, func(a, b File) bool { return a.First == b.First && a.Begun.Equal(b.Begun) })
	cutSince := len(files) > 0 && growing.First > 0 && files[len(files)-1].First >= growing.First
	if growing.Path == "" || cutSince {
		return files, nil
	}
	return append(files, growing), nil
}

// segments lists those in the folder. Reading a folder is no atomic step: what is
// compressed meanwhile may show under neither of its names. So it is read until it
// shows the same twice.
func segments(path string) (files []File, err error) {
	before, err := segmentNames(path)
	for range maxMoves {
		if err != nil {
			return nil, err
		}
		files = files[:0]
		for _, name := range before {
			f, _ := segment(path, name)
			if info, err := os.Stat(f.Path); err == nil {
				f.Size = info.Size()
				files = append(files, f)
			}
		}
		var now []string
		if now, err = segmentNames(path); slices.Equal(now, before) {
			break
		}
		before = now
	}
	return files, err
}

func segmentNames(path string) (names []string, err error) {
	entries, err := os.ReadDir(filepath.Dir(path))
	for _, entry := range entries {
		if _, ok := segment(path, entry.Name()); ok {
			names = append(names, entry.Name())
		}
	}
	return names, err
}

func segment(path, name string) (File, bool) {
	stem, ext := split(filepath.Base(path))
	name, compressed := strings.CutSuffix(name, ".zst")
	rest, ok := strings.CutSuffix(name, ext)
	if rest, ok = cutPrefixIf(ok, rest, stem); !ok {
		return File{}, false
	}
	parts := segmentPattern().FindStringSubmatch(rest)
	if parts == nil {
		return File{}, false
	}
	begun, err1 := time.Parse(nameTime, parts[1])
	first, err2 := strconv.ParseUint(parts[2], 10, 64)
	full := filepath.Join(filepath.Dir(path), name)
	if compressed {
		full += ".zst"
	}
	return File{Path: full, First: first, Begun: begun, Compressed: compressed}, err1 == nil && err2 == nil
}

func cutPrefixIf(ok bool, s, prefix string) (string, bool) {
	if !ok {
		return s, false
	}
	return strings.CutPrefix(s, prefix)
}

func growingFile(path string) (File, error) {
	f, err := os.Open(path)
	if err != nil {
		return File{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return File{}, err
	}
	file := File{Path: path, Growing: true, Size: info.Size(), Begun: info.ModTime()}
	line, err := bufio.NewReaderSize(f, MaxLine).ReadSlice('\n')
	if err != nil { // none, or not yet whole
		return file, nil
	}
	file.describe(line)
	return file, nil
}

// describe takes number and time from the first line. A line without them
// leaves them as they are: verify says what is wrong with it.
func (f *File) describe(line []byte) {
	if link, err := chain.Place(line); err == nil {
		f.First = link.Seq
	}
	if at, ok := Time(line); ok {
		f.Begun = at
	}
}

// Open returns the file's lines, decompressed.
func (f File) Open() (io.ReadCloser, error) { return f.OpenCounted(nil) }

// OpenCounted is Open for whoever shows progress: read is called with the
// number of bytes, as they are on the disk, each time that some are read.
func (f File) OpenCounted(read func(bytes int)) (io.ReadCloser, error) {
	raw, err := os.Open(f.Path)
	if err != nil {
		return nil, err
	}
	var in io.ReadCloser = raw
	if read != nil {
		in = &countedFile{raw, read}
	}
	if !f.Compressed {
		return in, nil
	}
	decoder, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		raw.Close()
		return nil, err
	}
	return &segmentReader{decoder, in}, nil
}

// countedFile tells of what is read.
type countedFile struct {
	io.ReadCloser
	read func(bytes int)
}

func (f *countedFile) Read(p []byte) (int, error) {
	n, err := f.ReadCloser.Read(p)
	f.read(n)
	return n, err
}

// maxWindow bounds what a segment that we did not write may ask for.
const maxWindow = 32 << 20

type segmentReader struct {
	*zstd.Decoder
	file io.Closer
}

func (r *segmentReader) Close() error {
	r.Decoder.Close()
	return r.file.Close()
}

// stampStart is how each line begins.
const stampStart = `{"@timestamp":"`

// Stamp returns the time of a line as text. All are in UTC and of one length, so
// that they compare as text.
func Stamp(line []byte) (string, bool) {
	if len(line) < len(stampStart)+len(notation.Time) || string(line[:len(stampStart)]) != stampStart {
		return "", false
	}
	return string(line[len(stampStart) : len(stampStart)+len(notation.Time)]), true
}

// Time is Stamp as a time.
func Time(line []byte) (time.Time, bool) {
	stamp, ok := Stamp(line)
	if !ok {
		return time.Time{}, false
	}
	at, err := time.Parse(notation.Time, stamp)
	return at, err == nil
}

// FormatStamp writes a time as Stamp has it.
func FormatStamp(t time.Time) string { return t.UTC().Format(notation.Time) }

// Last returns where the chain stands at the end of the file. ok is false where
// no line has a link.
func (f File) Last() (head chain.Head, ok bool, err error) {
	body, err := f.Open()
	if err != nil {
		return head, false, err
	}
	defer body.Close()
	if raw, plain := body.(*os.File); plain && f.Size > MaxLine {
		if _, err := raw.Seek(-MaxLine, io.SeekEnd); err != nil {
			return head, false, err
		}
	}
	lines := bufio.NewReaderSize(body, readSize)
	for {
		line, err := lines.ReadSlice('\n')
		if errors.Is(err, io.EOF) {
			return head, ok, nil
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return head, ok, err
		}
		if link, err := chain.Place(line); err == nil {
			head, ok = link.Head(), true
		}
	}
}

// Head returns where the chain stands at the end of the files, which are in
// order; the zero Head where no line has a link.
func Head(files []File) (chain.Head, error) {
	for _, f := range slices.Backward(files) {
		head, ok, err := f.Last()
		if err != nil {
			return head, fmt.Errorf("trail: the end of %s: %w", f.Path, err)
		}
		if ok {
			return head, nil
		}
	}
	return chain.Head{}, nil
}

// HasAction reports that the line's event.action is this one. The encoder writes
// it second in `event`, which is the second member: no hostile value comes before.
func HasAction(line []byte, action string) bool {
	head := line[:min(len(line), 256)]
	return bytes.Contains(head, []byte(`","action":"`+action+`","kind":"`))
}
