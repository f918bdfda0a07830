package search

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// facts are what queries and counts ask of a line. Texts are as they stand in
// it, and valid as long as it is.
type facts struct {
	stamp, id, request, action, site, ip, path, rule, kind, host []byte

	rules    [][]byte // every rule that matched
	severity int
	// Of a record that stands for many events, and of one that tells of lost ones.
	folded         []byte // their action
	count, missing uint64
}

// reader takes the facts out of lines. It is for one goroutine.
type reader struct {
	walker
	facts
	text  *text // looked for in all values; nil: nothing is
	found bool
}

func newReader(t *text) *reader {
	r := &reader{text: t}
	r.visit = r.take
	return r
}

// read reports whether the line could be read.
func (r *reader) read(line []byte) bool {
	r.facts, r.found = facts{rules: r.rules[:0]}, r.text == nil
	return r.walk(line)
}

// take keeps what is asked of lines. The chain, which is last, ends the walk: its
// hashes are no text that anybody looks for.
func (r *reader) take(n names, raw []byte) bool {
	if len(n) == 3 && string(n[1]) == "chain" && string(n[0]) == "lachan" {
		return false
	}
	if !r.found {
		r.found = r.text.in(raw)
	}
	switch len(n) {
	case 1:
		if string(n[0]) == "@timestamp" {
			r.stamp = raw
		}
	case 2:
		r.take2(n[0], n[1], raw)
	case 3:
		r.take3(n, raw)
	}
	return true
}

func (r *reader) take2(object, name, raw []byte) {
	switch string(object) {
	case "event":
		switch string(name) {
		case "id":
			r.id = raw
		case "action":
			r.action = raw
		case "severity":
			r.severity = int(number(raw))
		}
	case "service":
		keep(&r.site, string(name) == "name", raw)
	case "source":
		keep(&r.ip, string(name) == "ip", raw)
	case "url":
		keep(&r.path, string(name) == "path", raw)
	case "rule":
		keep(&r.rule, string(name) == "id", raw)
	case "lachan":
		if string(name) == "rule_ids" {
			r.rules = append(r.rules, raw)
		}
	}
}

func (r *reader) take3(n names, raw []byte) {
	switch {
	case n.is("http", "request", "id"):
		r.request = raw
	case n.is("lachan", "finding", "kind"):
		r.kind = raw
	case n.is("lachan", "finding", "host"):
		r.host = raw
	case n.is("lachan", "fold", "action"):
		r.folded = raw
	case n.is("lachan", "fold", "count"):
		r.count = number(raw)
	case n.is("lachan", "gap", "count"):
		r.missing = number(raw)
	}
}

func keep(field *[]byte, is bool, raw []byte) {
	if is {
		*field = raw
	}
}

func number(raw []byte) uint64 {
	n, err := strconv.ParseUint(string(raw), 10, 63)
	if err != nil {
		return 0
	}
	return n
}

// unescaped is a string of a line as it is meant.
func unescaped(raw []byte) []byte {
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw
	}
	var s string
	if err := json.Unmarshal(append(append([]byte{'"'}, raw...), '"'), &s); err != nil {
		return raw
	}
	return []byte(s)
}
