// Package requests reads requests from files, as people have them at hand: the
// text of an HTTP request, as Burp or curl -v shows it, command lines of curl, and
// YAML, in the format of CRS's own tests or in a short one:
//
//   - name: the editor quotes SQL
//     method: POST
//     uri: /wp-admin/post.php
//     headers: {Content-Type: application/x-www-form-urlencoded}
//     data: content=select+a+from+b
//     no_expect_ids: [942100]
//
//     all, err := requests.Read("post.yaml", text) // err: "post.yaml:4: unknown field"
//     verdict, err := engine.Inspect(ctx, all[0].Request("www.example.gov.vn"), bytes.NewReader(all[0].Body))
//
// What can be read is not what a site receives: a proxy refuses some requests
// before any rule sees them.
package requests

import (
	"fmt"
	"net/netip"
	"net/textproto"
	"regexp"
	"strings"

	"github.com/lachan-waf/lachan/rules"
)

// Case is one request of a file.
type Case struct {
	Line int    // in the file
	Name string // of a test, or empty
	// Method, Target and Proto are the parts of the request line.
	Method, Target, Proto string
	Fields                []Field // of the header, in order
	Body                  []byte
	Expect                *Expectation // nil: none
}

// Field is one field of a header.
type Field struct{ Name, Value string }

// Expectation is what a test says of the outcome.
type Expectation struct {
	IDs, NotIDs []int // of rules that match, or do not
	Isolated    bool  // IDs are all that match
	// Refused asks for any refusal, Status for that one; below 400, for none. 0: whatever.
	Refused bool
	Status  int
}

// Error is what is wrong with a file, and where.
type Error struct {
	File string
	Line int
	Err  error
}

func (e *Error) Error() string { return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err) }

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

var (
	startsHTTP = regexp.MustCompile(`^(?:> ?|\* .*\n|[{}] .*\n|< .*\n)*[A-Z][A-Z-]*[ \t]+\S.*[ \t]HTTP/\d`)
	startsCurl = regexp.MustCompile(`^(?:[#$][ \t]*[^\n]*\n|[ \t]*\n)*(?:[$%] )?curl[ \t\\]`)
	startsVerb = regexp.MustCompile(`(?m)^> [A-Z-]+ \S+ HTTP/\d`)
)

// Read returns the requests of a file. The name tells its format where it ends in
// .yaml or .yml; otherwise the text does.
func Read(name string, text []byte) ([]Case, error) {
	yaml := strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
	switch {
	case !yaml && startsCurl.Match(text):
		return readCurl(name, string(text))
	case !yaml && startsVerb.Match(text):
		return readTrace(name, text)
	case !yaml && startsHTTP.Match(text):
		c, err := readHTTP(name, 1, text)
		return []Case{c}, err
	}
	return readYAML(name, text)
}

// Field returns the first field of a name, whatever its case.
func (c *Case) Field(name string) (value string, found bool) {
	for _, f := range c.Fields {
		if strings.EqualFold(f.Name, name) {
			return f.Value, true
		}
	}
	return "", false
}

// Request is what a proxy would show the rules. A request without a Host gets host.
func (c *Case) Request(host string) *rules.Request {
	r := &rules.Request{
		ID: "rules-test", Method: c.Method, Target: c.Target, Proto: c.Proto, Host: host,
		Header: map[string][]string{}, ContentLength: int64(len(c.Body)),
		Client: netip.MustParseAddrPort("203.0.113.1:50000"), Server: netip.MustParseAddrPort("192.0.2.1:443"),
	}
	if given, found := c.Field("Host"); found {
		r.Host = given
	}
	for _, f := range c.Fields {
		name := textproto.CanonicalMIMEHeaderKey(f.Name)
		switch name {
		case "Host", "Content-Length":
			continue // of the body as it is
		case "Transfer-Encoding":
			r.TransferEncoding, r.ContentLength = append(r.TransferEncoding, f.Value), -1
			continue
		}
		r.Header[name] = append(r.Header[name], f.Value)
	}
	if _, rest, absolute := strings.Cut(c.Target, "://"); absolute && !strings.HasPrefix(c.Target, "/") {
		r.Line, r.Target = c.Method+" "+c.Target+" "+c.Proto, "/"
		if i := strings.IndexAny(rest, "/?"); i >= 0 {
			r.Target = "/" + strings.TrimPrefix(rest[i:], "/")
		}
	}
	return r
}
