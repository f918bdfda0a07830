package main

import (
	"fmt"
	"time"

	"github.com/alecthomas/kong"

	"github.com/lachan-waf/lachan/policies"
)

// timeFlag is a point in time on the command line: RFC 3339, a date, a date with a
// time in the local zone, or how long ago. The zero value is that of a flag that was
// not given.
type timeFlag struct {
	at  time.Time
	day bool // a date: the whole of it
}

// timeFlagHelp is for the long help of commands that have one.
const timeFlagHelp = `Times are RFC 3339 (2026-11-26T08:30:00+07:00), in the local zone (2026-11-26 or
"2026-11-26 08:30"), or how long ago (90m, 24h, 7d). --to with a date alone takes in
that day.`

// timeLayouts are read in the local zone.
func timeLayouts() []string {
	return []string{"2006-01-02 15:04", time.DateTime, "2006-01-02T15:04", "2006-01-02T15:04:05"}
}

// Decode implements kong.MapperValue.
func (f *timeFlag) Decode(ctx *kong.DecodeContext) error {
	var text string
	if err := ctx.Scan.PopValueInto("time", &text); err != nil {
		return err
	}
	parsed, err := parseTime(text, time.Now())
	if err == nil {
		*f = parsed
	}
	return err
}

// parseTime reads a time in now's zone, or before now.
func parseTime(text string, now time.Time) (timeFlag, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return timeFlag{at: at}, nil
	}
	if at, err := time.ParseInLocation(time.DateOnly, text, now.Location()); err == nil {
		return timeFlag{at: at, day: true}, nil
	}
	for _, layout := range timeLayouts() {
		if at, err := time.ParseInLocation(layout, text, now.Location()); err == nil {
			return timeFlag{at: at}, nil
		}
	}
	if ago, err := policies.ParseDuration(text); err == nil {
		return timeFlag{at: now.Add(-time.Duration(ago))}, nil
	}
	return timeFlag{}, fmt.Errorf(`%q is no time: expected 2026-11-26, "2026-11-26 08:30", 2026-11-26T08:30:00+07:00, or 24h or 7d for as long ago`, text)
}

func (f timeFlag) given() bool { return !f.at.IsZero() }

// start is when a period that is given from f begins.
func (f timeFlag) start() time.Time { return f.at }

// end is when a period that is given to f ends: f itself is no part of it, unless
// it is a date.
func (f timeFlag) end() time.Time {
	if f.day {
		return f.at.AddDate(0, 0, 1)
	}
	return f.at
}
