package policies

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Duration is a length of time, written as in Go (250ms, 10s, 1h30m) with
// days and weeks on top (365d, 2w, 1d12h). A day is 24 hours.
type Duration time.Duration

const (
	day  = 24 * time.Hour
	week = 7 * day
)

var errDurationUnit = errors.New("expected a number with a unit such as 250ms, 10s, 5m, 1h30m, 365d or 2w")

// ParseDuration reads a duration that is not negative.
func ParseDuration(s string) (Duration, error) {
	weeks, rest := cutDurationUnit(s, 'w')
	days, rest := cutDurationUnit(rest, 'd')
	total := weeks*float64(week) + days*float64(day)
	if rest != "" {
		d, err := time.ParseDuration(rest)
		if err != nil || rest[0] == '+' || rest[0] == '-' {
			return 0, fmt.Errorf("%q is not a duration: %w", s, errDurationUnit)
		}
		total += float64(d)
	} else if s == "" {
		return 0, fmt.Errorf("%q is not a duration: %w", s, errDurationUnit)
	}
	if total >= math.MaxInt64 {
		return 0, fmt.Errorf("%q is too long for a duration", s)
	}
	return Duration(total), nil
}

// cutDurationUnit takes a leading whole number followed by unit off s.
func cutDurationUnit(s string, unit byte) (n float64, rest string) {
	digits := len(s) - len(strings.TrimLeft(s, "0123456789"))
	if digits == 0 || digits == len(s) || s[digits] != unit {
		return 0, s
	}
	n, err := strconv.ParseFloat(s[:digits], 64)
	if err != nil {
		return 0, s
	}
	return n, s[digits+1:]
}

// String writes d such that ParseDuration reads it back, whole days as 365d.
func (d Duration) String() string {
	t := time.Duration(d)
	if t >= day && t%day == 0 {
		return strconv.FormatInt(int64(t/day), 10) + "d"
	}
	s := t.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Duration) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDuration(string(text))
	return err
}

// MarshalText implements encoding.TextMarshaler.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }
