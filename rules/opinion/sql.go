package opinion

import (
	"slices"
	"strings"
)

// sql says what a value would do in a statement, "" where it would be data. It
// tries the places where applications put values: behind a number or a name,
// and within each kind of quotes, which the value must leave before anything
// else of it counts. What follows must read on as SQL does: an operator and an
// operand, another SELECT, another statement, a comment. Natural text leaves
// quotes too (it's, 5' 6"), but goes on with a word.
func sql(v string) string {
	if why := sqlBare(tokens(v)); why != "" {
		return why
	}
	for _, quote := range []byte{'\'', '"', '`'} {
		at := strings.IndexByte(v, quote)
		if at < 0 {
			continue
		}
		before := v[:at]
		if why := sqlTail(tokens(v[at+1:]+string(quote)), before, true); why != "" {
			return "leaves its quotes: " + why
		}
		// A doubled quote is one character, and the string goes on behind it.
		if strings.HasPrefix(v[at+1:], string(quote)) {
			if why := sqlTail(tokens(v[at+2:]), before, true); why != "" {
				return "leaves its quotes: " + why
			}
		}
	}
	return ""
}

// sqlBare judges a value that stands without quotes: `1 OR 1=1`, `id, (SELECT …)`.
func sqlBare(t []token) string {
	if why := sqlAnywhere(t); why != "" {
		return why
	}
	t = skip(t, ")")
	if len(t) == 0 {
		return ""
	}
	if why := sqlWhole(t); why != "" {
		return why
	}
	n := operand(t)
	if n == 0 || n >= len(t) {
		return ""
	}
	first, rest := t[0], t[n:]
	if first.kind == text {
		return "" // tried with its quotes
	}
	if rest[0].kind == sign && isComparison(rest[0].text) {
		return "" // size=xl, a query language of the application's own
	}
	if rest[0].kind == comment && (first.kind != number || run(first.text, isDigit) < len(first.text) || strings.TrimSpace(strings.TrimLeft(rest[0].text, "-#")) != "") {
		return "" // c#, sku--2
	}
	return sqlTail(rest, first.text, first.kind == number || n > 1)
}

// sqlWhole judges what needs nothing before it.
func sqlWhole(t []token) string {
	switch {
	case isSelect(t):
		return "a SELECT"
	case isDelay(t):
		return "a call of " + t[0].text
	case len(t) > 1 && t[0].text == "(" && (isSelect(t[1:]) || len(t) == 6 && is(t[1:], "select") && t[3].text == "from"):
		return "a SELECT in brackets"
	case isStatement(t) && t[0].text != "select" && slices.ContainsFunc(t, func(x token) bool { return x.kind != word }), t[0].text == ";" && isStatement(t[1:]):
		return "a statement"
	case is(t, "case", "when"):
		return "an expression"
	case is(t, "waitfor", "delay"), is(t, "waitfor", "time"):
		return "a delay"
	case (is(t, "or") || is(t, "and") || is(t, "||") || is(t, "&&")) && isPredicate(t[1:]):
		return "a condition"
	case is(t, "having") && isPredicate(t[1:]), is(t, "order", "by") && isOrder(t[2:]):
		return "a clause"
	}
	return ""
}

