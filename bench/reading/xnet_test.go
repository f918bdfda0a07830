package reading_test

import (
	"bytes"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// passXNet filters with the tokenizer of golang.org/x/net/html.
func passXNet(page []byte, out *bytes.Buffer) {
	f := filter{out: out}
	for z := html.NewTokenizer(bytes.NewReader(page)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			raw := z.Raw()
			name, more := z.TagName()
			element := atom.Lookup(name)
			how := watched(element)
			f.start(raw, element, how, how != keep && more && xnetLeadsAway(z))
		case html.EndTagToken:
			raw := z.Raw()
			name, _ := z.TagName()
			f.end(raw, atom.Lookup(name))
		default:
			f.text(z.Raw())
		}
	}
}

func xnetLeadsAway(z *html.Tokenizer) (away bool) {
	for more := true; more; {
		var key, value []byte
		key, value, more = z.TagAttr()
		away = away || refers(key) && leadsAway(value)
	}
	return away
}
