package formats

import (
	"bytes"
	"strconv"
)

// ocsfVersion is the lowest version that defines all that is written here
// (1.4.0, January 2025: the class Application Error, HTTP Activity without a
// response, is_alert). Later versions 1.x only add, and stores are slower
// to take a new version than an old one.
const ocsfVersion = "1.4.0"

// ocsfClass is an event class of OCSF with its category.
type ocsfClass struct {
	category, class         int
	categoryName, className string
}

// The classes, by what an event is:
//
//	something found in a response    2004 Detection Finding: it outlives the exchange it was seen in
//	a request and what became of it  4002 HTTP Activity, with the profile Security Control
//	an alert without a request       2004 Detection Finding: a fold stands for many requests
//	config                           6002 Application Lifecycle, activity Other: the nearest to a reload
//	gap                              6008 Application Error: "issues with an application that generates OCSF events"
//	anything else                    0 Base Event, activity Other: the classes have nothing for a
//	                                 checkpoint or a notice of the trail itself, and an event without
//	                                 an address and a request is no HTTP Activity
var (
	ocsfFinding   = ocsfClass{2, 2004, "Findings", "Detection Finding"}
	ocsfHTTP      = ocsfClass{4, 4002, "Network Activity", "HTTP Activity"}
	ocsfLifecycle = ocsfClass{6, 6002, "Application Activity", "Application Lifecycle"}
	ocsfError     = ocsfClass{6, 6008, "Application Activity", "Application Error"}
	ocsfBase      = ocsfClass{0, 0, "Uncategorized", "Base Event"}
)

func ocsfClassOf(e *event) ocsfClass {
	switch e.action() {
	case "config":
		return ocsfLifecycle
	case "gap":
		return ocsfError
	case "checkpoint", "notice":
		return ocsfBase
	}
	switch {
	case len(e.text("lachan.finding.kind")) > 0:
		return ocsfFinding
	case e.hasRequest() && e.hasEndpoint():
		return ocsfHTTP
	case e.alert():
		return ocsfFinding
	}
	return ocsfBase
}

func (e *event) hasRequest() bool {
	return len(e.text("http.request.method")) > 0 || len(e.text("url.original")) > 0 || len(e.text("http.request.id")) > 0
}

func (e *event) alert() bool { return string(e.text("event.kind")) == "alert" }

func (e *event) hasEndpoint() bool { return len(e.address()) > 0 || len(e.text("url.domain")) > 0 }

// appendOCSF writes the event as OCSF. What OCSF has no attribute for stands
// under `unmapped`, with its names.
func appendOCSF(dst []byte, e *event) []byte {
	o := object{append(dst, '{')}
	class := ocsfClassOf(e)
	o.metadata(e, class)
	o.classification(e, class)
	o.text("message", e.text("message"))
	o.span(e)
	switch class {
	case ocsfFinding:
		o.verdict(e)
		o.finding(e)
	case ocsfHTTP:
		o.verdict(e)
		o.exchange(e)
		o.firewallRule(e)
	case ocsfLifecycle:
		o.product("app", e)
	}
	o.device(e)
	o.name("unmapped")
	o.dst = appendNested(o.dst, e, "lachan.")
	o.close()
	return o.dst
}

func (o *object) metadata(e *event, class ocsfClass) {
	o.open("metadata")
	o.literal("version", `"`+ocsfVersion+`"`)
	o.text("uid", e.text("event.id"))
	o.text("correlation_uid", e.text("http.request.id"))
	o.figure("sequence", e.figure("lachan.chain.seq"))
	o.text("event_code", e.text("event.action"))
	o.text("original_time", e.text("@timestamp"))
	o.text("log_name", e.text("event.dataset"))
	o.product("product", e)
	if class == ocsfFinding || class == ocsfHTTP {
		o.literal("profiles", `["host","security_control"]`)
	} else {
		o.literal("profiles", `["host"]`)
	}
	o.close()
}

func (o *object) product(name string, e *event) {
	o.open(name)
	o.literal("name", `"Lachan"`)
	o.literal("vendor_name", `"Lachan"`)
	o.text("version", e.text("observer.version"))
	o.close()
}

