package formats

import (
	"bytes"
	"strconv"
)

// leefTime is leefTimeFormat in Go's words.
const (
	leefTime       = "2006-01-02T15:04:05.000-0700"
	leefTimeFormat = "yyyy-MM-dd'T'HH:mm:ss.SSSZ" // java.text.SimpleDateFormat
	maxLEEFEventID = 255
)

// leefEscapes: LEEF has none. No value may hold the tab that ends it; tabs and
// line breaks become \t and \n for a reader's eyes.
var leefEscapes = escaping{}

// appendLEEF writes LEEF 2.0 (IBM, "QRadar LEEF Guide"):
//
//	LEEF:2.0|Lachan|Lachan|1.0.0|942100|x09|cat=block devTime=… (tabs between)
//
// EventID and cat, by which QRadar finds its QID, are the rule (or the kind of
// finding) and the action. The keys are LEEF's where it has one. usrName and the
// other keys of users are never written: the trail knows no users.
func appendLEEF(dst []byte, e *event) []byte {
	dst = append(dst, "LEEF:2.0|Lachan|Lachan|"...)
	dst = printable(dst, e.text("observer.version"), maxLEEFEventID)
	dst = append(dst, '|')
	dst = printable(dst, e.signature(), maxLEEFEventID)
	dst = append(dst, "|x09|cat="...)
	a := attributes{append(dst, printable(nil, e.text("event.action"), maxLEEFEventID)...)}
	a.add("devTime", e.time.AppendFormat(nil, leefTime))
	a.add("devTimeFormat", []byte(leefTimeFormat))
	a.add("sev", strconv.AppendInt(nil, int64(max(1, e.severity/10)), 10))
	a.add("eventId", e.text("event.id"))
	a.add("requestId", e.text("http.request.id"))
	a.add("site", e.text("service.name"))
	a.add("src", e.address())
	a.add("srcPort", e.port("source.port"))
	if len(e.address()) > 0 {
		a.add("proto", []byte(transport(e)))
	}
	a.add("dstHost", e.text("url.domain"))
	a.add("dstPort", e.port("url.port"))
	a.add("url", e.fullURL())
	a.add("method", e.text("http.request.method"))
	a.add("status", e.figure("http.response.status_code"))
	a.add("srcBytes", e.figure("http.request.body.bytes"))
	a.add("dstBytes", e.figure("http.response.body.bytes"))
	a.add("outcome", e.text("event.outcome"))
	a.add("policy", e.text("rule.ruleset"))
	a.add("ruleName", e.text("rule.name"))
	a.add("ruleIds", join(e.list("lachan.rule_ids")))
	a.add("score", e.figure("lachan.score"))
	a.add("matchedIn", e.text("lachan.match.variable"))
	a.add("matched", e.text("lachan.match.value"))
	a.add("element", e.text("lachan.finding.element"))
	a.add("attribute", e.text("lachan.finding.attribute"))
	a.add("target", e.text("lachan.finding.target"))
	a.add("targetHost", e.text("lachan.finding.host"))
	a.add("snippet", e.text("lachan.finding.snippet"))
	a.add("removedSha256", e.text("lachan.finding.sha256"))
	a.add("notice", e.text("lachan.notice.name"))
	a.add("noticeValue", e.text("lachan.notice.value"))
	a.add("folded", e.text("lachan.fold.action"))
	a.add("checkpoint", e.text("lachan.checkpoint.note"))
	a.add("reason", e.why())
	a.repeated(e)
	a.add("userAgent", e.text("user_agent.original"))
	a.add("referrer", e.text("http.request.referrer"))
	a.add("msg", e.text("message"))
	a.add("observer", e.text("observer.hostname"))
	a.add("chainSeq", e.figure("lachan.chain.seq"))
	a.add("chainHash", e.text("lachan.chain.hash"))
	a.add("shortened", e.text(shortenedName))
	return a.dst
}

// attributes are LEEF's. A key is there once, or QRadar may ignore it.
type attributes struct{ dst []byte }

func (a *attributes) add(key string, value []byte) {
	if len(value) == 0 {
		return
	}
	a.dst = append(append(append(a.dst, '\t'), key...), '=')
	a.dst = leefEscapes.append(a.dst, value)
}

func (a *attributes) repeated(e *event) {
	count, first, last := e.repeated()
	a.add("count", count)
	if len(count) > 0 && !first.IsZero() {
		a.add("first", first.AppendFormat(nil, leefTime))
		a.add("last", last.AppendFormat(nil, leefTime))
	}
}

// transport is the protocol below HTTP: UDP below HTTP/3 (RFC 9114), else TCP.
func transport(e *event) string {
	if bytes.HasPrefix(e.text("http.version"), []byte("3")) {
		return "UDP"
	}
	return "TCP"
}
