package requests

import (
	"errors"
	"strconv"
	"strings"
)

// word is one word of a command line, and the line it begins in.
type word struct {
	text string
	line int
}

// shell splits text into commands as a POSIX shell does, with $'…' of bash.
// Nothing is expanded: a request that holds $x is about these two characters.
type shell struct {
	text     string
	at, line int
	commands [][]word
	open     []word
}

func splitShell(text string) ([][]word, int, error) {
	s := &shell{text: strings.ReplaceAll(text, "\r\n", "\n"), line: 1}
	for s.at < len(s.text) {
		if err := s.next(); err != nil {
			return nil, s.line, err
		}
	}
	s.end()
	return s.commands, 0, nil
}

func (s *shell) next() error {
	switch c := s.text[s.at]; {
	case c == ' ' || c == '\t':
		s.at++
	case c == '\n' || c == ';' || c == '&' || c == '|':
		s.end()
		s.skip(1)
	case c == '#':
		s.at += strings.IndexByte(s.text[s.at:]+"\n", '\n')
	case strings.HasPrefix(s.text[s.at:], "\\\n"):
		s.skip(2)
	default:
		return s.word()
	}
	return nil
}

func (s *shell) end() {
	if len(s.open) > 0 {
		s.commands, s.open = append(s.commands, s.open), nil
	}
}

// skip passes over n bytes and counts lines.
func (s *shell) skip(n int) (passed string) {
	passed = s.text[s.at:min(s.at+n, len(s.text))]
	s.line += strings.Count(passed, "\n")
	s.at += len(passed)
	return passed
}

// word reads up to the next blank or end of the command.
func (s *shell) word() error {
	w := word{line: s.line}
	for s.at < len(s.text) && !strings.ContainsRune(" \t\n;&|", rune(s.text[s.at])) {
		part, err := s.part()
		if err != nil {
			return err
		}
		w.text += part
	}
	s.open = append(s.open, w)
	return nil
}

func (s *shell) part() (string, error) {
	rest := s.text[s.at:]
	switch {
	case strings.HasPrefix(rest, "\\\n"):
		s.skip(2)
		return "", nil
	case rest[0] == '\\' && len(rest) > 1:
		return s.skip(2)[1:], nil
	case rest[0] == '\'':
		return s.single()
	case rest[0] == '"':
		return s.double()
	case strings.HasPrefix(rest, "$'"):
		return s.ansi()
	}
	return s.skip(1), nil
}

var errQuote = errors.New("a quote is not closed")

func (s *shell) single() (string, error) {
	end := strings.IndexByte(s.text[s.at+1:], '\'')
	if end < 0 {
		return "", errQuote
	}
	return s.skip(end + 2)[1 : end+1], nil
}

func (s *shell) double() (string, error) {
	var b strings.Builder
	for s.skip(1); s.at < len(s.text); {
		switch c := s.skip(1); {
		case c == `"`:
			return b.String(), nil
		case c != `\` || s.at == len(s.text):
			b.WriteString(c)
		default:
			if c = s.skip(1); !strings.Contains("\"\\$`\n", c) {
				b.WriteByte('\\')
			}
			b.WriteString(strings.TrimSuffix(c, "\n"))
		}
	}
	return "", errQuote
}

// ansi reads $'…', in which browsers copy what a shell would change.
func (s *shell) ansi() (string, error) {
	var b strings.Builder
	for s.skip(2); s.at < len(s.text); {
		rest := s.text[s.at:]
		switch {
		case rest[0] == '\'':
			s.skip(1)
			return b.String(), nil
		case rest[0] != '\\' || len(rest) < 2:
			b.WriteString(s.skip(1))
		case rest[1] == '\'' || rest[1] == '"' || rest[1] == '?':
			b.WriteString(s.skip(2)[1:])
		default:
			c, wide, tail, err := strconv.UnquoteChar(rest, 0)
			if err != nil {
				return "", errors.New(`an escape in $'…' that is none`)
			}
			if wide {
				b.WriteRune(c)
			} else {
				b.WriteByte(byte(c))
			}
			s.skip(len(rest) - len(tail))
		}
	}
	return "", errQuote
}
