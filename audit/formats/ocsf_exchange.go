package formats

import "strconv"

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