func (o *object) classification(e *event, c ocsfClass) {
	activity, name := ocsfActivity(e, c)
	o.integer("time", e.time.UnixMilli())
	o.integer("category_uid", int64(c.category))
	o.text("category_name", []byte(c.categoryName))
	o.integer("class_uid", int64(c.class))
	o.text("class_name", []byte(c.className))
	o.integer("activity_id", int64(activity))
	o.text("activity_name", name)
	o.integer("type_uid", int64(c.class*100+activity))
	severity := ocsfSeverity(e.severity)
	o.integer("severity_id", int64(severity))
	o.text("severity", []byte(ocsfSeverities[severity]))
	o.status(e, c)
	o.text("status_detail", e.why())
}

const (
	activityUnknown = 0
	activityCreate  = 1 // of a finding
	activityError   = 1 // of an application
	activityOther   = 99
)

// ocsfMethods are the activities of HTTP Activity, which are also the only
// values that http_request.http_method may have.
var ocsfMethods = []string{1: "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT", "TRACE"}

func ocsfActivity(e *event, c ocsfClass) (id int, name []byte) {
	switch c {
	case ocsfFinding:
		return activityCreate, []byte("Create")
	case ocsfError:
		return activityError, []byte("General Error")
	case ocsfHTTP:
		return ocsfMethod(e.text("http.request.method"))
	}
	return activityOther, e.text("event.action")
}

func ocsfMethod(method []byte) (id int, name []byte) {
	for id, known := range ocsfMethods {
		if id > 0 && known == string(method) {
			return id, []byte(known[:1] + string(bytes.ToLower([]byte(known[1:]))))
		}
	}
	if len(method) == 0 {
		return activityUnknown, []byte("Unknown")
	}
	return activityOther, method
}

var ocsfSeverities = []string{1: "Informational", "Low", "Medium", "High", "Critical"}

// ocsfSeverity takes the trail's 21, 47, 73 and 99 to low, medium, high and critical.
func ocsfSeverity(severity int) int {
	switch {
	case severity >= 90:
		return 5
	case severity >= 70:
		return 4
	case severity >= 40:
		return 3
	case severity >= 20:
		return 2
	}
	return 1
}

// status: a finding is new; of anything else it is whether it came about.
func (o *object) status(e *event, c ocsfClass) {
	switch outcome := string(e.text("event.outcome")); {
	case c == ocsfFinding:
		o.literal("status_id", `1,"status":"New"`)
	case outcome == "success":
		o.literal("status_id", `1,"status":"Success"`)
	case outcome == "failure":
		o.literal("status_id", `2,"status":"Failure"`)
	default:
		o.literal("status_id", `0,"status":"Unknown"`)
	}
}

// verdict is the profile Security Control.
func (o *object) verdict(e *event) {
	const allowed, denied = `1,"action":"Allowed"`, `2,"action":"Denied"`
	action, disposition := `0,"action":"Unknown"`, `0,"disposition":"Unknown"`
	switch e.action() {
	case "block", "redirect":
		action, disposition = denied, `2,"disposition":"Blocked"`
	case "deny":
		action, disposition = denied, `25,"disposition":"Rejected"`
	case "strip":
		action, disposition = denied, `5,"disposition":"Deleted"`
	case "detect":
		action, disposition = allowed, `15,"disposition":"Detected"`
	}
	o.literal("action_id", action)
	o.literal("disposition_id", disposition)
	o.literal("is_alert", strconv.FormatBool(e.alert()))
}

// exchange writes both ends, the request and the response.
func (o *object) exchange(e *event) {
	o.endpoints(e)
	o.request(e)
	o.response(e)
}

func (o *object) endpoints(e *event) {
	if address := e.address(); len(address) > 0 {
		o.open("src_endpoint")
		o.text("ip", address)
		o.figure("port", e.port("source.port"))
		o.close()
	}
	if host := e.text("url.domain"); len(host) > 0 {
		o.open("dst_endpoint")
		o.text("hostname", host)
		o.figure("port", e.port("url.port"))
		o.text("svc_name", e.text("service.name"))
		o.close()
	}
}

