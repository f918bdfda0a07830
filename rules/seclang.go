package rules

import (
	"fmt"
	"strings"
)

// place is a position in a file of the operator's.
type place struct {
	file string
	line int
}

func (p place) String() string { return fmt.Sprintf("%s:%d", p.file, p.line) }

// RuleError is what is wrong with a SecLang file, and where.
type RuleError struct {
	File string
	Line int
	Err  error
}

// Error returns "file:line: what".
func (e *RuleError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %v", e.File, e.Err)
	}
	return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err)
}

// Unwrap returns Err.
func (e *RuleError) Unwrap() error { return e.Err }

func (p place) errorf(format string, args ...any) error {
	return &RuleError{File: p.file, Line: p.line, Err: fmt.Errorf(format, args...)}
}

// directive is one directive of a SecLang file, which may span several lines.
type directive struct {
	place place
	name  string // lower case: secrule
	args  string // what follows the name, its lines joined
	text  string // as written, without comments: what coraza compiles
}

// maxLine is below bufio.MaxScanTokenSize (64 KiB): coraza's own reader stops at
// a longer line without an error and drops the rest of the file.
const maxLine = 60 << 10

// readDirectives splits a file the way coraza's parser does, so that each
// directive can be compiled, and blamed, on its own.
func readDirectives(file string, data []byte) ([]directive, error) {
	var (
		all  []directive
		open scanned
	)
	for n, line := range strings.Split(string(data), "\n") {
		at := place{file, n + 1}
		if len(line) > maxLine {
			return nil, at.errorf("line of %d bytes; the longest is %d", len(line), maxLine)
		}
		if strings.ContainsRune(line, 0) {
			return nil, at.errorf("NUL byte")
		}
		if open.add(at, strings.TrimSpace(line)) {
			all = append(all, open.directive())
			open = scanned{}
		}
	}
	switch {
	case open.backticks:
		return nil, open.place.errorf("backticks left open")
	case open.text.Len() > 0:
		return nil, open.place.errorf("the file ends in the middle of a directive: its last line ends with a backslash")
	}
	return all, nil
}

// scanned gathers the lines of one directive.
type scanned struct {
	place     place
	text      strings.Builder
	args      strings.Builder
	backticks bool
}

// add takes a trimmed line and says whether it completes the directive. A
// comment is skipped wherever it stands, within a continued directive too.
func (s *scanned) add(at place, line string) (complete bool) {
	if line == "" || line[0] == '#' {
		return false
	}
	if s.text.Len() == 0 {
		s.place = at
	}
	s.text.WriteString(line)
	s.text.WriteByte('\n')
	last := line[len(line)-1]
	switch {
	case !s.backticks && last == '`': // SecDataset name `
		s.backticks = true
	case s.backticks && line[0] == '`':
		s.backticks = false
	}
	if s.backticks {
		s.args.WriteString(line + "\n")
		return false
	}
	if last == '\\' {
		s.args.WriteString(strings.TrimSuffix(line, `\`))
		return false
	}
	s.args.WriteString(line)
	return true
}

func (s *scanned) directive() directive {
	name, args, _ := strings.Cut(s.args.String(), " ")
	return directive{place: s.place, name: strings.ToLower(name), args: strings.TrimSpace(args), text: s.text.String()}
}

// rule holds the three parts of a SecRule, or the actions of a SecAction.
type rule struct {
	variables string
	operator  string // without the quotes: "@rx ^a", "!@eq 0", "^a"
	actions   string
}

// parseRule reads as much of a rule as is needed to say what it may do; what
// it cannot read is left for coraza to complain about.
func (d directive) parseRule() (r rule, ok bool) {
	switch d.name {
	case "secaction":
		return rule{actions: strings.Trim(d.args, `"`)}, true
	case "secrule":
	default:
		return rule{}, false
	}
	r.variables, r.operator, _ = strings.Cut(d.args, " ")
	r.operator = strings.TrimLeft(r.operator, " ")
	end := closingQuote(r.operator)
	if end < 0 {
		return rule{}, false
	}
	r.actions = strings.Trim(strings.TrimSpace(r.operator[end+1:]), `"`)
	r.operator = strings.ReplaceAll(r.operator[1:end], `\"`, `"`)
	return r, true
}

// closingQuote returns the end of the quoted string s starts with, or -1.
func closingQuote(s string) int {
	if s == "" || s[0] != '"' {
		return -1
	}
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}

// operatorName splits "!@pmFromFile list.data" into pmFromFile and list.data.
// Without an @ it is rx.
func (r rule) operatorName() (name, argument string) {
	op := strings.TrimPrefix(r.operator, "!")
	if !strings.HasPrefix(op, "@") {
		return "rx", op
	}
	name, argument, _ = strings.Cut(op[1:], " ")
	return strings.TrimSpace(name), strings.TrimSpace(argument)
}

// action is one entry of a rule's list of actions.
type action struct{ name, value string }

// splitActions cuts a list at the commas outside single quotes. balanced is
// false where a quote stays open: coraza would only warn, and swallow the rest.
func splitActions(list string) (actions []action, balanced bool) {
	start, quoted := 0, false
	for i := 0; i <= len(list); i++ {
		switch {
		case i < len(list) && list[i] == '\\':
			i++
		case i < len(list) && list[i] == '\'':
			quoted = !quoted
		case i >= len(list) || list[i] == ',' && !quoted:
			name, value, _ := strings.Cut(list[start:min(i, len(list))], ":")
			actions = append(actions, action{strings.ToLower(strings.TrimSpace(name)), strings.Trim(strings.TrimSpace(value), "'")})
			start = i + 1
		}
	}
	return actions, !quoted
}
