package formats_test

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/leodido/go-syslog/v4/rfc5424"

	"github.com/lachan-waf/lachan/audit/formats"
)

// parseSyslog reads a message with a parser of others, which is strict where
// it is not asked to do its best.
func parseSyslog(message []byte) (*rfc5424.SyslogMessage, error) {
	parsed, err := rfc5424.NewParser().Parse(message)
	if err != nil {
		return nil, err
	}
	m := parsed.(*rfc5424.SyslogMessage)
	if !m.Valid() || m.Appname == nil || *m.Appname != "lachan" || m.MsgID == nil || m.Timestamp == nil {
		return nil, fmt.Errorf("not the header that was wanted: %+v", m)
	}
	if *m.Facility != 13 {
		return nil, fmt.Errorf("facility %d", *m.Facility)
	}
	return m, nil
}

func syslogBody(message []byte) ([]byte, error) {
	m, err := parseSyslog(message)
	switch {
	case err != nil:
		return nil, err
	case m.StructuredData != nil:
		return nil, errors.New("structured data beside another format")
	case m.Message == nil:
		return nil, errors.New("no MSG")
	case strings.HasPrefix(*m.Message, "\ufeff"):
		return nil, errors.New("a byte order mark before JSON, CEF or LEEF")
	}
	return []byte(*m.Message), nil
}

// sdName is PRINTUSASCII without what RFC 5424, 6 excludes.
var sdName = regexp.MustCompile(`^[!#-<>-\\^-~]{1,32}$`)

func checkStructured(message []byte) (facts, error) {
	m, err := parseSyslog(message)
	if err != nil {
		return facts{}, err
	}
	if m.StructuredData == nil || len(*m.StructuredData) != 1 {
		return facts{}, fmt.Errorf("structured data %v", m.StructuredData)
	}
	params := (*m.StructuredData)["lachan@"+formats.Enterprise]
	for name := range params {
		if !sdName.MatchString(name) {
			return facts{}, fmt.Errorf("parameter %q", name)
		}
	}
	if m.Message != nil {
		text, marked := strings.CutPrefix(*m.Message, "\ufeff")
		if plain := strings.IndexFunc(text, func(r rune) bool { return r > 0x7e }) < 0; plain == marked {
			return facts{}, fmt.Errorf("byte order mark %v before %q", marked, text)
		}
	}
	if *m.MsgID != msgID(params["event.action"]) {
		return facts{}, fmt.Errorf("MSGID %q of action %q", *m.MsgID, params["event.action"])
	}
	return facts{id: params["event.id"], action: params["event.action"], source: params["source.ip"], url: params["url.original"]}, nil
}

// msgID is a word as a header may hold it.
func msgID(action string) string {
	id := regexp.MustCompile(`[^!-{}~]`).ReplaceAll([]byte(action), []byte("-"))
	return string(id[:min(len(id), 32)])
}

func TestSyslogHeader(t *testing.T) {
	line := trail(t)[0]
	for severity, want := range map[string]string{"99": "<106>1 ", "73": "<107>1 ", "47": "<108>1 ", "21": "<109>1 ", "0": "<110>1 "} {
		of := bytes.Replace(line, []byte(`"severity":73`), []byte(`"severity":`+severity), 1)
		got, err := newFormatter(t, formats.CEF, formats.Config{Syslog: true}).Append(nil, of)
		if err != nil {
			t.Fatal(err)
		}
		want += "2026-11-22T03:04:06.913467Z vps1.hosting.example lachan - block - CEF:0|"
		if !strings.HasPrefix(string(got), want) {
			t.Errorf("%.100s, want %s", got, want)
		}
	}
	got, err := newFormatter(t, formats.RFC5424, formats.Config{Facility: 16}).Append(nil, line)
	if err != nil || !strings.HasPrefix(string(got), "<131>1 ") {
		t.Errorf("%.20s %v, want facility local0", got, err)
	}
}

// QRadar reads three places of a second.
func TestSyslogTimeOfLEEF(t *testing.T) {
	got, err := newFormatter(t, formats.LEEF, formats.Config{Syslog: true}).Append(nil, trail(t)[0])
	if err != nil {
		t.Fatal(err)
	}
	at := strings.Fields(string(got))[1]
	if _, err := time.Parse("2006-01-02T15:04:05.000Z", at); err != nil {
		t.Error(err)
	}
}
