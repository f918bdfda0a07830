package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"go.uber.org/zap"
)

// ErrInUse means that another Log, of this or another process, writes the file.
// Two writers could not undo a half-written line, nor keep an order.
var ErrInUse = errors.New("in use by another process")

// spool is the file that holds the lines. It knows bytes and lines, not
// events: every append is whole or undone. It is used by one goroutine.
type spool struct {
	path string
	file *os.File
	// regular files are locked, repaired and synced; a terminal or a pipe
	// (audit.file: /dev/stdout in a container) is only written.
	regular bool
	// undo is the size to go back to when half a line could not be taken back
	// at once, and torn the size with it; torn 0: nothing to undo.
	undo, torn int64
	log        *zap.Logger
}

// openSpool opens or creates the file (0640, its folder 0750) and repairs its
// end. tornLine says that half a line of a crash was removed.
func openSpool(path string, log *zap.Logger) (s *spool, tornLine bool, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, false, err
	}
	s = &spool{path: path, log: log}
	if err := s.open(); err != nil {
		return nil, false, err
	}
	tornLine, err = s.repair()
	if err != nil {
		s.file.Close()
		return nil, false, err
	}
	return s, tornLine, nil
}

func (s *spool) open() error {
	f, err := os.OpenFile(s.path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o640) //nolint:gosec // a log collector reads it by its group
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil && info.Mode().IsRegular() {
		err = lock(f)
	}
	if err != nil {
		f.Close()
		return err
	}
	s.file, s.regular, s.torn = f, info.Mode().IsRegular(), 0
	return nil
}

// lockPatience is for a process that is just ending, and for a child that holds our
// descriptors between fork and exec.
const lockPatience = 500 * time.Millisecond

func lock(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	for end := time.Now().Add(lockPatience); errors.Is(err, syscall.EWOULDBLOCK) && time.Now().Before(end); {
		time.Sleep(lockPatience / 50)
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = ErrInUse
	}
	if err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	return nil
}

// append writes whole lines. After an error none of them is in the file, or
// the next append removes them first.
func (s *spool) append(lines []byte) error {
	if err := s.restore(); err != nil {
		return err
	}
	n, err := s.file.Write(lines)
	if err == nil {
		return nil
	}
	if n > 0 && s.regular {
		s.takeBack(int64(n))
	}
	return err
}

// takeBack removes the n bytes just written. It asks for the size instead of
// remembering it: logrotate's copytruncate may have emptied the file.
func (s *spool) takeBack(n int64) {
	info, err := s.file.Stat()
	if err != nil || info.Size() < n {
		return
	}
	s.undo, s.torn = info.Size()-n, info.Size()
	_ = s.undoTorn() // restore tries again, and reports
}

func (s *spool) undoTorn() error {
	if err := s.file.Truncate(s.undo); err != nil {
		return err
	}
	s.torn = 0
	return nil
}

// restore makes the file fit to be appended to: one that was deleted is
// created anew, because what is written to it now nobody would ever read.
func (s *spool) restore() error {
	info, err := s.file.Stat()
	if err != nil || !s.regular {
		return err
	}
	if links(info) == 0 {
		s.log.Warn("audit log was deleted; it is created anew, what it held is gone", zap.String("file", s.path))
		return s.reopen()
	}
	if s.torn != 0 && info.Size() == s.torn {
		return s.undoTorn()
	}
	s.torn = 0
	return nil
}

func links(info os.FileInfo) uint64 {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(st.Nlink) //nolint:unconvert // 32 bits wide on some platforms
	}
	return 1
}

// reopen goes over to the file that has the path now. On an error the old one
// stays in use.
func (s *spool) reopen() error {
	if s.current() {
		return s.sync() // nobody has moved it
	}
	fresh, _, err := openSpool(s.path, s.log)
	if err != nil {
		return err
	}
	err = errors.Join(s.sync(), s.file.Close())
	*s = *fresh
	return err
}

func (s *spool) size() (int64, error) {
	info, err := s.file.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// rotate gives the file another name and goes on with an empty one. On an error
// the old one stays in use, under its old name where that can be had.
func (s *spool) rotate(name string) error {
	if err := s.sync(); err != nil {
		return err
	}
	if _, err := os.Lstat(name); err == nil {
		return fmt.Errorf("%s exists", name)
	}
	if err := os.Rename(s.path, name); err != nil {
		return err
	}
	fresh, _, err := openSpool(s.path, s.log)
	if err != nil {
		return errors.Join(err, os.Rename(name, s.path))
	}
	err = s.file.Close()
	*s = *fresh
	return err
}

// current reports whether the path still leads to the open file.
func (s *spool) current() bool {
	mine, err1 := s.file.Stat()
	there, err2 := os.Stat(s.path)
	return err1 == nil && err2 == nil && os.SameFile(mine, there)
}

func (s *spool) sync() error {
	if !s.regular {
		return nil
	}
	return s.file.Sync()
}

func (s *spool) close() error { return errors.Join(s.sync(), s.file.Close()) }

// maxTorn is how far repair looks back for the last whole line. A crash tears
// one line, but a file system may leave blocks of zeros after it.
const maxTorn = 1 << 20

// repair makes the file end with a newline. A last line that is whole but for
// its newline gets one; anything else is half a line, or zeros, and is removed.
func (s *spool) repair() (removed bool, err error) {
	if !s.regular {
		return false, nil
	}
	info, err := s.file.Stat()
	if err != nil || info.Size() == 0 {
		return false, err
	}
	tail := make([]byte, min(info.Size(), maxTorn))
	if _, err := s.file.ReadAt(tail, info.Size()-int64(len(tail))); err != nil && err != io.EOF {
		return false, err
	}
	torn := tail[bytes.LastIndexByte(tail, '\n')+1:]
	switch {
	case len(torn) == 0:
		return false, nil
	case json.Valid(torn), len(torn) == maxTorn: // the latter is no log of ours: keep it
		_, err := s.file.Write([]byte{'\n'})
		return false, err
	}
	return true, s.file.Truncate(info.Size() - int64(len(torn)))
}
