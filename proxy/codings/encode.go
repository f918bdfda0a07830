package codings

import (
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// The levels of a proxy that codes each page once per visitor: at least half
// of what the best level gains, for a small part of its time.
const (
	gzipLevel = 4
	brLevel   = 4
)

// Encoder writes one coding. Flush makes everything written so far readable at
// the other end. Close ends the coding, releases the writer and leaves the
// destination open; after it the Encoder fails.
type Encoder interface {
	io.WriteCloser
	Flush() error
}

// resetter is a writer of one coding that can be used again.
type resetter interface {
	Encoder
	Reset(w io.Writer)
}

// writers are the codings that are written. The map is never written to.
var writers = map[string]*pool{
	"gzip":    newPool(func() any { return must(gzip.NewWriterLevel(nil, gzipLevel)) }),
	"deflate": newPool(func() any { return must(zlib.NewWriterLevel(nil, gzipLevel)) }),
	"br":      newPool(func() any { return brotli.NewWriterLevel(nil, brLevel) }),
	"zstd":    newPool(func() any { return must(newZstdWriter()) }),
}

// newZstdWriter takes a window of 512 KiB: whole pages fit, and a writer costs
// a megabyte instead of sixteen. With concurrency 1 it starts no goroutine.
func newZstdWriter() (*zstd.Encoder, error) {
	return zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true),
		zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithWindowSize(512<<10))
}

// must is for constant options, which the libraries refuse always or never.
func must[W any](w W, err error) W {
	if err != nil {
		panic("content coding: " + err.Error())
	}
	return w
}

// NewEncoder writes to w in a coding that Negotiate chose; "identity" writes
// through. deflate is written as zlib, as RFC 9110 §8.4.1.2 has it.
func NewEncoder(coding string, w io.Writer) (Encoder, error) {
	coding = canonical(coding)
	if coding == "identity" || coding == "" {
		return identity{w}, nil
	}
	p, ok := writers[coding]
	if !ok {
		return nil, &UnsupportedError{Coding: coding}
	}
	e := p.get().(resetter)
	e.Reset(w)
	return &encoder{w: e, pool: p}, nil
}

type encoder struct {
	w    resetter
	pool *pool
}

func (e *encoder) Write(p []byte) (int, error) {
	if e.w == nil {
		return 0, io.ErrClosedPipe
	}
	return e.w.Write(p)
}

func (e *encoder) Flush() error {
	if e.w == nil {
		return io.ErrClosedPipe
	}
	return e.w.Flush()
}

func (e *encoder) Close() error {
	if e.w == nil {
		return nil
	}
	err := e.w.Close()
	e.w.Reset(io.Discard)
	e.pool.put(e.w)
	e.w = nil
	return err
}

type identity struct{ io.Writer }

// Flush passes on to a destination that buffers.
func (i identity) Flush() error {
	if f, ok := i.Writer.(interface{ Flush() error }); ok {
		return f.Flush()
	}
	return nil
}

func (identity) Close() error { return nil }
