package formats_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/audit/formats"
	"github.com/lachan-waf/lachan/policies"
)

// canary is a secret: it stands in the events below where secrets are redacted.
const canary = "S3cr3tC4n4ry"

// hostname is as long as Linux allows.
const hostname = "vps1.a-data-centre-with-a-name-of-its-own.hosting.example.gov.vn"

// record writes the events to a trail and returns its lines.
func record(t testing.TB, events ...audit.Event) [][]byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	log, err := audit.Open(policies.Audit{File: path}, audit.Info{Version: "0.1.0", Hostname: hostname})
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
	lines := bytes.SplitAfter(data, []byte("\n"))
	if len(lines) != len(events)+1 {
		t.Fatalf("%d lines of %d events", len(lines)-1, len(events))
	}
	return lines[:len(events)]
}

var actions = []audit.Action{audit.Block, audit.Detect, audit.Strip, audit.Redirect, audit.Deny, audit.Config, audit.Gap, audit.Fold, "checkpoint", "notice"}

// hostile is an event with s wherever a stranger has a say, and which parts it has.
func hostile(s, path string, action audit.Action, parts uint8) audit.Event {
	e := audit.Event{
		Action: action, RequestID: audit.NewRequestID(), Site: s, Reason: s, Message: s,
		HTTP: audit.HTTP{Method: s, Version: "2", UserAgent: s, Referrer: s, RequestContentType: s, ResponseContentType: s, Status: 403, RequestBytes: 1 << 40, ResponseBytes: 7},
	}
	switch action {
	case audit.Config, audit.Gap, "checkpoint", "notice": // of no exchange
		parts &^= 1 | 2 | 4
	}
	if parts&1 != 0 {
		e.Client = netip.MustParseAddrPort("[2001:db8::7]:40000")
	} else if parts&2 != 0 {
		e.Client = netip.MustParseAddrPort("203.0.113.7:40000")
	}
	if parts&4 != 0 {
		e.URL = audit.URL{Scheme: "https", Domain: s, Port: 8443, Path: path, Query: s}
	}
	if parts&8 != 0 {
		e.Match = &audit.Match{
			RuleID: 942100, Name: s, Ruleset: s, Version: s, RuleIDs: []int{942100, 949110}, Score: 15, Variable: s, Value: s,
			Details: []audit.Detail{{RuleID: 942100, Variables: []string{s}, Text: s}}, SecondOpinion: []string{s, s},
		}
	}
	if parts&16 != 0 {
		e.Finding = &audit.Finding{
			Kind: s, Element: s, Attribute: s, Target: s, Host: s, Offset: 7, Count: 3, Snippet: s, Reasons: []string{s, s},
			SHA256: strings.Repeat("ab", 32), BeforeSHA256: strings.Repeat("cd", 32), AfterSHA256: strings.Repeat("ef", 32),
		}
	}
	if parts&32 != 0 {
		e.Error = s
	}
	if parts&64 != 0 {
		e.Loss = &audit.Loss{Count: 17, First: time.Unix(1, 0), Last: time.Unix(2, 0), Reason: s}
	}
	if parts&128 != 0 {
		e.HTTP, e.RequestID = audit.HTTP{}, ""
	}
	return e
}

// FuzzEvent: whatever a request holds, its event is a valid message in every
// format that says what it was, of any length that is allowed.
func FuzzEvent(f *testing.F) {
	for i := range uint8(len(actions)) {
		f.Add("1' OR a=b|c\\d]\"e\n\r\t\x00\u202e \xff", "/x", i, uint8(0xff)>>(i%3))
		f.Add(strings.Repeat("ữ😀=", 100), strings.Repeat("/%41", 500), i, uint8(0x7f))
		f.Add(" k=v  ", " ", i, uint8(4+2))
		f.Add("x", "/", i, uint8(128+2))
	}
	f.Fuzz(func(t *testing.T, s, path string, action, parts uint8) {
		for _, line := range record(t, hostile(s, path, actions[int(action)%len(actions)], parts)) {
			checkAll(t, line, formats.Config{})
			checkAll(t, line, formats.Config{Syslog: true})
			checkAll(t, line, formats.Config{Syslog: true, MaxBytes: formats.MinBytes})
			checkSecrets(t, line)
		}
	})
}

