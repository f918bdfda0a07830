package audit

import (
	"net/netip"
	"strconv"
	"time"
)

// record is one event on its way to a line. Everything of the event goes into
// the line through its methods, which redact, bound and escape. It is pooled
// with the memory of the redactor.
type record struct {
	object
	redactor
}

// text writes one field, if it has a value. It looks at no more than twice the
// bound of a long one.
func (r *record) text(name, s string, limit int) {
	if s == "" {
		return
	}
	r.member(name)
	r.quoted(s, limit)
}

// list writes an array of keywords, if there are any.
func (r *record) list(name string, list []string, limit int) {
	if len(list) == 0 {
		return
	}
	r.openList(name)
	for _, s := range list {
		r.element()
		r.quoted(s, limit)
	}
	r.closeList()
}

func (r *record) quoted(s string, limit int) {
	r.line = append(r.line, '"')
	r.part(s, limit)
	r.line = append(r.line, '"')
}

// part writes a text into an open string.
func (r *record) part(s string, limit int) {
	if len(r.secrets.patterns) == 0 && short(s) {
		r.line = append(r.line, s...)
		return
	}
	read, more := head(s, 2*limit)
	r.put(read, r.redact(read), more, limit)
}

// short knows most of the small fields, such as GET and 1.1: of so few letters,
// digits, dots and hyphens none introduces a secret, or is one.
func short(s string) bool {
	if len(s) >= minDigits {
		return false
	}
	for i := range len(s) {
		if column(s[i]) == 0 && s[i] != '.' && s[i] != '-' {
			return false
		}
	}
	return true
}

// put writes s or, where it held a secret, what the redactor made of it.
func (r *record) put(s string, cut, more bool, limit int) {
	if cut {
		r.line = appendText(r.line, r.clean, more, limit)
	} else {
		r.line = appendText(r.line, s, more, limit)
	}
}

// id is text for what the proxy made itself: letters and digits, which are no
// secret, hide none and are not worth a look. What is anything else gets it.
func (r *record) id(name, s string) {
	if len(s) > maxID || !alphanumeric(s) {
		r.text(name, s, maxID)
	} else if s != "" {
		r.word(name, s)
	}
}

func alphanumeric(s string) bool {
	for i := range len(s) {
		if column(s[i]) == 0 {
			return false
		}
	}
	return true
}

func (r *record) stamp(name string, t time.Time) {
	r.member(name)
	r.line = append(r.line, '"')
	r.line = appendStamp(r.line, t)
	r.line = append(r.line, '"')
}

func (r *record) address(a netip.AddrPort) {
	r.member("ip")
	r.line = append(r.line, '"')
	// A zone (fe80::1%eth0) is no part of what ECS's ip type takes.
	r.line = a.Addr().Unmap().WithZone("").AppendTo(r.line)
	r.line = append(r.line, '"')
	r.number("port", int64(a.Port()))
}

func (r *record) ruleID(id int) {
	r.line = append(r.line, '"')
	r.line = strconv.AppendInt(r.line, int64(id), 10)
	r.line = append(r.line, '"')
}
