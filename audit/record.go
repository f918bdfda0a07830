package audit

import (
	"strconv"
	"strings"
)

// record is an Event made fit for the file: redacted, bounded, complete. It
// owns copies of all it changes, and is pooled with the redactor's buffers.
type record struct {
	Event
	match    Match
	finding  Finding
	loss     Loss
	reasons  []string
	details  []string
	opinions []string
	original string
	class    class
	digits   []byte // scratch
	info     *Info
	redactor redactor
}

// fill takes the event over.
func (r *record) fill(e *Event, info *Info) {
	r.Event, r.info, r.original = *e, info, ""
	r.identify()
	r.exchange()
	if e.Match != nil {
		r.match = *e.Match
		r.Match = &r.match
		r.rule()
	}
	if e.Finding != nil {
		r.finding = *e.Finding
		r.Finding = &r.finding
		r.evidence()
	}
	if e.Loss != nil {
		r.loss = *e.Loss
		r.loss.Reason = r.field(r.loss.Reason, maxReason)
		r.Loss = &r.loss
	}
	if r.Message == "" {
		r.Message = summary(&r.Event)
	}
	r.Message = r.field(r.Message, maxMessage)
	r.class = classify(&r.Event)
}

// release drops the references to the caller's strings.
func (r *record) release() {
	clear(r.reasons[:cap(r.reasons)])
	clear(r.details[:cap(r.details)])
	clear(r.opinions[:cap(r.opinions)])
	*r = record{reasons: r.reasons[:0], details: r.details[:0], opinions: r.opinions[:0], digits: r.digits, redactor: r.redactor}
	r.redactor.v.src = ""
}

// field redacts and bounds one text. It looks at no more than twice the bound
// of a long one; a value that this cuts in two is cut out to its end.
func (r *record) field(s string, limit int) string {
	cut, whole := head(s, 2*limit)
	out := r.redactor.text(cut)
	if !whole {
		out += ellipsis
	}
	return bound(out, limit)
}

func (r *record) identify() {
	r.ID = r.field(r.ID, maxID)
	r.RequestID = r.field(r.RequestID, maxID)
	r.Action = Action(r.field(string(r.Action), maxWord))
	r.Site = r.field(r.Site, maxWord)
	r.Reason = r.field(r.Reason, maxName)
	r.Error = r.field(r.Error, maxMessage)
}

func (r *record) exchange() {
	h, u := &r.HTTP, &r.URL
	h.Method = r.field(h.Method, maxWord)
	h.Version = r.field(strings.TrimPrefix(h.Version, "HTTP/"), maxWord)
	h.UserAgent = r.field(h.UserAgent, maxUserAgent)
	h.Referrer = r.field(h.Referrer, maxReferrer)
	h.RequestContentType = r.field(h.RequestContentType, maxName)
	h.ResponseContentType = r.field(h.ResponseContentType, maxName)
	u.Scheme = r.field(u.Scheme, maxWord)
	u.Domain = r.field(u.Domain, maxName)
	u.Path = r.field(u.Path, maxPath)
	u.Query = r.field(u.Query, maxQuery)
	r.original = u.Path
	if u.Query != "" {
		r.original += "?" + u.Query
	}
}

func (r *record) rule() {
	m := r.Match
	m.Value = bound(r.redactor.matchValue(m.Variable, firstBytes(m.Value, 2*maxValue)), maxValue)
	m.Variable = r.field(m.Variable, maxName)
	m.Name = r.field(m.Name, maxName)
	m.Ruleset = r.field(m.Ruleset, maxWord)
	m.Version = r.field(m.Version, maxWord)
	for _, d := range m.Details[:min(len(m.Details), maxDetails)] {
		text := strconv.Itoa(d.RuleID) + " " + r.redactor.matchDetail(d.Variables, firstBytes(d.Text, 2*maxDetail))
		r.details = append(r.details, bound(text, maxDetail))
	}
	for _, opinion := range m.SecondOpinion[:min(len(m.SecondOpinion), maxOpinions)] {
		r.opinions = append(r.opinions, r.field(opinion, maxOpinion))
	}
}

func (r *record) evidence() {
	f := r.Finding
	f.Kind = r.field(f.Kind, maxWord)
	f.Element = r.field(f.Element, maxWord)
	f.Attribute = r.field(f.Attribute, maxWord)
	f.Target = r.field(f.Target, maxTarget)
	f.Host = r.field(f.Host, maxName)
	f.Snippet = r.field(f.Snippet, maxSnippet)
	f.SHA256 = r.field(f.SHA256, maxID)
	f.BeforeSHA256 = r.field(f.BeforeSHA256, maxID)
	f.AfterSHA256 = r.field(f.AfterSHA256, maxID)
	r.reasons = r.reasons[:0]
	for _, reason := range f.Reasons[:min(len(f.Reasons), maxReasons)] {
		r.reasons = append(r.reasons, r.field(reason, maxReason))
	}
	f.Reasons = r.reasons
}

// firstBytes cuts a value that is too long, visibly.
func firstBytes(s string, n int) string {
	cut, whole := head(s, n)
	if !whole {
		return cut + ellipsis
	}
	return cut
}
