package evidence

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/zstd"
)

// Kept is a document that was read back from the disk.
type Kept struct {
	Record
	Name string // of its files, without their endings; names sort by time
	Text []byte // of the Record, as it is

	folder string
}

// maxRecord bounds the JSON file: a thousand offsets and some URLs take 30 kB.
const maxRecord = 256 << 10

// List ranges over the documents of a site in a state directory, oldest first. An
// error is of one document, and the others follow; where there is no folder there
// are none. It may run beside the Store: a document that is removed meanwhile is an
// error.
func List(dir, site string) iter.Seq2[Kept, error] {
	folder := filepath.Join(dir, site, "evidence")
	return func(yield func(Kept, error) bool) {
		files, err := os.ReadDir(folder)
		if err != nil {
			if !errors.Is(err, fs.ErrNotExist) {
				yield(Kept{}, fmt.Errorf("evidence: %w", err))
			}
			return
		}
		for _, file := range files {
			part := ours.FindStringSubmatch(file.Name())
			if part == nil || part[2] != suffixRecord || part[3] != "" {
				continue
			}
			if !yield(read(folder, part[1])) {
				return
			}
		}
	}
}

func read(folder, name string) (Kept, error) {
	k := Kept{Name: name, folder: folder}
	file, err := os.Open(filepath.Join(folder, name+suffixRecord))
	if err == nil {
		defer file.Close()
		k.Text, err = io.ReadAll(io.LimitReader(file, maxRecord))
	}
	if err == nil {
		err = json.Unmarshal(k.Text, &k.Record)
	}
	if err != nil {
		return k, fmt.Errorf("evidence: %s: %w", name, err)
	}
	return k, nil
}

// OpenBefore returns what is kept of the document as the origin sent it.
func (k Kept) OpenBefore() (io.ReadCloser, error) { return k.open(suffixBefore) }

// OpenAfter returns what is kept of the document as the visitor got it.
func (k Kept) OpenAfter() (io.ReadCloser, error) { return k.open(suffixAfter) }

// open goes by the document's own name: what its record calls the files is not
// asked, since it could lead anywhere.
func (k Kept) open(suffix string) (io.ReadCloser, error) {
	file, err := os.Open(filepath.Join(k.folder, k.Name+suffix))
	if err != nil {
		return nil, fmt.Errorf("evidence: %w", err)
	}
	decoder, err := zstd.NewReader(file, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxSide))
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("evidence: %s: %w", k.Name+suffix, err)
	}
	return &packed{io.LimitReader(decoder, maxSide), decoder, file}, nil
}

// packed is a file while it is decompressed, to maxSide at most.
type packed struct {
	io.Reader
	decoder *zstd.Decoder
	file    *os.File
}

func (p *packed) Close() error {
	p.decoder.Close()
	return p.file.Close()
}
