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
	from := len(dst)
	dst = append(dst, '{')
	for i := range e.fields {
		f := &e.fields[i]
		before := len(dst)
		dst = comma(dst)
		name := len(dst)
		dst = append(appendFlatName(append(dst, '"'), f.name), `":`...)
		if bytes.Contains(dst[from:name], dst[name:]) { // in a text, each quote has a backslash
			dst = dst[:before]
			continue
		}
		dst = appendValue(dst, f)
	}
	return append(dst, '}')
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
