package audit

import (
	"regexp"
	"strings"
	"testing"
)

// TestTags: the same secret has the same tag wherever it stands, another one or
// another key has another.
func TestTags(t *testing.T) {
	const session = "s%3Aq8Zr-1f2e"
	mark := regexp.MustCompile(`\[redacted:[0-9a-f]{8}\]`)
	tagged := func(key string, redact func(*redactor) bool) string {
		r := &redactor{tagger: newTagger([]byte(key))}
		if !redact(r) {
			t.Fatal("nothing was cut")
		}
		return mark.FindString(string(r.clean))
	}
	text := func(s string) func(*redactor) bool { return func(r *redactor) bool { return r.redact(s) } }
	match := func(variable, value string) func(*redactor) bool {
		return func(r *redactor) bool { return r.redactMatch(variable, value) }
	}
	want := tagged("key", match("REQUEST_COOKIES:sid", session))
	if want == "" {
		t.Fatal("there is no tag")
	}
	for name, redact := range map[string]func(*redactor) bool{
		"argument":         match("ARGS:sid", session),
		"decoded argument": match("ARGS:sid", "s:q8Zr-1f2e"),
		"cookie field":     match("REQUEST_HEADERS:Cookie", "sid="+session),
		"first of cookies": match("REQUEST_HEADERS:Cookie", `sid=`+session+`; lang=vi`),
		"quoted cookie":    text(`Cookie: sid="` + session + `"`),
		"query":            text("a=1&sid=" + session + "&b=2"),
		"encoded twice":    text("a=1&sid=s%253Aq8Zr-1f2e"),
		"json":             text(`{"sid":"s:q8Zr-1f2e"}`),
		"bearer":           text("Authorization: Bearer s:q8Zr-1f2e"),
		"detail": func(r *redactor) bool {
			return r.redactDetail([]string{"ARGS:sid"}, "Matched Data: q8 found within ARGS:sid: "+session)
		},
		"detail of a field": func(r *redactor) bool {
			return r.redactDetail(nil, "Matched Data: q8 found within REQUEST_COOKIES:sid: "+session)
		},
	} {
		if got := tagged("key", redact); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	if got := tagged("key", match("ARGS:sid", session+"x")); got == want {
		t.Error("another secret has the same tag")
	}
	if got := tagged("other", match("ARGS:sid", session)); got == want {
		t.Error("another key makes the same tag")
	}
}

// TestEachCookieHasItsTag: one cookie can be told from the others in the field.
func TestEachCookieHasItsTag(t *testing.T) {
	r := &redactor{tagger: newTagger([]byte("key"))}
	r.redactMatch("REQUEST_HEADERS:Cookie", "a=1; b=2; c=1")
	a, b, c := r.tagOf("1"), r.tagOf("2"), r.tagOf("1")
	r.redactMatch("REQUEST_HEADERS:Cookie", "a=1; b=2; c=1")
	if got, want := string(r.clean), "a="+a+"; b="+b+"; c="+c; got != want || a == b {
		t.Errorf("got %q, want %q", got, want)
	}
}

func (t *tagger) tagOf(secret string) string { return string(t.mark(nil, []byte(secret))) }

// TestForgedTagIsCut: what looks like a mark is a value like any other.
func TestForgedTagIsCut(t *testing.T) {
	r := &redactor{tagger: newTagger([]byte("key"))}
	if !r.redact("token=[redacted:00000000]&x=1") || strings.Contains(string(r.clean), "00000000") {
		t.Errorf("got %q", r.clean)
	}
}