var randomEvents = flag.Int("events", 200, "how many random events TestRandomEvents makes")

// TestRandomEvents is FuzzEvent for every run: texts of the pieces that formats
// have to watch, at lengths around every bound.
func TestRandomEvents(t *testing.T) {
	pieces := []string{
		"a", " ", "=", "|", `\`, `"`, "]", "[", "\n", "\r", "\t", "\x00", "\x7f", "\u0085", "\u2028", "\u202e", "\ufeff", "\xff", "ữ", "😀", "\U000e0041",
		" src=1.2.3.4", "\tsrc=1.2.3.4", "CEF:0|", `\n`, `\u0000`, "…", "<107>1 ", "%0a", "{", "}", "'", "mat_khau=" + canary + "&",
	}
	random := rand.New(rand.NewPCG(1, 2))
	text := func() string {
		var b strings.Builder
		for range random.IntN(1 << random.IntN(12)) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		return b.String()
	}
	var events []audit.Event
	for range *randomEvents {
		events = append(events, hostile(text(), "/"+text(), actions[random.IntN(len(actions))], uint8(random.Uint32())))
	}
	for _, line := range record(t, events...) {
		checkAll(t, line, formats.Config{})
		checkAll(t, line, formats.Config{Syslog: true})
		checkAll(t, line, formats.Config{Syslog: true, MaxBytes: formats.MinBytes + random.IntN(4096)})
		checkSecrets(t, line)
	}
}

// checkSecrets: what the line does not hold, no message holds.
func checkSecrets(t testing.TB, line []byte) {
	t.Helper()
	if bytes.Contains(line, []byte(canary)) {
		return
	}
	for _, of := range all {
		message, err := newFormatter(t, of.format, formats.Config{Syslog: true}).Append(nil, line)
		if err != nil || bytes.Contains(message, []byte(canary)) {
			t.Fatalf("%s: %v, %q", of.format, err, message)
		}
	}
}

// A message has no text that is not in its line: it cannot tell a secret.
func TestMessagesTellNothingNew(t *testing.T) {
	secret := "a=1&mat_khau=" + canary + "&sid=" + canary
	for _, line := range record(t, hostile(secret, "/dang-nhap", audit.Block, 0x0f), hostile(secret, "/dang-nhap", audit.Strip, 0x17)) {
		if bytes.Contains(line, []byte(canary)) || !bytes.Contains(line, []byte("[redacted]")) {
			t.Fatalf("the line itself is not redacted: %s", line)
		}
		checkSecrets(t, line)
	}
}

// FuzzLine: bytes that are no line of the trail are an error, or mean the same
// to encoding/json; and are valid messages then.
func FuzzLine(f *testing.F) {
	for _, line := range trail(f) {
		f.Add(line)
	}
	f.Add([]byte(`{"@timestamp":"2026-11-22T00:00:00Z","event":{"id":"a\ud83d\ude00\ud800\u0000","action":"\u202e","severity":1e1},"a":[1,"\/"]}`))
	f.Add([]byte(`{"@timestamp":"2026-11-22T00:00:00+07:00","event":{"severity":100,"id":" ","action":"|\\"},"lachan":{"score":-1.5,"finding":{"kind":"\u0085"}},"url":{"port":70000}} `))
	f.Fuzz(func(t *testing.T, line []byte) {
		for _, of := range all {
			message, err := newFormatter(t, of.format, formats.Config{}).Append(nil, line)
			if err != nil {
				if len(message) > 0 {
					t.Fatalf("%s: an error and %q", of.format, message)
				}
				continue
			}
			checkMessage(t, of.format, message)
			switch of.format {
			case formats.ECS:
				if got, want := flatten(t, message), flatten(t, line); !reflect.DeepEqual(got, want) {
					t.Fatalf("%v, want %v", got, want)
				}
			case formats.OCSF, formats.Wazuh:
				if !json.Valid(message) {
					t.Fatalf("%s: %q", of.format, message)
				}
			default:
				if _, err := of.check(message); err != nil {
					t.Fatalf("%s: %v\n%q", of.format, err, message)
				}
			}
		}
	})
}
