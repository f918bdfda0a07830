package opinion

import (
	"strings"

	"github.com/lachan-waf/lachan/rules/rx"
)

// trait is a pattern, and what a value that it matches does.
type trait struct {
	pattern pattern
	why     string
}

// Expressions returns regular expressions one of which is matched by every value
// that Judge takes for an attack of the class; none where it goes by more than
// expressions. They are for who looks for the words in them first.
func Expressions(c Class) (list []string) {
	for _, t := range byClass[c] {
		for _, each := range t.each {
			list = append(list, each.pattern.tells.String())
		}
	}
	return list
}

var byClass = map[Class][]traits{
	Path: {pathSigns}, PHP: {phpSigns}, Code: {scriptSigns, templateSigns}, Java: {javaSigns, templateSigns},
	Query: {querySigns}, Directory: {directorySigns}, Declaration: {markupDeclaration},
}

// traits are patterns that are asked together: nearly every value has none of
// them, and is read once to learn so instead of once for each.
type traits struct {
	some *rx.Matcher
	each []trait
}

func newTraits(each []trait) traits {
	all := make([]string, len(each))
	for i := range each {
		all[i] = "(?:" + each[i].pattern.tells.String() + ")"
	}
	some, err := budget.Compile(strings.Join(all, "|"))
	if err != nil {
		panic(err) // of ours
	}
	return traits{some, each}
}

// in returns what the first trait of a value says, "" where it has none.
func (t *traits) in(v string) string {
	if !t.some.MatchString(v) {
		return ""
	}
	for i := range t.each {
		if t.each[i].pattern.MatchString(v) {
			return t.each[i].why
		}
	}
	return ""
}
