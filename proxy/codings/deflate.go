package codings

import (
	"bufio"
	"errors"
	"io"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
)

// gzipReader joins the members of a body (RFC 1952 §2.2) and drops what follows
// the last: some origins send padding there, and no browser shows it.
type gzipReader struct {
	in     *bufio.Reader
	gzip   *gzip.Reader
	inside bool // a member has begun and not ended
	later  bool // a member has ended
}

func (g *gzipReader) Reset(r io.Reader) error {
	g.in.Reset(r)
	g.inside, g.later = false, false
	return nil
}

func (g *gzipReader) Read(p []byte) (int, error) {
	for {
		if !g.inside {
			if err := g.begin(); err != nil {
				return 0, err
			}
		}
		n, err := g.gzip.Read(p)
		if !errors.Is(err, io.EOF) {
			return n, err
		}
		if g.inside, g.later = false, true; n > 0 {
			return n, nil
		}
	}
}

// begin reads a member's header; io.EOF says that there is none.
func (g *gzipReader) begin() (err error) {
	if _, err := g.in.Peek(1); err != nil {
		return err
	}
	if head, _ := g.in.Peek(2); g.later && string(head) != "\x1f\x8b" {
		return io.EOF
	}
	if g.gzip == nil {
		g.gzip, err = gzip.NewReader(g.in)
	} else {
		err = g.gzip.Reset(g.in)
	}
	if err != nil {
		return noEOF(err)
	}
	g.gzip.Multistream(false)
	g.inside = true
	return nil
}

// deflateReader reads zlib, which is what RFC 9110 §8.4.1.2 calls deflate, and
// the raw deflate that old servers send under that name and browsers accept.
type deflateReader struct {
	in   *bufio.Reader
	zlib io.ReadCloser
	raw  io.ReadCloser
	use  io.Reader
}

func (d *deflateReader) Reset(r io.Reader) error {
	d.in.Reset(r)
	d.use = nil
	return nil
}

func (d *deflateReader) Read(p []byte) (int, error) {
	if d.use == nil {
		if err := d.begin(); err != nil {
			return 0, err
		}
	}
	return d.use.Read(p)
}

func (d *deflateReader) begin() error {
	if _, err := d.in.Peek(1); err != nil {
		return err
	}
	if head, _ := d.in.Peek(2); isZlib(head) {
		return d.beginZlib()
	}
	return d.beginRaw()
}

func (d *deflateReader) beginZlib() (err error) {
	if d.zlib == nil {
		d.zlib, err = zlib.NewReader(d.in)
	} else {
		err = d.zlib.(zlib.Resetter).Reset(d.in, nil)
	}
	d.use = d.zlib
	return noEOF(err)
}

func (d *deflateReader) beginRaw() (err error) {
	if d.raw == nil {
		d.raw = flate.NewReader(d.in)
	} else {
		err = d.raw.(flate.Resetter).Reset(d.in, nil)
	}
	d.use = d.raw
	return err
}

// isZlib reports a header of RFC 1950 §2.2: method 8, a window of at most
// 32 KiB, a check over both bytes.
func isZlib(head []byte) bool {
	return len(head) == 2 && head[0]&0x0f == 8 && head[0]>>4 <= 7 &&
		(uint(head[0])<<8|uint(head[1]))%31 == 0
}

// noEOF marks an end inside a header: the body is not empty, it is cut short.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
