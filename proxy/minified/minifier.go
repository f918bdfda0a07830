// Package minified shortens what a site serves, without changing what it
// means, before it is cleaned: a minifier closes tags that the end of a
// document had left dead, and what it writes must be judged.
//
//	m := minified.New()
//	body = m.Reader("text/html", body)
//
// Minifying is optional, and fails open to the bytes as they were: where the
// body is not UTF-8, longer than what is read of its type, broken off, not
// readable by the minifier or better as it was, and where as many bodies are
// being minified as there are processors. To be able to go back, a body is
// held until the minifier is done: nothing of it is passed on earlier.
package minified

import (
	encoding "encoding/json"
	"io"
	"regexp"
	"runtime"

	"github.com/tdewolff/minify/v2"
	"github.com/tdewolff/minify/v2/css"
	"github.com/tdewolff/minify/v2/html"
	"github.com/tdewolff/minify/v2/js"
	"github.com/tdewolff/minify/v2/json"
	"github.com/tdewolff/minify/v2/svg"
	"github.com/tdewolff/minify/v2/xml"
)

// The longest bodies that are minified. The minifier runs in the request's own
// goroutine and cannot be stopped, so its input is kept to what takes a fraction
// of a second at worst: tdewolff/minify v2.24.25 takes time that grows with the
// square of some lengths. 512 KiB of `&amp;` cost it 0.3 s, of `<a b=c ` 0.4 s,
// but of the script `var a=b;` 16 s.
const (
	maxMarkup = 512 << 10
	maxStyle  = 256 << 10
	maxScript = 32 << 10
)

// kind is how bodies of one type are minified.
type kind struct {
	minifier minify.Minifier
	limit    int
	html     bool
	valid    func([]byte) bool // nil: whatever it is
}

// Minifier minifies bodies. It is safe for concurrent use.
type Minifier struct {
	kinds map[string]kind
	slots chan struct{}
	// none knows no type: what is embedded in HTML stays as it is. A baseline
	// and a Content-Security-Policy know inline scripts and styles by their hash.
	none *minify.M
}

// New returns a Minifier whose options keep whatever legacy pages may rest on:
// tags, quotes, default values, conditional comments, names of variables.
func New() *Minifier {
	markup := kind{&html.Minifier{
		KeepSpecialComments: true, KeepDefaultAttrVals: true, KeepDocumentTags: true,
		KeepEndTags: true, KeepQuotes: true, KeepWhitespace: true,
	}, maxMarkup, true, nil}
	style := kind{&css.Minifier{}, maxStyle, false, func(b []byte) bool { return !spacedImport.Match(b) }}
	script := kind{&js.Minifier{KeepVarNames: true}, maxScript, false, nil}
	// Of JSON that is cut short or holds more than one value, which scripts may
	// live with, the minifier leaves something out.
	data := kind{&json.Minifier{KeepNumbers: true}, maxMarkup, false, encoding.Valid}
	feed := kind{&xml.Minifier{KeepWhitespace: true}, maxMarkup, false, nil}
	return &Minifier{
		kinds: map[string]kind{
			"text/html": markup, "text/css": style,
			"text/javascript": script, "application/javascript": script, "application/x-javascript": script,
			"application/json": data, "application/ld+json": data,
			"image/svg+xml": {&svg.Minifier{}, maxMarkup, false, nil},
			"text/xml":      feed, "application/xml": feed, "application/rss+xml": feed, "application/atom+xml": feed,
		},
		slots: make(chan struct{}, runtime.GOMAXPROCS(0)),
		none:  minify.New(),
	}
}

// spacedImport is what tdewolff/minify v2.24.25 spoils: of @import url( 'a' )
// it makes @import "'a'".
var spacedImport = regexp.MustCompile(`(?i)@import[^;]*url\([\t\n\f\r ]`)

// Limit is the longest body of a type that is minified; 0: none is. The type
// is a media type's essence in lower case.
func (m *Minifier) Limit(essence string) int { return m.kinds[essence].limit }

// Reader returns a reader of the minified body, or r itself where its type is
// not minified.
func (m *Minifier) Reader(essence string, r io.Reader) io.Reader {
	k, known := m.kinds[essence]
	if !known {
		return r
	}
	return &reader{m: m, kind: k, from: r}
}

// Bytes returns the minified body, and whether it is any shorter.
func (m *Minifier) Bytes(essence string, body []byte) ([]byte, bool) {
	k, known := m.kinds[essence]
	if !known || len(body) > k.limit {
		return body, false
	}
	return m.shorten(k, body)
}
