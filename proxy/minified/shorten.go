package minified

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/tdewolff/minify/v2"
)

// shorten returns the shorter body, or the one it was given.
func (m *Minifier) shorten(k kind, body []byte) ([]byte, bool) {
	select {
	case m.slots <- struct{}{}:
		defer func() { <-m.slots }()
	default:
		return body, false
	}
	if !utf8.Valid(body) || k.valid != nil && !k.valid(body) {
		return body, false
	}
	kept := len(body) - len(bytes.TrimPrefix(body, []byte("\ufeff"))) // what a script without a charset is known by
	if k.html {
		if kept = preamble(body); hasDoctype(body[kept:]) {
			return body, false
		}
	}
	out, err := m.run(k.minifier, body[kept:])
	if err != nil || len(out) == 0 || ascii(body) && !ascii(out) {
		return body, false
	}
	return append(body[:kept:kept], out...), true
}

// run calls the minifier, which may panic on input nobody has tried.
func (m *Minifier) run(minifier minify.Minifier, body []byte) (out []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			out, err = nil, fmt.Errorf("minifier: %v", r)
		}
	}()
	// tdewolff/parse writes a byte behind its input, and folds case and
	// references in it: it gets a copy.
	input := make([]byte, len(body), len(body)+1)
	copy(input, body)
	w := &sticky{max: len(body)}
	if err := minifier.Minify(m.none, w, bytes.NewBuffer(input), nil); err != nil {
		return nil, err
	}
	return w.out, w.err
}

// ascii: a minifier may turn escapes into the characters they stand for, which
// a file that names no encoding would garble.
func ascii(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// preamble is the length of what stands before a page's content: byte order
// mark, space, comments and the document type declaration. The minifier would
// write <!doctype html> for any other, which takes a legacy page out of quirks
// mode (WHATWG HTML 13.2.6.4.1).
func preamble(page []byte) int {
	rest := bytes.TrimPrefix(page, []byte("\ufeff"))
	for {
		rest = bytes.TrimLeft(rest, " \t\r\n\f")
		switch {
		case bytes.HasPrefix(rest, []byte("<!--")):
			_, after, found := bytes.Cut(rest[len("<!--"):], []byte("-->"))
			if !found {
				return len(page)
			}
			rest = after
		case startsDoctype(rest):
			_, after, _ := bytes.Cut(rest, []byte(">"))
			return len(page) - len(after)
		default:
			return len(page) - len(rest)
		}
	}
}

const doctype = "<!doctype"

func startsDoctype(b []byte) bool {
	return len(b) >= len(doctype) && bytes.EqualFold(b[:len(doctype)], []byte(doctype))
}

// hasDoctype reports a second declaration, or one in an unusual place.
func hasDoctype(b []byte) bool {
	for {
		at := bytes.Index(b, []byte("<!"))
		if at < 0 {
			return false
		}
		if b = b[at:]; startsDoctype(b) {
			return true
		}
		b = b[2:]
	}
}