func (o *object) request(e *event) {
	if !e.hasRequest() {
		return
	}
	o.open("http_request")
	o.text("uid", e.text("http.request.id"))
	if id, _ := ocsfMethod(e.text("http.request.method")); id > 0 && id < len(ocsfMethods) {
		o.text("http_method", e.text("http.request.method"))
	}
	if url := e.fullURL(); len(url) > 0 {
		o.open("url")
		o.text("url_string", url)
		o.text("scheme", e.text("url.scheme"))
		o.text("hostname", e.text("url.domain"))
		o.figure("port", e.port("url.port"))
		o.text("path", e.text("url.path"))
		o.text("query_string", e.text("url.query"))
		o.close()
	}
	o.text("user_agent", e.text("user_agent.original"))
	o.text("referrer", e.text("http.request.referrer"))
	o.text("version", e.text("http.version"))
	o.figure("body_length", e.figure("http.request.body.bytes"))
	o.close()
}

func (o *object) response(e *event) {
	code := e.figure("http.response.status_code")
	if len(code) == 0 {
		return
	}
	o.open("http_response")
	o.figure("code", code)
	o.text("content_type", e.text("lachan.response_content_type"))
	o.figure("body_length", e.figure("http.response.body.bytes"))
	o.close()
}

func (o *object) firewallRule(e *event) {
	if len(e.text("rule.id"))+len(e.text("rule.name")) == 0 {
		return
	}
	o.open("firewall_rule")
	o.text("uid", e.text("rule.id"))
	o.text("name", e.text("rule.name"))
	o.text("type", e.text("rule.ruleset"))
	o.text("version", e.text("rule.version"))
	o.text("match_location", e.text("lachan.match.variable"))
	if value := e.text("lachan.match.value"); len(value) > 0 {
		o.name("match_details")
		o.dst = appendList(o.dst, [][]byte{value})
	}
	o.close()
}

// finding writes what was found, and the exchange as its evidence.
func (o *object) finding(e *event) {
	kind := e.signature()
	o.open("finding_info")
	o.text("uid", e.text("event.id"))
	o.text("title", []byte(e.title()))
	o.name("types")
	o.dst = appendList(o.dst, [][]byte{kind})
	o.integer("created_time", e.time.UnixMilli())
	o.open("analytic")
	o.literal("type_id", `1,"type":"Rule"`)
	o.text("name", kind)
	o.close()
	o.close()
	o.literal("evidences", "[{")
	o.exchange(e)
	o.open("data")
	o.text("element", e.text("lachan.finding.element"))
	o.text("attribute", e.text("lachan.finding.attribute"))
	o.text("target", e.text("lachan.finding.target"))
	o.text("snippet", e.text("lachan.finding.snippet"))
	o.close()
	o.dst = append(o.dst, "}]"...)
	if site := e.text("service.name"); len(site) > 0 {
		o.literal("resources", `[{"type":"web site"`)
		o.text("name", site)
		o.dst = append(o.dst, "}]"...)
	}
}

// span is how often, and from when to when.
func (o *object) span(e *event) {
	count, first, last := e.repeated()
	if len(count) == 0 {
		count = e.figure("lachan.finding.count")
	}
	o.figure("count", count)
	if !first.IsZero() && !last.IsZero() {
		o.integer("start_time", first.UnixMilli())
		o.integer("end_time", last.UnixMilli())
	}
}

// device is the proxy, by the profile Host.
func (o *object) device(e *event) {
	if host := e.text("observer.hostname"); len(host) > 0 {
		o.open("device")
		o.literal("type_id", `9,"type":"Firewall"`)
		o.text("hostname", host)
		o.close()
	}
}

func (o *object) integer(name string, value int64) { o.literal(name, strconv.FormatInt(value, 10)) }

func (o *object) figure(name string, figures []byte) {
	if len(figures) > 0 {
		o.literal(name, string(figures))
	}
}
