package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/lachan-waf/lachan/audit/trail"
)

// trailLines ranges over the lines of the files of the trail at path, without
// newlines. Of a line that is longer than any of ours comes the beginning. An
// unfinished line at the end of the file that grows is left to whoever is writing
// it. read is told of the bytes that were read from the disk.
func trailLines(path string, files []trail.File, read func(int)) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for _, f := range files {
			if !fileLines(path, f, read, yield) {
				return
			}
		}
	}
}

// fileLines reports whether to go on.
func fileLines(path string, f trail.File, read func(int), yield func([]byte, error) bool) bool {
	f, body, err := trail.OpenListed(path, f, read)
	if err != nil {
		return yield(nil, err)
	}
	defer body.Close()
	lines := bufio.NewReaderSize(body, trail.MaxLine)
	for {
		line, err := lines.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			line = bytes.Clone(line)
			err = skipLine(lines)
		}
		text, whole := bytes.CutSuffix(line, []byte{'\n'})
		if len(text) > 0 && (whole || err == nil || !f.Growing) && !yield(text, nil) {
			return false
		}
		switch {
		case errors.Is(err, io.EOF):
			return true
		case err != nil:
			return yield(nil, fmt.Errorf("%s: %w", f.Path, err))
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
