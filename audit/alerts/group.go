package alerts

import (
	"time"

	"github.com/lachan-waf/lachan/policies"
)

// settleTime is how long the first occurrence waits for those that come with it:
// a page's scripts are found within a moment.
const settleTime = 10 * time.Second

// maxExamples is how many occurrences an alert shows.
const maxExamples = 5

// Alert is what a message tells, and what its templates are given.
type Alert struct {
	When        policies.AlertWhen
	Site        string    // "" where it is about none
	Subject     string    // a sink, a certificate's host, a folder
	Host        string    // the machine that tells
	Count       int       // how often
	First, Last time.Time // and when
	Within      time.Duration
	Removed     bool // what was found did not reach visitors
	Examples    []string
	Missed      int // messages that could not be delivered before this one
}

// groupKey is what alerts of a rule are kept apart by.
type groupKey struct{ site, subject string }

// group collects occurrences until an alert is due: settleTime after the first,
// and not before the rule's time since the last alert is over.
type group struct {
	alert Alert
	due   time.Time
	sent  time.Time
}

func (g *group) add(o *occurrence, now time.Time, every time.Duration) {
	if g.alert.Count == 0 {
		g.alert = Alert{When: o.when, Site: o.site, Subject: o.subject, First: o.at, Last: o.at, Removed: true}
		g.due = now.Add(settleTime)
		if next := g.sent.Add(every); !g.sent.IsZero() && next.After(g.due) {
			g.due = next
		}
	}
	g.alert.Count += o.count
	g.alert.Removed = g.alert.Removed && o.removed
	if o.at.After(g.alert.Last) {
		g.alert.Last = o.at
	}
	if len(g.alert.Examples) < maxExamples {
		g.alert.Examples = append(g.alert.Examples, o.example)
	}
}

// take returns the alert if its time has come.
func (g *group) take(now time.Time) (Alert, bool) {
	if g.alert.Count == 0 || now.Before(g.due) {
		return Alert{}, false
	}
	a := g.alert
	g.alert, g.sent = Alert{}, now
	return a, true
}

// over says that the group can be forgotten.
func (g *group) over(now time.Time, every time.Duration) bool {
	return g.alert.Count == 0 && now.Sub(g.sent) > every
}
