package codings

import (
	"errors"
	"fmt"
	"io"
)

// layer undoes one coding. Its reader is made at the first Read: making one
// reads a header, which a streaming origin may send late.
type layer struct {
	coding string
	in     counter
	limits Limits
	reader decoder
	out    int64
	err    error
}

func (l *layer) Read(p []byte) (int, error) {
	if l.err != nil || len(p) == 0 {
		return 0, l.err
	}
	if l.reader == nil {
		if l.err = l.open(); l.err != nil {
			return 0, l.err
		}
	}
	n, err := l.reader.Read(p)
	n, l.err = l.bound(n, l.explain(err))
	return n, l.err
}

func (l *layer) open() error {
	r := readers[l.coding].get().(decoder)
	if err := r.Reset(&l.in); err != nil {
		readers[l.coding].put(r)
		return l.explain(err)
	}
	l.reader = r
	return nil
}

// bound cuts the n bytes just decoded at the first one over a limit.
func (l *layer) bound(n int, err error) (int, error) {
	allowed := l.allowed() - l.out
	if int64(n) <= allowed {
		l.out += int64(n)
		return n, err
	}
	l.out += allowed
	return int(allowed), &LimitError{Limits: l.limits, Coded: l.in.n, Decoded: l.out}
}

func (l *layer) allowed() int64 {
	allowed := int64(1<<63 - 1)
	if l.limits.MaxBytes > 0 {
		allowed = l.limits.MaxBytes
	}
	if l.limits.MaxRatio > 0 {
		allowed = min(allowed, slack+int64(l.limits.MaxRatio)*l.in.n)
	}
	return max(allowed, l.out)
}

// explain names the coding in an error that is about the body's bytes; those
// of the reader underneath pass as they are.
func (l *layer) explain(err error) error {
	switch {
	case err == nil || errors.Is(err, io.EOF) || errors.Is(err, l.in.err):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%s: body cut short: %w", l.coding, io.ErrUnexpectedEOF)
	}
	return fmt.Errorf("%s: %w", l.coding, err)
}

func (l *layer) close() {
	if l.reader != nil {
		if l.reader.Reset(empty{}) == nil {
			readers[l.coding].put(l.reader)
		}
	}
	l.reader, l.err = nil, io.ErrClosedPipe
}

// counter counts what is read and remembers how reading failed.
type counter struct {
	r   io.Reader
	n   int64
	err error
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if err != nil && err != io.EOF {
		c.err = err
	}
	return n, err
}

// empty is what pooled readers hold on to instead of a body.
type empty struct{}

func (empty) Read([]byte) (int, error) { return 0, io.EOF }
