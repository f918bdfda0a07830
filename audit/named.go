package audit

import "bytes"

// Names that stand in a value: <input name="pwd" value="…">, the JSON of
// jQuery's serializeArray, multipart/form-data (RFC 7578), XML-RPC.

// maxSecretName bounds what is looked at as a name that stands in a value, so
// that hostile repetitions cost no quadratic time.
const maxSecretName = 256

// namedBy handles name="password": the secret is elsewhere.
func (r *redactor) namedBy(sep int) {
	end, secret := r.namesSecret(sep)
	if !secret {
		return
	}
	r.pending = true
	if r.value > 0 {
		v := r.valueAfter(r.value, r.valueQuoted)
		r.cut(v.from, v.to)
	}
	r.bodyPart(end)
}

// namesSecret reports whether a secret's name follows the separator.
func (r *redactor) namesSecret(sep int) (end int, secret bool) {
	t := r.v.text
	from, quote := sep+1, byte(0)
	for from < len(t) && (blank(t[from]) || isQuote(t[from])) {
		if isQuote(t[from]) {
			quote = t[from]
		}
		from++
	}
	end = from
	for end < len(t) && end-from < maxSecretName && (nameByte(t[end]) || quote != 0 && blank(t[end])) {
		end++
	}
	return end, r.secretName(from, end)
}

// namedValue handles value="…", after the name or before it.
func (r *redactor) namedValue(sep int, quoted bool) int {
	if !r.pending {
		r.value, r.valueQuoted = sep, quoted
		return sep
	}
	r.pending = false
	v := r.valueAfter(sep, quoted)
	r.cut(v.from, v.to)
	return v.to
}

// maxPartHeader is how far the blank line of a multipart part may be away
// from the name: the rest of Content-Disposition, Content-Type and encoding.
const maxPartHeader = 512

// bodyPart cuts the body of the multipart part whose header names a secret.
func (r *redactor) bodyPart(i int) {
	t := r.v.text
	header := t[i:min(len(t), i+maxPartHeader)]
	at, size := bytes.Index(header, []byte("\r\n\r\n")), 4
	if lf := bytes.Index(header, []byte("\n\n")); lf >= 0 && (at < 0 || lf < at) {
		at, size = lf, 2
	}
	if at < 0 {
		return
	}
	body := i + at + size
	end := bytes.Index(t[body:], []byte("\n--"))
	if end < 0 {
		r.cut(body, len(t))
		return
	}
	r.cut(body, body+end)
}

// xmlElement handles <password>x</password> and, for XML-RPC's struct members,
// <name>password</name><value><string>x.
func (r *redactor) xmlElement(lt int) int {
	t := r.v.text
	end := lt + 1
	for end < len(t) && (nameByte(t[end]) || t[end] == ':') {
		end++
	}
	name := t[lt+1 : end]
	if len(name) == 0 {
		return lt
	}
	open := bytes.IndexByte(t[end:], '>')
	if open < 0 {
		return lt
	}
	body := end + open + 1
	if isOne(name, "name", "key") {
		r.xmlMember(body)
		return lt
	}
	if !r.secretName(lt+1, end) {
		return lt
	}
	r.pending = true // <password value="…"/>
	if n := len(r.cuts); t[body-2] != '/' && (n == 0 || r.cuts[n-1].to < body) {
		r.cut(body, r.endOf(name, body))
	}
	return lt
}

// endOf finds the end of an element: its own closing tag, since a value may
// hold others.
func (r *redactor) endOf(name []byte, i int) int {
	for t := r.v.text; ; i++ {
		next := bytes.Index(t[i:], []byte("</"))
		if next < 0 {
			return len(t)
		}
		i += next
		if rest := t[i+2:]; len(rest) >= len(name) && bytes.EqualFold(rest[:len(name)], name) {
			return i
		}
	}
}

// closeTag is where the next closing tag starts.
func (r *redactor) closeTag(i, limit int) int {
	t := r.v.text[:min(len(r.v.text), i+limit)]
	if end := bytes.Index(t[i:], []byte("</")); end >= 0 {
		return i + end
	}
	return len(t)
}

// xmlMember cuts the text that follows a name of a secret, past the tags between.
func (r *redactor) xmlMember(i int) {
	t := r.v.text
	end := r.closeTag(i, maxSecretName)
	if !r.secretName(i, end) {
		return
	}
	for end < len(t) && (t[end] == '<' || blank(t[end])) {
		if t[end] == '<' {
			gt := bytes.IndexByte(t[end:], '>')
			if gt < 0 {
				return
			}
			end += gt
		}
		end++
	}
	r.cut(end, r.closeTag(end, len(t)))
}
