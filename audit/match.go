package audit

import "strings"

// Redact returns a match, and what its rules log, a line each, as an event has
// them: without secrets and within bounds. It is for what shows matches elsewhere.
func Redact(m Match) (Match, []string) {
	r := record{Event: Event{Match: &m}}
	r.rule()
	return m, r.details
}

// RedactTarget is Redact for the target of a request.
func RedactTarget(target string) string {
	r := record{Event: Event{URL: URL{}}}
	r.URL.Path, r.URL.Query, _ = strings.Cut(target, "?")
	r.exchange()
	return r.original
}

// matchValue redacts what a rule matched: by the variable's name as a whole,
// otherwise by what is in it.
func (r *redactor) matchValue(variable, value string) string {
	collection, selector, _ := strings.Cut(variable, ":")
	collection = strings.ToUpper(strings.TrimLeft(collection, "!&"))
	switch {
	case value == "":
		return ""
	case strings.HasSuffix(collection, "_NAMES"):
		return r.text(value)
	case strings.HasSuffix(collection, "_COOKIES"):
		return redacted
	case isCookie(selector):
		return redacted
	case credentialHeader([]byte(selector)):
		return value[:schemeLen(value)] + redacted
	case selector != "" && secretNameString(selector):
		return redacted
	}
	return r.text(value)
}

func isCookie(header string) bool {
	return strings.Contains(strings.ToLower(header), "cookie")
}

// matchDetail redacts what a rule logs of its match: all of it where one of the
// variables that it may quote, or that it names, is a secret.
func (r *redactor) matchDetail(variables []string, text string) string {
	_, place, _ := strings.Cut(text, " found within ")
	if name, _, ok := strings.Cut(place, ": "); ok && r.secretPlace(name) {
		return redacted
	}
	for _, name := range variables {
		if r.secretPlace(name) {
			return redacted
		}
	}
	return r.text(text)
}

func (r *redactor) secretPlace(variable string) bool { return r.matchValue(variable, "x") != "x" }
