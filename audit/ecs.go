package audit

import (
	"strconv"
	"strings"
)

// The top-level objects of ECS, in the order in which they stand.

func (r *record) eventObject(e *Event) {
	c := classify(e)
	r.eventID(e.ID)
	r.member("action")
	r.quoted(string(e.Action), maxWord)
	r.word("kind", c.kind)
	r.words("category", c.category)
	r.words("type", c.types)
	r.word("outcome", c.outcome)
	r.integer("severity", int64(severity(e)))
	r.word("module", "lachan")
	r.word("dataset", "lachan.audit")
	r.text("reason", e.Reason, maxName)
}

// eventID writes a new one where the caller has none.
func (r *record) eventID(id string) {
	if id != "" {
		r.id("id", id)
		return
	}
	r.member("id")
	r.line = append(r.line, '"')
	r.line = append(appendID(r.line), '"')
}

func (r *record) words(name string, w words) {
	r.openList(name)
	for word := range strings.SplitSeq(string(w), " ") {
		r.element()
		r.line = append(r.line, '"')
		r.line = append(r.line, word...)
		r.line = append(r.line, '"')
	}
	r.closeList()
}

func (r *record) httpObject(e *Event) {
	h := &e.HTTP
	if e.RequestID == "" && *h == (HTTP{}) {
		return
	}
	r.open("http")
	r.open("request")
	r.id("id", e.RequestID)
	r.text("method", h.Method, maxWord)
	r.text("referrer", h.Referrer, maxReferrer)
	r.body(h.RequestBytes)
	r.close()
	if h.Status != 0 || h.ResponseBytes != 0 {
		r.open("response")
		r.number("status_code", int64(h.Status))
		r.body(h.ResponseBytes)
		r.close()
	}
	r.text("version", strings.TrimPrefix(h.Version, "HTTP/"), maxWord)
	r.close()
}

func (r *record) body(bytes int64) {
	if bytes != 0 {
		r.open("body")
		r.integer("bytes", bytes)
		r.close()
	}
}

func (r *record) serviceObject(e *Event) {
	if e.Site != "" {
		r.open("service")
		r.text("name", e.Site, maxWord)
		r.close()
	}
}

func (r *record) sourceObject(e *Event) {
	if e.Client.IsValid() {
		r.open("source")
		r.address(e.Client)
		r.close()
	}
}

func (r *record) urlObject(u *URL) {
	if *u == (URL{}) {
		return
	}
	r.open("url")
	r.text("scheme", u.Scheme, maxWord)
	r.text("domain", u.Domain, maxName)
	r.number("port", int64(u.Port))
	path := r.remembered("path", u.Path, maxPath)
	query := r.remembered("query", u.Query, maxQuery)
	r.original(path, query)
	r.close()
}

// remembered is text that tells where in the line the value stands.
func (r *record) remembered(name, s string, limit int) span {
	if s == "" {
		return span{}
	}
	r.member(name)
	from := len(r.line) + 1
	r.quoted(s, limit)
	return span{from, len(r.line) - 1}
}

// original is path and query as they were written.
func (r *record) original(path, query span) {
	if path == query {
		return // neither
	}
	r.member("original")
	r.line = append(r.line, '"')
	r.line = append(r.line, r.line[path.from:path.to]...)
	if query != (span{}) {
		r.line = append(r.line, '?')
		r.line = append(r.line, r.line[query.from:query.to]...)
	}
	r.line = append(r.line, '"')
}

func (r *record) agentObject(agent string) {
	if agent != "" {
		r.open("user_agent")
		r.text("original", agent, maxUserAgent)
		r.close()
	}
}

func (r *record) ruleObject(m *Match) {
	if m == nil {
		return
	}
	r.open("rule")
	if m.RuleID != 0 {
		r.member("id")
		r.ruleID(m.RuleID)
	}
	r.text("name", m.Name, maxName)
	r.text("ruleset", m.Ruleset, maxWord)
	r.text("version", m.Version, maxWord)
	r.close()
}

func (r *record) errorObject(message string) {
	if message != "" {
		r.open("error")
		r.text("message", message, maxMessage)
		r.close()
	}
}

// observerMembers are what every event says of who saw it, with a comma before.
func observerMembers(info Info) string {
	r := record{object: object{line: []byte{'{', '0'}}} // something that stands before it
	r.open("observer")
	for _, member := range []struct {
		name, value string
		limit       int
	}{{"hostname", info.Hostname, maxName}, {"version", info.Version, maxWord}} {
		if member.value != "" {
			r.member(member.name)
			r.line = append(r.line, '"')
			r.line = appendText(r.line, member.value, false, member.limit)
			r.line = append(r.line, '"')
		}
	}
	r.word("vendor", "Lachan")
	r.word("product", "Lachan")
	r.word("type", "waf")
	r.close()
	r.open("ecs")
	r.word("version", ecsVersion)
	r.close()
	return string(r.line[len("{0"):])
}

// message is one line for people: the event's own, or what happened.
func (r *record) message(e *Event) {
	if e.Message != "" {
		r.text("message", e.Message, maxMessage)
		return
	}
	r.member("message")
	r.line = append(r.line, '"')
	r.summary(e)
	r.line = append(r.line, '"')
}

// detail writes what one rule logs, with its number before it.
func (r *record) detail(d *Detail) {
	start := len(r.line)
	r.line = append(r.line, '"')
	r.line = strconv.AppendInt(r.line, int64(d.RuleID), 10)
	r.line = append(r.line, ' ')
	text, more := head(d.Text, 2*maxDetail)
	r.put(text, r.redactDetail(d.Variables, text), more, maxDetail-(len(r.line)-start-1))
	r.line = append(r.line, '"')
}
