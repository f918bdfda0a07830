package browser_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// problem is what is wrong with what a visitor has seen of a case; raw is what
// one sees without the cleaner.
func (e *evasion) problem(s, raw *sight) string {
	if what := e.survives(s); what != "" {
		return what
	}
	if e.mustBlock() {
		return ""
	}
	return e.broken(s, raw)
}

var (
	handlerText = regexp.MustCompile(`(?is)<[^>&]*\son[a-z]+\s*=[^>]*pwn`)
	scriptText  = regexp.MustCompile(`(?is)<script[^>]*>[^<]*pwn`)
	nonce       = regexp.MustCompile(`nonce(-|=")[\w+/-]{22}["']`) // ours, at random: one in fifty thousand spells evil
	spamText    = regexp.MustCompile(`(?i)slot|googletagmanager|attackertoken|evil`)
)

// survives tells what an intruder has reached; what a document only shows as
// text, and where it must not break, is no success.
func (e *evasion) survives(s *sight) string {
	switch {
	case s.Pwned:
		return "pwn is set"
	case s.lured != "":
		return "lured to evil.test: " + s.lured
	case s.Live != "" && !s.sandboxed():
		return "in the document: " + s.Live
	case !e.mustBlock():
		return ""
	}
	if what := e.inHeader(s); what != "" {
		return what
	}
	return e.inMarkup(s)
}

// inHeader looks for what the case has put into the header.
func (e *evasion) inHeader(s *sight) string {
	for name, values := range s.header {
		if all := nonce.ReplaceAllString(strings.Join(values, ", "), ""); strings.Contains(strings.ToLower(all), "evil") {
			return name + ": " + all
		}
	}
	for name, value := range e.Headers {
		switch name {
		case ":status", "Content-Type", "Content-Encoding":
		default:
			if value != nil && slices.Contains(s.header.Values(name), *value) {
				return name + " is the origin's"
			}
		}
	}
	return ""
}

// inMarkup looks for the intruder in the bytes and in the tree as text.
func (e *evasion) inMarkup(s *sight) string {
	text := nonce.ReplaceAllString(s.body+"\n"+s.Markup, "")
	switch e.Probe {
	case "js":
		if !s.sandboxed() && (handlerText.MatchString(s.body) || scriptText.MatchString(s.body)) {
			return "in the bytes: " + s.body
		}
	case "text":
		if found := spamText.FindString(text); found != "" {
			return fmt.Sprintf("%q is left in %s", found, text)
		}
	case "net", "dom", "domattr", "domtext", "domtext-js":
		if strings.Contains(strings.ToLower(text), "evil") || strings.Contains(text, "pwn") {
			return "in the bytes or the tree: " + text
		}
	}
	return ""
}

// sandboxed reports whether the browser was told to run no script at all: XML
// is not rewritten but shown like that.
func (s *sight) sandboxed() bool {
	for _, csp := range s.header.Values("Content-Security-Policy") {
		if directive, _, _ := strings.Cut(csp, ";"); strings.TrimSpace(directive) == "sandbox" {
			return true
		}
	}
	return false
}

// same lists what must reach the visitor byte for byte; needed what must be in
// the tree, where a script has a nonce besides.
var (
	same = map[string]bool{
		"ct-text-plain-html": true, "enc-utf8-overlong": true, "enc-utf7": true, "hdr-200-with-location": true, "hdr-set-cookie-domain": true,
		"textarea-payload-dead": true, "template-dead-title": true, "seo-legit-word": true, "seo-legit-gov-link": true,
	}
	needed = map[string]string{
		"base-second-ignored": `<script src="ok.js"`, "seo-legit-word": `<a href="/tin/canh-bao">`, "seo-legit-gov-link": `<a href="https://chinhphu.vn/">`,
	}
)

// broken tells what a visitor misses of a page that must not break.
func (e *evasion) broken(s, raw *sight) string {
	switch {
	case raw.failed != nil: // the browser shows nothing of what the origin sends
		return ""
	case s.failed != nil:
		return s.failed.Error()
	case s.status != raw.status:
		return fmt.Sprintf("status %d, not %d", s.status, raw.status)
	case s.Text != raw.Text:
		return fmt.Sprintf("text %q, not %q", s.Text, raw.Text)
	case same[e.ID] && s.body != raw.body:
		return fmt.Sprintf("%q, not %q", s.body, raw.body)
	case !strings.Contains(s.Markup, needed[e.ID]):
		return fmt.Sprintf("no %s in %s", needed[e.ID], s.Markup)
	case !slices.Equal(s.header.Values("Set-Cookie"), raw.header.Values("Set-Cookie")):
		return fmt.Sprintf("cookies %q", s.header.Values("Set-Cookie"))
	case s.status != http.StatusOK:
		return fmt.Sprintf("status %d", s.status)
	}
	return ""
}
