package audit

import (
	"strconv"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap/buffer"
	"go.uber.org/zap/zapcore"
)

// ecsVersion is the version of the Elastic Common Schema the names are of.
const ecsVersion = "8.17.0"

// encoder turns events into lines. It is safe for concurrent use.
type encoder struct {
	info Info
	json zapcore.Encoder
	pool sync.Pool // of *job
}

// job is one encoding under way; zap wants the field in a slice.
type job struct {
	record
	fields [1]zapcore.Field
}

func newEncoder(info Info) *encoder {
	info.Version = bound(info.Version, maxWord)
	info.Hostname = bound(info.Hostname, maxName)
	return &encoder{
		info: info,
		json: zapcore.NewJSONEncoder(zapcore.EncoderConfig{
			TimeKey:    "@timestamp",
			EncodeTime: encodeTime,
			LineEnding: "\n",
		}),
		pool: sync.Pool{New: func() any { return new(job) }},
	}
}

// timeLayout is RFC 3339 in UTC, always with microseconds, so that lines sort as text.
const timeLayout = "2006-01-02T15:04:05.000000Z"

func encodeTime(t time.Time, enc zapcore.PrimitiveArrayEncoder) {
	if direct, ok := enc.(interface{ AppendTimeLayout(time.Time, string) }); ok {
		direct.AppendTimeLayout(universal(t), timeLayout)
		return
	}
	enc.AppendString(stamp(t))
}

func stamp(t time.Time) string { return universal(t).Format(timeLayout) }

// universal bounds the year to four digits, which RFC 3339 has no more of.
func universal(t time.Time) time.Time {
	t = t.UTC()
	if t.Year() < 0 || t.Year() > 9999 {
		return time.Time{}
	}
	return t
}

// line returns the event as one JSON object with a newline. The caller frees it.
func (c *encoder) line(e *Event) (*buffer.Buffer, error) {
	j := c.pool.Get().(*job)
	defer c.pool.Put(j)
	defer j.release()
	j.fill(e, &c.info)
	j.fields[0] = zapcore.Field{Type: zapcore.InlineMarshalerType, Interface: &j.record}
	return c.json.EncodeEntry(zapcore.Entry{Time: j.Time}, j.fields[:])
}

// MarshalLogObject writes the record: identifiers first, so that they survive
// a reader that cuts lines; `lachan` last, where more may be added.
func (r *record) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	o := objects{enc: enc}
	o.add("event", (*eventObject)(r))
	if r.hasHTTP() {
		o.add("http", (*httpObject)(r))
	}
	o.text("message", r.Message)
	if r.Site != "" {
		o.add("service", (*serviceObject)(r))
	}
	if r.Client.IsValid() {
		o.add("source", (*sourceObject)(r))
	}
	if r.URL != (URL{}) {
		o.add("url", (*urlObject)(r))
	}
	if r.HTTP.UserAgent != "" {
		o.add("user_agent", (*userAgentObject)(r))
	}
	if r.Match != nil {
		o.add("rule", (*ruleObject)(r))
	}
	if r.Error != "" {
		o.add("error", (*errorObject)(r))
	}
	o.add("observer", (*observerObject)(r))
	o.add("ecs", ecsObject{})
	o.add("lachan", (*lachanObject)(r))
	return o.err
}

func (r *record) hasContentType() bool {
	return r.HTTP.RequestContentType != "" || r.HTTP.ResponseContentType != ""
}

func (r *record) hasHTTP() bool { return r.RequestID != "" || r.HTTP != (HTTP{}) }

// objects adds members that have a value and keeps the first error.
type objects struct {
	enc zapcore.ObjectEncoder
	err error
}

func (o *objects) add(key string, m zapcore.ObjectMarshaler) {
	if err := o.enc.AddObject(key, m); err != nil && o.err == nil {
		o.err = err
	}
}

func (o *objects) list(key string, m zapcore.ArrayMarshaler) {
	if err := o.enc.AddArray(key, m); err != nil && o.err == nil {
		o.err = err
	}
}

func (o *objects) text(key, value string) {
	if value != "" {
		o.enc.AddString(key, value)
	}
}

func (o *objects) number(key string, value int64) {
	if value != 0 {
		o.enc.AddInt64(key, value)
	}
}

func (w *words) MarshalLogArray(enc zapcore.ArrayEncoder) error {
	for word := range strings.SplitSeq(string(*w), " ") {
		enc.AppendString(word)
	}
	return nil
}

// reasonList, opinionList, detailList and idList are arrays of keywords: numbers of rules are
// none that anybody adds up, and rule.id is a keyword in ECS.
type (
	reasonList  record
	opinionList record
	detailList  record
	idList      record
)

func (r *reasonList) MarshalLogArray(enc zapcore.ArrayEncoder) error {
	for _, reason := range r.Finding.Reasons {
		enc.AppendString(reason)
	}
	return nil
}

func (r *opinionList) MarshalLogArray(enc zapcore.ArrayEncoder) error {
	for _, opinion := range r.opinions {
		enc.AppendString(opinion)
	}
	return nil
}

func (r *detailList) MarshalLogArray(enc zapcore.ArrayEncoder) error {
	for _, detail := range r.details {
		enc.AppendString(detail)
	}
	return nil
}

func (r *idList) MarshalLogArray(enc zapcore.ArrayEncoder) error {
	ids := r.Match.RuleIDs
	for _, id := range ids[:min(len(ids), maxRuleIDs)] {
		r.digits = strconv.AppendInt(r.digits[:0], int64(id), 10)
		enc.AppendByteString(r.digits)
	}
	return nil
}
