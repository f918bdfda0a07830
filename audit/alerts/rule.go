package alerts

import (
	"slices"
	"time"

	"github.com/lachan-waf/lachan/audit/chain"
	"github.com/lachan-waf/lachan/audit/trail"
	"github.com/lachan-waf/lachan/policies"
)

// freshAfter is how long a site must have been clean for an injection to be news.
const freshAfter = 7 * 24 * time.Hour

// rule makes occurrences of events.
type rule struct {
	policies.AlertRule
	counts map[string]*window // of `blocks`, by site
}

func newRule(r policies.AlertRule) *rule { return &rule{AlertRule: r, counts: map[string]*window{}} }

func (r *rule) concerns(site string) bool {
	return len(r.Sites) == 0 || slices.Contains(r.Sites, site)
}

// see returns what the event is to the rule; nil if nothing. fresh says that it
// is of a site that was clean until now.
func (r *rule) see(e *event, fresh bool) *occurrence {
	switch r.When {
	case policies.WhenInjection:
		return r.injection(e, fresh)
	case policies.WhenBlocks:
		return r.blocks(e)
	case policies.WhenGap:
		if e.Lachan.Gap != nil {
			return &occurrence{when: r.When, at: e.Time, count: e.Lachan.Gap.Count, site: e.Service.Name, example: e.example()}
		}
	case policies.WhenDisk, policies.WhenCertificate:
		if e.Event.Action == "notice" && e.Lachan.Notice.Kind == string(r.When) && e.Error.Message != "" && r.concerns(e.Service.Name) {
			return &occurrence{when: r.When, at: e.Time, count: 1, site: e.Service.Name, subject: e.Lachan.Notice.Name, example: e.example()}
		}
	}
	return nil
}

func (r *rule) injection(e *event, fresh bool) *occurrence {
	if !fresh || !r.concerns(e.Service.Name) {
		return nil
	}
	return &occurrence{
		when: r.When, at: e.Time, count: 1, site: e.Service.Name, example: e.example(),
		removed: e.Event.Action == "strip" || e.Event.Action == "redirect",
	}
}

func (r *rule) blocks(e *event) *occurrence {
	n := 0
	switch f := e.Lachan.Fold; {
	case e.Event.Action == "block":
		n = 1
	case f != nil && f.Action == "block":
		n = f.Count
	}
	if n == 0 || !r.concerns(e.Service.Name) {
		return nil
	}
	w := r.counts[e.Service.Name]
	if w == nil {
		w = &window{length: time.Duration(r.Within)}
		r.counts[e.Service.Name] = w
	}
	if total := w.add(e.Time, n); total > r.Above {
		w.clear()
		return &occurrence{when: r.When, at: e.Time, count: total, site: e.Service.Name, example: e.example()}
	}
	return nil
}

// window counts what happened within a time.
type window struct {
	length time.Duration
	steps  []step
}

type step struct {
	at time.Time
	n  int
}

// parts is how finely a window is kept: its edge is as sharp as a tenth of it.
const parts = 10

func (w *window) add(at time.Time, n int) (total int) {
	if k := len(w.steps); k > 0 && at.Sub(w.steps[k-1].at) < w.length/parts {
		w.steps[k-1].n += n
	} else {
		w.steps = append(w.steps, step{at, n})
	}
	w.steps = slices.DeleteFunc(w.steps, func(s step) bool { return at.Sub(s.at) > w.length })
	for _, s := range w.steps {
		total += s.n
	}
	return total
}

func (w *window) clear() { w.steps = w.steps[:0] }

// links follows the chain along the lines it is shown.
type links struct {
	head  chain.Head
	begun bool
}

// check returns what is wrong with the line's place; "" if nothing.
func (l *links) check(line trail.Line) string {
	link, err := chain.Read(line.Raw)
	if err != nil {
		return "a line without a place in the chain"
	}
	before, begun := l.head, l.begun
	l.head, l.begun = link.Head(), true
	switch {
	case link.Altered():
		return "a line is not what was written"
	case begun && (link.Seq != before.Seq+1 || link.Prev != before.Hash):
		return "a line does not follow from the one before"
	}
	return ""
}
