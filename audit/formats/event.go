package formats

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"time"
)

// event is one line of the trail, read: its fields in their order, by their
// full names. A reader of a format asks for names; the flat formats write them all.
type event struct {
	fields    []field
	time      time.Time // @timestamp
	severity  int       // event.severity, 0 to 100
	line      []byte    // as it came, without the newline
	rewritten bool      // the line must not be passed on as it came

	reader reader
	flat   []span // names of the flat twin
}

// field is a value by its full name, "event.id". It is valid until the next line is read.
type field struct {
	name string
	kind kind
	text []byte   // decoded, of a string; as it stands in the line, of anything else
	list [][]byte // decoded
}

type kind uint8

const (
	textField kind = iota
	numberField
	boolField
	listField // of texts
)

// errMissing is what is wrong with a line that is JSON but no event.
var errMissing = errors.New("is missing, or is not what ECS says")

// read takes the line over. The event refers to its bytes.
func (e *event) read(line []byte) error {
	e.rewritten = false
	if err := e.reader.read(e, line); err != nil {
		return err
	}
	return e.check()
}

// check makes sure of what every format needs.
func (e *event) check() error {
	at, err := time.Parse(time.RFC3339Nano, string(e.text("@timestamp")))
	if err != nil {
		return fmt.Errorf("@timestamp %w", errMissing)
	}
	e.time = at.UTC()
	if y := e.time.Year(); y < 0 || y > 9999 {
		return fmt.Errorf("@timestamp %w", errMissing) // RFC 3339 has four digits
	}
	e.severity, err = strconv.Atoi(string(e.text("event.severity")))
	if err != nil || e.severity < 0 || e.severity > 100 {
		return fmt.Errorf("event.severity %w", errMissing)
	}
	for _, name := range []string{"event.id", "event.action"} {
		if f := e.field(name); f == nil || f.kind != textField || len(f.text) == 0 {
			return fmt.Errorf("%s %w", name, errMissing)
		}
	}
	return nil
}

// field returns the field of that name, or nil. Some forty are looked through
// faster than they could be hashed.
func (e *event) field(name string) *field {
	for i := range e.fields {
		if e.fields[i].name == name {
			return &e.fields[i]
		}
	}
	return nil
}

// text returns a text, or the figures of a number; nil where there is none.
func (e *event) text(name string) []byte {
	if f := e.field(name); f != nil && f.kind != listField {
		return f.text
	}
	return nil
}

// list returns a list of texts; nil where there is none.
func (e *event) list(name string) [][]byte {
	if f := e.field(name); f != nil {
		return f.list
	}
	return nil
}

// figure returns a whole number as it stands; nil where there is none. Of a
// field that formats give a type, anything else would make a message invalid.
func (e *event) figure(name string) []byte {
	f := e.field(name)
	if f == nil || f.kind != numberField || len(f.text) > maxFigures || bytes.ContainsAny(f.text, ".eE-") {
		return nil
	}
	return f.text
}

// maxFigures is what an integer of 64 bits holds in any case.
const maxFigures = 18

// port returns the number of a port as it stands; nil where it is none.
func (e *event) port(name string) []byte {
	figures := e.figure(name)
	if _, err := strconv.ParseUint(string(figures), 10, 16); err != nil {
		return nil
	}
	return figures
}

// address returns source.ip where it is one.
func (e *event) address() []byte {
	text := e.text("source.ip")
	if _, err := netip.ParseAddr(string(text)); err != nil {
		return nil
	}
	return text
}

// moment returns a time; zero where there is none.
func (e *event) moment(name string) time.Time {
	at, err := time.Parse(time.RFC3339Nano, string(e.text(name)))
	if err != nil {
		return time.Time{}
	}
	return at
}

// action is what Lachan did: of a fold, what it did each time.
func (e *event) action() string {
	if folded := e.text("lachan.fold.action"); len(folded) > 0 {
		return string(folded)
	}
	return string(e.text("event.action"))
}

// signature names the kind of event, for collectors that sort by it: the rule,
// else the kind of finding or notice, else the action. It does not vary with
// what an intruder sends.
func (e *event) signature() []byte {
	for _, name := range []string{"rule.id", "lachan.finding.kind", "lachan.notice.kind"} {
		if text := e.text(name); len(text) > 0 {
			return text
		}
	}
	return e.text("event.action")
}

// title says the same in words.
func (e *event) title() string {
	if name := e.text("rule.name"); len(name) > 0 {
		return string(name)
	}
	kind := e.text("lachan.finding.kind")
	if len(kind) == 0 {
		kind = e.text("lachan.notice.kind")
	}
	if len(kind) == 0 {
		return string(e.text("event.action"))
	}
	return string(e.text("event.action")) + " " + string(kind)
}

// repeated tells of an event that stands for many (a fold, a gap): how many,
// and from when to when.
func (e *event) repeated() (count []byte, first, last time.Time) {
	for _, of := range []string{"lachan.fold.", "lachan.gap."} {
		if count := e.figure(of + "count"); len(count) > 0 {
			return count, e.moment(of + "first"), e.moment(of + "last")
		}
	}
	return nil, time.Time{}, time.Time{}
}

// why is the event's reason in words, with the error if there was one.
func (e *event) why() []byte {
	reason, failure := e.text("event.reason"), e.text("error.message")
	if len(reason) == 0 {
		reason = join(e.list("lachan.finding.reasons"))
	}
	if len(reason) == 0 {
		reason = e.text("lachan.gap.reason")
	}
	switch {
	case len(failure) == 0:
		return reason
	case len(reason) == 0:
		return failure
	}
	return append(append(append([]byte{}, reason...), ": "...), failure...)
}

// fullURL is the address as a browser shows it; only what was asked for, where
// the host is not known.
func (e *event) fullURL() []byte {
	scheme, host, target := e.text("url.scheme"), e.text("url.domain"), e.text("url.original")
	if len(scheme) == 0 || len(host) == 0 || len(target) > 0 && target[0] != '/' {
		return target
	}
	url := append(append([]byte{}, scheme...), "://"...)
	url = append(url, host...)
	if port := e.port("url.port"); len(port) > 0 && !usual(scheme, port) {
		url = append(append(url, ':'), port...)
	}
	return append(url, target...)
}

func usual(scheme, port []byte) bool {
	return string(scheme) == "https" && string(port) == "443" || string(scheme) == "http" && string(port) == "80"
}

// join puts commas between the items: what formats without lists are given.
func join(items [][]byte) []byte { return bytes.Join(items, []byte(", ")) }
