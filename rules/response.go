package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lachan-waf/lachan/policies"
)

// maxResponseBody is how much of a response's body the rules see. What they look
// for, an error message or the head of a web shell, comes early; the rest passes.
const maxResponseBody = 512 << 10

// Response is what the rules see of a response.
type Response struct {
	Proto  string
	Status int
	// Header holds every field, each duplicate as a value of its own. A
	// Content-Encoding is not shown to the rules: Body is decoded.
	Header map[string][]string
	// Body returns the start of the decoded body, at most limit bytes. It is
	// called once or, where the rules do not read bodies of this type, never;
	// nil where there is none.
	Body func(limit int64) ([]byte, error)
}

// InspectResponse judges the response to a request that passed, where the site's
// policy asks for it (waf.response); elsewhere, and when it is asked again,
// nothing is said. On an error nothing was decided, and the response must not
// be passed on.
func (v *Verdict) InspectResponse(r *Response) (judged Verdict, err error) {
	in := v.inspection
	if in == nil {
		return judged, nil
	}
	defer v.end()
	defer func() {
		if p := recover(); p != nil {
			judged, err = Verdict{}, fmt.Errorf("inspecting response: rule engine panicked: %v", p)
		}
	}()
	if err := in.response(r); err != nil {
		return Verdict{}, err
	}
	in.judgeResponse(&judged)
	return judged, nil
}

// response takes it through phases 3 (headers) and 4 (body), and through 5, in
// which CRS sums up. A request that some rule refuses, and that passes all the
// same, has been stopped short by coraza, and only the last one runs.
func (in *inspection) response(r *Response) error {
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		if strings.EqualFold(name, "Content-Encoding") {
			continue
		}
		for _, value := range r.Header[name] {
			in.tx.AddResponseHeader(name, value)
		}
	}
	reads := r.Body != nil && readsType(r.Header)
	if reads {
		in.variables().TX().Set("lachan_response_body", []string{"1"})
	}
	in.tx.ProcessResponseHeaders(r.Status, r.Proto)
	if reads {
		body, err := r.Body(maxResponseBody)
		if err != nil {
			return fmt.Errorf("reading response body: %w", err)
		}
		if _, _, err := in.tx.WriteResponseBody(body); err != nil {
			return fmt.Errorf("buffering response body: %w", err)
		}
	}
	if _, err := in.tx.ProcessResponseBody(); err != nil {
		return fmt.Errorf("inspecting response body: %w", err)
	}
	in.tx.ProcessLogging()
	return in.ctx.Err()
}

// readsType tells documents and data from images, archives and streams of
// events. No type may be anything.
func readsType(header map[string][]string) bool {
	for name, values := range header {
		if !strings.EqualFold(name, "Content-Type") {
			continue
		}
		for _, value := range values {
			essence, _, _ := strings.Cut(value, ";")
			switch strings.ToLower(strings.TrimSpace(essence)) {
			case "text/html", "text/plain", "text/xml", "application/xhtml+xml", "application/xml", "application/json", "":
				return true
			}
		}
		return false
	}
	return true
}

// judgeResponse is judge for a response: what the rules do is count, and the sum
// decides.
func (in *inspection) judgeResponse(v *Verdict) {
	in.collect(v, nil)
	blocking := in.number("blocking_paranoia_level")
	v.Score = in.score("outbound", blocking)
	v.RuleID = gravest(v.Matches, blocking)
	if slices.ContainsFunc(v.Matches, func(m Match) bool { return isOutboundVerdict(m.RuleID) }) {
		v.refuse(in.engine, 502, "the response's anomaly score reached the threshold")
	}
}

// readsResponses says whether the site's policy asks for it.
func (e *Engine) readsResponses() bool { return e.waf.Response == policies.On }
