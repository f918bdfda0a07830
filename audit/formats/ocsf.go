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

// appendOCSF writes the event as OCSF. What its class has no attribute for
// stands under `unmapped`, by the trail's names.
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
	if class == ocsfBase { // which has no attributes of its own
		o.dst = appendNested(o.dst, e, "")
	} else {
		o.dst = appendNested(o.dst, e, "lachan.")
	}
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
