package formats

import (
	"bytes"
	"strconv"
	"time"
)

// The escapes of CEF: a pipe in the header, an equal sign in the extension,
// the backslash in both, line breaks as \n and \r in the extension only.
var (
	cefHeaderEscapes = escaping{special: `|\`}
	cefValueEscapes  = escaping{special: `=\`, breaks: true}
)

// The most that a field may hold, in characters, by the header's table and the
// extension dictionary of the standard.
const (
	cefVersion  = 31
	cefEventID  = 1023
	cefName     = 512
	cefWord     = 63 // act, outcome
	cefProtocol = 31 // app, proto
	cefText     = 1023
	cefContext  = 2048
	cefID       = 40
	cefHost     = 100 // dvchost
	cefHash     = 255
	cefCustom   = 4000 // cs1 to cs6
)

// appendCEF writes Common Event Format, version 0 (OpenText, "ArcSight CEF
// Implementation Standard", of whose extension dictionary only what version
// 0.1 has is used):
//
//	CEF:0|Lachan|Lachan|1.0.0|942100|SQL Injection|7|rt=1795464245678 externalId=01KB… act=block …
//
// For what the dictionary has no key there are its custom fields, with labels:
// cs1 requestId, cs2 site, cs3 evidence, cs4 ruleIds, cs5 what the event is
// about (target, noticed, checkpoint, folded), cs6 chainHash, cn1 score, cn2
// status, cn3 chainSeq. What was removed is, to CEF, a file: fname is the
// element, fileHash its digest. The flex fields are the customer's and stay
// free. src takes an address of version 4 only; another is in c6a2, under the
// label that older editions of the standard prescribe.
func appendCEF(dst []byte, e *event) []byte {
	dst = append(dst, "CEF:0|Lachan|Lachan|"...)
	for _, part := range []struct {
		text  []byte
		limit int
	}{{e.text("observer.version"), cefVersion}, {e.signature(), cefEventID}, {[]byte(e.title()), cefName}} {
		dst = append(cefHeaderEscapes.append(dst, cefHeaderEscapes.characters(part.text, part.limit)), '|')
	}
	dst = strconv.AppendInt(dst, int64(e.severity/10), 10)
	x := extension{append(dst, "|rt="...)}
	x.dst = strconv.AppendInt(x.dst, e.time.UnixMilli(), 10)
	x.add("externalId", e.text("event.id"), cefID)
	x.add("act", e.text("event.action"), cefWord)
	x.add("outcome", e.text("event.outcome"), cefWord)
	x.custom("cs1", "requestId", e.text("http.request.id"))
	x.custom("cs2", "site", e.text("service.name"))
	x.source(e)
	x.request(e)
	x.add("cat", join(e.list("event.category")), cefText)
	x.add("reason", e.why(), cefText)
	x.details(e)
	x.repeated(e)
	x.add("msg", e.text("message"), cefText)
	x.add("dvchost", e.text("observer.hostname"), cefHost)
	x.custom("cs6", "chainHash", e.text("lachan.chain.hash"))
	x.custom("cn3", "chainSeq", e.figure("lachan.chain.seq"))
	x.add("lachanShortened", e.text(shortenedName), cefWord)
	// Blanks at the end of the last value would be lost: the last one has none.
	x.add("deviceFacility", []byte("lachan.audit"), cefText)
	return x.dst
}

// extension is the part of key=value.
type extension struct{ dst []byte }

func (x *extension) add(key string, value []byte, limit int) {
	if len(value) == 0 {
		return
	}
	x.dst = append(append(append(x.dst, ' '), key...), '=')
	x.dst = cefValueEscapes.append(x.dst, cefValueEscapes.characters(value, limit))
}

func (x *extension) custom(key, label string, value []byte) {
	if len(value) == 0 {
		return
	}
	x.add(key, value, cefCustom)
	x.add(key+"Label", []byte(label), cefText)
}

func (x *extension) source(e *event) {
	address := e.address()
	if bytes.ContainsRune(address, ':') {
		x.add("c6a2", address, cefText)
		x.add("c6a2Label", []byte("Source IPv6 Address"), cefText)
	} else {
		x.add("src", address, cefText)
	}
	x.add("spt", e.port("source.port"), cefWord)
}

func (x *extension) request(e *event) {
	x.add("dhost", e.text("url.domain"), cefText)
	x.add("dpt", e.port("url.port"), cefWord)
	if len(e.text("http.request.method")) > 0 {
		x.add("app", bytes.ToUpper(e.text("url.scheme")), cefProtocol)
		x.add("proto", []byte(transport(e)), cefProtocol)
	}
	x.add("request", e.fullURL(), cefText)
	x.add("requestMethod", e.text("http.request.method"), cefText)
	x.add("requestClientApplication", e.text("user_agent.original"), cefText)
	x.add("requestContext", e.text("http.request.referrer"), cefContext)
	x.add("in", e.figure("http.request.body.bytes"), cefWord)
	x.add("out", e.figure("http.response.body.bytes"), cefWord)
	x.custom("cn2", "status", e.figure("http.response.status_code"))
}

// cefSubjects is what an event is about, beside the request: an event has one of them.
var cefSubjects = []struct{ field, label string }{
	{"lachan.finding.target", "target"},
	{"lachan.notice.value", "noticed"},
	{"lachan.checkpoint.note", "checkpoint"},
	{"lachan.fold.action", "folded"},
}

// details are those of the rule, the finding, the notice or the checkpoint.
func (x *extension) details(e *event) {
	x.custom("cn1", "score", e.figure("lachan.score"))
	evidence := e.text("lachan.finding.snippet")
	if value := e.text("lachan.match.value"); len(value) > 0 {
		evidence = append(append(append([]byte{}, e.text("lachan.match.variable")...), ": "...), value...)
	}
	x.custom("cs3", "evidence", evidence)
	x.custom("cs4", "ruleIds", join(e.list("lachan.rule_ids")))
	for _, of := range cefSubjects {
		if subject := e.text(of.field); len(subject) > 0 {
			x.custom("cs5", of.label, subject)
			break
		}
	}
	x.add("fname", e.text("lachan.finding.element"), cefText)
	x.add("fileHash", e.text("lachan.finding.sha256"), cefHash)
}

func (x *extension) repeated(e *event) {
	count, first, last := e.repeated()
	if len(count) == 0 {
		count = e.figure("lachan.finding.count")
	}
	x.add("cnt", count, cefWord)
	if !first.IsZero() {
		x.add("start", milliseconds(first), cefWord)
		x.add("end", milliseconds(last), cefWord)
	}
}

func milliseconds(at time.Time) []byte { return strconv.AppendInt(nil, at.UnixMilli(), 10) }
