package incident

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"maps"
	"slices"
	"time"
)

// archive writes a ZIP whose bytes depend on nothing but what is put in, and
// takes the SHA-256 of each file.
type archive struct {
	zip  *zip.Writer
	at   time.Time // of every file
	sums map[string]string
	last *entry
}

func newArchive(w io.Writer, at time.Time) *archive {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.DefaultCompression) })
	return &archive{zip: z, at: at.UTC().Truncate(time.Second), sums: make(map[string]string)}
}

// entry is one file while it is written.
type entry struct {
	name string
	w    io.Writer
	sum  hash.Hash
	err  error
}

func (e *entry) Write(p []byte) (int, error) {
	n, err := e.w.Write(p)
	e.sum.Write(p[:n])
	if err != nil {
		e.err = err
	}
	return n, err
}

// create begins a file and ends the one before.
func (a *archive) create(name string) (*entry, error) {
	a.end()
	w, err := a.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: a.at})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	a.last = &entry{name: name, w: w, sum: sha256.New()}
	return a.last, nil
}

func (a *archive) end() {
	if a.last != nil {
		a.sums[a.last.name] = hex.EncodeToString(a.last.sum.Sum(nil))
		a.last = nil
	}
}

func (a *archive) add(name string, content []byte) error {
	w, err := a.create(name)
	if err == nil {
		_, err = w.Write(content)
	}
	return err
}

// manifest lists the files so far, as `sha256sum -c` reads it.
func (a *archive) manifest() []byte {
	a.end()
	var b bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(a.sums)) {
		fmt.Fprintf(&b, "%s  %s\n", a.sums[name], name)
	}
	return b.Bytes()
}

func (a *archive) close() error {
	a.end()
	return a.zip.Close()
}

// part is a file that is in memory.
type part struct {
	name    string
	content []byte
}

func (a *archive) addAll(parts []part) error {
	for _, p := range parts {
		if err := a.add(p.name, p.content); err != nil {
			return err
		}
	}
	return nil
}
