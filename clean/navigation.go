package clean

import (
	"bytes"
	"iter"
)

// maxExpression is how much is read of what leads somewhere.
const maxExpression = 300

// readNavigation looks for a host that may not be linked within the expression
// that navigates, or for one anywhere where that is a variable, where location
// goes by another name, or where a link is made and followed.
func (s *scriptReader) readNavigation(text, dense []byte) {
	anywhere := s.anywhere(text, dense) // once: a script may navigate a million times
	for expression := range navigations(dense) {
		host := anywhere
		if expression != nil {
			host = s.stranger(expression, kindLink)
		}
		if host != "" {
			s.leadsTo(host)
			return
		}
	}
	if anywhere != "" && clicks(dense) {
		s.leadsTo(anywhere)
		return
	}
	for expression := range diversions(dense) {
		if host := s.stranger(expression, kindLink); host != "" {
			s.leadsTo(host)
			return
		}
	}
}

func (s *scriptReader) leadsTo(host string) {
	s.host = host
	s.add(reasonLeadsAway, true)
}

// anywhere returns a host of the script that may not be linked.
func (s *scriptReader) anywhere(text, dense []byte) string {
	host := s.stranger(text, kindLink)
	for _, name := range [...]string{"host", "hostname"} {
		for u := range usesOf(dense, name) {
			if host != "" {
				return host
			}
			if value, ok := assignment(u.after); ok && u.behind(".") {
				host = s.stranger(bareAuthority(value), kindLink)
			}
		}
	}
	return host
}

// bareAuthority writes the host that a literal holds as a reference to it.
func bareAuthority(expression []byte) []byte {
	if literal := bareLiteral(expression); literal != nil {
		return append([]byte("//"), literal[1:]...)
	}
	return nil
}

// bareLiteral returns the literal that an expression begins with, with the quote
// before it.
func bareLiteral(expression []byte) []byte {
	if len(expression) == 0 || !quotes[expression[0]] {
		return nil
	}
	content, _, _ := bytes.Cut(expression[1:min(len(expression), maxExpression)], expression[:1])
	return expression[:1+len(content)]
}

// navigations yields the expressions in dense text that lead the visitor to
// another page; nil where it may be any of the script's.
func navigations(dense []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		takes := containsAny(dense, takers[:])
		for u := range usesOf(dense, "location") {
			if expression, leads := u.leads(takes); leads && !yield(expression) {
				return
			}
		}
		for _, name := range [...]string{"navigate", "open"} {
			for u := range usesOf(dense, name) {
				if expression, leads := u.opens(name); leads && !yield(expression) {
					return
				}
			}
		}
		if containsAny(dense, refreshes[:]) { // the URL stands behind a semicolon, or before
			yield(nil)
		}
	}
}

// navigates reports whether dense text leads anywhere.
func navigates(dense []byte) bool {
	for range navigations(dense) {
		return true
	}
	return false
}

// refreshes are the ways to write meta refresh, or to make one.
var refreshes = [...]string{"http-equiv=refresh", `http-equiv="refresh`, "http-equiv='refresh",
	`["http-equiv"]="refresh`, "['http-equiv']='refresh", `.httpEquiv="refresh`, ".httpEquiv='refresh", `"http-equiv","refresh`, "'http-equiv','refresh"}

// leads reports whether a use of location may lead away, and by which expression
// if that can be told. What only reads it is told from what passes it on; a
// property of that name counts where the script takes objects apart.
func (u *use) leads(takes bool) (expression []byte, leads bool) {
	if u.key() {
		return goal(u.after[1:]), takes
	}
	if u.quoted {
		return nil, !u.behind(":") && !u.follows(":", "in ")
	}
	name, rest := memberName(u.after)
	value, assigned := assignment(rest)
	switch name {
	case "":
		return u.passed(value, assigned)
	case "href":
		return goal(value), assigned
	case "host", "hostname":
		return bareAuthority(value), assigned
	case "assign", "replace":
		if call, calls := bytes.CutPrefix(bytes.TrimPrefix(rest, []byte("?.")), []byte("(")); calls {
			return goal(call), true
		}
		return nil, true
	}
	return nil, false
}

// takers take objects apart, or put their members into others.
var takers = [...]string{"}=", "Object.assign", "defineProperties", "Reflect."}

