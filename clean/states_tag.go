package clean

import "bytes"

// Data state (13.2.5.1).
func (t *tokenizer) dataState(w []byte) {
	at := bytes.IndexByte(w[t.pos:], '<')
	if at < 0 {
		t.pos = len(w)
		return
	}
	t.start = t.pos + at
	t.pos = t.start + 1
	t.state = tagOpen
}

// Tag open state (13.2.5.6). A < that opens nothing stays text.
func (t *tokenizer) tagOpenState(w []byte) {
	switch c := w[t.pos]; {
	case isLetter(c):
		t.beginTag(false)
	case c == '/':
		t.pos++
		t.state = endTagOpen
	case c == '!':
		t.pos++
		t.temp = t.pos
		t.state = markupDeclarationOpen
	case c == '?':
		t.state = bogusComment
	default:
		t.start = -1
		t.state = data
	}
}

// End tag open state (13.2.5.7). </> is nothing at all; it is reported as a
// bogus comment, to be dropped like one.
func (t *tokenizer) endTagOpenState(w []byte) {
	switch c := w[t.pos]; {
	case isLetter(c):
		t.beginTag(true)
	default:
		t.state = bogusComment
	}
}

func (t *tokenizer) beginTag(closing bool) {
	t.tag.reset(closing)
	t.tag.name.from = t.pos
	t.state = tagName
}

// Tag name state (13.2.5.8).
func (t *tokenizer) tagNameState(w []byte) {
	i := t.pos
	var seen uint8
	for ; i < len(w); i++ {
		class := classOf[w[i]]
		if class&classNameEnd != 0 {
			break
		}
		seen |= class
	}
	t.tag.odd = t.tag.odd || seen&classOddName != 0
	t.pos = i
	t.tag.name.to = i
	if i == len(w) {
		return
	}
	if !t.blind {
		t.tag.el = element(t.elements.find(t.tag.name.of(w)))
	}
	t.afterName(w)
}

// afterName handles the byte that ends a tag name or follows an attribute. The
// states from here to a value's end call each other without going back to
// step, which is worth a tenth of the time; a value's end does go back, or a tag
// of a million attributes would be a million calls deep.
func (t *tokenizer) afterName(w []byte) {
	c := w[t.pos]
	t.pos++
	switch {
	case c == '>':
		t.emitTag()
	case c == '/':
		t.state = selfClosingStartTag
	case t.pos < len(w):
		t.beforeAttributeNameState(w)
	default:
		t.state = beforeAttributeName
	}
}

// emitTag ends the tag; what text state follows is for the owner to say.
func (t *tokenizer) emitTag() { t.finish(tokenTag) }

// Before attribute name state (13.2.5.32).
func (t *tokenizer) beforeAttributeNameState(w []byte) {
	i := t.pos
	for i < len(w) && isSpace(w[i]) {
		i++
	}
	t.pos = i
	t.state = beforeAttributeName
	if i == len(w) {
		return
	}
	if c := w[i]; c == '>' || c == '/' {
		t.afterName(w)
		return
	}
	t.current = attribute{name: span{i, i}}
	if w[i] == '=' { // an error: the first character of a name
		t.current.odd = true
		t.pos++
	}
	t.attributeNameState(w)
}

// Attribute name state (13.2.5.33).
func (t *tokenizer) attributeNameState(w []byte) {
	i := t.pos
	var seen uint8
	for ; i < len(w); i++ {
		class := classOf[w[i]]
		if class&classNameEnd != 0 || w[i] == '=' {
			break
		}
		seen |= class
	}
	t.current.odd = t.current.odd || seen&classOddName != 0
	t.pos = i
	t.state = attributeName
	if i == len(w) {
		return
	}
	t.current.name.to = i
	t.current.value, t.current.end = span{i, i}, i
	if w[i] == '=' {
		t.pos++
		t.beforeAttributeValueState(w)
		return
	}
	t.state = afterAttributeName
}

