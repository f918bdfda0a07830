// Package codings reads and writes content codings (RFC 9110 §8.4): gzip,
// deflate, br and zstd.
//
//	body, err := codings.Decode(res.Header.Values("Content-Encoding"), res.Body, codings.Limits{MaxRatio: 200})
//	if err != nil {
//		return err // *UnsupportedError: the body cannot be read, so it cannot be cleaned
//	}
//	defer body.Close()
//	coding := codings.Negotiate(req.Header.Values("Accept-Encoding"), "zstd", "br", "gzip")
//	out, err := codings.NewEncoder(coding, w)
//
// Both directions stream: what a Flush has written can be read before the end.
// Readers and writers are pooled; Close returns them, once.
package codings

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxDepth is how many codings may be stacked on a body. Nobody has reason for
// more than two; each one multiplies what a decompression bomb can cost.
const maxDepth = 3

// slack is what a body may decode to before its ratio counts: short bodies of
// one repeated line have high ratios and do no harm.
const slack = 256 << 10

// Limits bound what a body may decode to. Zero fields set no bound.
type Limits struct {
	// MaxRatio is how many decoded bytes one coded byte may stand for, counted
	// over the body so far, once it has passed 256 KiB. HTML stays under 50;
	// gzip reaches 1032 with zeros.
	MaxRatio int
	// MaxBytes is how many bytes any layer may decode to.
	MaxBytes int64
}

// UnsupportedError is a coding that is not read or written here.
type UnsupportedError struct{ Coding string }

func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("unsupported content coding %q", e.Coding)
}

// LimitError is a body that decodes to more than its limits allow. Everything
// within them has been delivered before.
type LimitError struct {
	Limits  Limits
	Coded   int64 // bytes read
	Decoded int64 // bytes delivered
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("content coding: body over its limit: %d bytes out of %d", e.Decoded, e.Coded)
}

// ErrTooDeep is a Content-Encoding that stacks more codings than are read.
var ErrTooDeep = errors.New("content coding: too many codings on one body")

// Decode undoes the codings of a Content-Encoding header, given as its field
// values. It reads nothing from r; a body that is not in the coding it names
// fails at the first Read. Close releases the readers and leaves r open.
//
// An empty body is empty in every coding. A body cut short ends with
// io.ErrUnexpectedEOF behind all that could be decoded of it. Bytes behind the
// end of gzip or deflate are dropped, as browsers drop them; behind br or zstd
// they are an error. Members of gzip and frames of zstd are joined (RFC 1952
// §2.2, RFC 8878 §3.1), though browsers show only the first member of gzip.
func Decode(encoding []string, r io.Reader, limits Limits) (io.ReadCloser, error) {
	names, err := layers(encoding)
	if err != nil {
		return nil, err
	}
	body := &decoded{Reader: r}
	for i := len(names) - 1; i >= 0; i-- {
		l := &layer{coding: names[i], in: counter{r: body.Reader}, limits: limits}
		body.Reader = l
		body.layers = append(body.layers, l)
	}
	return body, nil
}

// layers lists the codings in the order they were applied.
func layers(encoding []string) ([]string, error) {
	var names []string
	for _, value := range encoding {
		for name := range strings.SplitSeq(value, ",") {
			name = canonical(name)
			if name == "" || name == "identity" {
				continue
			}
			if _, ok := readers[name]; !ok {
				return nil, &UnsupportedError{Coding: name}
			}
			if names = append(names, name); len(names) > maxDepth {
				return nil, ErrTooDeep
			}
		}
	}
	return names, nil
}

// canonical is a coding's name in lower case; RFC 9110 §8.4.1.3 makes x-gzip
// another name of gzip.
func canonical(name string) string {
	name = strings.ToLower(strings.Trim(name, " \t"))
	if name == "x-gzip" {
		return "gzip"
	}
	return name
}

type decoded struct {
	io.Reader
	layers []*layer
}

func (d *decoded) Close() error {
	for _, l := range d.layers {
		l.close()
	}
	d.layers = nil
	d.Reader = closedReader{}
	return nil
}

type closedReader struct{}

func (closedReader) Read([]byte) (int, error) { return 0, io.ErrClosedPipe }
