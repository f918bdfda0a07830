package page

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/oklog/ulid/v2"
)

// typePrefix makes a kind a tag URI (RFC 4151), which RFC 9457, 3.1.1 allows
// for types that are names and not addresses.
const typePrefix = "tag:lachan-waf.github.io,2026:problem/"

// problemDetails is the body of RFC 9457, 3, with the request ID and the
// contact as extension members (3.2).
type problemDetails struct {
	Type      string `json:"type"`
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail"`
	Instance  string `json:"instance,omitempty"`
	RequestID string `json:"request_id,omitempty"`
	Contact   string `json:"contact,omitempty"`
}

func problemJSON(p Problem, m message) []byte {
	body, err := json.Marshal(problemDetails{
		Type:      typePrefix + string(p.Kind),
		Title:     m.Title,
		Status:    p.Status,
		Detail:    m.What + " " + m.Try,
		Instance:  instance(p.RequestID),
		RequestID: p.RequestID,
		Contact:   p.Contact,
	})
	if err != nil {
		return []byte("{}\n") // strings and an int always marshal
	}
	return append(body, '\n')
}

// instance is a URI reference: anything but a ULID might be read as one to
// somewhere else.
func instance(requestID string) string {
	if _, err := ulid.ParseStrict(requestID); err != nil {
		return ""
	}
	return "urn:ulid:" + requestID
}

// shorten makes s valid UTF-8 of at most limit bytes, without control
// characters, which have no business in one line of text.
func shorten(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	if len(s) <= limit {
		return s
	}
	cut := limit - len("…")
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
