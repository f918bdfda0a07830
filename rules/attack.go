package rules

import (
	"fmt"
	"strings"

	"github.com/corazawaf/coraza/v3/experimental/plugins"
	"github.com/corazawaf/coraza/v3/experimental/plugins/plugintypes"

	"github.com/lachan-waf/lachan/rules/meter"
	"github.com/lachan-waf/lachan/rules/opinion"
	"github.com/lachan-waf/lachan/rules/screen"
)

func init() {
	plugins.RegisterOperator("lachanAttack", func(o plugintypes.OperatorOptions) (plugintypes.Operator, error) {
		return newAttack(o.Arguments)
	})
}

// newAttack reads the argument of the operator: a class, and whether the value
// is decoded, as in "sql decoded".
func newAttack(argument string) (attack, error) {
	name, decodes := strings.CutSuffix(argument, " decoded")
	if name == "any" {
		return attack{anywhere, decodes}, nil
	}
	c, ok := attackClasses[name]
	if !ok {
		return attack{}, fmt.Errorf("lachanAttack: no judge is called %q", name)
	}
	return attack{[]opinion.Class{c}, decodes}, nil
}

var attackClasses = map[string]opinion.Class{
	"sql": opinion.SQL, "markup": opinion.Markup, "shell": opinion.Shell, "php": opinion.PHP, "code": opinion.Code, "java": opinion.Java,
	"query": opinion.Query, "path": opinion.Path, "declaration": opinion.Declaration, "directory": opinion.Directory,
}

// anywhere are the classes whose attacks show themselves outside arguments too.
var anywhere = []opinion.Class{opinion.SQL, opinion.Markup, opinion.Shell, opinion.PHP, opinion.Code, opinion.Java, opinion.Path, opinion.Declaration}

// signs are what no attack of a class does without. Most values have none, and
// are not judged.
var signs = map[opinion.Class]string{
	opinion.SQL: "'\"`(=;-#*%|\\", opinion.Markup: "<>='\":(`&%\\+", opinion.Shell: ";|&`$()\n/%-!{", opinion.PHP: "<($[:%{", opinion.Code: "({[_$%",
	opinion.Java: "${(.%\\", opinion.Query: "$'\"", opinion.Path: "/\\.%", opinion.Declaration: "<%&\\", opinion.Directory: ")'",
}

// attack matches values that are attacks of a class. It is for rules of ours:
// where one of CRS's has matched, the second opinion asks the same judges.
type attack struct {
	classes []opinion.Class
	// decodes is set where the readings of a value are not values themselves,
	// as those of arguments and cookies are.
	decodes bool
}

// Evaluate implements plugintypes.Operator.
func (a attack) Evaluate(tx plugintypes.TransactionState, value string) bool {
	return !meter.Of(tx).Over(len(value)) && a.in(value)
}

// in reports whether value is an attack.
func (a attack) in(value string) bool {
	if len(value) < 3 || len(value) > longestJudged {
		return false
	}
	for _, c := range a.classes {
		if mayBeAttack(c, value) && opinion.Judge(c, value) != "" {
			return true
		}
	}
	if !a.decodes {
		return false
	}
	for _, reading := range opinion.Readings(value) {
		for _, c := range a.classes {
			if mayBeAttack(c, reading) && opinion.Judge(c, reading) != "" {
				return true
			}
		}
	}
	return false
}

// mayBeAttack is the cheap question; serialized objects of Java's have no signs.
func mayBeAttack(c opinion.Class, value string) bool {
	return strings.ContainsAny(value, signs[c]) || strings.HasPrefix(value, javaObject)
}

// javaObject begins a serialized object of Java's in base64.
const javaObject = "rO0AB"

// condition tells a screen what no attack does without: the signs, and what the
// expressions of its class ask for. A value that is decoded may be one without.
func (a attack) condition(r *screen.Rule) bool {
	if a.decodes || len(a.classes) != 1 {
		return true
	}
	c := a.classes[0]
	if !wordsCondition(r, append(strings.Split(signs[c], ""), javaObject)) {
		return false
	}
	if list := opinion.Expressions(c); len(list) > 0 {
		clauses, err := screen.Pattern("(?:" + strings.Join(list, ")|(?:") + ")")
		if err != nil {
			return false
		}
		r.Clauses = append(r.Clauses, clauses...)
	}
	return true
}

// longestJudged bounds what a judge reads unasked. Longer values are rich text
// and files, of which the rules of CRS see enough.
const longestJudged = 16 << 10
