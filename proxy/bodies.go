package proxy

import (
	"bytes"
	"fmt"
	"io"
	"net/http"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/clean"
	"github.com/lachan-waf/lachan/policies"
	"github.com/lachan-waf/lachan/proxy/codings"
)

const errPart = "upstream sent a part of a document, which cannot be cleaned on its own"

// otherBody deals with a body that no browser takes for HTML: style sheets,
// scripts, JSON and XML are cleaned, or read beside the way, as the policy says.
func (x *exchange) otherBody(resp *http.Response, stated stated) error {
	medium := clean.MediumOf(stated.ContentType)
	switch {
	case x.site.cleaner.Rewrites(medium):
		return x.cleanOther(resp, stated, medium)
	case x.site.cleaner.BodyPolicy(medium) == policies.BodyReport:
		return x.watchOther(resp, stated, medium)
	}
	return nil
}

// passesParts reports whether a part of a document of this type may pass.
func (x *exchange) passesParts(stated stated) bool {
	return x.site.cleaner == nil || stated.inert() && !x.site.cleaner.Rewrites(clean.MediumOf(stated.ContentType))
}

// cleanOther replaces the body by its cleaned form, as cleanBody does with
// HTML. What cannot be read as what it claims to be is refused; where that
// shows too late, behind the first bytes that may stay, the response breaks off.
func (x *exchange) cleanOther(resp *http.Response, stated stated, medium clean.Medium) error {
	switch {
	case resp.Request.Method == http.MethodHead:
		x.cleanedFields(resp, clean.BodyType(stated.ContentType, medium, nil))
		return nil
	case resp.StatusCode == http.StatusPartialContent:
		return unclean(errPart, nil)
	}
	decoded, err := codings.Decode(resp.Header.Values("Content-Encoding"), resp.Body, decodeLimits)
	if err != nil {
		return unclean("response body cannot be decoded", err)
	}
	prefix, err := readPrefix(decoded)
	if err != nil {
		return unclean("response body cannot be decoded", err)
	}
	kind := clean.BodyType(stated.ContentType, medium, prefix)
	body, dst, err := x.cleanedBody(resp, kind, io.MultiReader(bytes.NewReader(prefix), decoded), decoded)
	if err != nil {
		return err
	}
	body.cleaner = x.site.cleaner.NewBodyWriter(counted{dst, &body.start.passed}, medium, x.bodyDocument(resp, kind))
	body.start.late = func(err error) {
		x.record(x.denyEvent("response broke off: "+err.Error(), resp.StatusCode))
	}
	return body.awaitStart()
}

// watchOther lets the body pass as it is and reads it beside the way. Parts of
// a document are not read: nothing tells what stands around them.
func (x *exchange) watchOther(resp *http.Response, stated stated, medium clean.Medium) error {
	if resp.Request.Method == http.MethodHead || resp.StatusCode == http.StatusPartialContent {
		return nil
	}
	body := &watchedBody{Closer: resp.Body, origin: resp.Body}
	body.failed = func(err error) {
		x.record(audit.Event{
			Action: audit.Detect, Reason: fmt.Sprintf("response body was not inspected to its end: %v", err),
			HTTP: audit.HTTP{Status: resp.StatusCode, ResponseContentType: stated.ContentType},
		})
	}
	decoded, err := codings.Decode(resp.Header.Values("Content-Encoding"), io.TeeReader(resp.Body, &body.out), decodeLimits)
	if err != nil {
		body.failed(err)
		return nil
	}
	body.decoded = decoded
	body.open = func(prefix []byte) io.WriteCloser {
		kind := clean.BodyType(stated.ContentType, medium, prefix)
		return x.site.cleaner.NewBodyWriter(io.Discard, medium, x.bodyDocument(resp, kind))
	}
	resp.Body = body
	return nil
}

// watchedBody is a body that passes as it is: the bytes go by as the decoder
// draws them, and what they decode to is read on the side. The decoder draws
// no more than it needs, so nothing is held back for long.
type watchedBody struct {
	io.Closer
	origin  io.Reader
	out     bytes.Buffer // drawn and not yet read by the visitor
	decoded io.ReadCloser
	open    func(prefix []byte) io.WriteCloser
	reader  io.WriteCloser // nil until the first bytes have come
	failed  func(error)
	done    bool // the reading has ended; the rest passes
	buf     *[]byte
}

func (b *watchedBody) Read(p []byte) (int, error) {
	for b.out.Len() == 0 && !b.done {
		b.watch()
	}
	if b.out.Len() > 0 {
		return b.out.Read(p)
	}
	return b.origin.Read(p)
}

// watch reads a piece. The end of the origin's body is the decoder's too; a
// failure of the origin comes again when the visitor reads it.
func (b *watchedBody) watch() {
	if b.buf == nil {
		b.buf = readBuffers.Get().(*[]byte)
	}
	b.out.Reset()
	n, err := b.decoded.Read(*b.buf)
	if n > 0 {
		if b.reader == nil {
			b.reader = b.open((*b.buf)[:min(n, clean.SniffLen)])
		}
		_, _ = b.reader.Write((*b.buf)[:n]) // a body that cannot be read has been reported
	}
	switch {
	case err == nil:
		return
	case err != io.EOF:
		b.failed(err)
	case b.reader != nil:
		_ = b.reader.Close()
	}
	b.done = true
}

// Close ends the reading. A body that the visitor did not read to its end is
// not judged further.
func (b *watchedBody) Close() error {
	b.done = true
	if b.buf != nil {
		readBuffers.Put(b.buf)
		b.buf = nil
	}
	return closers{b.decoded, b.Closer}.Close()
}
