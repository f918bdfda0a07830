package search

import "bytes"

// maxDepth bounds how deep a line may be nested. Ours are four deep.
const maxDepth = 8

// names are those of the objects that a value lies in, and its own, as they
// stand in the line.
type names [][]byte

// is compares with a dotted path.
func (n names) is(path ...string) bool {
	if len(n) != len(path) {
		return false
	}
	for i, name := range path {
		if string(n[i]) != name {
			return false
		}
	}
	return true
}

// walker reads the values of a JSON object (RFC 8259) without decoding any.
type walker struct {
	line  []byte
	at    int
	names [maxDepth][]byte
	// visit gets each string, as it is written between its quotes, and each
	// number and word. Elements of a list have the names of the list. It returns
	// false to end the walk.
	visit func(n names, raw []byte) bool
	ended bool
}

// walk reports whether the line is an object, as far as visit wanted to see it.
func (w *walker) walk(line []byte) bool {
	w.line, w.at, w.ended = line, 0, false
	w.space()
	if w.at == len(line) || line[w.at] != '{' || !w.value(0) {
		return false
	}
	w.space()
	return w.ended || w.at == len(line)
}

func (w *walker) space() {
	for w.at < len(w.line) {
		switch w.line[w.at] {
		case ' ', '\t', '\r', '\n':
			w.at++
		default:
			return
		}
	}
}

// value reads one value, and reports that the walk goes on or was ended.
func (w *walker) value(depth int) bool {
	w.space()
	if w.at == len(w.line) {
		return false
	}
	switch w.line[w.at] {
	case '{':
		return depth < maxDepth && w.members(depth)
	case '[':
		return depth < maxDepth && w.elements(depth)
	case '"':
		raw, ok := w.text()
		return ok && w.show(depth, raw)
	}
	return w.word(depth)
}

func (w *walker) show(depth int, raw []byte) bool {
	w.ended = !w.visit(w.names[:depth], raw)
	return true
}

// members reads an object.
func (w *walker) members(depth int) bool {
	w.at++
	if w.closes('}') {
		return true
	}
	for {
		w.space()
		if w.at == len(w.line) || w.line[w.at] != '"' {
			return false
		}
		name, ok := w.text()
		if !ok {
			return false
		}
		w.names[depth] = name
		if w.space(); w.at == len(w.line) || w.line[w.at] != ':' {
			return false
		}
		w.at++
		if !w.value(depth + 1) {
			return false
		}
		if w.ended || w.closes('}') {
			return true
		}
		if !w.comma() {
			return false
		}
	}
}

// elements reads a list.
func (w *walker) elements(depth int) bool {
	w.at++
	if w.closes(']') {
		return true
	}
	for {
		// A list in a list is deeper too, though it has no name.
		if !w.element(depth) {
			return false
		}
		if w.ended || w.closes(']') {
			return true
		}
		if !w.comma() {
			return false
		}
	}
}

func (w *walker) element(depth int) bool {
	if w.space(); w.at < len(w.line) && (w.line[w.at] == '[' || w.line[w.at] == '{') {
		w.names[depth] = nil
		return w.value(depth + 1)
	}
	return w.value(depth)
}

func (w *walker) closes(c byte) bool {
	if w.space(); w.at < len(w.line) && w.line[w.at] == c {
		w.at++
		return true
	}
	return false
}

func (w *walker) comma() bool { return w.closes(',') }

// text reads a string, at whose first quote it stands.
func (w *walker) text() ([]byte, bool) {
	from := w.at + 1
	for at := from; ; at++ {
		i := bytes.IndexByte(w.line[at:], '"')
		if i < 0 {
			return nil, false
		}
		at += i
		slashes := at
		for slashes > from && w.line[slashes-1] == '\\' {
			slashes--
		}
		if (at-slashes)%2 == 0 {
			w.at = at + 1
			return w.line[from:at], true
		}
	}
}

// word reads a number, true, false or null.
func (w *walker) word(depth int) bool {
	from := w.at
	for w.at < len(w.line) {
		switch c := w.line[w.at]; {
		case c >= '0' && c <= '9', c >= 'a' && c <= 'z', c == '-', c == '+', c == '.', c == 'E':
			w.at++
		default:
			return w.at > from && w.show(depth, w.line[from:w.at])
		}
	}
	return false
}
