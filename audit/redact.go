package audit

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"
)

// redacted stands where a secret stood.
const redacted = "[redacted]"

// redactor finds secrets in text of any kind: query strings, forms, JSON, XML,
// multipart, HTML, headers, PHP and SQL fragments, sentences. It reads no
// grammar, because an attack follows none; it looks for names of secrets
// and cuts what follows them. Where the end of a value is in doubt it cuts more:
// the trail can miss some evidence but holds no password. The zero value is
// ready; it is not safe for concurrent use.
type redactor struct {
	v     view
	name  foldedName
	cuts  []span
	quote byte // the double quote that is open around position i, or 0
	// pending is set after {"name":"password": the next "value" is the secret.
	pending bool
	// value is the separator of the last value="…" in the same tag or object,
	// for a name that comes after it; 0: none.
	value       int
	valueQuoted bool
}

// span is a range of the view's text.
type span struct{ from, to int }

// text returns s without the secrets in it. It does not allocate when there are none.
func (r *redactor) text(s string) string {
	if !suspicious(s) {
		return s
	}
	r.v.reset(s)
	r.cuts, r.quote, r.pending, r.value = r.cuts[:0], 0, false, 0
	r.scan()
	if len(r.cuts) == 0 {
		return s
	}
	return r.join()
}

// suspicious is the cheap first look: most paths and user agents hold nothing
// that could introduce a secret.
func suspicious(s string) bool {
	for i := range len(s) {
		switch s[i] {
		case '=', ':', '<', '@', '%', '\\', '"', '\'', '&':
			return true
		case 'e':
			if strings.HasPrefix(s[i:], "eyJ") {
				return true
			}
		case 'b', 'B':
			if foldedPrefix(s[i:], "bearer") || foldedPrefix(s[i:], "basic") {
				return true
			}
		}
	}
	return false
}

func foldedPrefix[T string | []byte](s T, lower string) bool {
	if len(s) < len(lower) {
		return false
	}
	for i := range len(lower) {
		if s[i]|0x20 != lower[i] {
			return false
		}
	}
	return true
}

// scan passes over the text once. What a rule has cut is not looked at again.
func (r *redactor) scan() {
	for i := 0; i < len(r.v.text); {
		i = max(i+1, r.step(i))
	}
}

// step looks at one byte and returns where to go on.
func (r *redactor) step(i int) int {
	switch c := r.v.text[i]; c {
	case '"':
		r.toggle(i)
	case '=', ':':
		return r.assignment(i)
	case ',', ';':
		return r.tuple(i)
	case '@':
		r.userinfo(i)
	case '<':
		r.value = 0
		return r.element(i)
	case '{', '}', '>':
		r.pending, r.value = r.pending && c == '{', 0
	case 'e':
		return r.jwt(i)
	case 'b', 'B':
		return r.scheme(i)
	}
	return i
}

func (r *redactor) cut(from, to int) {
	if to > from {
		r.cuts = append(r.cuts, span{from, to})
	}
}

// toggle keeps track of plain double quotes, so that an unquoted value within
// href="/x?token=…" ends with the attribute.
func (r *redactor) toggle(i int) {
	if r.v.depthAt(i) > 0 {
		return
	}
	r.quote ^= '"'
}

// join rebuilds the source without what was cut.
func (r *redactor) join() string {
	slices.SortFunc(r.cuts, func(a, b span) int { return a.from - b.from })
	var b strings.Builder
	b.Grow(len(r.v.src))
	done := 0
	for i, c := range r.cuts {
		from, to := r.v.at(c.from), r.v.at(c.to)
		if to <= done {
			continue
		}
		if from > done || i == 0 {
			b.WriteString(r.v.src[done:from])
			b.WriteString(redacted)
		}
		done = to
	}
	b.WriteString(r.v.src[done:])
	return b.String()
}

// userinfo cuts user:password from https://user:password@host/ (RFC 3986, 3.2.1).
func (r *redactor) userinfo(at int) {
	t := r.v.text
	for i := at - 1; i > 0; i-- {
		switch t[i] {
		case '@': // decided already; what is between belongs to it
			if n := len(r.cuts); n > 0 && r.cuts[n-1].to == i {
				r.cut(i, at)
			}
			return
		case '/', '\\':
			if t[i-1] == '/' || t[i-1] == '\\' {
				r.cut(i+1, at)
			}
			return
		case '?', '#', ' ', '\n', '"', '<', '>':
			return
		}
	}
}

// jwt cuts a JSON Web Token (RFC 7519): its header starts {" in base64url. One
// that the end of the text cut short counts as well.
func (r *redactor) jwt(i int) int {
	t := r.v.text
	if !bytes.HasPrefix(t[i:], []byte("eyJ")) || i > 0 && base64url(t[i-1]) {
		return i
	}
	end, dots := i, 0
	for end < len(t) && (base64url(t[end]) || t[end] == '.') {
		if t[end] == '.' {
			dots++
		}
		end++
	}
	if end-i < 12 || dots == 0 && end < len(t) {
		return i
	}
	r.cut(i, end)
	return end
}

// scheme cuts the credentials after "Bearer" (RFC 6750) and "Basic" (RFC 7617).
func (r *redactor) scheme(i int) int {
	t := r.v.text
	start := i
	switch {
	case i > 0 && letter(t[i-1]):
		return i
	case foldedPrefix(t[i:], "bearer"):
		start += len("bearer")
	case foldedPrefix(t[i:], "basic"):
		start += len("basic")
	default:
		return i
	}
	from := start
	for from < len(t) && (t[from] == ' ' || t[from] == '+') {
		from++
	}
	end := from
	for end < len(t) && token68(t[end]) {
		end++
	}
	if from == start || end-from < 8 || t[i]|0x20 == 'b' && t[i+1]|0x20 == 'a' && !userPass(t[from:end]) {
		return i
	}
	r.cut(from, end)
	return end
}

// userPass tells the credentials of Basic from the English word that follows
// "basic" in a sentence.
func userPass(token []byte) bool {
	token = bytes.TrimRight(token, "=")
	plain := make([]byte, base64.RawStdEncoding.DecodedLen(len(token)))
	n, _ := base64.RawStdEncoding.Decode(plain, token[:len(token)/4*4])
	m, _ := base64.RawStdEncoding.Decode(plain[n:], token[len(token)/4*4:])
	return bytes.IndexByte(plain[:n+m], ':') >= 0
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func base64url(c byte) bool {
	return letter(c) || c >= '0' && c <= '9' || c == '-' || c == '_'
}

// token68 is the alphabet of RFC 9110, section 11.2.
func token68(c byte) bool {
	return base64url(c) || c == '.' || c == '~' || c == '+' || c == '/' || c == '='
}
