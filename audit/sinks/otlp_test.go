package sinks

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	common "go.opentelemetry.io/proto/otlp/common/v1"
	logs "go.opentelemetry.io/proto/otlp/logs/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/lachan-waf/lachan/policies"
)

// decodeLogs reads an export as protobuf's JSON, in which unknown names are errors.
// LogsData has the members of ExportLogsServiceRequest.
func decodeLogs(t *testing.T, body []byte) *logs.LogsData {
	t.Helper()
	var d logs.LogsData
	if err := protojson.Unmarshal(body, &d); err != nil {
		t.Errorf("%v in %s", err, body)
	}
	return &d
}

// goValue is a value as encoding/json would read it.
func goValue(v *common.AnyValue) any {
	switch v := v.GetValue().(type) {
	case *common.AnyValue_StringValue:
		return v.StringValue
	case *common.AnyValue_BoolValue:
		return v.BoolValue
	case *common.AnyValue_IntValue:
		return float64(v.IntValue)
	case *common.AnyValue_DoubleValue:
		return v.DoubleValue
	case *common.AnyValue_ArrayValue:
		list := []any{}
		for _, e := range v.ArrayValue.Values {
			list = append(list, goValue(e))
		}
		return list
	}
	return nil
}

// dotted is a line as attributes, made another way.
func dotted(prefix string, v any, into map[string]any) {
	if object, ok := v.(map[string]any); ok {
		for name, member := range object {
			dotted(prefix+"."+name, member, into)
		}
		return
	}
	into[strings.TrimPrefix(prefix, ".")] = v
}

func TestOTLPExportsWholeLines(t *testing.T) {
	batch := messages(t, 20)
	var body []byte
	url := server(t, func(w http.ResponseWriter, r *http.Request) {
		expectRequest(t, r, "/otlp/v1/logs", map[string]string{"Content-Type": "application/json", "Authorization": "Bearer t0ken"})
		body = gunzipped(t, r)
		io.WriteString(w, `{"partialSuccess":{}}`)
	})
	sink := httpSink(policies.SinkOTLP, url+"/otlp")
	sink.TokenFile = written(t, "token", "t0ken")
	r, err := newOTLP(sink)
	if err := made(t, r, err).deliver(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	data := decodeLogs(t, body)
	if len(data.ResourceLogs) != 1 || len(data.ResourceLogs[0].ScopeLogs) != 1 {
		t.Fatalf("%v", data)
	}
	resource := data.ResourceLogs[0].Resource.Attributes
	if len(resource) == 0 || resource[0].Key != "service.name" || goValue(resource[0].Value) != "lachan" {
		t.Errorf("resource %v", resource)
	}
	records := data.ResourceLogs[0].ScopeLogs[0].LogRecords
	if len(records) != len(batch) {
		t.Fatalf("%d records", len(records))
	}
	for i, m := range batch {
		checkLogRecord(t, records[i], m)
	}
}

func checkLogRecord(t *testing.T, r *logs.LogRecord, m message) {
	t.Helper()
	e, err := m.address()
	if err != nil {
		t.Fatal(err)
	}
	if r.TimeUnixNano != uint64(e.Time.UnixNano()) || r.EventName != "lachan.block" || goValue(r.Body) != e.Message || r.SeverityNumber.String() != "SEVERITY_NUMBER_WARN" {
		t.Errorf("%v", r)
	}
	var line any
	if err := json.Unmarshal(m.line, &line); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{}
	dotted("", line, want)
	delete(want, "@timestamp")
	delete(want, "message")
	got := map[string]any{}
	for _, a := range r.Attributes {
		got[a.Key] = goValue(a.Value)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("attributes\n%v, want\n%v", got, want)
	}
}

func TestOTLPValues(t *testing.T) {
	line := `{"@timestamp":"2026-11-26T00:00:00.000001Z","event":{"action":"x","severity":99},"message":"m",` +
		`"a":{"int":9007199254740993,"big":1e999,"real":0.5,"yes":true,"none":null,"list":["x",1,null],"empty":[],"deep":{"er":"đ<>&\u2028"}},` +
		`"observer":{"hostname":"h","version":"v1"}}`
	export, bad := newExport([]message{{seq: 1, line: []byte(line)}})
	if bad.count != 0 {
		t.Fatal(bad.cause)
	}
	data := decodeLogs(t, appendJSON(nil, export))
	if got := fmt.Sprint(len(data.ResourceLogs[0].Resource.Attributes)); got != "3" {
		t.Errorf("%s attributes of the resource", got)
	}
	record := data.ResourceLogs[0].ScopeLogs[0].LogRecords[0]
	got := map[string]string{}
	for _, a := range record.Attributes {
		got[a.Key] = fmt.Sprintf("%T %v", a.Value.Value, goValue(a.Value))
	}
	if ints := record.Attributes; ints[2].Value.GetIntValue() != 9007199254740993 {
		t.Errorf("a.int is %v", ints[2])
	}
	for key, want := range map[string]string{
		"a.big": "*v1.AnyValue_StringValue 1e999", "a.real": "*v1.AnyValue_DoubleValue 0.5", "a.yes": "*v1.AnyValue_BoolValue true",
		"a.none": "", "a.list": "*v1.AnyValue_ArrayValue [x 1]", "a.empty": "*v1.AnyValue_ArrayValue []",
		"a.deep.er": "*v1.AnyValue_StringValue đ<>&\u2028", "event.severity": "*v1.AnyValue_IntValue 99",
	} {
		if got[key] != want {
			t.Errorf("%s: %q, want %q", key, got[key], want)
		}
	}
	if record.SeverityNumber.String() != "SEVERITY_NUMBER_FATAL" || record.SeverityText != "critical" {
		t.Errorf("%v", record)
	}
	for _, line := range []string{`[]`, `{"a":[{}]}`, `{"a":`, `7`} {
		if _, bad := newExport([]message{{line: []byte(line)}}); bad.count != 1 {
			t.Errorf("%s is exported", line)
		}
	}
}

func TestOTLPPartialSuccess(t *testing.T) {
	for body, want := range map[string]int{
		``: 0, `{}`: 0, `{"partialSuccess":{"errorMessage":"deprecated"}}`: 0,
		`{"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"too old"}}`: 2,
		`{"partialSuccess":{"rejectedLogRecords":2}}`:                            2,
		`{"partialSuccess":{"rejectedLogRecords":"0"}}`:                          0,
		`{"partialSuccess":{"rejectedLogRecords":"6"}}`:                          -1,
		`{"partialSuccess":{"rejectedLogRecords":"-1"}}`:                         -1,
		`{"partialSuccess":{"rejectedLogRecords":{}}}`:                           -1,
		`<html>`: -1,
	} {
		var bad tally
		err := readExported(answer{status: 200, body: []byte(body)}, 5, &bad)
		if (err != nil) != (want < 0) || bad.count != max(want, 0) {
			t.Errorf("%s: %d rejected, %v", body, bad.count, err)
		}
	}
	url := server(t, func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `{"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"too old"}}`)
	})
	r, err := newOTLP(httpSink(policies.SinkOTLP, url))
	err = made(t, r, err).deliver(t.Context(), messages(t, 5))
	refused, ok := errors.AsType[*rejection](err)
	if !ok || refused.count != 2 || !strings.Contains(err.Error(), "too old") {
		t.Errorf("%v", err)
	}
}
