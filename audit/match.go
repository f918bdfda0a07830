package audit

import "strings"

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
