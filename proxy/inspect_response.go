package proxy

import (
	"bytes"
	"fmt"
	"io"
	"net/http"

	"github.com/lachan-waf/lachan/policies"
	"github.com/lachan-waf/lachan/proxy/codings"
	"github.com/lachan-waf/lachan/rules"
)

// withheld ends a response the rules refuse.
type withheld struct{ verdict rules.Verdict }

func (e *withheld) Error() string { return "response withheld by rule: " + e.verdict.Reason }

// inspectResponse lets the rules judge the response as the origin sent it,
// where the site's policy asks for it.
func (x *exchange) inspectResponse(resp *http.Response) error {
	if x.site.WAF.Response != policies.On {
		return nil
	}
	verdict, err := x.verdict.InspectResponse(&rules.Response{
		Proto: resp.Proto, Status: resp.StatusCode, Header: resp.Header, Body: x.bodyStart(resp),
	})
	if err != nil {
		return unclean("response could not be inspected", err)
	}
	if verdict.Blocked {
		return &withheld{verdict: verdict}
	}
	x.recordMatches(verdict)
	return nil
}

// bodyStart reads the start of a response's body, decoded, and leaves the whole
// body to be read as it came. nil where there is none.
func (x *exchange) bodyStart(resp *http.Response) func(limit int64) ([]byte, error) {
	if resp.Request.Method == http.MethodHead || resp.Body == http.NoBody || resp.ContentLength == 0 {
		return nil
	}
	return func(limit int64) ([]byte, error) {
		body := x.watch(resp.Body)
		var seen bytes.Buffer
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(&seen, body), body}
		// A coding that makes its text longer is one to fill memory with.
		raw := io.LimitReader(io.TeeReader(body, &seen), 2*limit)
		decoded, err := codings.Decode(resp.Header.Values("Content-Encoding"), raw, decodeLimits)
		if err != nil {
			return nil, err
		}
		start, err := io.ReadAll(io.LimitReader(decoded, limit))
		if err != nil {
			return nil, fmt.Errorf("decoding it: %w", err)
		}
		return start, decoded.Close()
	}
}
