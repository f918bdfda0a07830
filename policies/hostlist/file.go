package hostlist

import (
	"fmt"
	"os"
	"sync"
	"sync/atomic"
)

// File is a list on disk with the Set that was last read from it. Whoever
// opened it calls Refresh every few seconds. It is safe for concurrent use.
type File struct {
	path    string
	current atomic.Pointer[Set]

	mu      sync.Mutex  // one reading at a time
	read    os.FileInfo // when last read, successfully or not; nil: could not be found
	looked  os.FileInfo // when last looked at
	missing error       // why looked is nil
}

// Open reads the list at path.
func Open(path string) (*File, error) {
	f := &File{path: path}
	f.look()
	f.read = f.looked
	set, err := f.load()
	if err != nil {
		return nil, err
	}
	f.current.Store(set)
	return f, nil
}

// Path is the name the file was opened by.
func (f *File) Path() string { return f.path }

// Set is the list as it was last read.
func (f *File) Set() *Set { return f.current.Load() }

// Refresh looks at what the path leads to, and reads it where that has changed
// since it was last read but no longer since it was last looked at: a list that
// is still being written is left alone. It reports whether there is another
// Set. With an error, which is told once, the Set in force stays.
func (f *File) Refresh() (changed bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	before := f.looked
	f.look()
	if same(f.looked, f.read) || !same(f.looked, before) {
		return false, nil
	}
	return f.reread()
}

// Reread is Refresh whatever the path leads to.
func (f *File) Reread() (changed bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.look()
	return f.reread()
}

func (f *File) reread() (changed bool, err error) {
	f.read = f.looked
	set, err := f.load()
	if err != nil || set.sum == f.Set().sum {
		return false, err
	}
	f.current.Store(set)
	return true, nil
}

// look follows symlinks, so that a swapped one shows as another file.
func (f *File) look() { f.looked, f.missing = os.Stat(f.path) }

func (f *File) load() (*Set, error) {
	switch {
	case f.missing != nil:
		return nil, f.missing
	case !f.looked.Mode().IsRegular(): // a pipe would be waited for
		return nil, fmt.Errorf("%s: not a regular file", f.path)
	}
	file, err := os.Open(f.path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return Read(f.path, file)
}

func same(a, b os.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}
