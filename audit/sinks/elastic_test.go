package sinks

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/lachan-waf/lachan/policies"
)

// dataStream is the bulk interface of an index that only takes new documents.
type dataStream struct {
	t       *testing.T
	mu      sync.Mutex
	docs    map[string]string
	busy    map[string]int // so often it has no time for a document
	refuses map[string]string
	creates int
	broken  bool // the next answer does not arrive
}

func (d *dataStream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	expectRequest(d.t, r, "/_bulk?filter_path=errors,items.*._id,items.*.status,items.*.error.type,items.*.error.reason",
		map[string]string{"Authorization": "ApiKey k3y", "Content-Type": "application/x-ndjson"})
	body := gunzipped(d.t, r)
	if !bytes.HasSuffix(body, []byte("\n")) {
		d.t.Error("the body does not end with a newline")
	}
	rows := strings.Split(strings.TrimSuffix(string(body), "\n"), "\n")
	if len(rows)%2 != 0 {
		d.t.Fatalf("%d lines", len(rows))
	}
	items := []map[string]any{}
	for i := 0; i < len(rows); i += 2 {
		items = append(items, map[string]any{"create": d.create(rows[i], rows[i+1])})
	}
	if d.broken {
		d.broken = false
		hijack(w, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{", true)
		return
	}
	json.NewEncoder(w).Encode(map[string]any{"errors": true, "items": items})
}

func (d *dataStream) create(action, doc string) map[string]any {
	d.creates++
	e, err := message{line: []byte(doc)}.address()
	if err != nil || e.Time.IsZero() {
		d.t.Errorf("%s: %v", doc, err)
	}
	id := e.Event.ID
	if want := fmt.Sprintf(`{"create":{"_index":"logs-lachan.audit-default","_id":"%s"}}`, id); action != want {
		d.t.Errorf("%s, want %s", action, want)
	}
	fails := func(status int, kind, reason string) map[string]any {
		return map[string]any{"_id": id, "status": status, "error": map[string]string{"type": kind, "reason": reason}}
	}
	switch _, there := d.docs[id]; {
	case there:
		return fails(409, "version_conflict_engine_exception", "document already exists")
	case d.busy[id] > 0:
		d.busy[id]--
		return fails(429, "es_rejected_execution_exception", "queue capacity")
	case d.refuses[id] != "":
		return fails(400, d.refuses[id], "failed to parse field [source.ip]")
	}
	d.docs[id] = doc
	return map[string]any{"_id": id, "status": 201}
}

func newStream(t *testing.T) (*dataStream, *elastic) {
	t.Helper()
	d := &dataStream{t: t, docs: map[string]string{}, busy: map[string]int{}, refuses: map[string]string{}}
	sink := httpSink(policies.SinkElastic, server(t, d.ServeHTTP))
	sink.TokenFile = written(t, "token", "k3y\n")
	r, err := newElastic(sink)
	return d, made(t, r, err).(*elastic)
}

func idOf(t *testing.T, m message) string {
	t.Helper()
	e, err := m.address()
	if err != nil {
		t.Fatal(err)
	}
	return e.Event.ID
}

func TestElasticCreatesEachDocumentOnce(t *testing.T) {
	d, x := newStream(t)
	batch := messages(t, 50)
	d.broken = true
	if err := x.deliver(t.Context(), batch); err == nil || len(d.docs) != 50 {
		t.Errorf("%d documents, %v", len(d.docs), err)
	}
	if err := x.deliver(t.Context(), batch); err != nil || d.creates != 100 {
		t.Errorf("sent again: %v", err)
	}
	for _, m := range batch {
		if d.docs[idOf(t, m)] != string(m.line) {
			t.Errorf("%s is not as it was sent", idOf(t, m))
		}
	}
}

// Documents that there is no time for are sent alone, those that cannot be
// mapped are rejected, and the others are not held up.
func TestElasticAnswersForEachDocument(t *testing.T) {
	d, x := newStream(t)
	batch := messages(t, 50)
	d.busy[idOf(t, batch[3])] = 2
	d.refuses[idOf(t, batch[7])] = "document_parsing_exception"
	d.refuses[idOf(t, batch[8])] = "illegal_argument_exception"
	err := x.deliver(t.Context(), batch)
	refused, ok := errors.AsType[*rejection](err)
	if !ok || refused.count != 2 || !strings.Contains(err.Error(), "failed to parse field [source.ip]") {
		t.Errorf("%v", err)
	}
	if len(d.docs) != 48 || d.creates != 52 {
		t.Errorf("%d documents with %d attempts", len(d.docs), d.creates)
	}
	d.busy[idOf(t, batch[7])] = 100
	if err := x.deliver(t.Context(), batch[7:8]); err == nil || !strings.Contains(err.Error(), "queue capacity") {
		t.Errorf("an index that is never ready: %v", err)
	}
}

// An index that takes nothing is set up wrongly, whatever it says of each document.
func TestElasticThatIsSetUpWrongly(t *testing.T) {
	d, x := newStream(t)
	batch := messages(t, 50)
	for _, m := range batch {
		d.refuses[idOf(t, m)] = "illegal_argument_exception"
	}
	err := x.deliver(t.Context(), batch)
	if _, rejected := errors.AsType[*rejection](err); err == nil || rejected {
		t.Errorf("%v", err)
	}
	clear(d.refuses)
	if err := x.deliver(t.Context(), batch); err != nil || len(d.docs) != 50 {
		t.Errorf("%d documents, %v", len(d.docs), err)
	}
}

// Whether an answer is about what was sent is not taken on trust.
func TestElasticsAnswersAreChecked(t *testing.T) {
	docs := []document{{id: "a"}, {id: "b"}}
	for _, body := range []string{
		``, `[]`, `{"errors":false}`, `{"items":[{"create":{"_id":"a","status":201}}]}`,
		`{"items":[{"create":{"_id":"b","status":201}},{"create":{"_id":"a","status":201}}]}`,
		`{"items":[{"create":{"_id":"a","status":201}},{"index":{"_id":"b","status":201}}]}`,
		`{"items":[{"create":{"_id":"a","status":201}},{"create":{"_id":"b","status":403}}]}`,
		`{"items":[{"create":{"_id":"a","status":201}},{"create":{"_id":"b"}}]}`,
	} {
		if _, err := readBulk(answer{status: http.StatusOK, body: []byte(body)}, docs); err == nil {
			t.Errorf("%s: no error", body)
		}
	}
	good := `{"items":[{"create":{"_id":"a","status":201}},{"create":{"_id":"b","status":409}}]}`
	if o, err := readBulk(answer{status: http.StatusOK, body: []byte(good)}, docs); err != nil || o.taken != 2 {
		t.Errorf("%+v, %v", o, err)
	}
	if _, err := readBulk(answer{status: http.StatusOK, body: []byte(good), cut: true}, docs); err == nil {
		t.Error("a cut answer: no error")
	}
}
