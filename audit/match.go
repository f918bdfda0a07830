package audit

import "strings"

// place says what a variable holds, of which a rule quotes a value.
type place uint8

const (
	open        place = iota // anything: what is in it decides
	secretValue              // a secret as a whole
	cookieField              // the field, all cookies in one
	credentials              // a scheme, then a secret
)

// placeOf goes by the variable's name: "ARGS:q", "REQUEST_COOKIES:sid".
func (r *redactor) placeOf(variable string) place {
	collection, selector, _ := strings.Cut(variable, ":")
	switch {
	case foldedSuffix(collection, "names"):
		return open
	case foldedSuffix(collection, "cookies"):
		return secretValue
	case selector == "":
		return open
	}
	r.v.load(selector)
	r.look()
	switch name := r.v.text; {
	case len(r.seen.hits) == 0:
		return open
	case isCookie(name):
		return cookieField
	case credentialHeader(name):
		return credentials
	case r.secretName(0, len(name)):
		return secretValue
	}
	return open
}

// redactMatch is redact for what a rule matched: by the variable's name as a
// whole, otherwise by what is in it.
func (r *redactor) redactMatch(variable, value string) bool {
	if value == "" {
		return false
	}
	return r.redactAt(r.placeOf(variable), value)
}

func (r *redactor) redactAt(p place, value string) bool {
	switch p {
	case secretValue:
		r.whole(value)
		return true
	case cookieField:
		r.cuts = r.cuts[:0]
		r.v.load(value)
		r.v.decode()
		r.cookies(span{0, len(r.v.text)}, 0)
		r.join()
		return true
	case credentials:
		r.cuts = r.cuts[:0]
		r.v.load(value)
		r.v.decode()
		r.cut(schemeLen(r.v.text), len(r.v.text))
		r.join()
		return true
	}
	return r.redact(value)
}

// redactDetail is redact for what a rule logs of its match: all of it goes
// where one of the variables that it may quote, or that it names, is a secret.
func (r *redactor) redactDetail(variables []string, text string) bool {
	value := text
	// Without the blank before it, which is the most frequent of all first letters.
	if _, found, ok := strings.Cut(text, "found within "); ok {
		if name, rest, ok := strings.Cut(found, ": "); ok {
			value = rest
			if r.placeOf(name) != open {
				r.whole(value)
				return true
			}
		}
	}
	for _, name := range variables {
		if r.placeOf(name) != open {
			r.whole(value)
			return true
		}
	}
	return r.redact(text)
}
