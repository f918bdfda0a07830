package audit

import "bytes"

// Secrets that no name and separator introduces.

// tokenSegments are the folders of links that hold a token as the next
// segment of the path: /reset/3f9a…, /xac-nhan/7c1e….
func tokenSegments() []string {
	return []string{
		"token", "tokens", "otp", "password", "passwordreset", "resetpassword", "resetpass", "reset", "recover", "recovery",
		"activate", "activation", "verify", "verification", "verifyemail", "confirm", "confirmation", "confirmemail",
		"invite", "invitation", "unsubscribe", "magic", "magiclink", "login", "auth", "secret", "session", "apikey", "key",
		"matkhau", "quenmatkhau", "datlaimatkhau", "kichhoat", "xacthuc", "xacnhan",
	}
}

// maxSegment is the longest of them with its separators.
const maxSegment = 32

// segment cuts the part of a path behind one that leads to a token.
func (r *redactor) segment(at int) int {
	t := r.v.text
	from := at
	for from > 0 && at-from <= maxSegment && base64url(t[from-1]) {
		from--
	}
	if from == at || from == 0 || !slash(t[from-1]) {
		return at
	}
	r.name.fold(t[from:at])
	if !r.name.is(segment, r.known().lexicon) {
		return at
	}
	end := at + 1
	for end < len(t) && token68(t[end]) && t[end] != '/' {
		end++
	}
	if random(t[at+1 : end]) {
		r.cut(at+1, end)
		return end
	}
	return at
}

// random tells a token from a word: it has figures, and no extension.
func random(s []byte) bool {
	figures := 0
	for _, c := range s {
		if c == '.' {
			return false
		}
		if digitByte(c) {
			figures++
		}
	}
	return figures > 0 && (len(s) >= 8 || len(s) >= 4 && figures == len(s))
}

// spoken cuts what is quoted behind the name of a secret with nothing but a
// space or a bracket between: PASSWORD 'x', PASSWORD('x'), invalid token "x".
func (r *redactor) spoken(at int) int {
	t := r.v.text
	to := at
	for to > 0 && (blank(t[to-1]) || t[to-1] == '(') && at-to < 4 {
		to--
	}
	from := to
	for from > 0 && to-from < maxSecretName && nameByte(t[from-1]) {
		from--
	}
	if to == at || from == to || !r.secretName(from, to) && !r.phrase(from, to) {
		return at
	}
	v := r.quotedValue(at, r.v.depthAt(at))
	r.cut(v.from, v.to)
	return v.to
}

// pem cuts a private key (RFC 7468) to its end, or to the end of the text.
func (r *redactor) pem(at int) int {
	const begin, end = "-----BEGIN ", "-----END"
	t := r.v.text
	if !bytes.HasPrefix(t[at:], []byte(begin)) {
		return at
	}
	from := at + len(begin)
	label := bytes.Index(t[from:min(len(t), from+64)], []byte("PRIVATE KEY-----"))
	if label < 0 {
		return at
	}
	from += label + len("PRIVATE KEY-----")
	to := bytes.Index(t[from:], []byte(end))
	if to < 0 {
		to = len(t) - from
	}
	r.cut(from, from+to)
	return from + to
}
