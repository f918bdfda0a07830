package policies

import (
	"fmt"
	"time"
)

// Date is a day of the calendar without a time zone, written 2027-01-31. The
// zero value is no date.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// ParseDate reads a date as ISO 8601 writes it: year, month, day.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("%q is not a date: expected year-month-day such as 2027-01-31", s)
	}
	return DateOf(t), nil
}

// DateOf returns the day of t in t's own location.
func DateOf(t time.Time) Date {
	year, month, d := t.Date()
	return Date{year, month, d}
}

// IsZero says whether there is no date.
func (d Date) IsZero() bool { return d == Date{} }

// Before says whether d is an earlier day than e.
func (d Date) Before(e Date) bool {
	if d.Year != e.Year {
		return d.Year < e.Year
	}
	if d.Month != e.Month {
		return d.Month < e.Month
	}
	return d.Day < e.Day
}

// String returns the date as ISO 8601 writes it, "" when there is none.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Date) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDate(string(text))
	return err
}

// MarshalText implements encoding.TextMarshaler.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// Expired says whether the exclusion no longer holds at now: Until is its last
// day, by the clock of now's location. Without Until it never expires.
func (e Exclusion) Expired(now time.Time) bool {
	return !e.Until.IsZero() && e.Until.Before(DateOf(now))
}
