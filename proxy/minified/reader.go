package minified

import (
	"bytes"
	"errors"
	"io"
)

// reader holds a body until it is minified, or until it is too long to be.
type reader struct {
	m    *Minifier
	kind kind
	from io.Reader
	out  io.Reader // nil until the first Read
}

func (r *reader) Read(p []byte) (int, error) {
	if r.out == nil {
		r.out = r.open()
	}
	return r.out.Read(p)
}

func (r *reader) open() io.Reader {
	body, err := io.ReadAll(io.LimitReader(r.from, int64(r.kind.limit)+1))
	switch {
	case err != nil:
		return io.MultiReader(bytes.NewReader(body), failed{err})
	case len(body) > r.kind.limit:
		return io.MultiReader(bytes.NewReader(body), r.from)
	}
	body, _ = r.m.shorten(r.kind, body)
	return bytes.NewReader(body)
}

type failed struct{ err error }

func (f failed) Read([]byte) (int, error) { return 0, f.err }

// errLong ends a minifier whose output has outgrown its input.
var errLong = errors.New("longer than it was")

// sticky gathers what a minifier writes, as long as it is shorter than what it
// was given. Minifiers look at few of their writes' errors: the first stays.
type sticky struct {
	out []byte
	max int
	err error
}

func (s *sticky) Write(p []byte) (int, error) {
	if s.err == nil && len(s.out)+len(p) >= s.max {
		s.err = errLong
	}
	if s.err != nil {
		return 0, s.err
	}
	s.out = append(s.out, p...)
	return len(p), nil
}
