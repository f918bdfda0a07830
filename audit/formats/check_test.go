package formats_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/lachan-waf/lachan/audit/formats"
)

// checkAll formats the line in every way, and asks a reader that is not ours
// whether each message is right and says what the line says.
func checkAll(t testing.TB, line []byte, cfg formats.Config) {
	t.Helper()
	for _, of := range all {
		f := newFormatter(t, of.format, cfg)
		message, err := f.Append([]byte("before"), line)
		if err != nil {
			t.Fatalf("%s: %v\n%s", of.format, err, line)
		}
		message, found := bytes.CutPrefix(message, []byte("before"))
		if !found {
			t.Fatalf("%s: what was before the message is gone", of.format)
		}
		checkMessage(t, of.format, message)
		if cfg.MaxBytes > 0 && len(message) > cfg.MaxBytes {
			t.Fatalf("%s: %d bytes", of.format, len(message))
		}
		body := message
		if cfg.Syslog && of.format != formats.RFC5424 {
			if body, err = syslogBody(message); err != nil {
				t.Fatalf("%s: %v\n%q", of.format, err, message)
			}
		}
		got, err := of.check(body)
		if err != nil {
			t.Fatalf("%s: %v\n%q", of.format, err, message)
		}
		compareFacts(t, of.format, got, factsOf(t, line, of.format), message)
	}
}

// factsOf reads with encoding/json what a message of the format must say of the line.
func factsOf(t testing.TB, line []byte, format formats.Format) facts {
	t.Helper()
	var e struct {
		Event  struct{ ID, Action string }
		Source struct{ IP string }
		URL    struct {
			Scheme, Domain, Original string
			Port                     int
		}
	}
	if err := json.Unmarshal(line, &e); err != nil {
		t.Fatal(err)
	}
	want := facts{id: e.Event.ID, action: e.Event.Action, source: e.Source.IP, url: e.URL.Original}
	absolute := e.URL.Scheme != "" && e.URL.Domain != "" && (want.url == "" || want.url[0] == '/')
	if absolute && slices.Contains([]formats.Format{formats.CEF, formats.LEEF, formats.OCSF}, format) {
		port := fmt.Sprint(":", e.URL.Port)
		if usual := map[string]int{"http": 80, "https": 443}[e.URL.Scheme]; e.URL.Port == 0 || e.URL.Port == usual {
			port = ""
		}
		want.url = e.URL.Scheme + "://" + e.URL.Domain + port + e.URL.Original
	}
	switch format {
	case formats.CEF:
		want.url = writtenOut(want.url, "\n\r")
	case formats.LEEF, formats.RFC5424:
		want.url = writtenOut(want.url, "")
	}
	return want
}

// compareFacts: identifiers are the same. So is the address, unless the message
// says that it is shortened, or has as much of it as the format takes.
func compareFacts(t testing.TB, format formats.Format, got, want facts, message []byte) {
	t.Helper()
	same := got.url == want.url
	if bytes.Contains(message, []byte("hortened")) {
		same = same || isCut(got.url, want.url)
	}
	if length := utf8.RuneCountInString(got.url); format == formats.CEF && length > 1023-len(`\udb40\udc00`) {
		same = same || strings.HasPrefix(want.url, got.url)
	}
	if got.url = want.url; got != want || !same {
		t.Fatalf("%s: want %+v\n%q", format, want, message)
	}
}

// isCut reports whether the pieces around the ellipses are in the text, in their order.
func isCut(cut, text string) bool {
	for i, piece := range strings.Split(cut, "…") {
		at := strings.Index(text, piece)
		if at < 0 || i == 0 && at > 0 {
			return false
		}
		text = text[at+len(piece):]
	}
	return true
}

// writtenOut is a text as formats without escapes of their own show it.
func writtenOut(s, but string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case strings.ContainsRune(but, r), !unprintable(r):
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r > 0xffff:
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xd800+(r-0x10000)>>10, 0xdc00+(r-0x10000)&0x3ff)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// unprintable characters are those that no message may hold as they are:
// controls, separators of lines, marks of direction, and what nobody sees.
func unprintable(r rune) bool {
	return unicode.Is(unicode.Cc, r) || r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e ||
		r >= 0x2060 && r <= 0x206f || r == 0x61c || r == 0xfeff || r >= 0xe0000 && r <= 0xe007f
}

// checkMessage is what holds for all formats: UTF-8 on one line, without
// controls, but for the tabs of LEEF and the byte order mark of RFC 5424.
func checkMessage(t testing.TB, format formats.Format, message []byte) {
	t.Helper()
	if !utf8.Valid(message) {
		t.Fatalf("%s: no UTF-8: %q", format, message)
	}
	marks := 0
	for _, r := range string(message) {
		switch {
		case r == '\t' && format == formats.LEEF:
		case r == '\ufeff' && format == formats.RFC5424 && marks == 0:
			marks++
		case unprintable(r):
			t.Fatalf("%s: %U in %q", format, r, message)
		}
	}
}
