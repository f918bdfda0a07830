package clean

// comment passes a comment on in a form that no reader ends elsewhere.
func (w *rewriter) comment(b []byte) {
	text := b[w.tok.start:w.tok.pos]
	switch {
	case !w.tok.closed || w.place.noscript && hasMarkup(text[1:]):
		w.remove(b)
	case hasPrefixFold(text[len("<!--"):], "esi"):
		w.removeFound(b, Finding{Kind: kindScript.String(), Element: "#comment", Reasons: []string{reasonESI}})
	default:
		w.keep(b)
	}
}

// hasMarkup reports whether b holds a < that could begin a tag.
func hasMarkup(b []byte) bool {
	for i := 0; i+1 < len(b); i++ {
		if b[i] == '<' && (isLetter(b[i+1]) || b[i+1] == '/' || b[i+1] == '!' || b[i+1] == '?') {
			return true
		}
	}
	return len(b) > 0 && b[len(b)-1] == '<'
}

// cdata passes a CDATA section on as the text it is.
func (w *rewriter) cdata(b []byte) {
	text := b[w.tok.temp : w.tok.pos-len("]]>")]
	plain := true
	for _, c := range text {
		plain = plain && c != '<' && c != '>'
	}
	if plain {
		w.keep(b)
		return
	}
	w.passText(b, w.tok.start)
	w.cursor = w.tok.pos
	w.out.emitEscaped(escapeRaw, text)
}

// doctype passes the first document type on if nothing before it mattered,
// and only in a form that holds nothing but a public and a system identifier.
func (w *rewriter) doctype(b []byte) {
	text := b[w.tok.start:w.tok.pos]
	switch {
	case w.place.begun:
		w.remove(b)
	case plainDoctype(text):
		w.place.begun = true
		w.keep(b)
	default:
		w.place.begun = true
		w.replace(b, "<!DOCTYPE html>")
	}
}

func plainDoctype(text []byte) bool {
	var quote byte
	for _, c := range text[1 : len(text)-1] {
		switch {
		case c == '<' || c == '>' || c == 0 || c >= 0x7F:
			return false
		case c != '"' && c != '\'':
		case quote == 0:
			quote = c
		case quote == c:
			quote = 0
		}
	}
	return quote == 0
}
