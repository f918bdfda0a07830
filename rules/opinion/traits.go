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

// traits are patterns that are asked together: nearly every value has none of
// them, and is read once to learn so instead of once for each.
type traits struct {
	some *rx.Matcher
	each []trait
}

func newTraits(each []trait) traits {
	patterns := make([]pattern, len(each))
	for i := range each {
		patterns[i] = each[i].pattern
	}
	return traits{some(patterns...), each}
}

// some matches what one of patterns does.
func some(patterns ...pattern) *rx.Matcher {
	var all []string
	for _, p := range patterns {
		all = append(all, "(?:"+p.tells.String()+")")
	}
	m, err := budget.Compile(strings.Join(all, "|"))
	if err != nil {
		panic(err) // of ours
	}
	return m
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
