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
	if medium != clean.MediumJS && x.cleaner.Rewrites(clean.MediumJS) {
		// A browser runs text/plain too, if a page says so, and nobody has judged it.
		resp.Header.Set("X-Content-Type-Options", "nosniff")
	}
	switch {
	case medium == clean.MediumJS && x.cleaner.Rewrites(medium):
		return x.cleanOther(resp, stated, medium) // the baseline knows it as the origin has it
	case x.cleaner.Rewrites(medium):
		x.minifyFile(resp, stated)
		return x.cleanOther(resp, stated, medium)
	case x.cleaner.BodyPolicy(medium) == policies.BodyReport:
		x.inspectOther(resp, stated, medium)
	}
	x.minifyFile(resp, stated)
	return nil
}

// passesParts reports whether a part of a document of this type may pass.
func (x *exchange) passesParts(stated stated) bool {
	return x.cleaner == nil || stated.inert() && !x.cleaner.Rewrites(clean.MediumOf(stated.ContentType))
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
	from, err := x.decode(resp)
	if err != nil {
		return err
	}
	kind := clean.BodyType(stated.ContentType, medium, from.prefix)
	body, dst, err := x.cleanedBody(resp, kind, from)
	if err != nil {
		return err
	}
	body.cleaner = x.cleaner.NewBodyWriter(counted{dst, &body.start.passed}, medium, body.file.of(kind))
	body.start.late = func(err error) {
		x.record(x.denyEvent("response broke off: "+err.Error(), resp.StatusCode))
	}
	return body.awaitStart()
}

// inspectOther lets the body pass as it is and reads it beside the way. Parts of
// a document are not read: nothing tells what stands around them.
func (x *exchange) inspectOther(resp *http.Response, stated stated, medium clean.Medium) {
	if resp.Request.Method == http.MethodHead || resp.StatusCode == http.StatusPartialContent {
		return
	}
	body := &inspectedBody{Closer: resp.Body, origin: resp.Body}
	body.failed = func(err error) {
		x.record(audit.Event{
			Action: audit.Detect, Reason: fmt.Sprintf("response body was not inspected to its end: %v", err),
			HTTP: audit.HTTP{Status: resp.StatusCode, ResponseContentType: stated.ContentType},
		})
	}
	decoded, err := codings.Decode(resp.Header.Values("Content-Encoding"), io.TeeReader(resp.Body, &body.out), decodeLimits)
	if err != nil {
		body.failed(err)
		return
	}
	body.file = x.openFile(resp)
	body.from, body.decoded = body.file.before(decoded), decoded
	body.open = func(prefix []byte) bodyCleaner {
		kind := clean.BodyType(stated.ContentType, medium, prefix)
		return x.cleaner.NewBodyWriter(body.file.after(io.Discard), medium, body.file.of(kind))
	}
	resp.Body = body
}

// inspectedBody is a body that passes as it is: the bytes go by as the decoder
// draws them, and what they decode to is read on the side. The decoder draws
// no more than it needs, so nothing is held back for long.
type inspectedBody struct {
	io.Closer
	origin  io.Reader
	out     bytes.Buffer // drawn and not yet read by the visitor
	from    io.Reader    // decoded
	decoded io.Closer
	prefix  []byte // decoded, as long as it is too short to open the reader by
	open    func(prefix []byte) bodyCleaner
	reader  bodyCleaner // nil until the first bytes have come
	failed  func(error)
	done    bool // the reading has ended; the rest passes
	buf     *[]byte
	file    *caseFile
}

func (b *inspectedBody) Read(p []byte) (int, error) {
	for b.out.Len() == 0 && !b.done {
		b.inspect()
	}
	if b.out.Len() > 0 {
		return b.out.Read(p)
	}
	return b.origin.Read(p)
}

// inspect reads a piece. The end of the origin's body is the decoder's too; a
// failure of the origin comes again when the visitor reads it.
func (b *inspectedBody) inspect() {
	if b.buf == nil {
		b.buf = readBuffers.Get().(*[]byte)
	}
	b.out.Reset()
	n, err := b.from.Read(*b.buf)
	b.look((*b.buf)[:n], err != nil)
	switch {
	case err == nil:
		return
	case err != io.EOF:
		b.failed(err)
	default:
		if b.reader != nil {
			_ = b.reader.Close()
		}
		b.file.complete = true
	}
	b.done = true
}

// look has the reader read p. It is opened by as much of the body as its encoding
// may show in, however little of that comes at once.
func (b *inspectedBody) look(p []byte, end bool) {
	if b.reader == nil {
		b.prefix = append(b.prefix, p...)
		if len(b.prefix) == 0 || len(b.prefix) < clean.SniffLen && !end {
			return
		}
		p, b.prefix = b.prefix, nil
		b.reader = b.open(p[:min(len(p), clean.SniffLen)])
	}
	_, _ = b.reader.Write(p) // a body that cannot be read has been reported
}

// Close ends the reading. A body that the visitor did not read to its end is
// not judged further.
func (b *inspectedBody) Close() error {
	b.done = true
	if b.buf != nil {
		readBuffers.Put(b.buf)
		b.buf = nil
	}
	if b.reader != nil {
		b.reader.Abort() // does nothing where inspect has closed it
	}
	b.file.close()
	return closers{b.decoded, b.Closer}.Close()
}