// sqlTail judges what stands behind an operand or behind its quotes.
func sqlTail(t []token, before string, certain bool) string {
	t = skip(t, ")")
	if len(t) == 0 {
		return ""
	}
	head, rest := t[0], t[1:]
	tight := !strings.ContainsAny(strings.TrimSpace(before), " \t\n")
	switch {
	case head.kind == comment:
		return sqlComment(head.text, tight)
	case head.text == ";":
		if len(rest) == 0 || isDangling(rest) {
			if certain && tight && before != "" && len(rest) > 0 {
				return "ends the statement"
			}
			return ""
		}
		if isStatement(rest) || rest[0].kind == comment && tight {
			return "another statement"
		}
	case is(t, "or"), is(t, "and"), is(t, "xor"), is(t, "||"), is(t, "&&"), is(t, "where"), is(t, "having"), is(t, "when"), is(t, "not"):
		if isPredicate(rest) {
			return "a condition"
		}
		if is(t, "||") && isValue(rest) {
			return "an expression"
		}
	case is(t, "union"), is(t, "intersect"), is(t, "except"), is(t, "minus"):
		for is(rest, "all") || is(rest, "distinct") || is(rest, "(") {
			rest = rest[1:]
		}
		if is(rest, "select") || is(rest, "values") || is(rest, "table") {
			return "another SELECT"
		}
	case is(t, "order", "by"), is(t, "group", "by"):
		if isOrder(t[2:]) {
			return "a clause"
		}
	case is(t, "limit"), is(t, "offset"), is(t, "procedure"), is(t, "into"):
		if is(t, "procedure", "analyse") || is(t, "into", "outfile") || is(t, "into", "dumpfile") || len(rest) > 1 && rest[0].kind == number && (rest[1].kind == comment || rest[1].text == "," || rest[1].text == ";") {
			return "a clause"
		}
	case is(t, "waitfor", "delay"), is(t, "like"), is(t, "rlike"), is(t, "regexp"), is(t, "between"), is(t, "in"), is(t, "is"), is(t, "sounds"), is(t, "div"):
		if certain && (head.text == "waitfor" || len(rest) > 0 && (rest[0].kind == text || rest[0].kind == number || is(rest, "null") || is(rest, "not") || is(rest, "(", "select"))) && !isDangling(rest) {
			return "a comparison"
		}
	case is(t, ","):
		if is(rest, "(", "select") || isDelay(rest) || len(rest) > 1 && rest[0].kind == number && rest[1].kind == comment {
			return "another column"
		}
	case head.kind == sign:
		return sqlOperator(head, rest, before, certain)
	}
	return ""
}

// sqlComment judges what cuts the statement off behind a quote.
func sqlComment(s string, tight bool) string {
	body := strings.TrimLeft(s, "-#")
	switch {
	case !tight:
		return ""
	case strings.HasPrefix(s, "--"):
		if body == "" || body[0] <= ' ' || body[0] == '+' || len(body) < 4 {
			return "cuts the statement off"
		}
	case len(strings.TrimSpace(body)) < 4:
		return "cuts the statement off"
	}
	return ""
}

// sqlOperator judges an operator behind an operand: '-sleep(5)-', '='.
func sqlOperator(head token, rest []token, before string, certain bool) string {
	for len(rest) > 0 && rest[0].kind == sign && strings.Contains("(+-~!", rest[0].text) {
		rest = rest[1:]
	}
	switch {
	case len(rest) == 0 || !strings.Contains("=<>!=<=>|&^+-*/%", head.text):
		return ""
	case isSelect(rest), is(rest, "select"), is(rest, "case", "when"), isCall(rest) && functions[rest[0].text]:
		return "an expression"
	case certain && isComparison(head.text) && (rest[0].kind == text || rest[0].kind == number) && strings.TrimSpace(before) == "":
		return "a comparison"
	case certain && isDangling(rest) && before == "" && head.text != "/" && head.text != "-":
		return "an expression"
	case certain && isComparison(head.text) && rest[0].kind == number && len(rest) > 1 && (rest[1].kind == comment || is(rest[1:], "or") || is(rest[1:], "and")):
		return "a comparison"
	}
	return ""
}

// sqlAnywhere finds what no text holds: a UNION with its SELECT, the catalogue
// in a FROM, the calls that are made for their effect.
func sqlAnywhere(t []token) string {
	for i := range t {
		if t[i].kind != word {
			continue
		}
		rest := t[i:]
		switch w := t[i].text; {
		case w == "union" && isUnion(rest[1:]):
			return "a UNION"
		case w == "select" && i > 0 && t[i-1].text == "(" && len(rest) > 2 && (isSelect(rest) || isCall(rest[1:]) && functions[rest[1].text]):
			return "a SELECT in brackets"
		case w == "select" && is(rest[1:], "(", "case"):
			return "a SELECT"
		case w == "from" && len(rest) > 1 && catalogues[rest[1].text]:
			return "reads the catalogue"
		case w == "into" && len(rest) > 2 && (is(rest[1:], "outfile") || is(rest[1:], "dumpfile")) && rest[2].kind == text:
			return "writes a file"
		case w == "waitfor" && len(rest) > 2 && is(rest[1:], "delay") && rest[2].kind == text:
			return "a delay"
		case isCall(rest) && weapons[w] && !(i > 0 && t[i-1].text == "."), w == "xp_cmdshell":
			return "a call of " + w
		case i > 0 && isDelay(rest) && (operators[t[i-1].text] || t[i-1].text == "(" && i > 1 && t[i-2].kind != word):
			return "a call of " + w
		}
	}
	return ""
}

