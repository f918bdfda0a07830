package rules

import (
	"errors"
	"slices"
	"testing"

	"github.com/lachan-waf/lachan/policies"
)

func readingResponses(w *policies.WAF) { w.Response = policies.On }

// page is a response with a body and pairs of header fields.
func page(body string, fields ...string) *Response {
	r := &Response{
		Proto: "HTTP/1.1", Status: 200, Header: map[string][]string{},
		Body: func(limit int64) ([]byte, error) { return []byte(body)[:min(int64(len(body)), limit)], nil },
	}
	for i := 0; i < len(fields); i += 2 {
		r.Header[fields[i]] = append(r.Header[fields[i]], fields[i+1])
	}
	return r
}

const leak = "<b>Fatal error</b>:  Uncaught Error in /var/www/html/index.php on line 7 <?php $password = $_GET['x']; ?>"

func TestLeaksAreFound(t *testing.T) {
	engines := NewEngines(Options{})
	for _, tt := range []struct {
		name     string
		mode     policies.WAFMode
		response *Response
		found    bool
	}{
		{"source code", policies.WAFBlock, page(leak, "Content-Type", "text/html; charset=utf-8"), true},
		{"while detecting", policies.WAFDetect, page(leak, "Content-Type", "text/html"), true},
		{"odd spelling of the type", policies.WAFBlock, page(leak, "content-type", "Text/HTML ;a=b"), true},
		{"no type", policies.WAFBlock, page(leak), true},
		{"a coding that is undone", policies.WAFBlock, page(leak, "Content-Type", "text/html", "Content-Encoding", "gzip"), true},
		{"an honest page", policies.WAFBlock, page("<p>Thông báo</p>", "Content-Type", "text/html"), false},
		{"an image", policies.WAFBlock, page(leak, "Content-Type", "image/png"), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := acquireFrom(t, engines, site(readingResponses, func(w *policies.WAF) { w.Mode = tt.mode }))
			v := inspect(t, e, request("GET", "/"), nil)
			if v.WouldBlock {
				t.Fatalf("the request: %+v", v)
			}
			got, err := v.InspectResponse(tt.response)
			if err != nil {
				t.Fatal(err)
			}
			if got.WouldBlock != tt.found || got.Blocked != (tt.found && tt.mode == policies.WAFBlock) || tt.found && got.Status != 502 {
				t.Errorf("would block %v, blocked %v, status %d, matches %+v", got.WouldBlock, got.Blocked, got.Status, got.Matches)
			}
			if c := got.Cause(); tt.found && (c == nil || c.RuleID/1000 != 953 || got.Score < 4) {
				t.Errorf("cause %+v, score %d", c, got.Score)
			}
		})
	}
}

// A request that matched says so once: the response has matches of its own.
func TestResponseHasItsOwnMatches(t *testing.T) {
	e := acquire(t, site(readingResponses, func(w *policies.WAF) { w.Mode = policies.WAFDetect }))
	v := inspect(t, e, request("GET", "/?q=%3Cscript%3Ealert(1)%3C/script%3E"), nil)
	got, err := v.InspectResponse(page(leak, "Content-Type", "text/html"))
	if err != nil || !v.WouldBlock || !got.WouldBlock {
		t.Fatalf("%v, %v, %v", v.WouldBlock, got.WouldBlock, err)
	}
	for _, m := range got.Matches {
		if slices.ContainsFunc(v.Matches, func(o Match) bool { return o.RuleID == m.RuleID }) {
			t.Errorf("rule %d stands in both", m.RuleID)
		}
	}
}

func TestResponseThatCannotBeRead(t *testing.T) {
	v := inspect(t, acquire(t, site(readingResponses)), request("GET", "/"), nil)
	r, broken := page(""), errors.New("broken")
	r.Body = func(int64) ([]byte, error) { return nil, broken }
	if _, err := v.InspectResponse(r); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
}

func TestResponsesAreLeftAloneUnlessAskedFor(t *testing.T) {
	v := inspect(t, acquire(t, site()), request("GET", "/"), nil)
	got, err := v.InspectResponse(page(leak, "Content-Type", "text/html"))
	if err != nil || got.WouldBlock || len(got.Matches) > 0 {
		t.Errorf("%+v, %v", got, err)
	}
}
