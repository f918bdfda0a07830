package clean

import (
	"bytes"
	"strings"
)

// prescanLen is how much of a document browsers search for its encoding in any
// case. Blink searches the rest of the head too, and a parser that meets a
// declaration there begins again with it (WHATWG HTML 13.2.3.4).
const prescanLen = 1024

// prescan finds the encoding a document declares in a meta element (WHATWG
// HTML 13.2.3.2) or, as WebKit and Blink do, in an XML declaration. Here it is
// a choice, not a guess: the answer is sent in the header, which outdoes both.
// It reports whether more of the document might hold a declaration.
func prescan(prefix []byte) (label string, open bool) {
	if label := xmlDeclaration(prefix[:min(len(prefix), prescanLen)]); label != "" {
		return label, false
	}
	body := false
	for b := prefix; ; {
		at := bytes.IndexByte(b, '<')
		if at < 0 {
			return "", !body || len(prefix) < prescanLen
		}
		b = b[at:]
		if body && len(prefix)-len(b) >= prescanLen {
			return "", false
		}
		switch {
		case bytes.HasPrefix(b, []byte("<!--")):
			b = after(b[2:], "-->")
		case hasPrefixFold(b, "<meta") && len(b) > 5 && (isSpace(b[5]) || b[5] == '/'):
			if label, b = metaCharset(b[6:]); label != "" && len(b) > 0 {
				return label, false
			}
		case len(b) > 1 && (isLetter(b[1]) || b[1] == '/' || b[1] == '!' || b[1] == '?'):
			name := prescanName(b)
			body = body || isLetter(b[1]) && !declaresInHead(name)
			b = after(b, ">")
			if rawInHead(name) {
				b = skipRaw(b, name)
			}
		default:
			b = b[1:]
		}
	}
}

// prescanName returns the name of the start tag at the head of b, in lower case.
func prescanName(b []byte) string {
	end := 1
	for end < min(len(b), 16) && isAlphanumeric(b[end]) {
		end++
	}
	return lowerString(b[1:end])
}

// declaresInHead reports whether a declaration may follow the element in a head.
func declaresInHead(name string) bool {
	switch name {
	case "html", "head", "title", "meta", "link", "script", "style", "noscript", "base", "object", "template":
		return true
	}
	return false
}

// rawInHead reports whether an element's content is text, in which a tag is none.
func rawInHead(name string) bool { return name == "script" || name == "style" || name == "title" }

// skipRaw returns what follows an element's end tag.
func skipRaw(b []byte, name string) []byte {
	for {
		at := bytes.Index(b, []byte("</"))
		if at < 0 {
			return nil
		}
		if b = b[at+2:]; hasPrefixFold(b, name) {
			return after(b, ">")
		}
	}
}

func after(b []byte, s string) []byte {
	at := bytes.Index(b, []byte(s))
	if at < 0 {
		return nil
	}
	return b[at+len(s):]
}

func xmlDeclaration(b []byte) string {
	if !bytes.HasPrefix(b, []byte("<?xml")) {
		return ""
	}
	declaration, _, _ := bytes.Cut(b, []byte(">"))
	_, value, found := bytes.Cut(declaration, []byte("encoding"))
	value = bytes.TrimLeft(value, "\t\n\f\r =")
	if !found || len(value) < 2 || value[0] != '"' && value[0] != '\'' {
		return ""
	}
	label, _, _ := bytes.Cut(value[1:], value[:1])
	return string(label)
}

// metaCharset reads the attributes of a meta element.
func metaCharset(b []byte) (label string, rest []byte) {
	var charset, content string
	pragma := false
	for {
		name, value, next := prescanAttribute(b)
		b = next
		if name == "" {
			break
		}
		switch name {
		case "http-equiv":
			pragma = value == "content-type"
		case "charset":
			charset = value
		case "content":
			content = value
		}
	}
	if charset != "" {
		return charset, b
	}
	if _, value, found := strings.Cut(content, "charset"); pragma && found {
		return labelIn(value), b
	}
	return "", b
}

// labelIn reads =label, which may be quoted.
func labelIn(s string) string {
	s = strings.TrimLeft(s, "\t\n\f\r ")
	if !strings.HasPrefix(s, "=") {
		return ""
	}
	s = strings.TrimLeft(s[1:], "\t\n\f\r ")
	if s != "" && (s[0] == '"' || s[0] == '\'') {
		s, _, _ = strings.Cut(s[1:], s[:1])
		return s
	}
	if end := strings.IndexAny(s, "\t\n\f\r ;"); end >= 0 {
		s = s[:end]
	}
	return s
}

// prescanAttribute gets an attribute, in lower case; an empty name ends the tag.
func prescanAttribute(b []byte) (name, value string, rest []byte) {
	b = bytes.TrimLeft(b, "\t\n\f\r /")
	if len(b) == 0 || b[0] == '>' {
		return "", "", b
	}
	end := 0
	for end < len(b) && !isSpace(b[end]) && b[end] != '/' && b[end] != '>' && (b[end] != '=' || end == 0) {
		end++
	}
	name = lowerString(b[:end])
	b = bytes.TrimLeft(b[end:], "\t\n\f\r ")
	if len(b) == 0 || b[0] != '=' {
		return name, "", b
	}
	b = bytes.TrimLeft(b[1:], "\t\n\f\r ")
	if len(b) > 0 && (b[0] == '"' || b[0] == '\'') {
		quoted, rest, _ := bytes.Cut(b[1:], b[:1])
		return name, lowerString(quoted), rest
	}
	end = 0
	for end < len(b) && !isSpace(b[end]) && b[end] != '>' {
		end++
	}
	return name, lowerString(b[:end]), b[end:]
}
