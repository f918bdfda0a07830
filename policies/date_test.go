package policies

import (
	"testing"
	"time"
)

func TestParseDate(t *testing.T) {
	got, err := ParseDate("2028-02-29")
	if want := (Date{2028, time.February, 29}); err != nil || got != want || got.String() != "2028-02-29" {
		t.Errorf("= %v, %v", got, err)
	}
	for _, text := range []string{"", "2027-02-29", "2027-1-31", "31-01-2027", "2027-01-31T00:00:00Z", "tomorrow"} {
		if got, err := ParseDate(text); err == nil {
			t.Errorf("ParseDate(%q) = %v, want an error", text, got)
		}
	}
}

func TestExclusionExpires(t *testing.T) {
	hanoi := time.FixedZone("+07", 7*60*60)
	until := Date{2027, time.January, 31}
	for _, test := range []struct {
		until Date
		now   time.Time
		want  bool
	}{
		{Date{}, time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC), false},
		{until, time.Date(2027, 1, 30, 0, 0, 0, 0, time.UTC), false},
		{until, time.Date(2027, 1, 31, 23, 59, 59, 0, hanoi), false},
		{until, time.Date(2027, 2, 1, 0, 0, 0, 0, hanoi), true},
		{until, time.Date(2027, 1, 31, 17, 0, 0, 0, time.UTC), false},
		{until, time.Date(2027, 1, 31, 17, 0, 0, 0, time.UTC).In(hanoi), true},
		{until, time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC), true},
		{until, time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC), false},
	} {
		if got := (Exclusion{Until: test.until}).Expired(test.now); got != test.want {
			t.Errorf("until %s, at %s: %v, want %v", test.until, test.now, got, test.want)
		}
	}
}
