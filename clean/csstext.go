package clean

import (
	"bytes"
	"slices"

	"github.com/lachan-waf/lachan/policies"
)

const (
	// maxStringsCSS bounds the strings of a block that wait for its end, and
	// maxBlockCSS how long the block may be. Beyond that they are judged by what
	// has been seen, which what follows is still read together with.
	maxStringsCSS = 1024
	maxBlockCSS   = 64 << 10
)

// cssText is what the strings of one block say, as content shows them, and
// quotes, the symbols of a counter, the fallback of attr() or var(), or a
// custom property, which hand them to content: several may make one text.
type cssText struct {
	text    []byte // with a NUL between two strings, as no text holds one
	strings []cssString
}

// cssString stands at css[from:to], and at out in what is yet to be passed on.
type cssString struct{ from, to, out int }

func (s *cssText) pending() bool { return len(s.strings) > 0 }

// moved follows the window, and what has been passed on of it.
func (s *cssText) moved(css, out int) {
	for i := range s.strings {
		t := &s.strings[i]
		t.from, t.to, t.out = t.from-css, t.to-css, t.out-out
	}
}

// say notes what the string that began at at says.
func (r *cssReader) say(text []byte, at int) {
	if len(text) == 0 {
		return
	}
	s := &r.said
	s.strings = append(s.strings, cssString{at, r.pos, len(r.out) + at - r.from})
	s.add(text)
	if len(s.strings) == maxStringsCSS {
		r.judgeText()
	}
}

// add appends what a string says, as far as there is room. Of white space, which
// could push the rest out, only the first counts.
func (s *cssText) add(text []byte) {
	blank := false
	for _, c := range text {
		if len(s.text) == maxLexicon {
			return
		}
		if !blank || !isSpace(c) {
			s.text = append(s.text, c)
		}
		blank = isSpace(c)
	}
	if len(s.text) < maxLexicon {
		s.text = append(s.text, 0)
	}
}

// endText ends a block.
func (r *cssReader) endText() {
	r.judgeText()
	r.said.text = r.said.text[:0]
}

// judgeText empties the strings that wait where they advertise, and lets them go.
func (r *cssReader) judgeText() {
	s := &r.said
	if !s.pending() {
		return
	}
	if host := r.advertised(); host != "" {
		r.unsay(host)
		s.text = s.text[:0]
	}
	s.strings = s.strings[:0]
}

// unsay empties the strings that wait.
func (r *cssReader) unsay(host string) {
	waiting := r.said.strings
	first, last := waiting[0], waiting[len(waiting)-1]
	f := Finding{
		Kind: kindLink.String(), Host: host, Reasons: []string{reasonOffList, reasonSpamText},
		Removed: r.links != policies.LinksReport,
	}
	r.found(f, first.from, last.to)
	if !f.Removed {
		return
	}
	if r.from < last.to {
		r.out = append(r.out, r.css[r.from:last.to]...)
		r.from = last.to
	}
	for _, t := range slices.Backward(waiting) {
		r.out = slices.Replace(r.out, t.out, t.out+t.to-t.from, '"', '"')
	}
}

// advertised returns the host that the text is for: where it names one that
// may not be linked, the lexicon speaks against it, and nothing in it warns.
// The strings are read as content joins them, and as a list parts them.
func (r *cssReader) advertised() (host string) {
	if !mayNameHost(r.said.text) {
		return ""
	}
	for _, between := range [...]string{"", " "} {
		text := bytes.ReplaceAll(r.said.text, []byte{0}, []byte(between))
		named := r.allow.strangerNamed(text)
		if named == "" {
			continue
		}
		var words wording
		words.read(text)
		switch {
		case warns(&words, named):
			return ""
		case words.spam():
			host = named
		}
	}
	return host
}

// takesReferences reports whether the strings of a function are references.
func takesReferences(name []byte) bool {
	switch lowerString(name) {
	case "src", "image", "image-set", "-webkit-image-set", "cross-fade", "local", "format", "tech", "type":
		return true
	}
	return false
}

// mayAdvertise reports whether css can hold a text that names a host. One with
// escapes is read anyway (mayReferAway).
func mayAdvertise(css []byte) bool {
	at := bytes.IndexAny(css, `"'`)
	return at >= 0 && mayNameHost(css[at:])
}
