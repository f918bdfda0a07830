package audit

import (
	"strconv"

	"go.uber.org/zap/zapcore"
)

// The parts of the record, one type for each top-level object of ECS. All are
// views of the same record, so that none is allocated.
type (
	eventObject     record
	httpObject      record
	requestObject   record
	responseObject  record
	serviceObject   record
	sourceObject    record
	urlObject       record
	userAgentObject record
	ruleObject      record
	errorObject     record
	observerObject  record
	lachanObject    record
	matchObject     Match
	findingObject   record
	gapObject       Loss
	bytesObject     int64
	ecsObject       struct{}
)

func (r *eventObject) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	o, c := objects{enc: enc}, &r.class
	enc.AddString("id", r.ID)
	enc.AddString("action", string(r.Action))
	enc.AddString("kind", c.kind)
	o.list("category", &c.category)
	o.list("type", &c.types)
	enc.AddString("outcome", c.outcome)
	enc.AddInt("severity", severity(&r.Event))
	enc.AddString("module", "lachan")
	enc.AddString("dataset", "lachan.audit")
	o.text("reason", r.Reason)
	return o.err
}

func (r *httpObject) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	o := objects{enc: enc}
	o.add("request", (*requestObject)(r))
	if r.HTTP.Status != 0 || r.HTTP.ResponseBytes != 0 {
		o.add("response", (*responseObject)(r))
	}
	o.text("version", r.HTTP.Version)
	return o.err
}

func (r *requestObject) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	o := objects{enc: enc}
	o.text("id", r.RequestID)
	o.text("method", r.HTTP.Method)
	o.text("referrer", r.HTTP.Referrer)
	if r.HTTP.RequestBytes != 0 {
		o.add("body", bytesObject(r.HTTP.RequestBytes))
	}
	return o.err
}

func (r *responseObject) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	o := objects{enc: enc}
	o.number("status_code", int64(r.HTTP.Status))
	if r.HTTP.ResponseBytes != 0 {
		o.add("body", bytesObject(r.HTTP.ResponseBytes))
	}
	return o.err
}

func (n bytesObject) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	enc.AddInt64("bytes", int64(n))
	return nil
}

func (r *serviceObject) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	enc.AddString("name", r.Site)
	return nil
}

func (r *sourceObject) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	// A zone (fe80::1%eth0) is no part of what ECS's ip type takes.
	r.digits = r.Client.Addr().Unmap().WithZone("").AppendTo(r.digits[:0])
	enc.AddByteString("ip", r.digits)
	(&objects{enc: enc}).number("port", int64(r.Client.Port()))
	return nil
}

func (r *urlObject) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	o := objects{enc: enc}
	o.text("scheme", r.URL.Scheme)
	o.text("domain", r.URL.Domain)
	o.number("port", int64(r.URL.Port))
	o.text("path", r.URL.Path)
	o.text("query", r.URL.Query)
	o.text("original", r.original)
	return nil
}

func (r *userAgentObject) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	enc.AddString("original", r.HTTP.UserAgent)
	return nil
}

func (r *ruleObject) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	o := objects{enc: enc}
	if r.Match.RuleID != 0 {
		enc.AddString("id", strconv.Itoa(r.Match.RuleID))
	}
	o.text("name", r.Match.Name)
	o.text("ruleset", r.Match.Ruleset)
	o.text("version", r.Match.Version)
	return nil
}

func (r *errorObject) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	enc.AddString("message", r.Error)
	return nil
}

func (r *observerObject) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	o := objects{enc: enc}
	o.text("hostname", r.info.Hostname)
	o.text("version", r.info.Version)
	enc.AddString("vendor", "Lachan")
	enc.AddString("product", "Lachan")
	enc.AddString("type", "waf")
	return nil
}

func (ecsObject) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	enc.AddString("version", ecsVersion)
	return nil
}
