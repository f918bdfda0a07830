package formats_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/audit/chain"
	"github.com/lachan-waf/lachan/audit/formats"
)

func TestNewRefuses(t *testing.T) {
	for want, of := range map[string]struct {
		format formats.Format
		cfg    formats.Config
	}{
		`formats: no format "xml"`: {"xml", formats.Config{}},
		"formats: messages of at most 2047 bytes: receivers take 2048 (RFC 5425), and less may not hold an event": {formats.CEF, formats.Config{MaxBytes: 2047}},
		"formats: facility 24: RFC 5424 has 0 to 23":                                                              {formats.CEF, formats.Config{Facility: 24}},
	} {
		if _, err := formats.New(of.format, of.cfg); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

const event = `"@timestamp":"2026-11-22T00:00:00Z","event":{"id":"x","action":"block","severity":73}`

// An unreadable line is an error that says what is wrong with it, in every format.
func TestUnreadableLines(t *testing.T) {
	for line, want := range map[string]string{
		``:                         "at byte 0: no object",
		`[]`:                       "at byte 0: no object",
		`{`:                        "at byte 1: no JSON",
		`{"a"`:                     "at byte 4: the line ends early",
		`{"a":}`:                   "at byte 5: no JSON",
		`{"a":"b`:                  "at byte 7: the line ends early",
		`{"a":"\x"}`:               "at byte 8: no JSON",
		`{"a":"\u12"}`:             "at byte 8: no JSON",
		`{"a":"\u1`:                "at byte 8: the line ends early",
		"{\"a\":\"\n\"}":           "at byte 6: a control character",
		"{\n}":                     "at byte 1: no JSON",
		"{\"a\":\"\xff\"}":         "at byte 7: no valid UTF-8",
		`{"a":01}`:                 "at byte 7: no JSON",
		`{"a":1.}`:                 "at byte 7: no JSON",
		`{"a":-}`:                  "at byte 6: no JSON",
		`{"a":1e}`:                 "at byte 7: no JSON",
		`{"a":tru}`:                "at byte 5: no JSON",
		`{"a":1}{}`:                "at byte 7: no JSON",
		`{"a":1,}`:                 "at byte 7: no JSON",
		`{"a":[1,]}`:               "at byte 8: no JSON",
		`{"a":[{}]}`:               "at byte 6: a list of anything but texts and numbers",
		`{"a":1,"a":2}`:            "at byte 12: a name that was there before",
		`{"a":{},"a":{}}`:          "at byte 12: a name that was there before",
		`{"a.b":1}`:                "at byte 6: no name of the trail's",
		`{"":1}`:                   "at byte 3: no name of the trail's",
		strings.Repeat(`{"a":`, 9): "at byte 40: nested too deep",
		`{"a":"` + strings.Repeat("a", 200_000) + `"}`:                   "200008 bytes: longer than any of the trail's",
		`{"@timestamp":"22.11.2026"}`:                                    "@timestamp is missing, or is not what ECS says",
		`{"@timestamp":"2026-11-22T00:00:00Z"}`:                          "event.severity is missing, or is not what ECS says",
		`{"@timestamp":"2026-11-22T00:00:00Z","event":{"severity":101}}`: "event.severity is missing, or is not what ECS says",
		strings.Replace(`{`+event+`}`, `"x"`, `7`, 1):                    "event.id is missing, or is not what ECS says",
		strings.Replace(`{`+event+`}`, `"block"`, `""`, 1):               "event.action is missing, or is not what ECS says",
	} {
		for _, of := range all {
			got, err := newFormatter(t, of.format, formats.Config{}).Append([]byte("before"), []byte(line))
			if err == nil || !strings.HasPrefix(err.Error(), "formats: not an event: ") || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %.60q: %v, want %s", of.format, line, err, want)
			}
			if string(got) != "before" {
				t.Errorf("%s: %.60q: %q was written", of.format, line, got)
			}
		}
	}
}

// One bad line does not harm the next.
func TestFormatterGoesOn(t *testing.T) {
	for _, of := range all {
		f := newFormatter(t, of.format, formats.Config{})
		for _, line := range trail(t) {
			fresh, err := newFormatter(t, of.format, formats.Config{}).Append(nil, line)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.Append(nil, line[:len(line)-1]); err == nil {
				t.Error("half a line is no error")
			}
			if got, err := f.Append(nil, line); err != nil || !bytes.Equal(got, fresh) {
				t.Errorf("%s: %v, %q after an error, %q without", of.format, err, got, fresh)
			}
		}
	}
}

// The largest event, as audit's own test makes it: as bytes that take the most
// room in each format.
func TestLongEventsFit(t *testing.T) {
	for _, unit := range []string{"\x00", `"`, "=", "ữ", "\u202e", "a", "\n", "😀", `\`, "|", "]"} {
		for _, action := range actions {
			line := record(t, hostile(strings.Repeat(unit, 10_000), strings.Repeat(unit, 10_000), action, 0x7f))[0]
			for _, limit := range []int{formats.MinBytes, formats.DefaultSyslogBytes} {
				checkAll(t, line, formats.Config{Syslog: true, MaxBytes: limit})
			}
		}
	}
}

// What finds the event is whole in the shortest message, and it says that it is shortened.
func TestShortenedMessages(t *testing.T) {
	e := hostile(strings.Repeat("ữ", 5000), "/"+strings.Repeat("x", 5000), audit.Block, 0x0f)
	line := record(t, e)[0]
	link, err := chain.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	for _, of := range all {
		got, err := newFormatter(t, of.format, formats.Config{Syslog: true, MaxBytes: formats.MinBytes}).Append(nil, line)
		if err != nil {
			t.Fatal(err)
		}
		for _, whole := range []string{e.RequestID, link.Hash.String(), "2001:db8::7", "942100", hostname, "hortened"} {
			if !bytes.Contains(got, []byte(whole)) {
				t.Errorf("%s: no %s in %s", of.format, whole, got)
			}
		}
	}
}

func TestWhatDoesNotFit(t *testing.T) {
	line := strings.Replace(`{`+event+`}`, `"x"`, `"`+strings.Repeat("x", 3000)+`"`, 1)
	for _, of := range all {
		if of.format == formats.CEF {
			continue // has forty characters for it
		}
		got, err := newFormatter(t, of.format, formats.Config{Syslog: true}).Append(nil, []byte(line))
		if err != nil || len(got) < 3000 {
			t.Errorf("%s: %v, %d bytes: an identifier was cut", of.format, err, len(got))
		}
		got, err = newFormatter(t, of.format, formats.Config{MaxBytes: formats.MinBytes}).Append(nil, []byte(line))
		if !errors.Is(err, formats.ErrTooLong) || len(got) > 0 {
			t.Errorf("%s: %v, %d bytes", of.format, err, len(got))
		}
	}
}

// The checks of these tests can fail: each is given what is almost right.
func TestChecksFail(t *testing.T) {
	for _, tt := range []struct {
		format   formats.Format
		old, new string
	}{
		{formats.ECS, `"port":40000`, `"port":"40000"`},
		{formats.ECS, `"outcome":"success"`, `"outcome":"done"`},
		{formats.ECS, `"domain":`, `"host":`},
		{formats.CEF, `q\=`, `q=`},
		{formats.CEF, `SELECT \\`, `SELECT \`},
		{formats.CEF, ` spt=`, ` sourcePort=`},
		{formats.CEF, ` cs1Label=requestId`, ``},
		{formats.CEF, `src=203.0.113.7`, `src=2001:db8::7`},
		{formats.CEF, `|942100|`, `|942|100|`},
		{formats.LEEF, "\tsev=7", "\tsev=11"},
		{formats.LEEF, "\tsev=7", "\tsev=7\tsev=7"},
		{formats.LEEF, "|x09|", "|"},
		{formats.OCSF, `"code":403`, `"code":"403"`},
		{formats.OCSF, `"code":403`, `"status_code":403`},
		{formats.OCSF, `"disposition_id":2`, `"disposition_id":28`},
		{formats.OCSF, `"type_uid":400206`, `"type_uid":400205`},
		{formats.OCSF, `"activity_id":6`, `"activity_id":9`},
		{formats.OCSF, `"http_method":"POST"`, `"http_method":"post"`},
		{formats.OCSF, `"version":"1.4.0",`, ``},
		{formats.OCSF, `"severity_id":4,`, ``},
		{formats.Wazuh, `"lachan_id"`, `"id"`},
		{formats.Wazuh, `"lachan_id"`, `"lachan.id"`},
		{formats.RFC5424, `c\]`, `c]`},
		{formats.RFC5424, ` lachan - `, ` lachan `},
		{formats.RFC5424, `event.id=`, `event id=`},
	} {
		message, err := newFormatter(t, tt.format, formats.Config{}).Append(nil, trail(t)[0])
		if err != nil {
			t.Fatal(err)
		}
		bad := bytes.Replace(message, []byte(tt.old), []byte(tt.new), 1)
		if bytes.Equal(bad, message) {
			t.Errorf("%s: no %s to replace in %s", tt.format, tt.old, message)
			continue
		}
		for _, of := range all {
			if of.format != tt.format {
				continue
			}
			if got, err := of.check(bad); err == nil && got == factsFor(t, of.check, message) {
				t.Errorf("%s: %s for %s is not noticed", tt.format, tt.new, tt.old)
			}
		}
	}
}

func factsFor(t *testing.T, check func([]byte) (facts, error), message []byte) facts {
	t.Helper()
	f, err := check(message)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// encoding/json stands for what reading alone would cost with it.
func BenchmarkAppend(b *testing.B) {
	lines := trail(b)
	b.Run("encoding-json", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			var fields map[string]any
			if err := json.Unmarshal(lines[i%len(lines)], &fields); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, of := range all {
		b.Run(string(of.format), func(b *testing.B) {
			f := newFormatter(b, of.format, formats.Config{Syslog: true})
			var buffer []byte
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				var err error
				if buffer, err = f.Append(buffer[:0], lines[i%len(lines)]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
