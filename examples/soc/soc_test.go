// Package soc_test holds the examples for a security operations centre against
// what Lachan sends: rsyslog and syslog-ng receive every format over TLS, and
// what cannot be installed here (Wazuh, Elasticsearch, Splunk) gets files whose
// every field is one that Lachan writes.
//
//	sudo examples/soc/install.sh
//	go test ./examples/soc/
package soc_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/audit/formats"
	"github.com/lachan-waf/lachan/policies"
)

var allFormats = []formats.Format{formats.ECS, formats.CEF, formats.LEEF, formats.OCSF, formats.Wazuh, formats.RFC5424}

// trail returns lines of the audit log: one of each kind, and one with every
// field that there is.
func trail(t testing.TB) [][]byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "audit", "formats", "testdata", "trail.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	return append(bytes.Split(bytes.TrimSpace(data), []byte("\n")), record(t, everything())...)
}

// record returns the events as the audit log writes them.
func record(t testing.TB, events ...audit.Event) [][]byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	log, err := audit.Open(policies.Audit{File: path}, audit.Info{Version: "1.0.0", Hostname: "vps1.hosting.example"})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		log.Record(e)
	}
	if err := log.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Split(bytes.TrimSpace(data), []byte("\n"))
}

func everything() audit.Event {
	return audit.Event{
		Time: time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC), ID: "01KB0000000000000000000100", RequestID: "01KB0000000000000000000R00",
		Action: audit.Block, Site: "portal", Client: netip.MustParseAddrPort("198.51.100.9:1234"), Reason: "score", Error: "none",
		HTTP: audit.HTTP{Method: "POST", Version: "2", UserAgent: "Mozilla/5.0", Referrer: "https://a.example/", RequestContentType: "text/plain", ResponseContentType: "text/html", Status: 403, RequestBytes: 1, ResponseBytes: 2},
		URL:  audit.URL{Scheme: "https", Domain: "portal.example", Port: 443, Path: "/", Query: "q=1"},
		Match: &audit.Match{RuleID: 942100, Name: "SQL Injection", Ruleset: "crs", Version: "4", RuleIDs: []int{942100}, Score: 5, Variable: "ARGS:q", Value: "1' \"\\\t\n|=]",
			Details: []audit.Detail{{RuleID: 942100, Text: "matched"}}, SecondOpinion: []string{"942190: changes no statement of SQL"}},
		Finding: &audit.Finding{Kind: "script", Element: "script", Attribute: "src", Target: "https://evil.test/", Host: "evil.test", Offset: 1, Count: 1, Snippet: "<script>", Reasons: []string{"host not allowed"},
			SHA256: strings.Repeat("ab", 32), BeforeSHA256: strings.Repeat("cd", 32), AfterSHA256: strings.Repeat("ef", 32)},
		Loss: &audit.Loss{Count: 1, First: time.Unix(1, 0), Last: time.Unix(2, 0), Reason: "queue full"},
	}
}

// messages formats all the lines.
func messages(t testing.TB, f formats.Format, cfg formats.Config) [][]byte {
	t.Helper()
	formatter, err := formats.New(f, cfg)
	if err != nil {
		t.Fatal(err)
	}
	var all [][]byte
	for _, line := range trail(t) {
		message, err := formatter.Append(nil, line)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, message)
	}
	return all
}

// fields are those of all the JSON objects, by their full names, with one value of each.
func fields(t testing.TB, objects [][]byte) map[string]any {
	t.Helper()
	all := make(map[string]any)
	for _, object := range objects {
		var nested map[string]any
		if err := json.Unmarshal(object, &nested); err != nil {
			t.Fatal(err)
		}
		flatten(all, "", nested)
	}
	return all
}

func flatten(into map[string]any, prefix string, nested map[string]any) {
	for name, value := range nested {
		if inner, object := value.(map[string]any); object {
			flatten(into, prefix+name+".", inner)
		} else {
			into[prefix+name] = value
		}
	}
}

func read(t testing.TB, path ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
