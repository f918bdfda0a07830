package search

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"github.com/lachan-waf/lachan/audit"
)

func TestNoCellIsAFormula(t *testing.T) {
	hostile := []string{`=HYPERLINK("http://evil.test")`, "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "＝1", `a,"b"`, "\x1b[2J\u202e", "Mật khẩu"}
	path := written(t, 1<<20, len(hostile), time.Second, func(i int) audit.Event {
		return audit.Event{Action: audit.Block, Site: "portal", HTTP: audit.HTTP{Method: hostile[i], Status: 403}, Message: hostile[i]}
	})
	var out bytes.Buffer
	table, err := NewCSV(&out, true)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Run(t.Context(), path, Query{Actions: []string{"block"}}, Options{}, table.Write); err != nil {
		t.Fatal(err)
	}
	if err := table.Flush(); err != nil {
		t.Fatal(err)
	}
	text, ok := strings.CutPrefix(out.String(), "\ufeff")
	if !ok || !strings.HasPrefix(text, "time,action,") || strings.Count(text, "\r\n") != len(hostile)+1 {
		t.Errorf("%q", out.String())
	}
	for _, r := range strings.ReplaceAll(text, "\r\n", "") {
		if r < ' ' || r == '\u202e' {
			t.Errorf("%U", r)
		}
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	message := 17
	if rows[0][message] != "message" {
		t.Fatalf("%q", rows[0])
	}
	for i, want := range []string{
		`'=HYPERLINK("http://evil.test")`, "'+1", "'-1", "'@SUM(1)", `'\u0009=1`, `'\u000d=1`, "'＝1", `a,"b"`, `\u001b[2J\u202e`, "Mật khẩu",
	} {
		if got := rows[i+1][message]; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestRowsOfAlteredEvents(t *testing.T) {
	var out bytes.Buffer
	table, err := NewCSV(&out, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{`{"event":{"action":"block","severity":"x"},"message":"m"}`, `{"event":{"action":"block"},"message":"\x"}`} {
		if err := table.Write([]byte(line)); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
	if err := table.Flush(); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil || len(rows) != 3 || rows[1][1] != "block" || rows[1][17] != "m" || !strings.Contains(rows[2][17], `"action":"block"`) {
		t.Errorf("%q, %v", rows, err)
	}
}
