package audit

import "bytes"

// cookies cuts the values of a Cookie field (RFC 6265, section 4.2), each by
// itself: with a key for tags, one of them is then recognised elsewhere. The
// names stay. What might not be a name is cut with the value.
func (r *redactor) cookies(field span, depth uint8) {
	for from := field.from; from < field.to; {
		for from < field.to && (space(r.v.text[from]) || r.v.text[from] == ';') {
			from++
		}
		end := r.cookieEnd(from, field.to, depth)
		r.cut(r.cookieValue(from, end), end)
		from = end
	}
}

// cookieEnd is the next plain semicolon. One in quotes belongs to the value,
// as Python and Java have it.
func (r *redactor) cookieEnd(from, to int, depth uint8) int {
	t, quoted := r.v.text, false
	for i := from; i < to; i++ {
		switch {
		case t[i] == '"':
			quoted = !quoted
		case t[i] == ';' && !quoted && r.v.depthAt(i) <= depth:
			return i
		}
	}
	return to
}

// cookieValue is where the value starts: behind the name, if that is one. A
// field without a value ("dGVzdA==") is no name.
func (r *redactor) cookieValue(from, end int) int {
	t := r.v.text[from:end]
	eq := bytes.IndexByte(t, '=')
	if eq < 1 || eq+1 == len(t) || t[eq+1] == '=' {
		return from
	}
	for _, c := range t[:eq] {
		if !base64url(c) && c != '.' && c != '[' && c != ']' {
			return from
		}
	}
	return from + eq + 1
}

func isCookie(name []byte) bool { return foldedSuffix(name, "cookie") || foldedSuffix(name, "cookie2") }
