package sinks

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/lachan-waf/lachan/policies"
)

// maxFile is where a file makes room for the next.
const maxFile = 100 << 20

// file appends messages, one a line, to a file that an agent on this machine
// reads. One earlier file is kept beside it, as path.1. The trail is what keeps
// events; this is a copy on its way.
type file struct {
	path  string
	limit int64
	out   *os.File // nil: not open
	buf   []byte
}

// newFile checks the path. The file is made with the first delivery.
func newFile(sink policies.Sink) (receiver, error) {
	u, err := url.Parse(sink.URL)
	if err != nil {
		return nil, err
	}
	switch info, err := os.Stat(u.Path); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a regular file", u.Path)
	}
	return &file{path: u.Path, limit: maxFile}, nil
}

func (f *file) deliver(_ context.Context, batch []message) error {
	f.buf = f.buf[:0]
	for _, m := range batch {
		f.buf = append(append(f.buf, m.body...), '\n')
	}
	size, err := f.prepare(int64(len(f.buf)))
	if err != nil {
		return errors.Join(err, f.close())
	}
	if err := f.append(); err != nil {
		return errors.Join(err, f.takeBack(size), f.close())
	}
	return nil
}

func (f *file) append() error {
	if _, err := f.out.Write(f.buf); err != nil {
		return err
	}
	return f.out.Sync()
}

// takeBack removes what was written after size: the messages come again. Where
// the file is shorter than that, somebody else has emptied it.
func (f *file) takeBack(size int64) error {
	info, err := f.out.Stat()
	if err != nil || info.Size() <= size {
		return err
	}
	return f.out.Truncate(size)
}

// prepare has the right file open, with room for so many bytes, and returns its size.
func (f *file) prepare(bytes int64) (int64, error) {
	if f.out != nil && f.moved() {
		if err := f.close(); err != nil {
			return 0, err
		}
	}
	if f.out == nil {
		if err := f.open(); err != nil {
			return 0, err
		}
	}
	info, err := f.out.Stat()
	if err != nil || info.Size() == 0 || info.Size()+bytes <= f.limit {
		return size(info), err
	}
	return 0, f.rotate()
}

func size(info os.FileInfo) int64 {
	if info == nil {
		return 0
	}
	return info.Size()
}

// moved says that logrotate, or somebody else, has given the file another name.
func (f *file) moved() bool {
	mine, err1 := f.out.Stat()
	there, err2 := os.Stat(f.path)
	return err1 != nil || err2 != nil || !os.SameFile(mine, there)
}

func (f *file) open() error {
	if err := os.MkdirAll(filepath.Dir(f.path), 0o750); err != nil {
		return err
	}
	out, err := os.OpenFile(f.path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o640) //nolint:gosec // an agent reads it by its group
	if err != nil {
		return err
	}
	f.out = out
	return errors.Join(f.mend(), syncFolder(filepath.Dir(f.path)))
}

// mend ends a line that a crash has cut, so that the next does not join it.
func (f *file) mend() error {
	info, err := f.out.Stat()
	if err != nil || info.Size() == 0 {
		return err
	}
	last := make([]byte, 1)
	if _, err := f.out.ReadAt(last, info.Size()-1); err != nil || last[0] == '\n' {
		return err
	}
	_, err = f.out.WriteString("\n")
	return err
}

func (f *file) rotate() error {
	if err := f.close(); err != nil {
		return err
	}
	if err := os.Rename(f.path, f.path+".1"); err != nil {
		return err
	}
	return f.open()
}

func (f *file) close() error {
	if f.out == nil {
		return nil
	}
	err := f.out.Close()
	f.out = nil
	return err
}

// syncFolder makes names in it last through a power cut.
func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