// After attribute name state (13.2.5.34).
func (t *tokenizer) afterAttributeNameState(w []byte) {
	i := t.pos
	for i < len(w) && isSpace(w[i]) {
		i++
	}
	t.pos = i
	switch {
	case i == len(w):
	case w[i] == '=':
		t.pos++
		t.state = beforeAttributeValue
	case w[i] == '/' || w[i] == '>':
		t.keepAttribute(w)
		t.afterName(w)
	default:
		t.keepAttribute(w)
		t.state = beforeAttributeName
	}
}

// Before attribute value state (13.2.5.35).
func (t *tokenizer) beforeAttributeValueState(w []byte) {
	i := t.pos
	for i < len(w) && isSpace(w[i]) {
		i++
	}
	t.pos = i
	t.state = beforeAttributeValue
	if i == len(w) {
		return
	}
	switch w[i] {
	case '"':
		t.beginValue('"', attributeValueDoubleQuoted)
		t.attributeValueQuotedState(w, '"')
	case '\'':
		t.beginValue('\'', attributeValueSingleQuoted)
		t.attributeValueQuotedState(w, '\'')
	case '>': // an error: the value is missing
		t.current.odd = true
		t.current.value, t.current.end = span{i, i}, i
		t.keepAttribute(w)
		t.afterName(w)
	default:
		t.current.value.from = i
		t.state = attributeValueUnquoted
	}
}

func (t *tokenizer) beginValue(quote byte, next state) {
	t.pos++
	t.current.quote = quote
	t.current.value.from = t.pos
	t.state = next
}

// Attribute value (double-quoted) and (single-quoted) states (13.2.5.36, 37).
func (t *tokenizer) attributeValueQuotedState(w []byte, quote byte) {
	at := bytes.IndexByte(w[t.pos:], quote)
	if at < 0 {
		t.pos = len(w)
		return
	}
	t.current.value.to = t.pos + at
	t.pos += at + 1
	t.current.end = t.pos
	if !t.blind && bytes.IndexByte(t.current.value.of(w), 0) >= 0 {
		t.current.odd = true
	}
	t.keepAttribute(w)
	t.state = afterAttributeValueQuoted
}

// Attribute value (unquoted) state (13.2.5.38).
func (t *tokenizer) attributeValueUnquotedState(w []byte) {
	i := t.pos
	for ; i < len(w); i++ {
		if classOf[w[i]]&classUnquoted == 0 {
			continue
		}
		if isSpace(w[i]) || w[i] == '>' {
			break
		}
		t.current.odd = true
	}
	t.pos = i
	if i == len(w) {
		return
	}
	t.current.value.to, t.current.end = i, i
	t.keepAttribute(w)
	t.afterName(w)
}

// After attribute value (quoted) state (13.2.5.39). A missing space is an
// error that every living browser takes alike.
func (t *tokenizer) afterAttributeValueQuotedState(w []byte) {
	if c := w[t.pos]; isSpace(c) || c == '/' || c == '>' {
		t.afterName(w)
		return
	}
	t.tag.odd = true
	t.state = beforeAttributeName
}

// Self-closing start tag state (13.2.5.40). A solidus that closes nothing is
// only a space, but readers have been known to think otherwise.
func (t *tokenizer) selfClosingStartTagState(w []byte) {
	if w[t.pos] == '>' {
		t.pos++
		t.tag.selfClosing = true
		t.emitTag()
		return
	}
	t.tag.odd = true
	t.state = beforeAttributeName
}

// keepAttribute adds the current attribute to the tag. The first of two with
// one name counts; the second makes the tag odd, so that it is rebuilt without.
func (t *tokenizer) keepAttribute(w []byte) {
	if t.blind {
		return
	}
	a := t.current
	name := a.name.of(w)
	hash := nameHash(name)
	a.id = attr(t.attributes.findHashed(name, hash))
	bit := uint64(1) << (hash >> 4)
	if len(t.tag.attrs) == maxAttributes || t.tag.seen&bit != 0 && t.hasAttribute(w, name) {
		t.tag.odd = true
		return
	}
	t.tag.seen |= bit
	t.tag.odd = t.tag.odd || a.odd
	t.tag.attrs = append(t.tag.attrs, a)
}

func (t *tokenizer) hasAttribute(w, name []byte) bool {
	for i := range t.tag.attrs {
		if bytes.EqualFold(t.tag.attrs[i].name.of(w), name) {
			return true
		}
	}
	return false
}
