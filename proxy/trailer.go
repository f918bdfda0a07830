package proxy

import (
	"io"
	"maps"
	"net/http"
	"slices"

	"github.com/lachan-waf/lachan/policies"
)

// checkTrailer keeps back the fields that come behind a body, announced or
// not: by then the header fields have been judged, and some recipients merge
// the two (RFC 9110 §6.5.1).
func (x *exchange) checkTrailer(resp *http.Response) error {
	if x.site.Response.Mode == policies.ResponseClean {
		resp.Trailer = nil
		resp.Body = &untrailed{ReadCloser: resp.Body, exchange: x, response: resp}
	}
	return nil
}

// untrailed is a body whose trailer goes: net/http sets it at the end.
type untrailed struct {
	io.ReadCloser
	exchange *exchange
	response *http.Response
}

func (b *untrailed) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF && len(b.response.Trailer) > 0 {
		names := slices.Sorted(maps.Keys(b.response.Trailer)) // the values may be secret
		b.response.Trailer = nil
		finding, _ := b.exchange.cleaner.Field("Trailer", names, b.exchange.documentURL())
		b.exchange.reportHeader(finding, b.response)
	}
	return n, err
}
