package clean

import (
	"strings"

	"github.com/lachan-waf/lachan/policies"
)

// Medium is what a body that is not HTML is read as.
type Medium uint8

// The media. XML is what browsers show as a document; SVG is not in it, for
// drawing programs write entities into images, and the sandbox keeps those.
const (
	MediumOther Medium = iota // not read
	MediumCSS
	MediumJS
	MediumJSON
	MediumXML
)

// isJSON knows what the standard calls JSON (WHATWG MIME Sniffing, 4.6), what
// servers have called it, and several values behind each other (RFC 7464, RFC 8091).
func isJSON(essence string) bool {
	switch essence {
	case "application/json", "text/json", "application/x-json", "text/x-json",
		"application/json-seq", "application/ndjson", "application/x-ndjson",
		"application/jsonl", "application/x-jsonl", "application/jsonlines", "application/x-jsonlines":
		return true
	}
	return strings.HasSuffix(essence, "+json") || strings.HasSuffix(essence, "+json-seq") || strings.HasPrefix(essence, "application/json+")
}

// MediumOf returns the medium of a Content-Type, as Sniff gives it.
func MediumOf(contentType string) Medium {
	essence, _, _ := strings.Cut(contentType, ";")
	essence = strings.ToLower(strings.Trim(essence, "\t\n\r "))
	switch {
	case essence == "text/css":
		return MediumCSS
	case isJavaScript(essence):
		return MediumJS
	case isJSON(essence):
		return MediumJSON
	case essence == "image/svg+xml":
		return MediumOther
	case essence == "text/xml" || essence == "application/xml" || essence == "text/xsl" || strings.HasSuffix(essence, "+xml"):
		return MediumXML
	}
	return MediumOther
}

// isJavaScript is wider than the list of WHATWG MIME Sniffing 4.6.
func isJavaScript(essence string) bool {
	for _, name := range [...]string{"javascript", "ecmascript", "jscript", "livescript"} {
		if strings.HasPrefix(essence, "text/") || strings.HasPrefix(essence, "application/") {
			if strings.Contains(essence, name) {
				return true
			}
		}
	}
	return false
}

// BodyPolicy says what becomes of bodies of a medium. Those of XML are
// rewritten even where feeds are only reported: see xmlGuard and xmlRefs.
func (c *Cleaner) BodyPolicy(m Medium) policies.BodyPolicy {
	p := policies.BodyOff
	switch m {
	case MediumCSS:
		p = c.bodies.CSS
	case MediumJS:
		p = c.bodies.JS
	case MediumJSON:
		p = c.bodies.JSON
	case MediumXML:
		p = c.bodies.Feeds
	}
	if c.reportOnly && p == policies.BodyClean {
		return policies.BodyReport
	}
	return p
}

// Rewrites reports whether a BodyWriter may change a body of this medium.
func (c *Cleaner) Rewrites(m Medium) bool {
	return c.BodyPolicy(m) == policies.BodyClean || m == MediumXML && !c.reportOnly
}

// BodyType returns what the browser is told of a body that is rewritten, and
// the encoding to read it in: byte order mark, then header, then what the body
// says of itself, as browsers weigh them (CSS Syntax 3.2, XML 4.3.3). Saying it
// leaves no room for the charset attribute of whoever refers to the body.
func BodyType(contentType string, m Medium, prefix []byte) Type {
	essence, label := parseLenient(contentType)
	var c charset
	switch m {
	case MediumJSON: // UTF-8, whatever it says (RFC 8259 8.1)
		if label == "" {
			return Type{Charset: "utf-8", ContentType: contentType}
		}
		c = charsetOf("utf-8")
	case MediumCSS, MediumXML, MediumJS:
		c = bodyCharset(label, m, prefix).in(m)
	default:
		return Type{ContentType: contentType}
	}
	return Type{Charset: c.name, ContentType: essence + "; charset=" + c.sent()}
}

// parseLenient reads the essence and the charset of a media type.
func parseLenient(contentType string) (essence, label string) {
	if m, ok := parseMIME(contentType); ok {
		return m.essence, m.charset
	}
	essence, _, _ = strings.Cut(contentType, ";")
	return strings.TrimSpace(essence), ""
}

func bodyCharset(label string, m Medium, prefix []byte) charset {
	if bom := bomCharset(prefix); bom != "" {
		return charsetOf(bom)
	}
	if c, ok := usable(label); ok {
		return c
	}
	declared := ""
	switch m {
	case MediumCSS:
		declared = cssDeclaration(prefix)
	case MediumXML:
		declared = xmlDeclaration(prefix)
	}
	if c, ok := usable(declared); ok && !strings.HasPrefix(c.name, "utf-16") { // ASCII was read to find it
		return c
	}
	if m == MediumXML || validUTF8(prefix) {
		return charsetOf("utf-8")
	}
	return charsetOf("windows-1252")
}

// cssDeclaration reads the @charset rule, whose bytes are fixed (CSS Syntax 3.2).
func cssDeclaration(prefix []byte) string {
	const rule = `@charset "`
	if !strings.HasPrefix(string(prefix[:min(len(prefix), len(rule))]), rule) {
		return ""
	}
	label, rest, found := strings.Cut(string(prefix[len(rule):min(len(prefix), 1024)]), `"`)
	if !found || !strings.HasPrefix(rest, ";") {
		return ""
	}
	return label
}
