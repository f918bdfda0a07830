package audit

import (
	"errors"
	"sync"
	"time"

	"go.uber.org/zap/buffer"
)

// ecsVersion is the version of the Elastic Common Schema the names are of.
const ecsVersion = "8.17.0"

// encoder turns events into lines. It is safe for concurrent use.
type encoder struct {
	observer string // and ecs, which are the same in all events
	key      []byte
	records  sync.Pool // of *record
	lines    buffer.Pool
}

func newEncoder(info Info) *encoder {
	c := &encoder{key: info.Key, lines: buffer.NewPool()}
	c.records.New = func() any { return &record{redactor: redactor{tagger: newTagger(c.key)}} }
	c.observer = observerMembers(info)
	return c
}

// errTooLong means that the bounds of the fields do not add up to the line's.
var errTooLong = errors.New("line is longer than its bound")

// line returns the event as one JSON object with a newline. The caller frees it.
func (c *encoder) line(e *Event) (*buffer.Buffer, error) {
	r := c.records.Get().(*record)
	defer c.records.Put(r)
	defer r.release()
	r.event(e, c.observer)
	if len(r.line) > maxLine-maxChain {
		return nil, errTooLong
	}
	return c.copy(r.line), nil
}

// copy returns the line in memory that the caller frees.
func (c *encoder) copy(line []byte) *buffer.Buffer {
	b := c.lines.Get()
	b.AppendBytes(line)
	return b
}

// release drops the references to the caller's strings.
func (r *record) release() { r.secrets, r.v.src = nil, "" }

// event writes the whole: identifiers first, so that they survive a reader that
// cuts lines; `lachan` last, where more may be added.
func (r *record) event(e *Event, observer string) {
	if r.secrets = e.Secrets; r.secrets == nil {
		r.secrets = defaultSecrets()
	}
	r.line = append(r.line[:0], '{')
	r.stamp("@timestamp", e.Time)
	r.open("event")
	r.eventObject(e)
	r.close()
	r.httpObject(e)
	r.message(e)
	r.serviceObject(e)
	r.sourceObject(e)
	r.urlObject(&e.URL)
	r.agentObject(e.HTTP.UserAgent)
	r.ruleObject(e.Match)
	r.errorObject(e.Error)
	r.line = append(r.line, observer...)
	r.open("lachan")
	r.lachanObject(e)
	r.line = append(r.line, lineEnd...)
}

// lineEnd is how each line ends: with lachan, which is always there, and the
// event around it. The writer puts the link of the chain before it.
const lineEnd = "}}\n"

// appendStamp writes RFC 3339 in UTC, always with microseconds, so that lines sort
// as text. It bounds the year to four digits, which the format has no more of.
func appendStamp(dst []byte, t time.Time) []byte {
	t = t.UTC()
	if t.Year() < 0 || t.Year() > 9999 {
		t = time.Time{}
	}
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	dst = appendDigits(dst, year, 4)
	dst = appendDigits(append(dst, '-'), int(month), 2)
	dst = appendDigits(append(dst, '-'), day, 2)
	dst = appendDigits(append(dst, 'T'), hour, 2)
	dst = appendDigits(append(dst, ':'), minute, 2)
	dst = appendDigits(append(dst, ':'), second, 2)
	dst = appendDigits(append(dst, '.'), t.Nanosecond()/1000, 6)
	return append(dst, 'Z')
}

func appendDigits(dst []byte, n, width int) []byte {
	dst = append(dst, "000000"[:width]...)
	for i := len(dst) - 1; n > 0; i-- {
		dst[i] = byte('0' + n%10)
		n /= 10
	}
	return dst
}
