package proxy

import (
	"encoding/hex"
	"net"
	"net/http"
	"strconv"
	"strings"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/clean"
	"github.com/lachan-waf/lachan/proxy/evidence"
	"github.com/lachan-waf/lachan/proxy/framing"
	"github.com/lachan-waf/lachan/rules"
)

// record completes an event with what the exchange knows and hands it to the
// audit trail.
func (x *exchange) record(e audit.Event) {
	e.RequestID = x.id
	e.Client = x.client
	if x.site != nil {
		e.Site, e.Secrets = x.site.Name, x.site.secrets
	}
	e.HTTP.Method, e.HTTP.Version = x.r.Method, x.r.Proto
	e.HTTP.UserAgent = x.r.UserAgent()
	if e.HTTP.Referrer == "" {
		e.HTTP.Referrer = x.r.Referer()
	}
	e.HTTP.RequestContentType = x.r.Header.Get("Content-Type")
	e.HTTP.RequestBytes = max(x.r.ContentLength, 0)
	e.URL = x.eventURL()
	x.server.metrics.event(e)
	x.server.audit.Record(e)
}

func (x *exchange) eventURL() audit.URL {
	u := audit.URL{Scheme: x.scheme(), Domain: x.host}
	if u.Domain == "" {
		u.Domain = hostname(x.r.Host)
	}
	if _, port, err := net.SplitHostPort(x.r.Host); err == nil {
		u.Port, _ = strconv.Atoi(port)
	}
	u.Path, u.Query, _ = strings.Cut(originForm(x.r), "?")
	return u
}

func (x *exchange) blockEvent(v rules.Verdict) audit.Event {
	return audit.Event{Action: audit.Block, HTTP: audit.HTTP{Status: v.Status}, Match: matchOf(v), Reason: v.Reason}
}

// detectEvent tells of a request or a response that passed although rules matched
// it, or although not all of its body was inspected.
func (x *exchange) detectEvent(v rules.Verdict) audit.Event {
	e := audit.Event{Action: audit.Detect, Match: matchOf(v), Reason: v.Reason}
	if v.BodyOver {
		e.Reason = "only " + strconv.FormatInt(v.Inspected, 10) + " bytes of the request's body were inspected"
	}
	return e
}

func (x *exchange) denyEvent(reason string, status int) audit.Event {
	return audit.Event{Action: audit.Deny, Reason: reason, HTTP: audit.HTTP{Status: status}}
}

func (x *exchange) redirectEvent(f clean.Finding, status int) audit.Event {
	return audit.Event{Action: audit.Redirect, Finding: findingOf(f), HTTP: audit.HTTP{Status: status}}
}

func (x *exchange) doorwayEvent(f clean.Finding, status int) audit.Event {
	return audit.Event{Action: audit.Deny, Finding: findingOf(f), Reason: "the page is another site's", HTTP: audit.HTTP{Status: status}}
}

func (x *exchange) findingEvent(f clean.Finding, resp *http.Response) audit.Event {
	e := audit.Event{Action: audit.Detect, Finding: findingOf(f), HTTP: audit.HTTP{
		Status: resp.StatusCode, ResponseContentType: resp.Header.Get("Content-Type"),
	}}
	if f.Removed {
		e.Action = audit.Strip
	}
	return e
}

func findingOf(f clean.Finding) *audit.Finding {
	return &audit.Finding{
		Kind: f.Kind, Element: f.Element, Attribute: f.Attribute, Target: f.Target, Host: f.Host,
		Offset: f.Offset, Count: 1, Snippet: f.Snippet, Reasons: f.Reasons, SHA256: hex.EncodeToString(f.SHA256[:]),
	}
}

// lostEvidence records documents that were not kept. Their findings were told.
func (s *Server) lostEvidence(l evidence.Loss) {
	e := audit.Event{
		Action: audit.Gap, Site: l.Site,
		Message: strconv.FormatUint(l.Count, 10) + " documents not kept as " + l.Reason,
		Loss:    &audit.Loss{Count: l.Count, First: l.First, Last: l.Last, Reason: l.Reason},
	}
	s.metrics.event(e)
	s.audit.Record(e)
}

// certificate records that one could not be had, or that one was had. Host is
// the name it is for.
func (s *Server) certificate(host string, err error) {
	e := audit.Event{
		Action: audit.Notice, Reason: "certificate", Message: "certificate obtained for " + host,
		Notice: &audit.NoticeDetail{Kind: "certificate", Name: host},
	}
	if err != nil {
		e.Message, e.Error = "no certificate could be obtained for "+host, err.Error()
	}
	sn := s.acquire()
	if sn != nil {
		if t := sn.lookup(host); t != nil {
			e.Site = t.Name
		}
		sn.release()
	}
	s.metrics.event(e)
	s.audit.Record(e)
}

// matchOf is the verdict as the audit trail keeps it: the rule that stands for
// it, and the numbers of all that matched. nil where none did.
func matchOf(v rules.Verdict) *audit.Match {
	if len(v.Matches) == 0 {
		return nil
	}
	m := &audit.Match{RuleID: v.RuleID, Score: v.Score}
	for i := range v.Matches {
		match := &v.Matches[i]
		m.RuleIDs = append(m.RuleIDs, match.RuleID)
		m.Details = append(m.Details, audit.Detail{RuleID: match.RuleID, Variables: match.Places, Text: match.Text()})
		if match.Downgraded != "" {
			m.SecondOpinion = append(m.SecondOpinion, strconv.Itoa(match.RuleID)+": "+match.Downgraded)
		}
	}
	if cause := v.Cause(); cause != nil {
		m.Name, m.Ruleset, m.Version = cause.Message, cause.Ruleset, cause.Version
		m.Variable, m.Value = cause.Variable, cause.Value
	}
	return m
}

// refusedFraming records a message the listener refused before net/http saw
// it: there is no exchange yet.
func (s *Server) refusedFraming(r framing.Refusal) {
	sn := s.acquire()
	defer sn.release()
	e := audit.Event{
		Action: audit.Deny, RequestID: audit.NewRequestID(), Client: r.Client, Reason: r.Reason,
		HTTP: audit.HTTP{Method: r.Method, Status: 400}, URL: audit.URL{Domain: hostname(r.Host)},
	}
	e.URL.Path, e.URL.Query, _ = strings.Cut(r.Target, "?")
	if t := sn.lookup(hostname(r.Host)); t != nil {
		e.Site, e.Secrets = t.Name, t.secrets
	}
	s.metrics.event(e)
	s.audit.Record(e)
}
