package proxy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/lachan-waf/lachan/proxy/codings"
)

// cleanedBody is the response body the visitor reads: each Read draws from the
// origin until the cleaner has let something through.
type cleanedBody struct {
	from    io.Reader // decoded
	cleaner bodyCleaner
	encoder codings.Encoder // nil for identity
	out     bytes.Buffer    // cleaned, encoded, not yet read
	buf     *[]byte
	head    head
	request string // its ID, for errors
	err     error  // the origin's, kept until out is empty
	decoded io.Closer
	close   io.Closer
	file    *caseFile
	start   start
	took    time.Duration // of the cleaner
}

// bodyCleaner is what clean.Writer and clean.BodyWriter have in common.
type bodyCleaner interface {
	io.WriteCloser
	Abort()
}

func (b *cleanedBody) Read(p []byte) (int, error) {
	for b.out.Len() == 0 && b.err == nil {
		b.err = b.fill()
	}
	if b.out.Len() > 0 {
		return b.out.Read(p)
	}
	b.start.broken(b.err)
	return 0, b.err
}

// maxIdleOut is the buffer that is kept for the next piece. A longer one was for
// a tag that had been held back, whose like may never come again.
const maxIdleOut = 64 << 10

// fill moves one piece of the body through the cleaner. Only an orderly end
// closes the cleaner: where the origin fails, what is still held back has not
// been read as markup and is dropped.
func (b *cleanedBody) fill() error {
	if b.out.Len() == 0 && b.out.Cap() > maxIdleOut {
		b.out = bytes.Buffer{}
	}
	n, err := b.from.Read(*b.buf)
	if n > 0 {
		if err := b.clean((*b.buf)[:n]); err != nil {
			return err
		}
	}
	switch {
	case err == io.EOF:
		return b.finish()
	case err != nil:
		b.file.x.brokeOff(err)
		return fmt.Errorf("request %s: response broke off: %w", b.request, err)
	case n < len(*b.buf) && b.encoder != nil && !b.start.awaited:
		// The origin paused: what it has sent is not held back in the encoder.
		return b.encoder.Flush()
	}
	return nil
}

// clean is the cleaner's Write, timed.
func (b *cleanedBody) clean(piece []byte) error {
	now := b.file.x.server.now
	begun := now()
	_, err := b.cleaner.Write(piece)
	b.took += now().Sub(begun)
	return err
}

func (b *cleanedBody) finish() error {
	if err := b.cleaner.Close(); err != nil {
		return err
	}
	if b.encoder != nil {
		if err := b.encoder.Close(); err != nil {
			return err
		}
	}
	b.file.complete = true
	return io.EOF
}

func (b *cleanedBody) Close() error {
	if b.buf != nil {
		readBuffers.Put(b.buf)
		b.buf = nil
		b.cleaner.Abort() // does nothing where finish has closed it
		b.file.close()
		b.file.x.server.metrics.stages.WithLabelValues("clean").Observe(b.took.Seconds())
	}
	return closers{b.decoded, b.close}.Close()
}

var readBuffers = sync.Pool{New: func() any { b := make([]byte, 32<<10); return &b }}

// closers closes all, and returns the first error.
type closers []io.Closer

func (cs closers) Close() error {
	var errs []error
	for _, c := range cs {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}
