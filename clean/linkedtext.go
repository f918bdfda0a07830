package clean

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// readLinked parses JSON-LD as search engines do, who forgive what a strict
// parser refuses: several values behind each other come as a list.
func readLinked(content []byte) (data any, ok bool) {
	if json.Unmarshal(content, &data) == nil {
		return data, true
	}
	var values []any
	d := json.NewDecoder(bytes.NewReader(mendLinked(content)))
	for {
		var value any
		switch err := d.Decode(&value); err {
		case nil:
			values = append(values, value)
		case io.EOF:
			return values, len(values) > 0
		default:
			return nil, false
		}
	}
}

// linkedMender writes JSON for a text that is nearly that.
type linkedMender struct {
	out   []byte
	depth int // of open objects and arrays
}

// mendLinked returns text without what no JSON has but search engines pass
// over: comments, the marks of comments and of CDATA sections around the whole, a
// byte order mark, commas before nothing, and words that are none of JSON's. What
// a string may not hold as it is, line breaks above all, is escaped.
func mendLinked(text []byte) []byte {
	m := linkedMender{out: make([]byte, 0, len(text))}
	for len(text) > 0 {
		n := passedOver(text)
		switch {
		case n > 0:
		case text[0] == '"':
			n = m.text(text)
		case jsonMark(text[0]):
			n = 1
			m.mark(text[0])
		default:
			n = m.word(text)
		}
		text = text[n:]
	}
	return m.out
}

// aroundLinked are the marks that hide a script from readers of the last
// century, and of XML.
var aroundLinked = [...]string{"<!--", "--!>", "-->", "<![CDATA[", "]]>"}

// aroundLength returns the length of such a mark at the head of text, or 0.
func aroundLength(text []byte) int {
	for _, mark := range aroundLinked {
		if bytes.HasPrefix(text, []byte(mark)) {
			return len(mark)
		}
	}
	return 0
}

// passedOver returns the length of the white space, mark or comment at the head
// of text. Behind a mark in a line comment there is data; a comment that has no
// end is the rest.
func passedOver(text []byte) int {
	switch {
	case jsonSpace(text[0]):
		return 1
	case bytes.HasPrefix(text, []byte("//")):
		rest := bytes.TrimLeft(text, "/ \t")
		if n := aroundLength(rest); n > 0 {
			return len(text) - len(rest) + n
		}
		return commentLength(text)
	case bytes.HasPrefix(text, []byte("/*")):
		if n := commentLength(text); n > 0 {
			return n
		}
		return len(text)
	}
	return aroundLength(text)
}

// mark writes a structural character.
func (m *linkedMender) mark(c byte) {
	comma := len(m.out) > 0 && m.out[len(m.out)-1] == ','
	switch {
	case c == ',' && (comma || m.depth == 0):
		return
	case c == '{' || c == '[':
		m.depth++
	case (c == '}' || c == ']') && comma:
		m.out = m.out[:len(m.out)-1]
	}
	if c == '}' || c == ']' {
		m.depth--
	}
	m.out = append(m.out, c)
}

// word writes the word at the head of text if it is one of JSON's, and returns
// its length.
func (m *linkedMender) word(text []byte) int {
	n := 1
	for n < len(text) && !jsonSpace(text[n]) && !jsonMark(text[n]) && bytes.IndexByte([]byte(`"/<`), text[n]) < 0 {
		n++
	}
	if jsonWord(text[:n]) {
		m.out = append(append(m.out, text[:n]...), ' ')
	}
	return n
}

// text writes the string at the head of text, and returns its length. An escape
// that JSON does not have stands for the character itself.
func (m *linkedMender) text(text []byte) int {
	m.out = append(m.out, '"')
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			m.out = append(m.out, c)
			return i + 1
		case c < ' ':
			m.out = fmt.Appendf(m.out, `\u%04x`, c)
		case c == '\\':
			n, ok := jsonEscape(text[i:])
			if ok && n > 0 {
				m.out = append(m.out, text[i:i+n]...)
				i += n - 1
			}
		default:
			m.out = append(m.out, c)
		}
	}
	return len(text)
}
