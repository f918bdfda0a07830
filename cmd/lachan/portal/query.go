package portal

import (
	"fmt"
	"strings"
)

// maxDepth bounds the parentheses of a query; deeper ones are an error.
const maxDepth = 16

// selectWhere returns the rows for which a condition holds. The condition is
// a little of SQL, enough to be injected into as a real database is:
//
//	or      = and { "OR" and }
//	and     = compare { "AND" compare }
//	compare = "(" or ")" | operand ( "=" | "LIKE" ) operand
//	operand = 'string' | number | "title" | "public"
//
// with "--" and "#" starting a comment.
func selectWhere(rows []document, condition string) ([]document, error) {
	words, err := scan(condition)
	if err != nil {
		return nil, err
	}
	var found []document
	for _, row := range rows {
		q := query{row: row, words: words}
		holds, err := q.or(0)
		if err != nil {
			return nil, err
		}
		if rest := q.peek(); rest != "" {
			return nil, fmt.Errorf("syntax error near %q", rest)
		}
		if holds {
			found = append(found, row)
		}
	}
	return found, nil
}

// query evaluates a condition for one row while it parses.
type query struct {
	row   document
	words []string
}

func (q *query) peek() string {
	if len(q.words) == 0 {
		return ""
	}
	return q.words[0]
}

func (q *query) take(word string) bool {
	if !strings.EqualFold(q.peek(), word) || word == "" {
		return false
	}
	q.words = q.words[1:]
	return true
}

func (q *query) or(depth int) (bool, error) {
	holds, err := q.and(depth)
	for err == nil && q.take("OR") {
		var right bool
		right, err = q.and(depth)
		holds = holds || right
	}
	return holds, err
}

func (q *query) and(depth int) (bool, error) {
	holds, err := q.compare(depth)
	for err == nil && q.take("AND") {
		var right bool
		right, err = q.compare(depth)
		holds = holds && right
	}
	return holds, err
}

func (q *query) compare(depth int) (bool, error) {
	if depth == maxDepth {
		return false, fmt.Errorf("more than %d parentheses", maxDepth)
	}
	if q.take("(") {
		holds, err := q.or(depth + 1)
		if err == nil && !q.take(")") {
			err = fmt.Errorf("syntax error near %q", q.peek())
		}
		return holds, err
	}
	left, err := q.operand()
	if err != nil {
		return false, err
	}
	like := q.take("LIKE")
	if !like && !q.take("=") {
		return false, fmt.Errorf("syntax error near %q", q.peek())
	}
	right, err := q.operand()
	if err != nil {
		return false, err
	}
	if like {
		return strings.Contains(strings.ToLower(left), strings.ToLower(strings.Trim(right, "%"))), nil
	}
	return left == right, nil
}

func (q *query) operand() (string, error) {
	word := q.peek()
	if word == "" {
		return "", fmt.Errorf("syntax error near the end")
	}
	q.words = q.words[1:]
	switch {
	case word[0] == '\'':
		return word[1:], nil
	case word[0] >= '0' && word[0] <= '9':
		return word, nil
	case strings.EqualFold(word, "title"):
		return q.row.Title, nil
	case strings.EqualFold(word, "public") && q.row.Public:
		return "1", nil
	case strings.EqualFold(word, "public"):
		return "0", nil
	}
	return "", fmt.Errorf("unknown column %q", word)
}

// scan splits a condition into words; a string keeps its opening quote, which
// tells it from a name.
func scan(s string) ([]string, error) {
	var words []string
	for {
		s = strings.TrimLeft(s, " \t\r\n+")
		if s == "" || s[0] == '#' || strings.HasPrefix(s, "--") {
			return words, nil
		}
		n := 1
		switch {
		case s[0] == '\'':
			end := strings.IndexByte(s[1:], '\'')
			if end < 0 {
				return nil, fmt.Errorf("unterminated string near %q", s)
			}
			words = append(words, s[:1+end])
			s = s[end+2:]
			continue
		case !strings.ContainsRune("()=,;", rune(s[0])):
			if n = strings.IndexAny(s, " \t\r\n()=,;'#"); n < 0 {
				n = len(s)
			}
		}
		words = append(words, s[:n])
		s = s[n:]
	}
}
