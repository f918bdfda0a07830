package sinks

import (
	"context"
	"fmt"
	"time"

	"github.com/lachan-waf/lachan/audit/remote"
	"github.com/lachan-waf/lachan/policies"
)

// webhook posts messages, a line each, to whoever wants them. Any 2xx confirms.
//
//	X-Lachan-Batch: 120-619
//
// names the first and the last line of the trail in it. A batch that is sent
// again after a failure has the same name; after a restart it may be cut elsewhere,
// so that event.id is what tells copies for certain.
//
//	X-Lachan-Signature: t=1795651200,v1=<64 hex>
//
// signs it with the sink's secret, as remote.Sign says.
type webhook struct {
	*endpoint
	halving
	kind       string
	secretFile string
}

func newWebhook(sink policies.Sink) (receiver, error) {
	e, err := newEndpoint(sink, "Bearer")
	if err != nil {
		return nil, err
	}
	if _, err := remote.Secret(sink.SecretFile); err != nil {
		return nil, err
	}
	w := &webhook{endpoint: e, kind: contentType(sink.Format), secretFile: sink.SecretFile}
	w.send = w.batch
	return w, nil
}

func contentType(f policies.SinkFormat) string {
	switch f {
	case policies.FormatECS, policies.FormatOCSF, policies.FormatWazuh:
		return "application/x-ndjson"
	}
	return "text/plain; charset=utf-8"
}

// batch is sent as it is: not every webhook understands Content-Encoding.
func (w *webhook) batch(ctx context.Context, batch []message) error {
	r := request{kind: w.kind, body: lines(batch), header: map[string]string{
		"X-Lachan-Batch": fmt.Sprintf("%d-%d", batch[0].seq, batch[len(batch)-1].seq),
	}}
	key, err := remote.Secret(w.secretFile)
	if err != nil {
		return err
	}
	if key != "" {
		r.header[remote.SignatureHeader] = remote.Sign(r.body, key, time.Now())
	}
	a, err := w.post(ctx, r)
	if err != nil {
		return err
	}
	return a.problem()
}

// lines are the messages with a newline after each.
func lines(batch []message) []byte {
	size := 0
	for _, m := range batch {
		size += len(m.body) + 1
	}
	body := make([]byte, 0, size)
	for _, m := range batch {
		body = append(append(body, m.body...), '\n')
	}
	return body
}
