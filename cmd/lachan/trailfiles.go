package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/lachan-waf/lachan/audit/trail"
)

const (
	maxTrailLine   = 64 << 10 // ours have half of it
	maxTrailWindow = 32 << 20 // of zstd
)

// trailFiles lists the files of the trail at path, in the order of their lines.
func trailFiles(path string) ([]string, error) {
	files, err := trail.Files(path)
	if err == nil && len(files) == 0 {
		_, err = os.Stat(path) // says what is missing
	}
	var names []string
	for _, f := range files {
		names = append(names, f.Path)
	}
	return names, err
}

func sizeOf(files []string) (total int64) {
	for _, file := range files {
		if info, err := os.Stat(file); err == nil {
			total += info.Size()
		}
	}
	return total
}

// trailLines ranges over the lines of the files, without newlines. Of a line that
// is longer than any of ours comes the beginning. An unfinished line at the end of
// the last file is left to whoever is writing it. read is told of the bytes that
// were read from the disk.
func trailLines(files []string, read func(int)) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for i, name := range files {
			if !fileLines(name, i == len(files)-1, read, yield) {
				return
			}
		}
	}
}

// fileLines reports whether to go on.
func fileLines(name string, last bool, read func(int), yield func([]byte, error) bool) bool {
	file, err := os.Open(name)
	if err != nil {
		return yield(nil, err)
	}
	defer file.Close()
	var in io.Reader = &countedReader{file, read}
	if strings.HasSuffix(name, ".zst") {
		decoder, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxTrailWindow))
		if err != nil {
			return yield(nil, fmt.Errorf("%s: %w", name, err))
		}
		defer decoder.Close()
		in, last = decoder, false
	}
	lines := bufio.NewReaderSize(in, maxTrailLine)
	for {
		line, err := lines.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			line = bytes.Clone(line)
			err = skipLine(lines)
		}
		text, whole := bytes.CutSuffix(line, []byte{'\n'})
		if len(text) > 0 && (whole || err == nil || !last) && !yield(text, nil) {
			return false
		}
		switch {
		case errors.Is(err, io.EOF):
			return true
		case err != nil:
			return yield(nil, fmt.Errorf("%s: %w", name, err))
		}
	}
}

func skipLine(r *bufio.Reader) error {
	for {
		if _, err := r.ReadSlice('\n'); !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}

type countedReader struct {
	from io.Reader
	read func(int)
}

func (r *countedReader) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	r.read(n)
	return n, err
}
