package sinks

import (
	"context"
	"fmt"

	"github.com/lachan-waf/lachan/policies"
)

// elastic speaks to the bulk interface of Elasticsearch and OpenSearch. An
// event's ID is its document's, and documents are only ever created: sending one
// twice changes nothing.
//
// https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-bulk
type elastic struct {
	*endpoint
	halving
	index string
}

// defaultStream has a name that the templates of Elastic take for logs, with a
// data set of its own.
const defaultStream = "logs-lachan.audit-default"

func newElastic(sink policies.Sink) (receiver, error) {
	e, err := newEndpoint(sink, "ApiKey")
	if err != nil {
		return nil, err
	}
	x := &elastic{endpoint: e, index: sink.Index}
	if x.index == "" {
		x.index = defaultStream
	}
	x.send = x.batch
	return x, nil
}

// attempts is how often documents that the index has no time for are sent alone,
// before the whole batch counts as undelivered and the sink as in trouble.
const attempts = 4

func (x *elastic) batch(ctx context.Context, batch []message) error {
	docs, bad := documents(batch)
	var wait backoff
	for attempt := 1; len(docs) > 0; attempt++ {
		a, err := x.bulk(ctx, docs)
		if err != nil {
			return err
		}
		outcome, err := readBulk(a, docs)
		if err != nil {
			return err
		}
		bad.add(outcome.bad.count, outcome.bad.cause)
		docs = outcome.again
		if attempt == attempts && len(docs) > 0 {
			return fmt.Errorf("%d documents are not taken: %w", len(docs), outcome.why)
		}
		if len(docs) > 0 {
			wait.pause(ctx, 0)
		}
	}
	return bad.err()
}

// document is a line and its ID.
type document struct {
	id   string
	line []byte
}

func documents(batch []message) (docs []document, bad tally) {
	docs = make([]document, 0, len(batch))
	for _, m := range batch {
		e, err := m.address()
		if err != nil {
			bad.add(1, err)
			continue
		}
		docs = append(docs, document{e.Event.ID, m.line})
	}
	return docs, bad
}

// wanted is what an answer has to say; without it each document costs half a
// kilobyte of it.
const wanted = "filter_path=errors,items.*._id,items.*.status,items.*.error.type,items.*.error.reason"

// perDocument bounds the answer: an ID, a status, a reason that quotes a value.
const perDocument = 2 << 10

func (x *elastic) bulk(ctx context.Context, docs []document) (answer, error) {
	type target struct {
		Index string `json:"_index"`
		ID    string `json:"_id"`
	}
	var body []byte
	for _, d := range docs {
		body = appendJSON(body, map[string]target{"create": {x.index, d.id}})
		body = append(append(append(body, '\n'), d.line...), '\n')
	}
	return x.post(ctx, request{
		path: "_bulk", query: wanted, kind: "application/x-ndjson", gzip: true, body: body,
		limit: answerLimit + perDocument*int64(len(docs)),
	})
}
