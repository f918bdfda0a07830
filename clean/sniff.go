package clean

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"
)

// SniffLen is how many bytes of decoded body Sniff wants: what browsers read
// to guess a type (WHATWG MIME Sniffing 7, the resource header).
const SniffLen = 1445

const (
	// maxSniffLen is how much of an HTML document is read at most to learn its
	// encoding, where neither its header nor its first bytes tell.
	maxSniffLen = 64 << 10
	// maxPlainLen is how much is read behind a head without a declaration, in
	// search of a byte that is not ASCII: a visitor waits for it.
	maxPlainLen = 16 << 10
)

// ReadPrefix reads what Sniff wants of a decoded body, or all of a shorter one.
// An error is the reader's: a body cut short is not taken for a short one.
func ReadPrefix(r io.Reader, contentType []string) ([]byte, error) {
	for prefix := make([]byte, 0, SniffLen); ; {
		n, err := r.Read(prefix[len(prefix):cap(prefix)])
		prefix = prefix[:len(prefix)+n]
		switch {
		case err == io.EOF:
			return prefix, nil
		case err != nil:
			return nil, err
		case len(prefix) < cap(prefix):
		case len(prefix) >= maxSniffLen || !unsettled(contentType, prefix):
			return prefix, nil
		default: // twice as much each time, for all of it is looked at again
			prefix = append(make([]byte, 0, min(2*len(prefix), maxSniffLen)), prefix...)
		}
	}
}

// unsettled reports whether what follows might tell the encoding of an HTML
// document: a declaration in its head or, without one, the first bytes that are
// not ASCII.
func unsettled(contentType []string, prefix []byte) bool {
	switch m := extractMIME(contentType); m.essence {
	case "text/html", "application/xhtml+xml":
		if _, ok := usable(m.charset); ok {
			return false
		}
	case "", "unknown/unknown", "application/unknown":
		if !looksLikeHTML(prefix) {
			return false
		}
	default:
		return false
	}
	if bomCharset(prefix) != "" {
		return false
	}
	label, open := prescan(prefix)
	_, known := usable(label)
	return !known && (open || len(prefix) < maxPlainLen && isASCII(prefix))
}

// Type is what a browser is told to take a response for. It leaves no room
// for guessing: ContentType is sent in place of whatever the origin sent.
type Type struct {
	// HTML is true where the body must go through a Writer.
	HTML bool
	// Charset is the WHATWG name of the input's encoding, for Document; empty
	// where HTML is false.
	Charset string
	// ContentType is the header to send, with an explicit charset for HTML;
	// empty where the response had none and none is needed.
	ContentType string
}

// Sniff decides what a response is, from the values of its Content-Type
// headers and the first SniffLen bytes of its decoded body, or more of them. XHTML is cleaned,
// and sent, as HTML, of which there is but one reading. SVG and other XML are
// not HTML.
func Sniff(contentType []string, prefix []byte) Type {
	m := extractMIME(contentType)
	switch m.essence {
	case "text/html", "application/xhtml+xml":
		return htmlType(m.charset, prefix)
	case "", "unknown/unknown", "application/unknown":
		if looksLikeHTML(prefix) {
			return htmlType("", prefix)
		}
		return Type{ContentType: guess(prefix)}
	}
	if len(contentType) == 1 && !strings.Contains(contentType[0], ",") {
		return Type{ContentType: contentType[0]}
	}
	return Type{ContentType: m.String()}
}

func htmlType(label string, prefix []byte) Type {
	c := documentCharset(label, prefix)
	return Type{HTML: true, Charset: c.name, ContentType: "text/html; charset=" + c.sent()}
}

// documentCharset weighs what is known of the encoding as browsers do
// (WHATWG HTML 13.2.3.2): byte order mark, header, declaration.
func documentCharset(label string, prefix []byte) charset {
	if bom := bomCharset(prefix); bom != "" {
		return charsetOf(bom)
	}
	if c, ok := usable(label); ok {
		return c
	}
	label, _ = prescan(prefix)
	if c, ok := usable(label); ok {
		if c.name == "utf-16le" || c.name == "utf-16be" { // ASCII was read to find it
			return charsetOf("utf-8")
		}
		return c
	}
	if validUTF8(prefix) {
		return charsetOf("utf-8")
	}
	return charsetOf("windows-1252")
}

func bomCharset(prefix []byte) string {
	switch {
	case bytes.HasPrefix(prefix, []byte{0xEF, 0xBB, 0xBF}):
		return "utf-8"
	case bytes.HasPrefix(prefix, []byte{0xFE, 0xFF}):
		return "utf-16be"
	case bytes.HasPrefix(prefix, []byte{0xFF, 0xFE}):
		return "utf-16le"
	}
	return ""
}

// usable looks a label up. The encodings that browsers refuse to decode
// (replacement) and x-user-defined count as windows-1252: the browser is told
// so, and reads what was cleaned. UTF-7 has not been a label for years.
func usable(label string) (charset, bool) {
	label = strings.Trim(label, "\t\n\f\r ")
	c := charsetOf(label)
	switch {
	case label == "" || c.enc == nil:
		return charset{}, false
	case c.name == "replacement" || c.name == "x-user-defined":
		return charsetOf("windows-1252"), true
	}
	return c, true
}

// validUTF8 allows for a character that the prefix cuts.
func validUTF8(prefix []byte) bool {
	for len(prefix) > 0 {
		r, n := utf8.DecodeRune(prefix)
		if r == utf8.RuneError && n == 1 {
			return len(prefix) < utf8.UTFMax && !utf8.FullRune(prefix)
		}
		prefix = prefix[n:]
	}
	return true
}

// looksLikeHTML is wider than any browser's sniffing: text that holds
// anything like a tag.
func looksLikeHTML(prefix []byte) bool {
	if bomCharset(prefix) == "utf-16le" || bomCharset(prefix) == "utf-16be" {
		return true
	}
	if isBinary(prefix) {
		return false
	}
	return hasMarkup(prefix)
}

// isBinary reports control characters that text has not (WHATWG MIME Sniffing 3).
func isBinary(prefix []byte) bool {
	for _, c := range prefix {
		if c <= 8 || c == 0x0B || 0x0E <= c && c <= 0x1A || 0x1C <= c && c <= 0x1F {
			return true
		}
	}
	return false
}

// guess names a type for a body that came without one and is not HTML.
func guess(prefix []byte) string {
	for _, s := range [...]struct{ magic, mime string }{
		{"\x89PNG\r\n\x1a\n", "image/png"},
		{"GIF8", "image/gif"},
		{"\xFF\xD8\xFF", "image/jpeg"},
		{"RIFF", "image/webp"},
		{"%PDF-", "application/pdf"},
	} {
		if bytes.HasPrefix(prefix, []byte(s.magic)) {
			return s.mime
		}
	}
	switch {
	case len(prefix) == 0:
		return ""
	case isBinary(prefix):
		return "application/octet-stream"
	}
	return "text/plain; charset=utf-8"
}
