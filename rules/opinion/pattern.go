package opinion

import (
	"regexp"

	"github.com/lachan-waf/lachan/rules/rx"
)

// pattern is a regular expression that is mostly answered no: rx says so at a
// nanosecond or two per byte, and regexp is asked where it says yes.
type pattern struct {
	asks  *rx.Matcher
	tells *regexp.Regexp
}

// budget bounds what the automata of all patterns take.
var budget = rx.Budget{Most: 16 << 20}

func must(expression string) pattern {
	asks, err := budget.Compile(expression)
	if err != nil {
		panic(err) // of ours
	}
	return pattern{asks, regexp.MustCompile(expression)}
}

// MatchString is that of regexp.Regexp, as are the others.
func (p pattern) MatchString(s string) bool { return p.asks.MatchString(s) }

func (p pattern) FindString(s string) string {
	if !p.MatchString(s) {
		return ""
	}
	return p.tells.FindString(s)
}

func (p pattern) FindStringSubmatch(s string) []string {
	if !p.MatchString(s) {
		return nil
	}
	return p.tells.FindStringSubmatch(s)
}

func (p pattern) FindAllString(s string, n int) []string {
	if !p.MatchString(s) {
		return nil
	}
	return p.tells.FindAllString(s, n)
}

func (p pattern) FindAllStringIndex(s string, n int) [][]int {
	if !p.MatchString(s) {
		return nil
	}
	return p.tells.FindAllStringIndex(s, n)
}

func (p pattern) ReplaceAllString(s, with string) string {
	if !p.MatchString(s) {
		return s
	}
	return p.tells.ReplaceAllString(s, with)
}

func (p pattern) ReplaceAllStringFunc(s string, with func(string) string) string {
	if !p.MatchString(s) {
		return s
	}
	return p.tells.ReplaceAllStringFunc(s, with)
}
