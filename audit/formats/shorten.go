package formats

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// cut says how an event that does not fit is made shorter: how long a text may
// be, in bytes, and whether anything stays but what finds the event. Lists of
// more than maxKept go with the first.
type cut struct {
	text      int
	essential bool
}

const (
	maxKept     = 4
	maxNodeName = 64 // HOST_NAME_MAX on Linux
)

// cuts are tried one after the other.
var cuts = []cut{{text: 2048}, {text: 768}, {text: 256}, {text: 96}, {text: 32}, {text: 32, essential: true}, {text: 16, essential: true}}

const ellipsis = "…"

// whole is what is never cut: a part of an identifier finds nothing.
func whole(name string) bool {
	switch name {
	case "@timestamp", "event.id", "event.action", "http.request.id", "source.ip", "ecs.version":
		return true
	}
	return strings.HasPrefix(name, "lachan.chain.") || strings.HasSuffix(name, "sha256") ||
		strings.HasSuffix(name, ".first") || strings.HasSuffix(name, ".last")
}

// essential is what a receiver needs to find the line in the trail, and to
// know how bad it is.
func essential(name string) bool {
	switch name {
	case "@timestamp", "event.id", "event.action", "event.severity", "event.kind", "event.outcome", "http.request.id",
		"http.request.method", "http.response.status_code", "source.ip", "source.port", "service.name", "url.scheme", "url.domain", "url.port",
		"url.original", "rule.id", "message", "observer.hostname", "observer.version", "lachan.finding.kind", shortenedName:
		return true
	}
	return name == "lachan.chain.seq" || name == "lachan.chain.hash" || strings.HasPrefix(name, "lachan.fold.") || strings.HasPrefix(name, "lachan.gap.")
}

const shortenedName = "lachan.shortened"

// shorten makes the event shorter.
func (e *event) shorten(c cut) {
	e.mark()
	e.fields = slices.DeleteFunc(e.fields, func(f field) bool {
		return len(f.list) > maxKept || c.essential && !essential(f.name)
	})
	for i := range e.fields {
		f := &e.fields[i]
		switch {
		case f.kind != textField || whole(f.name):
		case f.name == "observer.hostname":
			f.text = clip(f.text, max(c.text, maxNodeName)) // by which receivers tell senders apart
		default:
			f.text = clip(f.text, c.text)
		}
		for j := range f.list {
			f.list[j] = clip(f.list[j], c.text)
		}
	}
}

// mark says in the event that it is shorter than its line. The field stands
// beside the others of `lachan`, since an object is written in one piece.
func (e *event) mark() {
	e.rewritten = true
	if e.field(shortenedName) != nil || e.field("lachan") != nil {
		return
	}
	at := slices.IndexFunc(e.fields, func(f field) bool { return strings.HasPrefix(f.name, "lachan.") })
	if at < 0 {
		at = len(e.fields)
	}
	e.fields = slices.Insert(e.fields, at, field{name: shortenedName, kind: boolField, text: []byte("true")})
}

// clip cuts on the border of a character, and says so. limit counts bytes as
// they are written where they take the most room: a control character in a
// parameter of RFC 5424 is seven.
func clip(text []byte, limit int) []byte {
	room, fits := limit, 0 // fits: the length up to which an ellipsis still has room
	for end := 0; end < len(text); {
		r, size := utf8.DecodeRune(text[end:])
		if room -= max(size, written(r)); room < 0 {
			return append(append(make([]byte, 0, fits+len(ellipsis)), text[:fits]...), ellipsis...)
		}
		if end += size; room >= len(ellipsis) {
			fits = end
		}
	}
	return text
}

func written(r rune) int {
	switch r {
	case '"', '\\', ']', '=':
		return 2
	}
	if n := width(r); n > 1 {
		return n + 2 // two halves of a pair, each with a second backslash
	}
	return 1
}
