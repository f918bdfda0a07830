package rules

import (
	"bytes"
	"regexp"
	"strings"
)

// otherReading says why the inspected part of a body could be read as another
// one by the site's own parser, or by a step of its that the rules do not see;
// "" where it cannot. whole is false where the body goes on behind it.
func otherReading(r *Request, body []byte, whole bool) string {
	if len(body) == 0 {
		return ""
	}
	contentType := r.contentType()
	essence, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	switch essence = strings.TrimSpace(essence); {
	case essence == "multipart/form-data":
		return multipartForm(contentType, body, whole)
	case strings.Contains(essence, "xml"):
		return xmlDocument(body)
	}
	return ""
}

// xmlEncoding is what an XML declaration says. Go's parser does not heed it where
// blanks stand around the sign, others do (XML 1.0, §2.8).
var xmlEncoding = regexp.MustCompile(`^[^<]*<\?XML[^>]*\sENCODING\s*=\s*["']([^"']*)`)

// xmlDocument refuses document type definitions: an entity in one stands for a
// file, an address or a text that no rule has read (CWE-611). NUL bytes are
// those of UTF-16, in which the definition could hide.
func xmlDocument(body []byte) string {
	upper := bytes.ToUpper(body)
	encoding := xmlEncoding.FindSubmatch(upper)
	switch {
	case encoding != nil && string(encoding[1]) != "UTF-8":
		return "an XML body in another encoding than UTF-8"
	case bytes.Contains(upper, []byte("<!DOCTYPE")) || bytes.Contains(upper, []byte("<!ENTITY")):
		return "a document type definition in an XML body"
	case bytes.IndexByte(body, 0) >= 0:
		return "an XML body in another encoding than UTF-8"
	}
	return ""
}
