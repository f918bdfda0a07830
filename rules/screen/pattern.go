package screen

import (
	"cmp"
	"regexp/syntax"
	"slices"
	"strings"
)

// maxClauses is how many conditions are looked for per pattern, the rarest.
const maxClauses = 4

// Pattern returns what every value must have that a regular expression of
// syntax.Perl matches, all of it. None: nothing that is worth looking for.
//
// The idea is that of the trigram index of Google Code Search (Cox, 2012) and
// of RE2's FilteredRE2, with words of any length and sets of bytes instead of
// trigrams.
func Pattern(expression string) ([]Clause, error) {
	re, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return nil, err
	}
	return rarest(required(re.Simplify()).clauses()), nil
}

// requirement is what is known of the texts that an expression matches.
type requirement struct {
	// exact are all of them, with ASCII letters in lower case; nil where they
	// are too many, or hold what is not ASCII.
	exact []string
	all   []Clause // met by all of them
}

const maxExact = 128

// clauses returns the conditions, those of exact too.
func (r requirement) clauses() []Clause {
	if r.exact == nil {
		return r.all
	}
	if c, ok := Words(r.exact); ok {
		return append(slices.Clone(r.all), c)
	}
	return r.all
}

// rarest keeps the clauses that are worth looking for, the rarest first.
func rarest(clauses []Clause) []Clause {
	kept := slices.DeleteFunc(slices.Clone(clauses), func(c Clause) bool {
		return c.frequency() > likely || len(c.Words) > maxWords
	})
	slices.SortStableFunc(kept, func(a, b Clause) int {
		return cmp.Compare(a.frequency(), b.frequency())
	})
	return kept[:min(len(kept), maxClauses)]
}

// required reads a simplified expression.
func required(re *syntax.Regexp) requirement {
	switch re.Op {
	case syntax.OpNoMatch:
		return requirement{exact: []string{}, all: []Clause{{}}}
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText,
		syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return requirement{exact: []string{""}}
	case syntax.OpLiteral:
		return requiredLiteral(re.Rune)
	case syntax.OpCharClass:
		return requiredClass(re.Rune)
	case syntax.OpCapture:
		return required(re.Sub[0])
	case syntax.OpPlus:
		return requirement{all: required(re.Sub[0]).clauses()}
	case syntax.OpQuest:
		if sub := required(re.Sub[0]); sub.exact != nil && len(sub.exact) < maxExact {
			return requirement{exact: append(slices.Clone(sub.exact), "")}
		}
	case syntax.OpConcat:
		return requiredConcat(re.Sub)
	case syntax.OpAlternate:
		return requiredAlternate(re.Sub)
	}
	return requirement{}
}

// requiredLiteral takes case as if it did not matter. What is not ASCII counts
// as some byte beyond it, as an expression may mean bytes by it.
func requiredLiteral(runes []rune) requirement {
	if i := slices.IndexFunc(runes, func(r rune) bool { return r >= 0x80 }); i >= 0 {
		r := requirement{all: []Clause{{Bytes: beyondASCII}}}
		for _, part := range [2][]rune{runes[:i], runes[i+1:]} {
			if len(part) > 0 {
				r.all = append(r.all, requiredLiteral(part).clauses()...)
			}
		}
		return r
	}
	return requirement{exact: []string{strings.ToLower(string(runes))}}
}

var beyondASCII = ByteSet{2: 1<<64 - 1, 3: 1<<64 - 1}

// requiredClass reads pairs of runes, from and to.
func requiredClass(pairs []rune) requirement {
	var set ByteSet
	for i := 0; i < len(pairs); i += 2 {
		lo, hi := pairs[i], pairs[i+1]
		if lo == hi && (lo == longS || lo == kelvin) {
			continue
		}
		if lo < 0x80 {
			set.AddRange(byte(lo), byte(min(hi, 0x7f)))
		}
		if hi >= 0x80 {
			set.AddSet(&beyondASCII)
		}
	}
	set.foldLetters()
	var texts []string
	for b := range 0x80 {
		if set.Has(byte(b)) && !('A' <= b && b <= 'Z') {
			texts = append(texts, string(rune(b)))
		}
	}
	if len(texts) > 8 || set.Meets(&beyondASCII) {
		return requirement{all: []Clause{{Bytes: set}}}
	}
	return requirement{exact: texts}
}

// requiredConcat joins what is exact and stands side by side.
func requiredConcat(parts []*syntax.Regexp) requirement {
	var whole requirement
	run, closed := []string{""}, false // closed: something that is not exact was passed
	flush := func() {
		if c, ok := Words(run); ok {
			whole.all = append(whole.all, c)
		}
		run = []string{""}
	}
	for _, part := range parts {
		sub := required(part)
		if sub.exact == nil {
			flush()
			whole.all, closed = append(whole.all, sub.all...), true
			continue
		}
		if len(run)*len(sub.exact) > maxExact {
			flush()
			closed = true
			if len(sub.exact) > maxExact {
				whole.all = append(whole.all, sub.clauses()...)
				continue
			}
		}
		run = product(run, sub.exact)
	}
	if !closed {
		return requirement{exact: run}
	}
	flush()
	return whole
}

func product(heads, tails []string) []string {
	all := make([]string, 0, len(heads)*len(tails))
	for _, head := range heads {
		for _, tail := range tails {
			all = append(all, head+tail)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// requiredAlternate is met by any of its branches, for each of which a
// condition must be known. The rarest of each are taken, and beside them the next.
func requiredAlternate(branches []*syntax.Regexp) requirement {
	subs := make([]requirement, len(branches))
	exact, allExact := []string{}, true
	for i, branch := range branches {
		subs[i] = required(branch)
		exact, allExact = append(exact, subs[i].exact...), allExact && subs[i].exact != nil
	}
	slices.Sort(exact)
	if exact = slices.Compact(exact); allExact && len(exact) <= maxExact {
		return requirement{exact: exact}
	}
	var met [2]Clause
	alternatives := len(met)
	for _, sub := range subs {
		clauses := rarest(sub.clauses())
		alternatives = min(alternatives, len(clauses))
		for i := range alternatives {
			met[i] = met[i].or(clauses[i])
		}
	}
	return requirement{all: met[:alternatives]}
}

// The runes beyond ASCII that fold to a letter of it. For a value that has one
// of them no condition holds.
const (
	longS  = 'ſ'
	kelvin = '\u212a'
)

func foldsToASCII(value string) bool {
	return strings.Contains(value, string(longS)) || strings.Contains(value, string(kelvin))
}