// passed is about location itself: it is set, reached into by a name that is
// made up, or gets another name.
func (u *use) passed(value []byte, assigned bool) (expression []byte, leads bool) {
	switch {
	case assigned:
		return goal(value), true
	case len(u.after) == 0, u.follows("["):
		return nil, true
	case u.behind("URL(", "String(", "encodeURIComponent(", "escape(", "if(", "while(", "+", `"`, "'", "`"), u.parameter(),
		u.behind(" ") && !u.behind("return ", "of ", "else ", "await ", "yield ", "void ", "case "): // prose, or typeof
		return nil, false
	case u.follows(")"):
		return nil, u.behind("(", ",", "=") && !u.behind("==")
	}
	return nil, u.follows(";", ",", "}", "]", "?.[", "|")
}

// parameter reports whether the name is the first parameter of a function.
func (u *use) parameter() bool {
	head, first := bytes.CutSuffix(u.before, []byte("("))
	for endsName(head) {
		head = head[:len(head)-1]
	}
	return first && (u.follows(")=>") || bytes.HasSuffix(bytes.TrimSuffix(u.before[:len(head)], []byte(" ")), []byte("function")))
}

// goal cuts the expression off with which value begins; nil where that is
// a variable.
func goal(value []byte) []byte {
	if expression := expressionOf(value); !isVariable(expression) {
		return expression
	}
	return nil
}

func expressionOf(value []byte) []byte {
	value = value[:min(len(value), maxExpression)]
	if end := bytes.IndexAny(value, ";}\n"); end >= 0 {
		return value[:end]
	}
	return value
}

// opens is leads for navigate() and open(), which have many namesakes.
func (u *use) opens(name string) (expression []byte, leads bool) {
	call, calls := bytes.CutPrefix(bytes.TrimPrefix(u.after, []byte("?.")), []byte("("))
	if name == "navigate" {
		return goal(call), calls && u.behind("navigation.", "navigation?.", "window.", "navigation")
	}
	object, member := bytes.CutSuffix(u.before, []byte("."))
	windows := use{before: bytes.TrimSuffix(object, []byte("?"))}
	switch ofWindow := windows.behind("window", "self", "top", "parent", "globalThis", "frames", "defaultView"); {
	case !calls:
		return nil, ofWindow && member && u.follows(";", ",", ".bind(", ".call(", ".apply(")
	case u.behind("function "), (member || endsName(object)) && !ofWindow && !u.subscript:
		return nil, false
	}
	return expressionOf(call), true
}

// isVariable reports whether an expression begins with a name and holds no literal
// but for the subscripts of cfg["url"].
func isVariable(expression []byte) bool {
	if len(expression) == 0 || !isName(expression[0]) {
		return false
	}
	for rest := expression; ; {
		at := bytes.IndexAny(rest, `"'`)
		if at < 0 {
			return true
		}
		quote, before := rest[at], rest[:at]
		end := bytes.IndexByte(rest[at+1:], quote)
		if end < 0 || !bytes.HasSuffix(before, []byte("[")) || !bytes.HasPrefix(rest[at+1+end+1:], []byte("]")) {
			return false
		}
		rest = rest[at+1+end+1:]
	}
}

// clickers follow a link or send a form without the visitor.
var clickers = [...]string{".click()", ".submit()", ".requestSubmit(", ".dispatchEvent("}

// clicks reports whether a script makes a link or a form, and follows it at once.
func clicks(dense []byte) bool {
	if !containsAny(dense, clickers[:]) {
		return false
	}
	lowered := bytes.ToLower(dense)
	return containsAny(lowered, []string{`createelement("a")`, "createelement('a')", `createelement("form")`, "createelement('form')"}) ||
		containsAny(lowered, []string{"<a href=", "<form"}) && containsAny(lowered, []string{"[0].click()", "[0].submit()", ".get(0).click()"})
}

// everyLink are the ways to reach all the links or forms of a page.
var everyLink = [...]string{"document.links", "document.forms", `("a")`, "('a')", "(`a`)", `("a[href`, "('a[href", `("form")`, "('form')"}

// diversions yields what a script sets the page's own links and forms to.
func diversions(dense []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		if !containsAny(bytes.ToLower(dense), everyLink[:]) {
			return
		}
		for _, name := range [...]string{"href", "action", "formAction"} {
			for u := range usesOf(dense, name) {
				value, set := assignment(u.after)
				if u.quoted {
					value, set = bytes.CutPrefix(u.after, []byte(","))
				}
				if literal := bareLiteral(value); set && !yield(literal) {
					return
				}
			}
		}
	}
}
