package clean

import "bytes"

// xmlAttribute is an attribute of an XML tag.
type xmlAttribute struct {
	name  span // within the tag
	value span // without its quotes
	end   int  // behind the closing quote
}

// xmlTag is a tag as it stands in a document, from < to >.
type xmlTag struct {
	text    []byte
	name    []byte
	attrs   []xmlAttribute
	closing bool
	empty   bool // <name/>
}

// xmlTagLength returns the length of the tag at the head of b, 0 where its end
// is not there yet.
func xmlTagLength(b []byte) int {
	var quote byte
	for i, c := range b {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i + 1
		}
	}
	return 0
}

// parseXMLTag reads a tag (XML 3.1). ok is false where it is not well-formed:
// readers then differ, and it is not to be relied on.
func parseXMLTag(text []byte) (t xmlTag, ok bool) {
	t.text = text
	i := 1
	if i < len(text) && text[i] == '/' {
		t.closing = true
		i++
	}
	from := i
	i = xmlNameEnd(text, i)
	if t.name = text[from:i]; len(t.name) == 0 {
		return t, false
	}
	for {
		spaced := i
		i = xmlSpaceEnd(text, i)
		switch {
		case i == len(text)-1:
			return t, true
		case text[i] == '/' && i == len(text)-2 && !t.closing:
			t.empty = true
			return t, true
		case i == spaced || t.closing:
			return t, false
		}
		if i, ok = t.attribute(i); !ok {
			return t, false
		}
	}
}

// attribute reads the attribute at i and returns the place behind it.
func (t *xmlTag) attribute(i int) (int, bool) {
	a := xmlAttribute{name: span{from: i}}
	i = xmlNameEnd(t.text, i)
	a.name.to = i
	i = xmlSpaceEnd(t.text, i)
	if a.name.from == a.name.to || t.text[i] != '=' {
		return i, false
	}
	i = xmlSpaceEnd(t.text, i+1)
	quote := t.text[i]
	if quote != '"' && quote != '\'' {
		return i, false
	}
	a.value.from = i + 1
	n := bytes.IndexByte(t.text[i+1:], quote)
	if n < 0 || bytes.IndexByte(t.text[i+1:i+1+n], '<') >= 0 {
		return i, false
	}
	a.value.to = i + 1 + n
	a.end = a.value.to + 1
	for _, other := range t.attrs {
		if bytes.Equal(other.name.of(t.text), a.name.of(t.text)) {
			return i, false
		}
	}
	t.attrs = append(t.attrs, a)
	return a.end, len(t.attrs) <= maxAttributes
}

// value returns the decoded value of the attribute with this local name.
func (t *xmlTag) value(local string) (value []byte, ok bool) {
	for _, a := range t.attrs {
		if equalFold(localName(a.name.of(t.text)), local) {
			return decodeAttribute(a.value.of(t.text)), true
		}
	}
	return nil, false
}

// localName cuts the namespace's prefix off. Feed readers go by the local
// name, in any case, whatever the prefix stands for.
func localName(name []byte) []byte { return name[bytes.LastIndexByte(name, ':')+1:] }

func xmlSpaceEnd(b []byte, i int) int {
	for i < len(b)-1 && (b[i] == ' ' || b[i] == '\t' || b[i] == '\r' || b[i] == '\n') {
		i++
	}
	return i
}

// xmlNameEnd is wider than a Name (XML 2.3).
func xmlNameEnd(b []byte, i int) int {
	for i < len(b) && (isAlphanumeric(b[i]) || b[i] >= 0x80 || bytes.IndexByte([]byte(":_-."), b[i]) >= 0) {
		i++
	}
	return i
}
