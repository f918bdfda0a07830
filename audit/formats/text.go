package formats

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// text reads a string. What it returns is a part of the line, or of the arena.
func (r *reader) text(e *event) ([]byte, error) {
	if r.peek() != '"' {
		return nil, errSyntax
	}
	r.pos++
	part, err := r.plain(e)
	if err != nil {
		return nil, err
	}
	if r.line[r.pos] == '"' {
		r.pos++
		return part, nil
	}
	for kept := len(r.arena); ; {
		r.arena = append(r.arena, part...)
		if r.line[r.pos] == '"' {
			r.pos++
			return r.arena[kept:len(r.arena):len(r.arena)], nil
		}
		if err := r.escape(); err != nil {
			return nil, err
		}
		if part, err = r.plain(e); err != nil {
			return nil, err
		}
	}
}

// plain reads up to the next quote or backslash.
func (r *reader) plain(e *event) ([]byte, error) {
	from, foreign := r.pos, false
	for ; r.pos < len(r.line); r.pos++ {
		switch c := r.line[r.pos]; {
		case c == '"' || c == '\\':
			part := r.line[from:r.pos]
			if foreign && !utf8.Valid(part) {
				return nil, errUTF8
			}
			e.rewritten = e.rewritten || foreign && holdsDeceptive(part)
			return part, nil
		case c < 0x20:
			return nil, errControl
		case c >= 0x7f:
			foreign = true
		}
	}
	return nil, errEnd
}

// escape reads what follows a backslash into the arena.
func (r *reader) escape() error {
	if r.pos++; r.pos == len(r.line) {
		return errEnd
	}
	c := r.line[r.pos]
	r.pos++
	switch c {
	case '"', '\\', '/':
		r.arena = append(r.arena, c)
	case 'b':
		r.arena = append(r.arena, '\b')
	case 'f':
		r.arena = append(r.arena, '\f')
	case 'n':
		r.arena = append(r.arena, '\n')
	case 'r':
		r.arena = append(r.arena, '\r')
	case 't':
		r.arena = append(r.arena, '\t')
	case 'u':
		return r.unicode()
	default:
		return errSyntax
	}
	return nil
}

// unicode reads the digits after \u, and the other half of a pair. Half a pair
// is no character and becomes U+FFFD, as encoding/json has it.
func (r *reader) unicode() error {
	c, err := r.hex()
	if err != nil {
		return err
	}
	if utf16.IsSurrogate(c) {
		c = r.pair(c)
	}
	r.arena = utf8.AppendRune(r.arena, c)
	return nil
}

func (r *reader) pair(high rune) rune {
	before := r.pos
	if bytes.HasPrefix(r.line[r.pos:], []byte(`\u`)) {
		r.pos += 2
		if low, err := r.hex(); err == nil {
			if c := utf16.DecodeRune(high, low); c != utf8.RuneError {
				return c
			}
		}
	}
	r.pos = before // what is no other half is read by itself
	return utf8.RuneError
}

func (r *reader) hex() (rune, error) {
	if r.pos+4 > len(r.line) {
		return 0, errEnd
	}
	digits := r.line[r.pos : r.pos+4]
	n, err := strconv.ParseUint(string(digits), 16, 16)
	if err != nil || digits[0] == '+' {
		return 0, errSyntax
	}
	r.pos += 4
	return rune(n), nil
}
