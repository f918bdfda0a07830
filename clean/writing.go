package clean

import "bytes"

// writers write markup.
var writers = [...]string{"document.write(", "document.writeln("}

// writesMarkup reports whether a script writes markup, by whatever way it reaches
// the method.
func writesMarkup(dense []byte) bool {
	if containsAny(dense, writers[:]) {
		return true
	}
	for _, name := range [...]string{"write", "writeln"} {
		for u := range usesOf(dense, name) {
			if u.subscript && u.follows("(") || u.quoted && !u.key() && bytes.Contains(dense, []byte("document[")) || u.behind("document.") && u.follows(".call(", ".apply(", ".bind(") {
				return true
			}
		}
	}
	return false
}

// plantsLinks reports whether a script holds links as markup, in words of the
// lexicon, and puts them into the page. The caller knows a host of theirs.
func (s *scriptReader) plantsLinks(text, dense []byte) bool {
	if !containsAny(dense, inserters[:]) || !containsAny(bytes.ToLower(dense), []string{"<a href=", "<ahref="}) {
		return false
	}
	words := &s.w.link.words // free: a link is read at its end
	words.read(text)
	return words.spam() && s.stranger(text, kindLink) != ""
}

// readTitle looks at the titles that a script gives the page.
func (s *scriptReader) readTitle(dense []byte) {
	for u := range usesOf(dense, "title") {
		value, set := assignment(u.after)
		if _, cut := s.w.cutTitle(expressionOf(value)); set && cut && u.behind("document.") {
			s.add(reasonSpamText, true)
			return
		}
	}
}
