package clean

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// mayNameHost reports whether a host can stand in text: it has a dot of some kind.
func mayNameHost(text []byte) bool {
	return bytes.IndexByte(text, '.') >= 0 || !isASCII(text) && bytes.ContainsAny(text, "．。｡․")
}

// strangerNamed returns the first host in text, written without a scheme as
// people write it, that may not be linked; "" where there is none.
func (l *allowlists) strangerNamed(text []byte) string {
	if !isASCII(text) {
		text = norm.NFKC.Bytes(text)
	}
	var name []byte
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		text = text[n:]
		switch {
		case r == '。':
			name = append(name, '.')
		case r < utf8.RuneSelf && (isAlphanumeric(byte(r)) || r == '.' || r == '-'):
			name = append(name, lower(byte(r)))
		case unicode.In(r, unicode.Cf, unicode.Mn): // take no room
		default:
			if l.stranger(name) {
				return string(bytes.Trim(name, ".-"))
			}
			name = name[:0]
		}
	}
	if l.stranger(name) {
		return string(bytes.Trim(name, ".-"))
	}
	return ""
}

// stranger reports whether a word is a host that may not be linked.
func (l *allowlists) stranger(name []byte) bool {
	name = bytes.Trim(name, ".-")
	dot := bytes.LastIndexByte(name, '.')
	return dot > 0 && topLevel(name[dot+1:]) && plainHost(name) && !l.permits(kindLink, view(name), "/")
}

// topLevel reports whether a label may be a top-level domain: two letters or
// more (RFC 1123 2.1), but no usual ending of a file's name. A list of those
// that exist would be out of date with the next.
func topLevel(label []byte) bool {
	for _, c := range label {
		if !isLetter(c) {
			return false
		}
	}
	switch string(label) {
	case "css", "js", "map", "json", "html", "htm", "php", "asp", "aspx", "jsp", "xml", "txt",
		"png", "jpg", "jpeg", "gif", "svg", "webp", "ico", "woff", "ttf", "otf", "eot",
		"pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "rar":
		return false
	}
	return len(label) >= 2
}
