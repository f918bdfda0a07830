package sinks

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/lachan-waf/lachan/policies"
)

// otlp exports log records in the JSON encoding of OTLP over HTTP: 64-bit
// integers are strings, names are in lowerCamelCase, numbers stand for the names
// of enumerations.
//
// https://opentelemetry.io/docs/specs/otlp/#otlphttp
type otlp struct {
	*endpoint
	halving
}

func newOTLP(sink policies.Sink) (receiver, error) {
	e, err := newEndpoint(sink, "Bearer")
	if err != nil {
		return nil, err
	}
	o := &otlp{endpoint: e}
	o.send = o.batch
	return o, nil
}

func (o *otlp) batch(ctx context.Context, batch []message) error {
	export, bad := newExport(batch)
	if len(export.ResourceLogs) == 0 {
		return bad.err()
	}
	a, err := o.post(ctx, request{path: "v1/logs", kind: "application/json", gzip: true, body: appendJSON(nil, export)})
	if err != nil {
		return err
	}
	if err := readExported(a, len(batch)-bad.count, &bad); err != nil {
		return err
	}
	return bad.err()
}

// The messages of opentelemetry/proto/logs/v1, as far as they are used.
type (
	export struct {
		ResourceLogs []*resourceLogs `json:"resourceLogs"`
	}
	resourceLogs struct {
		Resource struct {
			Attributes []attribute `json:"attributes"`
		} `json:"resource"`
		ScopeLogs [1]scopeLogs `json:"scopeLogs"`
	}
	scopeLogs struct {
		Scope struct {
			Name string `json:"name"`
		} `json:"scope"`
		LogRecords []logRecord `json:"logRecords"`
	}
	logRecord struct {
		Time       string      `json:"timeUnixNano"`
		Observed   string      `json:"observedTimeUnixNano"`
		Severity   int         `json:"severityNumber"`
		Word       string      `json:"severityText"`
		EventName  string      `json:"eventName"`
		Body       anyValue    `json:"body"`
		Attributes []attribute `json:"attributes"`
	}
)

// newExport groups records by who wrote them: a trail may hold lines of several
// versions, and of more than one host where it was moved.
func newExport(batch []message) (out export, bad tally) {
	type writer struct{ host, version string }
	known := map[writer]*resourceLogs{}
	for _, m := range batch {
		e, err := m.address()
		if err != nil {
			bad.add(1, err)
			continue
		}
		record, err := newRecord(e, m)
		if err != nil {
			bad.add(1, err)
			continue
		}
		by := writer{e.Observer.Hostname, e.Observer.Version}
		if known[by] == nil {
			known[by] = newResource(by.host, by.version)
			out.ResourceLogs = append(out.ResourceLogs, known[by])
		}
		logs := &known[by].ScopeLogs[0]
		logs.LogRecords = append(logs.LogRecords, record)
	}
	return out, bad
}

func newResource(host, version string) *resourceLogs {
	r := &resourceLogs{}
	r.ScopeLogs[0].Scope.Name = "lachan.audit"
	for _, a := range [][2]string{{"service.name", "lachan"}, {"host.name", host}, {"service.version", version}} {
		if a[1] != "" {
			r.Resource.Attributes = append(r.Resource.Attributes, attribute{a[0], anyValue{String: &a[1]}})
		}
	}
	return r
}

func newRecord(e envelope, m message) (logRecord, error) {
	attributes, err := flatten(m.line)
	if err != nil {
		return logRecord{}, fmt.Errorf("line %d: %w", m.seq, err)
	}
	at := strconv.FormatInt(max(e.Time.UnixNano(), 0), 10) // unsigned in the schema
	return logRecord{
		Time: at, Observed: at, Severity: severityNumber(e.word()), Word: e.word(),
		EventName: "lachan." + e.Event.Action, Body: anyValue{String: &e.Message}, Attributes: attributes,
	}, nil
}

// severityNumber is INFO, WARN, ERROR or FATAL, the first of each range.
//
// https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber
func severityNumber(word string) int {
	switch word {
	case "critical":
		return 21
	case "high":
		return 17
	case "medium":
		return 13
	}
	return 9
}

// readExported adds the records that the receiver took the request without. They
// must not be sent again, says the specification.
func readExported(a answer, sent int, bad *tally) error {
	if err := a.problem(); err != nil {
		return err
	}
	if len(a.body) == 0 {
		return nil
	}
	var said struct {
		Partial struct {
			Rejected json.RawMessage `json:"rejectedLogRecords"` // "3"; some write 3
			Message  string          `json:"errorMessage"`
		} `json:"partialSuccess"`
	}
	if err := a.decode(&said, "OTLP"); err != nil {
		return err
	}
	rejected, err := integer(said.Partial.Rejected)
	if err != nil || rejected < 0 || rejected > int64(sent) {
		return fmt.Errorf("%w, which rejects more records than were sent, or fewer than none", a.said())
	}
	if rejected > 0 {
		bad.add(int(rejected), fmt.Errorf("partial success: %s", excerpt(said.Partial.Message)))
	}
	return nil
}

// integer reads an int64 in either of the forms that protobuf's JSON has for it.
func integer(text json.RawMessage) (int64, error) {
	if len(text) == 0 || string(text) == "null" {
		return 0, nil
	}
	var quoted string
	if json.Unmarshal(text, &quoted) != nil {
		quoted = string(text)
	}
	return strconv.ParseInt(quoted, 10, 64)
}
