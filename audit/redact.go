package audit

import (
	"bytes"
	"encoding/base64"
	"slices"
)

// redactor finds secrets in text of any kind: query strings, forms, JSON, XML,
// multipart, HTML, headers, PHP and SQL fragments, sentences. It reads no
// grammar, because an attack follows none; it looks for names of secrets
// and cuts what follows them. Where the end of a value is in doubt it cuts more:
// the trail can miss some evidence but holds no password. The zero value is
// ready; it is not safe for concurrent use.
type redactor struct {
	tagger
	secrets *Secrets // nil: the names that always hold

	v     view
	seen  sight
	name  foldedName
	cuts  []span
	clean []byte // the last text without its secrets
	quote byte   // the double quote that is open around position i, or 0
	// pending is set after {"name":"password": the next "value" is the secret.
	pending bool
	// value is the separator of the last value="…" in the same tag or object,
	// for a name that comes after it; 0: none.
	value       int
	valueQuoted bool
	// variables of GraphQL that secrets are passed in, without their $.
	variables []span
}

// span is a range of the view's text.
type span struct{ from, to int }

// known is what counts as a secret.
func (r *redactor) known() *Secrets {
	if r.secrets != nil {
		return r.secrets
	}
	return defaultSecrets()
}

// redact reports whether there are secrets in s; then r.clean is s without
// them, until the next call. It allocates only to grow its memory.
func (r *redactor) redact(s string) bool {
	known := r.known()
	hash, memorable := known.harmless.hash(s)
	if memorable && known.harmless.holds(s, hash) {
		return false
	}
	cut := r.search(s, known)
	if memorable && !cut {
		known.harmless.note(s, hash)
	}
	return cut
}

// search is redact for a text that nobody knows yet.
func (r *redactor) search(s string, known *Secrets) bool {
	r.v.load(s)
	r.look()
	r.cuts = r.cuts[:0]
	if len(r.seen.hits) > 0 || r.seen.at {
		r.scan()
	}
	if r.seen.numbers {
		r.numbers()
	}
	for _, pattern := range known.patterns {
		for _, at := range pattern.FindAllIndex(r.v.text, -1) {
			r.cut(at[0], at[1])
		}
	}
	if len(r.cuts) == 0 {
		return false
	}
	r.join()
	return true
}

// look undoes the encodings of the view where there are any, and looks at it.
func (r *redactor) look() {
	l := r.known().lexicon
	l.look(r.v.text, &r.seen, false)
	if r.seen.coded {
		r.v.decode()
		l.look(r.v.text, &r.seen, true)
	}
}

// whole makes r.clean the mark for a value that is secret as a whole.
func (r *redactor) whole(value string) {
	r.v.load(value)
	r.v.decode()
	r.clean = r.mark(r.clean[:0], r.v.text)
}

// secretName reports whether values under the name that stands in this part of
// the text are secrets.
func (r *redactor) secretName(from, to int) bool {
	words := r.seen.wordsIn(from, to)
	for _, w := range words {
		if w.sure && int(w.from) >= from {
			r.name.fold(r.v.text[from:to])
			return !r.name.setting()
		}
	}
	if len(words) == 0 {
		return false
	}
	r.name.fold(r.v.text[from:to])
	return r.name.secret(r.known().lexicon)
}

func foldedPrefix[T string | []byte](s T, lower string) bool {
	return len(s) >= len(lower) && foldedEqual(s[:len(lower)], lower)
}

func foldedSuffix[T string | []byte](s T, lower string) bool {
	return len(s) >= len(lower) && foldedEqual(s[len(s)-len(lower):], lower)
}

func foldedEqual[T string | []byte](s T, lower string) bool {
	if len(s) != len(lower) {
		return false
	}
	for i := range len(s) {
		if s[i]|0x20 != lower[i] {
			return false
		}
	}
	return true
}

// scan passes over the text once. What a rule has cut is not looked at again.
// Where it learns of variables it looks for their values from the beginning, as
// the member of that name may come first.
func (r *redactor) scan() {
	r.variables = r.variables[:0]
	r.pass()
	if len(r.variables) > 0 {
		r.pass()
	}
}

func (r *redactor) pass() {
	r.quote, r.pending, r.value = 0, false, 0
	starts := &r.known().lexicon.steps
	for i := 0; i < len(r.v.text); {
		if !starts[r.v.text[i]] {
			i++
			continue
		}
		i = max(i+1, r.step(i))
	}
}

// steps are the bytes that step does something at.
func steps() (table [256]bool) {
	for _, c := range []byte("\"'`=:,;@<{}>/-ebB") {
		table[c] = true
	}
	return table
}

// step looks at one byte and returns where to go on.
func (r *redactor) step(i int) int {
	switch c := r.v.text[i]; c {
	case '"':
		r.toggle(i)
		return r.spoken(i)
	case '\'', '`':
		return r.spoken(i)
	case '=', ':':
		return r.assignment(i)
	case ',', ';':
		return r.tuple(i)
	case '@':
		r.userinfo(i)
	case '<':
		r.value = 0
		return r.xmlElement(i)
	case '{', '}', '>':
		r.pending, r.value = r.pending && c == '{', 0
	case '/':
		return r.segment(i)
	case '-':
		return r.pem(i)
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

// join rebuilds the source without what was cut. Cuts that touch are one.
func (r *redactor) join() {
	slices.SortFunc(r.cuts, func(a, b span) int { return a.from - b.from })
	out, done := r.clean[:0], 0
	for i := 0; i < len(r.cuts); {
		c := r.cuts[i]
		for i++; i < len(r.cuts) && r.v.at(r.cuts[i].from) <= r.v.at(c.to); i++ {
			c.to = max(c.to, r.cuts[i].to)
		}
		out = append(out, r.v.src[done:r.v.at(c.from)]...)
		out = r.mark(out, r.v.text[c.from:c.to])
		done = r.v.at(c.to)
	}
	r.clean = append(out, r.v.src[done:]...)
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

// jwtStart is {" in base64url.
const jwtStart = "eyJ"

// jwt cuts a JSON Web Token (RFC 7519): its header starts {" in base64url. One
// that the end of the text cut short counts as well.
func (r *redactor) jwt(i int) int {
	t := r.v.text
	if !bytes.HasPrefix(t[i:], []byte(jwtStart)) || i > 0 && (letter(t[i-1]) || digitByte(t[i-1])) {
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
	n := credentialsAt(t, start)
	from := start + blanks(t[start:])
	end := from + n
	if n < minCredentials || t[i+1]|0x20 == 'a' && !userPass(t[from:end]) {
		return i
	}
	r.cut(from, end)
	return end
}

// minCredentials is what tells a token from the word behind "bearer".
const minCredentials = 8

// credentialsAt is the length of the token behind the name of a scheme and a space.
func credentialsAt(t []byte, at int) (n int) {
	from := at + blanks(t[at:])
	for from > at && from+n < len(t) && token68(t[from+n]) {
		n++
	}
	return n
}

func blanks(t []byte) (n int) {
	for n < len(t) && blank(t[n]) {
		n++
	}
	return n
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
	return letter(c) || digitByte(c) || c == '-' || c == '_'
}

func digitByte(c byte) bool { return c >= '0' && c <= '9' }

// token68 is the alphabet of RFC 9110, section 11.2.
func token68(c byte) bool {
	return base64url(c) || c == '.' || c == '~' || c == '+' || c == '/' || c == '='
}
