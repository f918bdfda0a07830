package audit

import (
	"strconv"
	"strings"
)

// summary is the message of an event that brings none: what happened, in one line.
func summary(e *Event) string {
	parts := make([]string, 0, 8)
	add := func(s string) {
		if s != "" {
			parts = append(parts, s)
		}
	}
	switch {
	case e.Loss != nil:
		add(strconv.FormatUint(e.Loss.Count, 10) + " events lost:")
		add(e.Loss.Reason)
	case e.Finding != nil:
		add(string(e.Action))
		add(e.Finding.Kind)
		add(e.Finding.Element)
		add(e.Finding.Host)
		add(times(e.Finding.Count))
	case e.Match != nil:
		add(string(e.Action))
		add(strconv.Itoa(e.Match.RuleID))
		add(e.Match.Name)
	default:
		add(string(e.Action))
		add(e.Reason)
	}
	return strings.Join(parts, " ")
}

// times says how often something was found; nothing, where it was once.
func times(n int) string {
	if n <= 1 {
		return ""
	}
	return strconv.Itoa(n) + " times"
}
