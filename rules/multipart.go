package rules

import (
	"bytes"
	"regexp"
	"strings"
)

// Go's mime/multipart, by which coraza reads forms, and PHP's reader differ in
// what ends a part, in where the body ends, in which parameter is the boundary
// and in what makes a part a file, whose content is not inspected. Each of
// these hides a field. So a form must be written as browsers write it (WHATWG
// HTML "multipart/form-data encoding algorithm", RFC 7578), which all read alike.

var (
	// formType holds the word "boundary" once: PHP takes the first there is,
	// in whatever parameter.
	formType = regexp.MustCompile(`^(?i:multipart/form-data(?:; ?charset=[\w-]+)?); ?boundary=("?)([0-9A-Za-z'()+_./:=?-]{1,70})("?)(?i:; ?charset=[\w-]+)?$`)
	// formField knows no filename*, which only some readers heed.
	formField = regexp.MustCompile(`^(?i:content-disposition): ?(?i:form-data); ?name=(?:"[^"\\\r\n]*"|[\w.-]+)(?:; ?filename=(?:"(?:[^"\\\r\n]|\\[^"\r\n])*"|[\w.-]+))?$`)
)

// multipartForm says why a form is not written in the one way.
func multipartForm(contentType string, body []byte, whole bool) string {
	m := formType.FindStringSubmatch(contentType)
	if m == nil || m[1] != m[3] || strings.Index(contentType, "boundary=") != strings.Index(strings.ToLower(contentType), "boundary") {
		return "an unusual Content-Type of a multipart form"
	}
	delimiter := "--" + m[2]
	rest, found := bytes.CutPrefix(body, []byte(delimiter))
	if !found {
		return "a multipart form that does not begin with its boundary"
	}
	for {
		if end, last := bytes.CutPrefix(rest, []byte("--")); last {
			if len(end) > 0 && string(end) != "\r\n" {
				return "bytes behind the end of a multipart form"
			}
			return ""
		}
		var why string
		if rest, why = formPart(rest, delimiter); why != "" || rest == nil {
			if rest == nil && why == cutShort && !whole {
				return ""
			}
			return why
		}
	}
}

// cutShort is no fault where the rest of the body was not inspected.
const cutShort = "a multipart form that ends early"

// formPart reads a part from the end of the delimiter before it to that of the
// one behind it. It returns nil and a reason where it cannot.
func formPart(b []byte, delimiter string) (rest []byte, why string) {
	head, content, found := bytes.Cut(b, []byte("\r\n\r\n"))
	switch {
	case !found:
		return nil, cutShort
	case !bytes.HasPrefix(head, []byte("\r\n")):
		return nil, "a boundary that does not end its line"
	}
	if why := partHead(string(head[2:])); why != "" {
		return nil, why
	}
	// The line feed before an empty content counts. PHP ends a part at a line
	// feed and the delimiter, whatever stands before and behind.
	content = b[len(b)-len(content)-1:]
	at := bytes.Index(content, []byte("\n"+delimiter))
	switch {
	case at < 0:
		return nil, cutShort
	case at > 0 && content[at-1] != '\r':
		return nil, "a boundary behind a bare line feed"
	}
	return content[at+1+len(delimiter):], ""
}

// partHead says what is unusual in the fields of a part.
func partHead(head string) string {
	named := false
	for line := range strings.SplitSeq(head, "\r\n") {
		name, _, _ := strings.Cut(line, ":")
		switch strings.ToLower(name) {
		case "content-disposition":
			if named || !formField.MatchString(line) {
				return "an unusual Content-Disposition in a multipart form"
			}
			named = true
		case "content-type", "content-length":
			if strings.ContainsAny(line, "\r\n\x00") {
				return "a control character in a multipart form's field"
			}
		default:
			return "an unusual field in a multipart form"
		}
	}
	if !named {
		return "a part of a multipart form without a name"
	}
	return ""
}
