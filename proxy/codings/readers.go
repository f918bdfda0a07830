package codings

import (
	"bufio"
	"io"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// window is the largest zstd window read or written: RFC 8878 §3.1.1.1.2 asks
// every decoder for 8 MiB, RFC 9659 allows no more for HTTP.
const window = 8 << 20

// decoder is a reader of one coding that can be used again.
type decoder interface {
	io.Reader
	Reset(r io.Reader) error
}

// pool keeps readers or writers of one coding for the next body.
type pool struct{ sync.Pool }

func newPool(make func() any) *pool { return &pool{sync.Pool{New: make}} }

func (p *pool) get() any  { return p.Get() }
func (p *pool) put(v any) { p.Put(v) }

// readers are the codings that are read. The map is never written.
var readers = map[string]*pool{
	"gzip":    newPool(func() any { return &gzipReader{in: bufio.NewReader(nil)} }),
	"deflate": newPool(func() any { return &deflateReader{in: bufio.NewReader(nil)} }),
	"br":      newPool(func() any { return &brReader{in: bufio.NewReader(nil), br: brotli.NewReader(nil)} }),
	"zstd":    newPool(func() any { return &zstdReader{in: bufio.NewReader(nil)} }),
}

// brReader reads windows up to 16 MiB (RFC 7932 §9.1); the large windows beyond
// are refused by the library.
type brReader struct {
	in   *bufio.Reader
	br   *brotli.Reader
	open bool
}

func (b *brReader) Reset(r io.Reader) error {
	b.in.Reset(r)
	b.open = false
	return b.br.Reset(b.in)
}

func (b *brReader) Read(p []byte) (int, error) {
	if !b.open {
		if _, err := b.in.Peek(1); err != nil {
			return 0, err
		}
		b.open = true
	}
	return b.br.Read(p)
}

// zstdReader decodes on the goroutine that reads: with concurrency 1 the
// library starts none of its own.
type zstdReader struct {
	in   *bufio.Reader
	zstd *zstd.Decoder
	open bool
}

func (z *zstdReader) Reset(r io.Reader) error {
	z.in.Reset(r)
	z.open = false
	return nil
}

func (z *zstdReader) Read(p []byte) (int, error) {
	if !z.open {
		if err := z.begin(); err != nil {
			return 0, err
		}
	}
	return z.zstd.Read(p)
}

func (z *zstdReader) begin() (err error) {
	if _, err := z.in.Peek(1); err != nil {
		return err
	}
	z.open = true
	if z.zstd != nil {
		return z.zstd.Reset(z.in)
	}
	z.zstd, err = zstd.NewReader(z.in, zstd.WithDecoderConcurrency(1),
		zstd.WithDecoderMaxWindow(window), zstd.WithDecoderLowmem(true))
	return err
}
