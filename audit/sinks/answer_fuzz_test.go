package sinks

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/lachan-waf/lachan/policies"
)

// hostile answers whatever it is asked.
type hostile struct {
	status   int
	wait     string
	body     []byte
	requests int
}

func (h *hostile) RoundTrip(r *http.Request) (*http.Response, error) {
	h.requests++
	io.Copy(io.Discard, r.Body)
	r.Body.Close()
	return &http.Response{
		StatusCode: h.status, Header: http.Header{"Retry-After": {h.wait}}, Request: r,
		Body: io.NopCloser(bytes.NewReader(h.body)),
	}, nil
}

// Whatever a receiver answers, it can take or reject no more than it was sent,
// make us ask for ever, or write to the log what a terminal would obey.
func FuzzAnswers(f *testing.F) {
	for _, seed := range []string{
		``, `{}`, `null`, `{"text":"Success","code":0}`, `{"text":"Success","code":0,"ackId":7}`, `{"acks":{"7":true}}`,
		`{"text":"Invalid data format","code":6,"invalid-event-number":0}`, `{"code":7}`, "entry too far behind",
		`{"items":[{"create":{"_id":"A","status":201}},{"create":{"_id":"B","status":409}},{"create":{"_id":"C","status":400,"error":{"type":"document_parsing_exception","reason":"r"}}}]}`,
		`{"items":[{"create":{"_id":"A","status":429}},{"create":{"_id":"B","status":503}},{"create":{"_id":"C","status":400}}]}`,
		`{"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"\u001b[2J"}}`, `{"partialSuccess":{"rejectedLogRecords":-9}}`,
	} {
		for _, status := range []int{200, 204, 400, 413, 429, 500} {
			f.Add(status, "7", []byte(seed))
		}
	}
	var batch []message
	for i, id := range []string{"A", "B", "C"} {
		line := []byte(`{"@timestamp":"2026-11-26T00:00:00.000000Z","event":{"id":"` + id + `","action":"block"},"message":"m"}`)
		batch = append(batch, message{uint64(i + 1), line, line})
	}
	ended, cancel := context.WithCancel(context.Background()) // so that no pause lasts
	cancel()
	f.Fuzz(func(t *testing.T, status int, wait string, body []byte) {
		if status < 200 || status > 599 {
			return // net/http itself reads the others
		}
		for name, r := range receivers(t) {
			h := &hostile{status: status, wait: wait, body: body}
			r.side.client.Transport = h
			err := r.deliver(ended, batch)
			if refused, ok := errors.AsType[*rejection](err); ok && (refused.count < 1 || refused.count > len(batch)) {
				t.Errorf("%s: %d of %d rejected", name, refused.count, len(batch))
			}
			if h.requests > 2*len(batch)*attempts {
				t.Errorf("%s: %d requests", name, h.requests)
			}
			if err != nil && (len(err.Error()) > 8*maxShown || strings.ContainsFunc(err.Error(), func(r rune) bool { return !unicode.IsPrint(r) }) || !utf8.ValidString(err.Error())) {
				t.Errorf("%s: %q", name, err)
			}
			if wait := asked(err); wait < 0 || wait > longestWait {
				t.Errorf("%s: waits %v", name, wait)
			}
		}
	})
}

type over struct {
	receiver
	side *endpoint
}

func receivers(t *testing.T) map[string]over {
	t.Helper()
	sink := httpSink(policies.SinkHTTP, "http://127.0.0.1:1")
	all := map[string]over{}
	hook, err1 := newWebhook(sink)
	all["http"] = over{hook, hook.(*webhook).endpoint}
	hec, err2 := newSplunk(sink)
	all["splunk"] = over{hec, hec.(*splunk).endpoint}
	sink.Acknowledge = true
	acked, err3 := newSplunk(sink)
	all["splunk with acknowledgment"] = over{acked, acked.(*splunk).endpoint}
	index, err4 := newElastic(sink)
	all["elastic"] = over{index, index.(*elastic).endpoint}
	push, err5 := newLoki(sink)
	all["loki"] = over{push, push.(*loki).endpoint}
	export, err6 := newOTLP(sink)
	all["otlp"] = over{export, export.(*otlp).endpoint}
	if err := errors.Join(err1, err2, err3, err4, err5, err6); err != nil {
		t.Fatal(err)
	}
	return all
}
