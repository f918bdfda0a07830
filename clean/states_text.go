package clean

import "bytes"

// RCDATA and RAWTEXT states (13.2.5.2, 3): they differ in character
// references only, which do not end them.
func (t *tokenizer) rawTextState(w []byte) {
	at := bytes.IndexByte(w[t.pos:], '<')
	if at < 0 {
		t.pos = len(w)
		return
	}
	t.openInText(t.pos+at, rawLessThanSign)
}

// openInText notes a < in text that may turn out to begin an end tag.
func (t *tokenizer) openInText(at int, next state) {
	t.back = t.state
	t.start = at
	t.pos = at + 1
	t.state = next
}

// abandon takes back what openInText noted: the bytes are text.
func (t *tokenizer) abandon() {
	t.start = -1
	t.state = t.back
}

// RCDATA and RAWTEXT less-than sign states (13.2.5.9, 12).
func (t *tokenizer) rawLessThanSignState(w []byte) {
	if w[t.pos] != '/' {
		t.abandon()
		return
	}
	t.pos++
	t.state = rawEndTagOpen
}

// RCDATA, RAWTEXT and script data end tag open states (13.2.5.10, 13, 16, 24).
func (t *tokenizer) rawEndTagOpenState(w []byte) {
	if !isLetter(w[t.pos]) {
		t.abandon()
		return
	}
	t.tag.reset(true)
	t.tag.name.from = t.pos
	t.state = rawEndTagName
}

// RCDATA, RAWTEXT and script data end tag name states (13.2.5.11, 14, 17, 25):
// only an appropriate end tag, one with the name of the start tag, is a tag.
func (t *tokenizer) rawEndTagNameState(w []byte) {
	i := t.pos
	for i < len(w) && isLetter(w[i]) {
		i++
	}
	t.pos = i
	if i == len(w) && i-t.tag.name.from <= len(t.raw.String()) {
		return
	}
	t.tag.name.to = i
	if i == len(w) { // already too long to be the one
		t.abandon()
		return
	}
	c := w[i]
	if !equalFold(t.tag.name.of(w), t.raw.String()) || !isSpace(c) && c != '/' && c != '>' {
		t.abandon()
		return
	}
	t.tag.el = t.raw
	t.afterName(w)
}

// CDATA section, bracket and end states (13.2.5.69 to 71).
func (t *tokenizer) stepCDATA(w []byte) {
	c := w[t.pos]
	switch t.state {
	case cdataSection:
		at := bytes.IndexByte(w[t.pos:], ']')
		if at < 0 {
			t.pos = len(w)
			return
		}
		t.pos += at + 1
		t.state = cdataSectionBracket
	case cdataSectionBracket:
		t.state = cdataSection
		if c == ']' {
			t.pos++
			t.state = cdataSectionEnd
		}
	case cdataSectionEnd:
		switch c {
		case ']':
			t.pos++
		case '>':
			t.pos++
			t.finish(tokenCDATA)
		default:
			t.state = cdataSection
		}
	}
}
