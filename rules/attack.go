package rules

import (
	"fmt"
	"strings"

	"github.com/corazawaf/coraza/v3/experimental/plugins"
	"github.com/corazawaf/coraza/v3/experimental/plugins/plugintypes"

	"github.com/lachan-waf/lachan/rules/opinion"
)

func init() {
	plugins.RegisterOperator("lachanAttack", func(o plugintypes.OperatorOptions) (plugintypes.Operator, error) {
		c, ok := attackClasses[o.Arguments]
		if !ok {
			return nil, fmt.Errorf("lachanAttack: no judge is called %q", o.Arguments)
		}
		return attack(c), nil
	})
}

var attackClasses = map[string]opinion.Class{
	"sql": opinion.SQL, "markup": opinion.Markup, "shell": opinion.Shell, "php": opinion.PHP, "code": opinion.Code, "java": opinion.Java,
	"query": opinion.Query, "path": opinion.Path, "declaration": opinion.Declaration, "directory": opinion.Directory,
}

// signs are what no attack of a class does without. Most values have none, and
// are not judged.
var signs = map[opinion.Class]string{
	opinion.SQL: "'\"`(=;-#*%|\\", opinion.Markup: "<>='\":(`&%\\+", opinion.Shell: ";|&`$()\n/%-!{", opinion.PHP: "<($[:%{", opinion.Code: "({[_$%",
	opinion.Java: "${(.%\\", opinion.Query: "$'\"", opinion.Path: "/\\.%", opinion.Declaration: "<%&\\", opinion.Directory: ")'",
}

// attack matches values that are attacks of a class. It is for rules of ours:
// where one of CRS's has matched, the second opinion asks the same judges.
type attack opinion.Class

// Evaluate implements plugintypes.Operator.
func (a attack) Evaluate(_ plugintypes.TransactionState, value string) bool {
	c := opinion.Class(a)
	if len(value) < 3 || len(value) > longestJudged || !strings.ContainsAny(value, signs[c]) && !strings.HasPrefix(value, "rO0AB") {
		return false
	}
	return opinion.Of(c, value) != ""
}

// longestJudged bounds what a judge reads unasked. Longer values are rich text
// and files, of which the rules of CRS see enough.
const longestJudged = 16 << 10