func isUnion(t []token) bool {
	for is(t, "all") || is(t, "distinct") || is(t, "(") {
		t = t[1:]
	}
	if is(t, "values") {
		return len(t) > 1 && t[1].text == "("
	}
	if !is(t, "select") || len(t) < 2 {
		return false
	}
	x := t[1]
	return x.kind == number || x.kind == text || x.text == "*" || x.text == "(" || strings.HasPrefix(x.text, "@@") || x.text == "null" ||
		len(t) > 2 && (t[2].text == "," || t[2].text == "(" || t[2].text == "from" || t[2].kind == comment) || len(t) == 2
}

// isSelect reads SELECT list FROM table. A list of plain words is a sentence.
func isSelect(t []token) bool {
	if !is(t, "select") || len(t) < 2 {
		return false
	}
	list := t[1:]
	from := slices.IndexFunc(list, func(x token) bool { return x.kind == word && x.text == "from" })
	if from == 0 {
		return false
	}
	technical := func(x token) bool {
		return x.kind == number || x.kind == text || x.text == "*" || x.text == "(" || strings.HasPrefix(x.text, "@@")
	}
	if from < 0 {
		return technical(list[0]) && (list[0].text != "(" || len(list) > 2) || isCall(list) && functions[list[0].text]
	}
	behind := list[from+1:]
	if len(behind) == 0 {
		return false
	}
	if catalogues[behind[0].text] || behind[0].text == "(" && is(behind[1:], "select") {
		return true
	}
	n := operand(behind)
	ends := n >= len(behind) || behind[n].text == ";" || behind[n].text == ")" || behind[n].kind == comment || slices.Contains([]string{"where", "limit", "join", "inner", "left", "order", "group", "union"}, behind[n].text)
	return ends && (slices.ContainsFunc(list[:from], technical) || from > 2 && list[1].text == "," || n < len(behind) && behind[n].text == "where" && from == 1)
}

// isStatement reads the start of a statement.
func isStatement(t []token) bool {
	if len(t) < 2 || t[0].kind != word {
		return false
	}
	second := t[1].text
	switch t[0].text {
	case "select":
		return isSelect(t) || isCall(t[1:])
	case "insert":
		return second == "into" && len(t) > 3 && slices.ContainsFunc(t, func(x token) bool { return x.text == "values" || x.text == "(" || x.text == "select" })
	case "update":
		return len(t) > 4 && t[2].text == "set" && slices.ContainsFunc(t[3:], func(x token) bool { return x.text == "=" })
	case "delete":
		return second == "from" && len(t) > 2 && (len(t) == 3 || t[3].text == "where" || t[3].kind != word)
	case "drop", "alter", "create", "truncate":
		return slices.Contains([]string{"table", "database", "user", "login", "view", "function", "procedure", "trigger", "index", "schema", "column"}, second) && len(t) > 2 && (len(t) < 5 || t[3].kind != word || t[0].text == "alter" || slices.Contains([]string{"cascade", "as", "returns", "identified", "exists"}, t[3].text)) ||
			t[0].text == "drop" && second == "if"
	case "exec", "execute":
		return t[1].kind == text || second == "(" || strings.HasPrefix(second, "xp_") || strings.HasPrefix(second, "sp_") || second == "master" || second == "immediate"
	case "declare", "set":
		return strings.HasPrefix(second, "@")
	case "waitfor":
		return second == "delay" || second == "time"
	case "shutdown":
		return t[1].kind == comment || second == "with"
	case "if", "case", "begin", "copy", "merge", "call", "grant", "load":
		return t[0].text == "if" && second == "(" && t[1].glued && slices.ContainsFunc(t, func(x token) bool { return x.text == "," || x.text == "select" || delays[x.text] }) ||
			is(t, "if", "exists", "(", "select") || is(t, "copy") && slices.ContainsFunc(t, func(x token) bool { return x.text == "program" }) ||
			is(t, "merge", "into") || is(t, "load", "data") || is(t, "grant", "all") || is(t, "case", "when")
	}
	return isDelay(t)
}

// isDelay reads a call with arguments as a machine writes them, not "sleep (8 hours)".
func isDelay(t []token) bool {
	if !isCall(t) || !delays[t[0].text] {
		return false
	}
	n := operand(t[2:])
	return n > 0 && 2+n <= len(t) && (2+n == len(t) || t[2+n-1].text == ")" || t[2+n].text == ")" || t[2+n].kind == sign)
}

