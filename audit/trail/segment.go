package trail

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/zstd"

	"github.com/lachan-waf/lachan/audit/chain"
)

// Compress replaces a segment by its compressed form and returns that. A crash
// leaves the one or both, and the next run goes on from there.
func Compress(f File) (File, error) {
	if f.Compressed || f.Growing {
		return f, nil
	}
	done := f
	done.Path, done.Compressed = f.Path+".zst", true
	err := compress(f.Path, done.Path)
	if err == nil {
		err = os.Remove(f.Path)
	}
	if err != nil {
		return f, fmt.Errorf("trail: compress: %w", err)
	}
	if info, err := os.Stat(done.Path); err == nil {
		done.Size = info.Size()
	}
	return done, nil
}

func compress(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	temporary := to + ".new"
	out, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640) //nolint:gosec // as readable as the trail itself
	if err != nil {
		return err
	}
	err = encode(out, in)
	err = errors.Join(err, out.Sync(), out.Close())
	if err == nil {
		err = os.Rename(temporary, to)
	}
	if err != nil {
		os.Remove(temporary)
		return err
	}
	return syncFolder(filepath.Dir(to))
}

// encode compresses on one processor, which the requests need more. The
// checksum of the format shows a broken disk before the chain does.
func encode(out io.Writer, in io.Reader) error {
	encoder, err := zstd.NewWriter(out, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithEncoderCRC(true))
	if err != nil {
		return err
	}
	_, err = io.Copy(encoder, in)
	return errors.Join(err, encoder.Close())
}

// syncFolder makes renames in it last through a power cut.
func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Span says what Thin took out of a segment.
type Span struct {
	First, Last uint64 // between which lines
	Removed     uint64 // how many
}

// Thin replaces a compressed segment by one with only the lines that keep wants.
// It reports false, and leaves the segment, where that would remove nothing.
func Thin(f File, keep func(line []byte) bool) (bool, Span, error) {
	var span Span
	if !f.Compressed {
		return false, span, nil
	}
	body, err := f.Open()
	if err != nil {
		return false, span, fmt.Errorf("trail: %w", err)
	}
	defer body.Close()
	temporary := f.Path + ".new"
	out, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640) //nolint:gosec // as readable as the trail itself
	if err != nil {
		return false, span, fmt.Errorf("trail: %w", err)
	}
	defer os.Remove(temporary)
	err = thin(out, body, keep, &span)
	err = errors.Join(err, out.Sync(), out.Close())
	if err == nil && span.Removed > 0 {
		err = os.Rename(temporary, f.Path)
	}
	if err != nil {
		return false, span, fmt.Errorf("trail: thin %s: %w", f.Path, err)
	}
	return span.Removed > 0, span, nil
}

func thin(out io.Writer, in io.Reader, keep func(line []byte) bool, span *Span) error {
	encoder, err := zstd.NewWriter(out, zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(true))
	if err != nil {
		return err
	}
	lines := bufio.NewReaderSize(in, readSize)
	for {
		line, err := lines.ReadSlice('\n')
		if errors.Is(err, io.EOF) {
			return encoder.Close()
		}
		if err != nil {
			return errors.Join(err, encoder.Close())
		}
		if link, err := chain.Place(line); err == nil {
			if span.First == 0 {
				span.First = link.Seq
			}
			span.Last = link.Seq
		}
		if !keep(line) {
			span.Removed++
			continue
		}
		if _, err := encoder.Write(line); err != nil {
			return errors.Join(err, encoder.Close())
		}
	}
}
