package proxy

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/lachan-waf/lachan/clean"
	"github.com/lachan-waf/lachan/policies"
	"github.com/lachan-waf/lachan/proxy/codings"
)

// minifies reports whether bodies of the response may be shortened: the site
// wants it, changes its responses at all, and the origin does not forbid it
// (RFC 9111 §5.2.2.6).
func (x *exchange) minifies(resp *http.Response) bool {
	return x.site.Response.Minify && x.site.Response.Mode == policies.ResponseClean &&
		!strings.Contains(strings.ToLower(strings.Join(resp.Header.Values("Cache-Control"), ",")), "no-transform")
}

// minified puts the minifier before the cleaner, which judges what it writes.
func (x *exchange) minified(resp *http.Response, kind clean.Type, from io.Reader) io.Reader {
	if !x.minifies(resp) || kind.Charset != "utf-8" {
		return from
	}
	return x.server.minifier.Reader("text/html", from)
}

// codedSlack is how much longer than what it decodes to a body may be that is
// held to be minified.
const codedSlack = 64 << 10

// minifyFile shortens a body that is no document. Where anything is in the way
// the response stays as it was, byte for byte: what had to be read of it is put
// back in front.
func (x *exchange) minifyFile(resp *http.Response, t stated) {
	limit := int64(x.server.minifier.Limit(t.essence))
	if limit == 0 || !x.minifies(resp) || resp.StatusCode != http.StatusOK || resp.ContentLength > limit ||
		resp.ContentLength < 0 && clean.MediumOf(t.essence) == clean.MediumJSON || t.otherCharset() {
		return
	}
	switch x.r.Method {
	case http.MethodGet:
	case http.MethodHead: // how long it will be only a GET tells
		resp.Header.Del("Content-Length")
		return
	default:
		return
	}
	resp.Body = x.watch(resp.Body)
	var coded bytes.Buffer
	whole, err := x.readWhole(resp, io.TeeReader(io.LimitReader(resp.Body, limit+codedSlack), &coded), limit)
	if err == nil {
		if short, shorter := x.server.minifier.Bytes(t.essence, whole); shorter && x.sendFile(resp, short) == nil {
			return
		}
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(&coded, resp.Body), resp.Body}
}

// readWhole decodes a body of at most limit bytes.
func (x *exchange) readWhole(resp *http.Response, body io.Reader, limit int64) ([]byte, error) {
	decoded, err := codings.Decode(resp.Header.Values("Content-Encoding"), body, codings.Limits{MaxRatio: decodeLimits.MaxRatio, MaxBytes: limit})
	if err != nil {
		return nil, err
	}
	defer decoded.Close()
	whole, err := io.ReadAll(io.LimitReader(decoded, limit+1))
	if err == nil && int64(len(whole)) > limit {
		err = io.ErrShortBuffer
	}
	return whole, err
}

// sendFile replaces the body by another. Its entity tag becomes a weak one and
// its digests go: no part of it may be joined with a part of the origin's, as
// browsers do by the time of change where ranges are not ruled out.
func (x *exchange) sendFile(resp *http.Response, body []byte) error {
	coding := codings.Negotiate(x.r.Header.Values("Accept-Encoding"), codingOf(resp.Header))
	var out bytes.Buffer
	encoder, err := codings.NewEncoder(coding, &out)
	if err != nil {
		return err
	}
	if _, err := encoder.Write(body); err != nil {
		return err
	}
	if err := encoder.Close(); err != nil {
		return err
	}
	h := resp.Header
	h.Del("Content-Encoding")
	if coding != "identity" && coding != "" {
		h.Set("Content-Encoding", coding)
	}
	h.Add("Vary", "Accept-Encoding")
	for _, name := range wholeBodyFields {
		h.Del(name)
	}
	h.Set("Accept-Ranges", "none")
	if etag := h.Get("Etag"); etag != "" && !strings.HasPrefix(etag, "W/") {
		h.Set("Etag", "W/"+etag)
	}
	resp.ContentLength = int64(out.Len())
	h.Set("Content-Length", strconv.Itoa(out.Len()))
	resp.Trailer = nil
	resp.Body = struct {
		io.Reader
		io.Closer
	}{&out, resp.Body}
	return nil
}

// otherCharset reports whether a type states an encoding that is not UTF-8.
func (t stated) otherCharset() bool {
	_, label, found := strings.Cut(strings.ToLower(t.ContentType), "charset=")
	label, _, _ = strings.Cut(label, ";")
	label = strings.Trim(label, " \t\"'")
	return found && label != "utf-8" && label != "utf8"
}
