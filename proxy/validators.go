package proxy

import (
	"net/http"
	"strings"

	"github.com/lachan-waf/lachan/clean"
	"github.com/lachan-waf/lachan/policies"
)

// A cleaned document is not the origin's: it has its own validators, which
// change with the policy, and no byte ranges. Without that a browser's copy
// from before the cleaning would be confirmed by a 304 for ever.

// wholeBodyFields speak of the origin's bytes.
var wholeBodyFields = [...]string{"Content-Md5", "Digest", "Repr-Digest", "Content-Digest", "Accept-Ranges"}

// cleanedFields rewrites the header fields of a response that is cleaned.
func (x *exchange) cleanedFields(resp *http.Response, kind clean.Type) {
	h := resp.Header
	h.Del("Content-Length") // the same bytes may be coded otherwise
	h.Del("Content-Encoding")
	resp.ContentLength = -1
	h.Add("Vary", "Accept-Encoding")
	if x.site.Response.Mode == policies.ResponseReport {
		return // the document is the origin's
	}
	h.Set("Content-Type", kind.ContentType)
	h.Set("X-Content-Type-Options", "nosniff")
	for _, name := range wholeBodyFields {
		h.Del(name)
	}
	h.Del("Last-Modified")
	h.Del("Use-As-Dictionary")
	x.markETag(h)
}

// confirmedFields rewrites a 304 for a document that was cleaned before.
func (x *exchange) confirmedFields(resp *http.Response) {
	if x.revalidates {
		resp.Header.Del("Last-Modified")
		x.markETag(resp.Header)
	}
}

// markETag marks the origin's entity tag with the policy the document was
// cleaned by. It is weak: the bytes depend on the coding too (RFC 9110 §8.8.1).
func (x *exchange) markETag(h http.Header) {
	if etag := h.Get("Etag"); etag != "" {
		opaque := strings.Trim(strings.TrimPrefix(etag, "W/"), `"`)
		h.Set("Etag", `W/"`+opaque+x.etagMark()+`"`)
	}
}

func (x *exchange) etagMark() string { return "-lachan-" + x.cleaner.Fingerprint() }

// conditions keeps the conditional fields whose answer can be trusted: those
// that carry our own mark, unmarked; and those of requests whose answer the
// browser uses as something that is passed on as it is.
func (x *exchange) conditions(out *http.Request) {
	if x.cleaner == nil || x.site.Response.Mode == policies.ResponseReport {
		return
	}
	h := out.Header
	passed := x.subresource(h.Get("Sec-Fetch-Dest"))
	if !passed {
		h.Del("If-Modified-Since")
		h.Del("If-Range")
	}
	var known []string
	for _, etag := range strings.Split(strings.Join(h.Values("If-None-Match"), ","), ",") {
		opaque, marked := strings.CutSuffix(strings.TrimSpace(etag), x.etagMark()+`"`)
		switch {
		case marked:
			known = append(known, opaque+`"`)
			x.revalidates = true
		case passed && etag != "":
			known = append(known, strings.TrimSpace(etag))
		}
	}
	h.Del("If-None-Match")
	if len(known) > 0 {
		h.Set("If-None-Match", strings.Join(known, ", "))
	}
}

// subresource reports whether a browser says it will use the answer as
// something that is neither markup (Fetch Metadata §2.1) nor cleaned.
func (x *exchange) subresource(dest string) bool {
	switch dest {
	case "image", "font", "audio", "video", "track":
		return true
	case "style":
		return !x.cleaner.Rewrites(clean.MediumCSS)
	case "script":
		return !x.cleaner.Rewrites(clean.MediumJS)
	}
	return false
}

// acceptCodings leaves the codings package codings reads. Dictionaries (dcb,
// dcz) are not among them: their content depends on an earlier response.
func acceptCodings(h http.Header) {
	accepted := h.Values("Accept-Encoding")
	h.Del("Accept-Encoding")
	if len(accepted) > 0 && strings.Contains(strings.ToLower(strings.Join(accepted, ",")), "gzip") {
		h.Set("Accept-Encoding", "gzip")
	}
}

// wholeDocuments asks again without Range where a part of what may be a
// document came back: a part cannot be cleaned.
type wholeDocuments struct{ next http.RoundTripper }

func (t *wholeDocuments) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.next.RoundTrip(r)
	if err != nil || resp.StatusCode != http.StatusPartialContent || r.Method != http.MethodGet ||
		exchangeOf(r.Context()).passesParts(statedType(resp.Header)) {
		return resp, err
	}
	if err := resp.Body.Close(); err != nil {
		return nil, err
	}
	whole := r.Clone(r.Context())
	whole.Header.Del("Range")
	whole.Header.Del("If-Range")
	whole.Body = nil
	return t.next.RoundTrip(whole)
}
