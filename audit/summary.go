package audit

import "strconv"

// summary writes the message of an event that brings none into an open string:
// what happened, in one line.
func (r *record) summary(e *Event) {
	start := len(r.line)
	add := func(s string, limit int) {
		if s == "" {
			return
		}
		if len(r.line) > start {
			r.line = append(r.line, ' ')
		}
		r.part(s, limit)
	}
	switch {
	case e.Loss != nil:
		r.line = strconv.AppendUint(r.line, e.Loss.Count, 10)
		r.line = append(r.line, " events lost:"...)
		add(e.Loss.Reason, maxReason)
		return
	case e.Fold != nil:
		r.line = strconv.AppendUint(r.line, e.Fold.Count, 10)
		r.line = append(r.line, " alike:"...)
		add(e.Fold.Action, maxWord)
	default:
		add(string(e.Action), maxWord)
	}
	switch {
	case e.Finding != nil:
		add(e.Finding.Kind, maxWord)
		add(e.Finding.Element, maxWord)
		add(e.Finding.Host, maxName)
		if n := e.Finding.Count; n > 1 {
			r.line = append(r.line, ' ')
			r.line = strconv.AppendInt(r.line, int64(n), 10)
			r.line = append(r.line, " times"...)
		}
	case e.Match != nil:
		r.line = append(r.line, ' ')
		r.line = strconv.AppendInt(r.line, int64(e.Match.RuleID), 10)
		add(e.Match.Name, maxName)
	default:
		add(e.Reason, maxName)
	}
}

// times says how often something was found; nothing, where it was once.
func times(n int) string {
	if n <= 1 {
		return ""
	}
	return strconv.Itoa(n) + " times"
}
