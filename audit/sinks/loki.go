package sinks

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/lachan-waf/lachan/policies"
)

// loki pushes lines in streams. Labels have few values each, for every
// combination is a stream that Loki keeps open: what else one may ask for stands
// in the line.
//
// https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs
type loki struct {
	*endpoint
	halving
}

func newLoki(sink policies.Sink) (receiver, error) {
	e, err := newEndpoint(sink, "Bearer")
	if err != nil {
		return nil, err
	}
	l := &loki{endpoint: e}
	l.send = l.batch
	return l, nil
}

func (l *loki) batch(ctx context.Context, batch []message) error {
	pushed, bad := streams(batch)
	if len(pushed) == 0 {
		return bad.err()
	}
	a, err := l.post(ctx, request{
		path: "loki/api/v1/push", kind: "application/json", gzip: true,
		body: appendJSON(nil, map[string][]*stream{"streams": pushed}),
	})
	if err != nil {
		return err
	}
	if err := readPushed(a); err != nil {
		return err
	}
	return bad.err()
}

// stream is the lines of one set of labels. Absent is what Loki makes of an
// empty label.
type stream struct {
	Labels labels      `json:"stream"`
	Values [][2]string `json:"values"` // nanoseconds since the epoch, line

	entries []entry
}

type labels struct {
	Job      string `json:"job"`
	Site     string `json:"site,omitempty"`
	Action   string `json:"action,omitempty"`
	Severity string `json:"severity"`
}

type entry struct {
	at   int64
	line string
}

// streams sorts each by time: the trail is written in the order in which events
// were over, and some began earlier.
func streams(batch []message) (all []*stream, bad tally) {
	known := map[labels]*stream{}
	for _, m := range batch {
		e, err := m.address()
		if err != nil {
			bad.add(1, err)
			continue
		}
		key := labels{"lachan", e.Service.Name, e.Event.Action, e.word()}
		s := known[key]
		if s == nil {
			s = &stream{Labels: key}
			known[key] = s
			all = append(all, s)
		}
		s.entries = append(s.entries, entry{e.Time.UnixNano(), string(m.line)})
	}
	for _, s := range all {
		slices.SortStableFunc(s.entries, func(a, b entry) int { return cmp.Compare(a.at, b.at) })
		for _, e := range s.entries {
			s.Values = append(s.Values, [2]string{strconv.FormatInt(e.at, 10), e.line})
		}
	}
	return all, bad
}

// readPushed tells refused lines from a refused request. When Loki refuses some
// lines of a request it has taken the others; taken again, they are the same
// lines to it.
func readPushed(a answer) error {
	err := a.problem()
	var refused *refusal
	switch {
	case err == nil && a.status != http.StatusNoContent && len(a.body) > 0:
		return fmt.Errorf("%w, but loki says nothing when it takes lines", a.said())
	case errors.As(err, &refused) && aboutLine(string(a.body)):
		refused.sure = true
	}
	return err
}

// aboutLine knows what Loki says of lines that it will not take at any time.
//
// https://grafana.com/docs/loki/latest/operations/request-validation-rate-limits/
func aboutLine(said string) bool {
	return slices.ContainsFunc([]string{
		"entry too far behind", "entry out of order", "timestamp too old", "timestamp too new", "max entry size",
	}, func(s string) bool { return strings.Contains(said, s) })
}
