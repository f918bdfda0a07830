package proxy

import (
	"errors"
	"io"

	"github.com/lachan-waf/lachan/clean"
)

// start is the beginning of a cleaned body that is not HTML. Until the cleaner
// has let something through there is still a status to choose.
type start struct {
	awaited bool
	passed  int64       // bytes the cleaner has let through
	late    func(error) // told of a body that proves unreadable behind its start
}

// awaitStart cleans until the first bytes are there, so that a body which
// cannot be cleaned is refused with a status that says so. Until then nothing
// is flushed: an encoder writes even where it has been given nothing.
func (b *cleanedBody) awaitStart() error {
	b.start.awaited = true
	for b.start.passed == 0 && b.err == nil {
		b.err = b.fill()
	}
	b.start.awaited = false
	switch {
	case b.start.passed > 0 || errors.Is(b.err, io.EOF):
		return nil
	case unreadable(b.err):
		return unclean("response body cannot be cleaned", b.err)
	}
	return unclean("response body cannot be decoded", b.err)
}

// broken tells of a body that proves unreadable too late for a refusal, once.
func (s *start) broken(err error) {
	if s.late != nil && unreadable(err) {
		s.late(err)
		s.late = nil
	}
}

func unreadable(err error) bool {
	var unreadable *clean.UnreadableError
	return errors.As(err, &unreadable)
}

// counted counts what goes through a writer.
type counted struct {
	io.Writer
	n *int64
}

func (c counted) Write(p []byte) (int, error) {
	n, err := c.Writer.Write(p)
	*c.n += int64(n)
	return n, err
}
