package formats

import (
	"bytes"
	"strings"
)

// appendWazuh writes the line as JSON of one level: Wazuh's decoder reads no
// lists of objects, and rules name fields more readily without dots.
//
// A field is lachan_ and its name, with underscores for dots and without
// `event.`: lachan_action, lachan_id, lachan_rule_id, lachan_finding_host.
// The prefix keeps clear of the names that mean something to Wazuh itself,
// the static fields (srcip, url, action, id, status, data …) and the parts of an
// alert (rule, agent, timestamp, location …). Three are meant to be those
// fields: srcip, srcport and url, which <same_srcip>, <srcip>, <url>,
// lists and active responses look at. `id` and `action` are not among
// them: Wazuh's web rules take `id` for a status code.
//
// Two fields of a line that is not the trail's may come to one name: the first stays.
func appendWazuh(dst []byte, e *event) []byte {
	dst = append(dst, '{')
	e.flat = e.flat[:0]
	for i := range e.fields {
		f := &e.fields[i]
		before := len(dst)
		dst = comma(dst)
		name := span{from: len(dst)}
		dst = append(appendFlatName(append(dst, '"'), f.name), `":`...)
		name.to = len(dst)
		if name.oneOf(e.flat, dst) {
			dst = dst[:before]
			continue
		}
		e.flat = append(e.flat, name)
		dst = appendValue(dst, f)
	}
	return append(dst, '}')
}

// span is a part of a message.
type span struct{ from, to int }

func (s span) oneOf(others []span, message []byte) bool {
	for _, o := range others {
		if o.to-o.from == s.to-s.from && bytes.Equal(message[o.from:o.to], message[s.from:s.to]) {
			return true
		}
	}
	return false
}

func appendFlatName(dst []byte, name string) []byte {
	switch name {
	case "source.ip":
		return append(dst, "srcip"...)
	case "source.port":
		return append(dst, "srcport"...)
	case "url.original":
		return append(dst, "url"...)
	}
	name = strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(name, "@"), "event."), "lachan.")
	dst = append(dst, "lachan_"...)
	for i := range len(name) {
		c := name[i]
		if c == '.' || c == '-' || c == '@' {
			c = '_'
		}
		dst = append(dst, c)
	}
	return dst
}
