package trail

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"time"

	"github.com/lachan-waf/lachan/audit/chain"
)

// Everything is the limit of a reader that takes what there is.
const Everything = math.MaxUint64

// Line is one line of a trail.
type Line struct {
	Raw  []byte // without the newline; valid until the next call
	Seq  uint64 // 0 where the line has no link
	File string
	No   int // in the file, from 1; 0 where the reader did not begin at its first line
}

// Reader reads the lines of a trail in order, from segment to segment into the
// file that grows. It is for one goroutine.
type Reader struct {
	path string
	next uint64 // the number of the next line, or the least of those to come
	file *openFile
	done string // the segment that was read to its end last
	hole uint64 // the line that was looked for once more, as it seemed to be missing
}

// openFile is the file under the reader.
type openFile struct {
	File
	body io.ReadCloser
	raw  *os.File // of one that grows: it is read at offset
	// offset is where buf starts in a growing file.
	offset int64
	buf    []byte
	at     int
	line   int
	// safe is the last line that was on the disk for good when buf was filled.
	// What stands after it may have been taken back since.
	safe  uint64
	ended bool // it has another name by now
}

// OpenReader returns a reader whose first line is the one with this number, or
// the next that is there. Growing files are found when they come.
func OpenReader(path string, from uint64) *Reader { return &Reader{path: path, next: max(from, 1)} }

// OpenReaderAt returns a reader that begins with the file that holds the first
// line at or after t: lines before it come too, as many as that file has.
func OpenReaderAt(path string, t time.Time) (*Reader, error) {
	files, err := Files(path)
	if err != nil {
		return nil, err
	}
	r := OpenReader(path, 1)
	for _, f := range files {
		if f.First > 0 && !f.Begun.After(t) {
			r.next = f.First
		}
	}
	return r, nil
}

// Seq is the number of the next line, as far as it is known.
func (r *Reader) Seq() uint64 { return r.next }

// Close lets go of the file. The reader can be used again after it.
func (r *Reader) Close() error {
	if r.file == nil {
		return nil
	}
	err := r.file.body.Close()
	r.file = nil
	return err
}

// Next returns the next line up to the one numbered limit. io.EOF means that
// there is none now; more may come. Lines without a link are returned where
// they stand.
func (r *Reader) Next(limit uint64) (Line, error) {
	for r.next <= limit {
		if r.file == nil {
			if err := r.open(); err != nil {
				return Line{}, err
			}
		}
		line, err := r.file.next(limit)
		switch {
		case err == nil && line.Seq != 0 && line.Seq < r.next: // the file begins before what is wanted
		case err == nil && line.Seq > r.next && r.hole != r.next:
			// Files are listed while they are cut: the line may stand in one that was
			// not there a moment ago.
			r.hole = r.next
			if err := r.Close(); err != nil {
				return Line{}, err
			}
		case err == nil:
			r.next = max(r.next, line.Seq+1)
			return line, nil
		case errors.Is(err, errLimit) || errors.Is(err, io.EOF) && r.file.growsOn():
			return Line{}, io.EOF
		case !errors.Is(err, io.EOF):
			return Line{}, fmt.Errorf("trail: %s: %w", r.file.Path, err)
		case r.file.Growing && !r.file.ended:
			r.file.ended = true // nothing came once it had another name: read on to its end
		default:
			if err := r.leave(); err != nil {
				return Line{}, err
			}
		}
	}
	return Line{}, io.EOF
}

// leave closes a file that was read to its end.
func (r *Reader) leave() error {
	r.done = ""
	if !r.file.Growing { // one that grew is found again as a segment, with its lines passed over
		r.done = r.file.Path
	}
	return r.Close()
}

// open takes the file that holds the wanted line, or else the first after it.
func (r *Reader) open() error {
	files, err := Files(r.path)
	if errors.Is(err, fs.ErrNotExist) {
		return io.EOF
	}
	if err != nil {
		return err
	}
	i := r.choose(files)
	if i >= len(files) {
		return io.EOF
	}
	body, err := files[i].Open()
	if errors.Is(err, fs.ErrNotExist) {
		return io.EOF // compressed or rotated since; the next call finds it
	}
	if err != nil {
		return fmt.Errorf("trail: %w", err)
	}
	r.file = &openFile{File: files[i], body: body}
	r.file.raw, _ = body.(*os.File)
	return nil
}

// choose returns the index of the last file that begins at or before the wanted
// line, or of the one after it where that was read to its end.
func (r *Reader) choose(files []File) int {
	holds := -1
	for i, f := range files {
		if f.First > 0 && f.First <= r.next {
			holds = i
		}
	}
	if holds >= 0 && !same(files[holds].Path, r.done) {
		return holds
	}
	return holds + 1
}

// same tells whether a segment is the one, compressed meanwhile or not.
func same(path, done string) bool { return done != "" && (path == done || path == done+".zst") }

// growsOn says that more lines may come into the file.
func (f *openFile) growsOn() bool { return f.Growing && !f.rotated() }

// rotated says that the file has got another name, was emptied, or is gone.
func (f *openFile) rotated() bool {
	mine, err := f.raw.Stat()
	if err != nil || mine.Size() < f.offset {
		return true
	}
	there, err := os.Stat(f.Path)
	return err != nil || !os.SameFile(mine, there)
}

// errLimit says that there is a line, which is not wanted yet.
var errLimit = errors.New("beyond the limit")

// next returns the next whole line of the file.
func (f *openFile) next(limit uint64) (Line, error) {
	for {
		end := bytes.IndexByte(f.buf[f.at:], '\n')
		if end < 0 {
			if err := f.fill(limit); err != nil {
				return Line{}, err
			}
			continue
		}
		raw := f.buf[f.at : f.at+end]
		link, _ := chain.Place(raw)
		if link.Seq > limit {
			return Line{}, errLimit
		}
		if link.Seq > f.safe && f.Growing {
			f.forget() // read before it was for good: read it again
			continue
		}
		f.at += end + 1
		f.line++
		return Line{Raw: raw, Seq: link.Seq, File: f.Path, No: f.line}, nil
	}
}

// forget drops what is buffered and not yet returned.
func (f *openFile) forget() {
	f.offset += int64(f.at)
	f.buf, f.at = f.buf[:0], 0
}

const readSize = 256 << 10

// errLong is what a reader says of a file that holds something else than a trail.
var errLong = fmt.Errorf("a line of more than %d bytes", MaxLine)

// fill makes buf hold another whole line, or says io.EOF.
func (f *openFile) fill(limit uint64) error {
	if len(f.buf)-f.at > MaxLine {
		return errLong
	}
	if f.buf == nil {
		f.buf = make([]byte, 0, readSize)
	}
	if f.Growing {
		return f.fillGrowing(limit)
	}
	rest := copy(f.buf[:cap(f.buf)], f.buf[f.at:])
	n, err := io.ReadAtLeast(f.body, f.buf[rest:cap(f.buf)], 1)
	f.buf, f.at = f.buf[:rest+n], 0
	if n > 0 {
		return nil
	}
	return err
}

// fillGrowing reads at the offset of the next line anew: half a line that was
// there may have been taken back.
func (f *openFile) fillGrowing(limit uint64) error {
	f.forget()
	n, err := f.raw.ReadAt(f.buf[:cap(f.buf)], f.offset)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	f.buf, f.safe = f.buf[:n], limit
	switch {
	case bytes.IndexByte(f.buf, '\n') >= 0:
		return nil
	case n > MaxLine:
		return errLong
	}
	f.forget()
	return io.EOF
}
