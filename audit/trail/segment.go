package trail

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/zstd"
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
