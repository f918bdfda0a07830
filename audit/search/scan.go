package search

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/lachan-waf/lachan/audit/trail"
)

const (
	// blockSize is what is looked through at once: it stays in a processor's cache.
	blockSize = 256 << 10
	// maxJunk bounds a line that is passed over. A file with a longer one is none
	// of a trail's, whatever it is called.
	maxJunk = 64 << 20
)

// scan looks through one file. It is for one goroutine.
type scan struct {
	matcher *matcher
	until   string // stamp after which no line of the time asked for comes; "": never
	figures Figures
	block   []byte
}

func newScan(q *Query) *scan {
	s := &scan{matcher: q.matcher(), block: make([]byte, blockSize)}
	if !q.To.IsZero() {
		s.until = trail.FormatStamp(q.To.Add(disorder))
	}
	return s
}

// file yields the wanted lines until yield returns false.
func (s *scan) file(ctx context.Context, f trail.File, body io.Reader, yield func(line []byte, f *facts) bool) error {
	if f.Growing { // to its end of now: a search has an end
		body = io.LimitReader(body, f.Size)
	}
	s.matcher.unread = 0
	defer func() { s.figures.Unread += s.matcher.unread }()
	held, junk := 0, 0
	for ctx.Err() == nil {
		n, err := io.ReadFull(body, s.block[held:])
		s.figures.Bytes += uint64(n)
		ended := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !ended {
			return fmt.Errorf("audit: search: %s: %w", f.Path, err)
		}
		read := s.block[:held+n]
		end := bytes.LastIndexByte(read, '\n') + 1
		whole := read[:end]
		if junk > 0 && end > 0 { // the end of a long line
			whole = whole[bytes.IndexByte(whole, '\n')+1:]
			junk = 0
		}
		if end > 0 && !s.lines(whole, yield) {
			return nil
		}
		if ended {
			if end < len(read) && !f.Growing {
				s.figures.Unread++ // half a line
			}
			return nil
		}
		held = copy(s.block, read[end:])
		if held == len(s.block) {
			if junk == 0 {
				s.figures.Unread++
			}
			junk, held = junk+held, 0
			if junk > maxJunk {
				return fmt.Errorf("audit: search: %s: a line of more than %d bytes", f.Path, maxJunk)
			}
		}
	}
	return ctx.Err()
}

// lines looks through a block of whole lines, and reports that more are wanted.
func (s *scan) lines(block []byte, yield func(line []byte, f *facts) bool) bool {
	s.figures.Lines += uint64(bytes.Count(block, []byte{'\n'}))
	if stamp, ok := trail.Stamp(block); ok && s.until != "" && stamp > s.until {
		return false
	}
	return s.matcher.block(block, yield)
}

// Figures are what a search had to do.
type Figures struct {
	Files   int    // that were read
	Skipped int    // that hold nothing of the time asked for
	Gone    int    // that were removed meanwhile, as their time was over
	Bytes   uint64 // read, decompressed
	Lines   uint64
	Matches uint64
	Unread  uint64        // lines that are no events
	Took    time.Duration // by the clock on the wall
	// More says that a search from the end stopped at what it may hold in memory.
	More bool
}

func (f *Figures) add(g Figures) {
	f.Files += g.Files
	f.Gone += g.Gone
	f.Bytes += g.Bytes
	f.Lines += g.Lines
	f.Unread += g.Unread
}