// isPredicate reads what may stand behind OR and AND.
func isPredicate(t []token) bool {
	for len(t) > 0 && (t[0].kind == sign && strings.Contains("(!~-+", t[0].text) || is(t, "not") && len(t) > 1) {
		t = t[1:]
	}
	if is(t, "{") && len(t) > 2 { // ODBC's escape
		t = t[2:]
	}
	if len(t) == 0 {
		return false
	}
	if is(t, "select") || is(t, "exists", "(") || is(t, "case", "when") || isCall(t) && functions[t[0].text] || is(t, "row", "(") {
		return true
	}
	n := operand(t)
	if n == 0 {
		return false
	}
	if n >= len(t) { // `' or '1`, `or true`
		return t[0].kind == text && !isDangling(t) && n == 1 && len(t[0].text) < 16 || t[0].text == "true"
	}
	next, rest := t[n], t[n+1:]
	switch {
	case next.kind == comment:
		return t[0].kind != word || t[0].text == "true" || t[0].text == "null"
	case next.kind == sign && isComparison(next.text):
		return len(rest) > 0 && (rest[0].kind != other)
	case next.kind == sign && strings.Contains("+-*/%|&^", next.text):
		return t[0].kind != word && len(rest) > 0 && isPredicate(rest)
	case next.text == "like", next.text == "rlike", next.text == "regexp", next.text == "between":
		return len(rest) > 0 && (rest[0].kind == text || rest[0].kind == number || isCall(rest))
	case next.text == "is":
		return is(rest, "null") || is(rest, "not", "null")
	case next.text == "in":
		return is(rest, "(")
	case next.text == ")", next.text == ";":
		return t[0].kind != word
	case next.text == "or", next.text == "and", next.text == "union", next.text == "limit", next.text == "order", next.text == "group", next.text == "having":
		return t[0].kind != word || isPredicate(rest)
	}
	return false
}

// isOrder reads ORDER BY 3, ORDER BY name--.
func isOrder(t []token) bool {
	n := operand(t)
	return n > 0 && (t[0].kind == number && (n >= len(t) || t[n].kind != word || t[n].text == "asc" || t[n].text == "desc") || isCall(t) && functions[t[0].text] || n < len(t) && t[n].kind == comment)
}

func isValue(t []token) bool {
	return len(t) > 0 && (t[0].kind == text && !isDangling(t) || is(t, "(", "select") || isCall(t) && functions[t[0].text] || t[0].kind == number && len(t) > 1 && t[1].kind == sign)
}

// isDangling recognises the one quote that the application itself closes.
func isDangling(t []token) bool {
	return len(t) == 1 && t[0].kind == text && len(t[0].text) <= 2
}

// operand is how many tokens a literal, a name or a call takes at the start of t.
func operand(t []token) int {
	if len(t) == 0 {
		return 0
	}
	i := 0
	for i < len(t)-1 && t[i].kind == sign && (t[i].text == "-" || t[i].text == "+" || t[i].text == "~" || t[i].text == "(") {
		i++
	}
	if k := t[i].kind; k != word && k != number && k != text {
		return 0
	}
	i++
	for i+1 < len(t) && t[i].text == "." && t[i+1].kind == word {
		i += 2
	}
	if i < len(t) && t[i].text == "(" && t[i-1].kind == word && t[i].glued {
		for depth := 0; i < len(t); i++ {
			switch t[i].text {
			case "(":
				depth++
			case ")":
				if depth--; depth == 0 {
					return i + 1
				}
			}
		}
	}
	for i < len(t) && t[i].text == ")" {
		i++
	}
	return i
}

func isCall(t []token) bool {
	return len(t) > 1 && t[0].kind == word && t[1].kind == sign && t[1].text == "("
}

func isComparison(s string) bool {
	return s == "=" || s == "==" || s == "<" || s == ">" || s == "<=" || s == ">=" || s == "<>" || s == "!=" || s == "<=>" || s == "!<" || s == "!>"
}

func is(t []token, words ...string) bool {
	if len(t) < len(words) {
		return false
	}
	for i, w := range words {
		if t[i].text != w {
			return false
		}
	}
	return true
}

func skip(t []token, what string) []token {
	for len(t) > 0 && t[0].text == what {
		t = t[1:]
	}
	return t
}
