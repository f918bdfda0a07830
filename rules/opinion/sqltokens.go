package opinion

import "strings"

// kind is what a token of SQL is.
type kind uint8

const (
	word    kind = iota // keyword or identifier, in lower case
	number              // 1, 0x1F, 1.5e3
	text                // a literal in any quotes
	sign                // an operator or a bracket
	comment             // that runs to the end of the statement
	other               // a byte that SQL has no use for
)

type token struct {
	text  string
	kind  kind
	glued bool // nothing stands between it and the token before
}

// maxTokens bounds what is read of a statement: an injection shows at its start.
const maxTokens = 400

// tokens reads SQL in the union of its dialects: comments of all kinds count
// for white space, as every attack that hides in one relies on. MySQL runs what
// stands in /*! … */.
func tokens(s string) []token {
	list := make([]token, 0, min(len(s)/4+4, maxTokens))
	glued := true
	for i := 0; i < len(s) && len(list) < maxTokens; {
		c := s[i]
		rest := s[i:]
		n, t := 1, token{kind: sign, text: rest[:1]}
		switch {
		case c <= ' ' || c == 0x7f || c == 0xa0:
			i, glued = i+1, false
			continue
		case strings.HasPrefix(rest, "\u00a0"):
			i, glued = i+2, false
			continue
		case strings.HasPrefix(rest, "/*"):
			i, glued = i+commentLen(rest), false
			continue
		case strings.HasPrefix(rest, "*/"): // the end of a comment that is run
			i, glued = i+2, false
			continue
		case strings.HasPrefix(rest, "--"), c == '#':
			n, t = len(rest), token{kind: comment, text: rest}
			if end := strings.IndexByte(rest, '\n'); end >= 0 && strings.TrimSpace(rest[end:]) != "" {
				i, glued = i+end, false
				continue
			}
		case c == '\'' || c == '"' || c == '`':
			n = literalLen(rest)
			t = token{kind: text, text: rest[:n]}
		case isDigit(c) || c == '.' && len(rest) > 1 && isDigit(rest[1]):
			n = run(rest, func(c byte) bool { return isWord(c) || c == '.' })
			t = token{kind: number, text: rest[:n]}
		case isWord(c) || c == '@':
			n = run(rest, func(c byte) bool { return isWord(c) || c == '@' || c == '$' })
			t = token{kind: word, text: lower(rest[:n])}
		case strings.IndexByte("=<>!|&^~", c) >= 0:
			n = run(rest, func(c byte) bool { return strings.IndexByte("=<>!|&", c) >= 0 })
			n = max(n, 1)
			t.text = rest[:n]
		case strings.IndexByte("()+-*/%,;:[]{}.", c) < 0:
			t.kind = other
		}
		t.glued = glued
		list = append(list, t)
		i, glued = i+n, true
	}
	return list
}

// lower is strings.ToLower but for letters beyond ASCII, of which no word of SQL
// has any; two become letters of ASCII in lower case and are left to it.
func lower(s string) string {
	beyond, capitals := false, false
	for i := range len(s) {
		c := s[i]
		beyond, capitals = beyond || c >= 0x80, capitals || c >= 'A' && c <= 'Z'
	}
	switch {
	case !beyond && !capitals:
		return s
	case !beyond || strings.Contains(s, "\u212a") || strings.Contains(s, "\u0130"):
		return strings.ToLower(s)
	case !capitals:
		return s
	}
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] |= 0x20
		}
	}
	return string(b)
}

// commentLen is the length of a comment, or of the opening of one that is run.
func commentLen(s string) int {
	if strings.HasPrefix(s, "/*!") || strings.HasPrefix(s, "/*+") {
		return 3 + run(s[3:], isDigit)
	}
	if end := strings.Index(s[2:], "*/"); end >= 0 {
		return end + 4
	}
	return len(s)
}

// literalLen is the length of a literal; one without an end is closed by the
// application's own quote.
func literalLen(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case s[0]:
			if i+1 < len(s) && s[i+1] == s[0] {
				i++
				continue
			}
			return i + 1
		}
	}
	return len(s)
}

func run(s string, in func(byte) bool) int {
	for i := range len(s) {
		if !in(s[i]) {
			return i
		}
	}
	return len(s)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// isWord takes every byte beyond ASCII for a letter, as MySQL does.
func isWord(c byte) bool { return isDigit(c) || isLetter(c) || c == '_' || c >= 0x80 }
