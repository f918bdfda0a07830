package clean

import "bytes"

// linkText reads what a piece of cleaned markup says: its text, references
// decoded, and what its attributes put in the place of text.
type linkText struct {
	tok    tokenizer
	text   []byte
	said   []byte // the alt, title and aria-label attributes
	images int
}

// read reads pieces of markup, of which no more is kept than is compared.
func (l *linkText) read(c *Cleaner, pieces ...[]byte) {
	l.text, l.said, l.images = l.text[:0], l.said[:0], 0
	l.tok.elements, l.tok.attributes = c.elements, c.attributes
	for _, markup := range pieces {
		l.readPiece(markup)
	}
}

func (l *linkText) readPiece(markup []byte) {
	l.tok.reset()
	from := 0
	for {
		k := l.tok.next(markup)
		to := len(markup)
		if k != tokenNone {
			to = l.tok.start
		}
		l.text = gather(l.text, markup[from:max(from, to)])
		if k == tokenNone {
			return
		}
		if k == tokenTag && !l.tok.tag.closing {
			l.readTag(markup)
		}
		from = l.tok.pos
		l.tok.took()
	}
}

// gather appends a piece of text, references decoded, as far as there is room.
func gather(text, piece []byte) []byte {
	piece = piece[:min(len(piece), maxLexicon-len(text))]
	if len(piece) == 0 {
		return text
	}
	text = append(text, decodeAttribute(piece)...)
	if len(text) < maxLexicon {
		text = append(text, ' ')
	}
	return text
}

func (l *linkText) readTag(markup []byte) {
	t := &l.tok.tag
	if t.el == elImg {
		l.images++
	}
	for i := range t.attrs {
		switch a := &t.attrs[i]; a.id {
		case attrAlt, attrTitle, attrAriaLabel:
			l.said = gather(l.said, a.value.of(markup))
		}
	}
}

// blank reports that a visitor finds nothing to press on.
func (l *linkText) blank() bool {
	return l.images == 0 && len(bytes.Trim(l.text, " \t\r\n.,-|·")) == 0
}

// all is the text with what the attributes say.
func (l *linkText) all() []byte { return append(l.text, l.said...) }
