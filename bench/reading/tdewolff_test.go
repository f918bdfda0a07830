package reading_test

import (
	"bytes"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/html"
	"golang.org/x/net/html/atom"
)

// passTdewolff filters with the lexer of github.com/tdewolff/parse.
func passTdewolff(page []byte, out *bytes.Buffer) {
	f := filter{out: out}
	l := html.NewLexer(parse.NewInputBytes(page))
	var raw []byte // the start tag so far
	var element atom.Atom
	var away bool
	for {
		kind, data := l.Next()
		switch kind {
		case html.ErrorToken:
			return
		case html.StartTagToken:
			raw, element, away = append(raw[:0], data...), atom.Lookup(l.Text()), false
		case html.AttributeToken:
			raw = append(raw, data...)
			if watched(element) != keep && refers(l.AttrKey()) {
				away = away || leadsAway(bytes.Trim(l.AttrVal(), `"'`))
			}
		case html.StartTagCloseToken, html.StartTagVoidToken:
			raw = append(raw, data...)
			f.start(raw, element, watched(element), away)
		case html.EndTagToken:
			f.end(data, atom.Lookup(l.Text()))
		default:
			f.text(data)
		}
	}
}
