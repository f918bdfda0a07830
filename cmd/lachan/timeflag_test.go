package main

import (
	"strings"
	"testing"
	"time"
)

func TestParseTime(t *testing.T) {
	// A zone with summer time: on this day 02:30 was there twice, and the day had 25 hours.
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 26, 8, 30, 0, 0, berlin)
	for text, want := range map[string][2]string{
		"2026-11-26T08:30:00+07:00": {"2026-11-26T01:30:00Z", "2026-11-26T01:30:00Z"},
		"2026-11-26T01:30:00.5Z":    {"2026-11-26T01:30:00.5Z", "2026-11-26T01:30:00.5Z"},
		"2026-11-25":                {"2026-11-24T23:00:00Z", "2026-11-25T23:00:00Z"},
		"2026-10-25":                {"2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"},
		"2026-11-25 08:30":          {"2026-11-25T07:30:00Z", "2026-11-25T07:30:00Z"},
		"2026-11-25 08:30:15":       {"2026-11-25T07:30:15Z", "2026-11-25T07:30:15Z"},
		"2026-11-25T08:30":          {"2026-11-25T07:30:00Z", "2026-11-25T07:30:00Z"},
		"24h":                       {"2026-11-25T07:30:00Z", "2026-11-25T07:30:00Z"},
		"7d":                        {"2026-11-19T07:30:00Z", "2026-11-19T07:30:00Z"},
		"1d12h":                     {"2026-11-24T19:30:00Z", "2026-11-24T19:30:00Z"},
	} {
		got, err := parseTime(text, now)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if start, end := got.start().UTC().Format(time.RFC3339Nano), got.end().UTC().Format(time.RFC3339Nano); start != want[0] || end != want[1] {
			t.Errorf("%s: from %s to %s, want %s, %s", text, start, end, want[0], want[1])
		}
	}
	for _, text := range []string{"", "yesterday", "2026-13-01", "2026-02-30", "26/11/2026", "-24h", "+24h", "7", "2026-11-26 25:00"} {
		if got, err := parseTime(text, now); err == nil || !strings.Contains(err.Error(), "is no time") {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}
