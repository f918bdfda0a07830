package clean

import (
	"bytes"
	"iter"
)

// use is a place where a script names something: by itself, as a member, or in
// a string by which a member can be reached. It is found in dense text (see
// withoutSpace), which no parser has seen.
type use struct {
	before, after []byte // what stands around it, the quotes and brackets of ["name"] left out
	quoted        bool   // in a string that is no subscript
	subscript     bool
}

// usesOf yields the places where dense names name.
func usesOf(dense []byte, name string) iter.Seq[use] {
	return func(yield func(use) bool) {
		for at := range placesOf(dense, name) {
			u := use{before: dense[:at], after: dense[at+len(name):]}
			if endsName(u.before) || len(u.after) > 0 && isNamePart(u.after[0]) {
				continue
			}
			u.unquote()
			if !yield(u) {
				return
			}
		}
	}
}

// uses reports whether dense names name.
func uses(dense []byte, name string) bool {
	for range usesOf(dense, name) {
		return true
	}
	return false
}

func usesAny(dense []byte, names []string) bool {
	for _, name := range names {
		if uses(dense, name) {
			return true
		}
	}
	return false
}

func endsName(text []byte) bool { return len(text) > 0 && isNamePart(text[len(text)-1]) }

// unquote takes the quotes off a name in a string, and of a subscript the brackets.
func (u *use) unquote() {
	n := len(u.before)
	if n == 0 || len(u.after) == 0 || !quotes[u.before[n-1]] || u.after[0] != u.before[n-1] {
		return
	}
	u.before, u.after, u.quoted = u.before[:n-1], u.after[1:], true
	if object, found := bytes.CutSuffix(u.before, []byte("[")); found && hasMembers(object) && bytes.HasPrefix(u.after, []byte("]")) {
		u.before, u.after, u.quoted, u.subscript = object, u.after[1:], false, true
	}
}

// hasMembers reports whether a bracket behind before is a subscript's.
func hasMembers(before []byte) bool {
	return divides(before, nil) || len(before) > 0 && bytes.IndexByte([]byte(`)"'.`+"`"), before[len(before)-1]) >= 0
}

// key reports whether the name is that of a property in an object literal, or of
// a variable that one is taken apart for.
func (u *use) key() bool {
	return bytes.HasPrefix(u.after, []byte(":")) && len(u.before) > 0 && bytes.IndexByte([]byte("{,"), u.before[len(u.before)-1]) >= 0
}

// behind reports whether the name stands directly behind one of the words.
func (u *use) behind(words ...string) bool {
	for _, word := range words {
		if bytes.HasSuffix(u.before, []byte(word)) {
			return true
		}
	}
	return false
}

// follows reports whether one of the words stands directly behind the name.
func (u *use) follows(words ...string) bool {
	for _, word := range words {
		if bytes.HasPrefix(u.after, []byte(word)) {
			return true
		}
	}
	return false
}

// memberName reads .name, ?.name or ["name"] at the head of text.
func memberName(text []byte) (name string, rest []byte) {
	text = bytes.TrimPrefix(text, []byte("?"))
	text, dot := bytes.CutPrefix(text, []byte("."))
	if inner, bracket := bytes.CutPrefix(text, []byte("[")); bracket && len(inner) > 0 && quotes[inner[0]] {
		content, after, _ := bytes.Cut(inner[1:], inner[:1])
		if after, closed := bytes.CutPrefix(after, []byte("]")); closed {
			return string(content[:min(len(content), 32)]), after
		}
	}
	end := 0
	for dot && end < len(text) && isNamePart(text[end]) {
		end++
	}
	return string(text[:min(end, 32)]), text[end:]
}

// assignment returns what is assigned where rest begins with = or, say, ||=.
func assignment(rest []byte) (value []byte, ok bool) {
	value, ok = bytes.CutPrefix(bytes.TrimLeft(rest, "|&?"), []byte("="))
	return value, ok && !bytes.HasPrefix(value, []byte("=")) && !bytes.HasPrefix(value, []byte(">"))
}

// broken reports whether the text ends where one of the words might follow.
func (u *use) broken(words ...string) bool {
	for _, word := range words {
		if len(u.after) < len(word) && word[:len(u.after)] == string(u.after) {
			return true
		}
	}
	return false
}

// behindEach yields what follows each place where dense has one of the words.
func behindEach(dense []byte, words []string) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for _, word := range words {
			for at := range placesOf(dense, word) {
				if !yield(dense[at+len(word):]) {
					return
				}
			}
		}
	}
}

// placesOf yields where word stands in text.
func placesOf(text []byte, word string) iter.Seq[int] {
	return func(yield func(int) bool) {
		for from := 0; ; {
			at := bytes.Index(text[from:], []byte(word))
			if at < 0 || !yield(from+at) {
				return
			}
			from += at + len(word)
		}
	}
}
