package evidence

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// bounds of one site's folder; beyond either the oldest documents go.
type bounds struct {
	documents int
	bytes     int64
}

func defaultBounds() bounds { return bounds{documents: 1000, bytes: 64 << 20} }

const (
	suffixBefore = ".before.zst"
	suffixAfter  = ".after.zst"
	suffixRecord = ".json"
	suffixNew    = ".new" // being written
)

// ours are the names a folder may remove; whatever else an analyst has put
// beside them stays.
var ours = regexp.MustCompile(`^(\d{8}T\d{6}\.\d{3}Z-[0-9A-Za-z]+)(\.before\.zst|\.after\.zst|\.json)(\.new)?$`)

// folder is one site's evidence. Only the writer uses it.
type folder struct {
	dir     string
	bounds  bounds
	loaded  bool
	entries []entry // oldest first
	bytes   int64
	known   map[pair]bool

	compressor *compressor
}

// entry is one document on disk.
type entry struct {
	name  string
	bytes int64
	pair  pair
}

// keep writes a document, unless the very same is there: a home page that is
// infected for months would push out all else. The record comes last: what has
// none was cut off by a crash.
func (f *folder) keep(d *Document) (repeated bool, err error) {
	if err := f.load(); err != nil {
		return false, err
	}
	record := d.record()
	if f.known[record.pair()] {
		return true, nil
	}
	e := entry{name: d.name(), pair: record.pair()}
	if err := f.writeAll(&e, d, &record); err != nil {
		f.erase(e.name)
		return false, err
	}
	f.add(e)
	f.makeRoom()
	return false, nil
}

func (f *folder) writeAll(e *entry, d *Document, record *Record) error {
	text, err := record.json()
	if err != nil {
		return fmt.Errorf("describe document: %w", err)
	}
	for _, part := range []struct {
		suffix string
		write  func(io.Writer) error
	}{
		{suffixBefore, func(w io.Writer) error { return f.compressor.write(w, &d.before) }},
		{suffixAfter, func(w io.Writer) error { return f.compressor.write(w, &d.after) }},
		{suffixRecord, func(w io.Writer) error { _, err := w.Write(text); return err }},
	} {
		n, err := f.write(e.name+part.suffix, part.write)
		if err != nil {
			return err
		}
		e.bytes += n
	}
	return nil
}

// write puts a whole file in place, on the disk and not only in its cache.
func (f *folder) write(name string, content func(io.Writer) error) (int64, error) {
	path := filepath.Join(f.dir, name)
	file, err := os.OpenFile(path+suffixNew, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return 0, err
	}
	var size int64
	err = content(file)
	if err == nil {
		err = file.Sync()
	}
	if err == nil {
		size, err = file.Seek(0, io.SeekCurrent)
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return 0, fmt.Errorf("write %s: %w", path, err)
	}
	return size, os.Rename(path+suffixNew, path)
}

func (f *folder) add(e entry) {
	f.entries = append(f.entries, e)
	f.bytes += e.bytes
	f.known[e.pair] = true
}

// makeRoom removes the oldest documents. The one just written stays.
func (f *folder) makeRoom() {
	for len(f.entries) > 1 && (len(f.entries) > f.bounds.documents || f.bytes > f.bounds.bytes) {
		oldest := f.entries[0]
		f.entries = f.entries[1:]
		f.bytes -= oldest.bytes
		delete(f.known, oldest.pair)
		f.erase(oldest.name)
	}
}

// erase removes what there is of a document, the record first.
func (f *folder) erase(name string) {
	for _, suffix := range []string{suffixRecord, suffixBefore, suffixAfter} {
		_ = os.Remove(filepath.Join(f.dir, name+suffix))
		_ = os.Remove(filepath.Join(f.dir, name+suffix+suffixNew))
	}
}

// load learns what earlier processes have left. It runs once, when there is
// something to keep for the first time.
func (f *folder) load() error {
	if f.loaded {
		return nil
	}
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return err
	}
	files, err := os.ReadDir(f.dir)
	if err != nil {
		return err
	}
	f.entries, f.bytes, f.known = nil, 0, make(map[pair]bool)
	sizes := make(map[string]int64)
	recorded := make(map[string]bool)
	for _, file := range files {
		part := ours.FindStringSubmatch(file.Name())
		info, err := file.Info()
		if part == nil || err != nil || !info.Mode().IsRegular() {
			continue
		}
		sizes[part[1]] += info.Size()
		recorded[part[1]] = recorded[part[1]] || part[2] == suffixRecord && part[3] == ""
	}
	for name, size := range sizes {
		if !recorded[name] {
			f.erase(name)
			continue
		}
		f.add(entry{name, size, f.pairOf(name)})
	}
	slices.SortFunc(f.entries, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	f.loaded = true
	f.makeRoom()
	return nil
}

// pairOf reads a record's hashes; none where it cannot be read, and the
// document only waits for its turn to go.
func (f *folder) pairOf(name string) pair {
	text, err := fs.ReadFile(os.DirFS(f.dir), name+suffixRecord)
	var r Record
	if err != nil || json.Unmarshal(text, &r) != nil {
		return pair{}
	}
	return r.pair()
}
