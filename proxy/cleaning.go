package proxy

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/lachan-waf/lachan/clean"
	"github.com/lachan-waf/lachan/policies"
	"github.com/lachan-waf/lachan/proxy/codings"
	"github.com/lachan-waf/lachan/proxy/page"
)

// decodeLimits bound what an origin's compressed page may unfold to.
var decodeLimits = codings.Limits{MaxRatio: 1000, MaxBytes: 1 << 30}

// cleanBody puts the cleaner between the origin's body and the visitor, where
// a browser may take that body for HTML: decode, clean, encode.
func (x *exchange) cleanBody(resp *http.Response) error {
	stated := statedType(resp.Header)
	switch {
	case resp.StatusCode == http.StatusNotModified:
		x.confirmedFields(resp)
		return nil
	case resp.StatusCode == http.StatusNoContent:
		return nil
	case stated.inert():
		// One value: of several, browsers and others choose differently.
		resp.Header.Set("Content-Type", stated.ContentType)
		x.sandboxXML(resp.Header, stated)
		return x.otherBody(resp, stated)
	case resp.Request.Method == http.MethodHead:
		if stated.HTML {
			x.cleanedFields(resp, stated.Type)
		}
		return nil
	case stated.multipart():
		return unclean("upstream sent several documents in one, which cannot be cleaned", nil)
	case resp.StatusCode == http.StatusPartialContent:
		return unclean(errPart, nil)
	}
	body, err := x.decode(resp)
	if err != nil {
		return err
	}
	kind := clean.Sniff(resp.Header.Values("Content-Type"), body.prefix)
	body.prefix = nil // it may be long
	if !kind.HTML {
		return x.passDecoded(resp, kind, body)
	}
	return x.cleanDocument(resp, kind, body)
}

// decodedBody is an origin's body without its content coding.
type decodedBody struct {
	io.Reader
	io.Closer
	prefix []byte // what the body begins with, for Sniff
	xhtml  bool   // it is said to be XHTML
}

// decode reads the beginning of the body, while there is still a status to
// choose for one that cannot be read.
func (x *exchange) decode(resp *http.Response) (*decodedBody, error) {
	resp.Body = x.watch(resp.Body)
	decoded, err := codings.Decode(resp.Header.Values("Content-Encoding"), resp.Body, decodeLimits)
	if err != nil {
		return nil, unclean("response body cannot be decoded", err)
	}
	contentType := resp.Header.Values("Content-Type")
	prefix, err := clean.ReadPrefix(decoded, contentType)
	if err != nil {
		return nil, unclean("response body cannot be decoded", err)
	}
	return &decodedBody{io.MultiReader(bytes.NewReader(prefix), decoded), decoded, prefix, clean.StatesXHTML(contentType)}, nil
}

// cleanDocument replaces the body by its cleaned form in the same coding, as
// long as the visitor accepts that.
func (x *exchange) cleanDocument(resp *http.Response, kind clean.Type, from *decodedBody) error {
	body, dst, err := x.cleanedBody(resp, kind, from)
	if err != nil {
		return err
	}
	body.from = x.minified(resp, kind, body.from)
	doc := body.file.of(kind)
	doc.XHTML, doc.Nonce = from.xhtml, x.addPolicy(resp.Header)
	if body.head.over = true; x.refusesDoorways() {
		doc.Head, body.head.over = body.head.end, false
	}
	body.cleaner = x.cleaner.NewWriter(dst, doc)
	return body.awaitHead()
}

// cleanedBody puts a body in place of the origin's, whose cleaner is to write
// to dst.
func (x *exchange) cleanedBody(resp *http.Response, kind clean.Type, from *decodedBody) (body *cleanedBody, dst io.Writer, err error) {
	coding := codings.Negotiate(x.r.Header.Values("Accept-Encoding"), codingOf(resp.Header))
	x.cleanedFields(resp, kind)
	body = &cleanedBody{request: x.id, decoded: from, close: resp.Body}
	dst = &body.out
	if coding != "identity" && coding != "" {
		encoder, err := codings.NewEncoder(coding, &body.out)
		if err != nil {
			return nil, nil, err
		}
		resp.Header.Set("Content-Encoding", coding)
		body.encoder, dst = encoder, encoder
	}
	file := x.openFile(resp) // closed with the body, as the buffer is
	body.file, body.from, body.buf = file, file.before(from), readBuffers.Get().(*[]byte)
	resp.Body = body
	return body, file.after(dst), nil
}

// passDecoded sends on what had to be decoded to learn that it is no HTML.
// Its type is stated, so that browsers do not guess otherwise.
func (x *exchange) passDecoded(resp *http.Response, kind clean.Type, from *decodedBody) error {
	if codingOf(resp.Header) != "identity" {
		resp.Header.Del("Content-Encoding")
		resp.Header.Del("Content-Length")
		resp.ContentLength = -1
	}
	if kind.ContentType != "" {
		resp.Header.Set("Content-Type", kind.ContentType)
		resp.Header.Set("X-Content-Type-Options", "nosniff")
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{from, closers{from, resp.Body}}
	return nil
}

// unclean is the refusal of a response that cannot be cleaned: it fails closed.
func unclean(reason string, cause error) error {
	if cause != nil {
		reason = fmt.Sprintf("%s: %v", reason, cause)
	}
	return &refusal{kind: page.CleaningFailed, reason: reason, cause: cause}
}

// stated is the type a response states, before its body is looked at.
type stated struct {
	clean.Type
	essence string // in lower case, without parameters
}

func statedType(h http.Header) stated {
	t := clean.Sniff(h.Values("Content-Type"), nil)
	essence, _, _ := strings.Cut(strings.ToLower(t.ContentType), ";")
	return stated{t, strings.TrimSpace(essence)}
}

// inert reports whether the type alone tells that no browser takes the body
// for HTML, whatever it holds.
func (t stated) inert() bool { return !t.HTML && t.ContentType != "" && !t.multipart() }

func (t stated) multipart() bool { return strings.HasPrefix(t.essence, "multipart/") }

// sandboxXML keeps XML and SVG from running as documents: a feed, a sitemap or
// an image needs no script, and XHTML elements in them would. As an image in a
// page SVG is not affected. It is not rewritten either, so that search engines
// are told to count no link in it.
func (x *exchange) sandboxXML(h http.Header, t stated) {
	if x.site.Response.Mode != policies.ResponseClean || !strings.Contains(t.essence, "xml") && !strings.Contains(t.essence, "/xsl") {
		return
	}
	h.Add("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:")
	if t.essence == "image/svg+xml" {
		h.Add("X-Robots-Tag", "nofollow")
	}
}

// codingOf is the content coding as one token; "identity" for none. Stacked
// codings are never offered back, so any other name serves for them.
func codingOf(h http.Header) string {
	coding := strings.ToLower(strings.TrimSpace(strings.Join(h.Values("Content-Encoding"), ",")))
	if coding == "" {
		return "identity"
	}
	return coding
}
