package clean

import "strings"

// mime is a media type with its charset parameter.
type mime struct{ essence, charset string }

func (m mime) String() string {
	if m.charset == "" {
		return m.essence
	}
	return m.essence + "; charset=" + m.charset
}

// extractMIME takes the last valid media type of several, as browsers do
// (WHATWG Fetch, "extract a MIME type").
func extractMIME(values []string) mime {
	var m mime
	for _, value := range splitList(strings.Join(values, ",")) {
		next, ok := parseMIME(value)
		if !ok || next.essence == "*/*" {
			continue
		}
		if next.essence == m.essence && next.charset == "" {
			next.charset = m.charset
		}
		m = next
	}
	return m
}

// splitList cuts at commas outside quotes.
func splitList(s string) []string {
	var out []string
	from, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == '\\' && quoted:
			i++
		case s[i] == ',' && !quoted:
			out = append(out, s[from:i])
			from = i + 1
		}
	}
	return append(out, s[from:])
}

// parseMIME follows WHATWG MIME Sniffing 4.4; of two charsets the first counts.
func parseMIME(s string) (mime, bool) {
	essence, params, _ := strings.Cut(s, ";")
	essence = strings.ToLower(strings.Trim(essence, "\t\n\r "))
	kind, sub, ok := strings.Cut(essence, "/")
	if !ok || !isToken(kind) || !isToken(sub) {
		return mime{}, false
	}
	m := mime{essence: essence}
	for params != "" {
		var param string
		param, params, _ = strings.Cut(params, ";")
		name, value, _ := strings.Cut(param, "=")
		if m.charset == "" && strings.EqualFold(strings.Trim(name, "\t\n\r "), "charset") {
			m.charset = lowerString([]byte(strings.Trim(value, "\t\n\r \"")))
		}
	}
	if !isToken(m.charset) {
		m.charset = ""
	}
	return m, true
}

// isToken follows RFC 9110 section 5.6.2.
func isToken(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isAlphanumeric(s[i]) && !strings.ContainsRune("!#$%&'*+-.^_`|~", rune(s[i])) {
			return false
		}
	}
	return s != ""
}
