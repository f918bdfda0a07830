package sinks

import (
	"bytes"
	"context"
	"net/http"
	"net/url"

	"github.com/klauspost/compress/gzip"

	"github.com/lachan-waf/lachan/audit/remote"
	"github.com/lachan-waf/lachan/policies"
)

// endpoint is a receiver that is reached over HTTP. It follows no redirect and
// asks no proxy: what is sent names visitors, and goes where the configuration
// says or nowhere.
type endpoint struct {
	client  *http.Client
	base    *url.URL
	headers map[string]string
	who     credentials
}

// newEndpoint reads what the sink names; it connects to nobody.
func newEndpoint(sink policies.Sink, tokenScheme string) (*endpoint, error) {
	base, err := url.Parse(sink.URL)
	if err != nil {
		return nil, err
	}
	trust, err := remote.TLS(sink.CA, sink.Cert, sink.Key)
	if err != nil {
		return nil, err
	}
	who, err := newCredentials(sink, tokenScheme)
	if err != nil {
		return nil, err
	}
	return &endpoint{remote.Client(trust), base, sink.Headers, who}, nil
}

func (e *endpoint) close() error { //nolint:unparam // receivers embed it as their own
	e.client.CloseIdleConnections()
	return nil
}

// request is one POST.
type request struct {
	path   string // below the endpoint's URL
	query  string
	kind   string // Content-Type
	header map[string]string
	body   []byte
	gzip   bool
	// limit bounds the answer; 0 stands for answerLimit.
	limit int64
}

// answerLimit bounds the body of an answer that nobody needs to be longer.
const answerLimit = 64 << 10

// post sends the request and reads the whole answer, whatever its status. An
// answer that breaks off is an error: nobody knows what it would have said.
func (e *endpoint) post(ctx context.Context, r request) (answer, error) {
	out, err := e.outgoing(ctx, r)
	if err != nil {
		return answer{}, err
	}
	in, err := e.client.Do(out)
	if err != nil {
		return answer{}, remote.WithoutURL(err)
	}
	defer in.Body.Close()
	return readAnswer(in, r.limit)
}

func (e *endpoint) outgoing(ctx context.Context, r request) (*http.Request, error) {
	to := e.base.JoinPath(r.path)
	if r.query != "" {
		to.RawQuery = r.query
	}
	body := r.body
	if r.gzip {
		body = compressed(body)
	}
	out, err := http.NewRequestWithContext(ctx, http.MethodPost, to.String(), bytes.NewReader(body))
	if err != nil {
		return nil, remote.WithoutURL(err)
	}
	out.Header.Set("User-Agent", "lachan")
	for name, value := range e.headers {
		out.Header.Set(name, value)
	}
	if host := out.Header.Get("Host"); host != "" {
		out.Host = host // net/http does not send the field
	}
	out.Header.Set("Content-Type", r.kind)
	if r.gzip {
		out.Header.Set("Content-Encoding", "gzip")
	}
	for name, value := range r.header {
		out.Header.Set(name, value)
	}
	return out, e.who.apply(out)
}

// compressed returns a body of its own for each request: the transport may read
// one after the request has failed.
func compressed(body []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write(body) //nolint:errcheck // into memory
	w.Close()
	return out.Bytes()
}
