package rules

import (
	"strconv"
	"strings"

	"github.com/corazawaf/coraza/v3/experimental/plugins"
	"github.com/corazawaf/coraza/v3/experimental/plugins/plugintypes"
	"github.com/corazawaf/coraza/v3/types"

	"github.com/lachan-waf/lachan/policies"
)

// opinionPrefix begins the names in TX under which reasons are kept.
const opinionPrefix = "lachan_opinion_"

func init() {
	plugins.RegisterOperator("lachanOpinion", func(plugintypes.OperatorOptions) (plugintypes.Operator, error) {
		return secondOpinion{}, nil
	})
}

// secondOpinion is asked once all rules of CRS have been evaluated, before CRS
// compares the score with the threshold (conf/opinion.conf). It takes out of the
// score what values added that are no attack where an application would put
// them. CRS then decides by what is left, and nothing of coraza's working is
// undone: a request that passes is one that never was stopped.
type secondOpinion struct{}

// Evaluate implements plugintypes.Operator; it matches nothing.
func (secondOpinion) Evaluate(tx plugintypes.TransactionState, _ string) bool {
	matched, ok := tx.(interface{ MatchedRules() []types.MatchedRule })
	if !ok {
		return false
	}
	for _, m := range matched.MatchedRules() {
		if reports(m) && rulesetOf(m.Rule().File()) == Ruleset {
			weigh(tx, m)
		}
	}
	return false
}

// weigh judges each value of a match. A match of which some value stands, stands.
func weigh(tx plugintypes.TransactionState, m types.MatchedRule) {
	judge, known := judgeOf(m.Rule().ID())
	if !known {
		return
	}
	var (
		values  = scoring(m.MatchedDatas())
		cleared int
		reason  string
	)
	for _, data := range values {
		if why := judge(tx, m, data); why != "" {
			cleared++
			reason = why
		}
	}
	if cleared == 0 {
		return
	}
	lower(tx, m, cleared)
	if cleared == len(values) {
		tx.Variables().TX().Set(opinionPrefix+strconv.Itoa(m.Rule().ID()), []string{reason})
	}
}

// scoring are the values by which a match has added to the score: coraza runs
// setvar for each value that matches, and CRS writes it in the last rule of a chain.
func scoring(all []types.MatchData) (values []types.MatchData) {
	deepest := 0
	for _, data := range all {
		deepest = max(deepest, data.ChainLevel())
	}
	for _, data := range all {
		if data.ChainLevel() == deepest {
			values = append(values, data)
		}
	}
	return values
}

// points is what a rule of CRS adds to the score, by its severity.
var points = map[types.RuleSeverity]string{
	types.RuleSeverityCritical: "critical", types.RuleSeverityError: "error",
	types.RuleSeverityWarning: "warning", types.RuleSeverityNotice: "notice",
}

// lower takes the points of so many values out of the score of the rule's level.
func lower(tx plugintypes.TransactionState, m types.MatchedRule, values int) {
	match := Match{Tags: m.Rule().Tags()}
	name := "inbound_anomaly_score_pl" + strconv.Itoa(max(match.level(), 1))
	each := number(tx, points[m.Rule().Severity()]+"_anomaly_score")
	score := max(number(tx, name)-values*each, 0)
	tx.Variables().TX().Set(name, []string{strconv.Itoa(score)})
}

// number reads a variable of CRS, 0 where it is not set.
func number(tx plugintypes.TransactionState, name string) int {
	values := tx.Variables().TX().Get(name)
	if len(values) == 0 {
		return 0
	}
	n, err := strconv.Atoi(values[0])
	if err != nil {
		return 0
	}
	return n
}

// opinion is the reason for which a rule's match does not count.
func (in *inspection) opinion(id int) string {
	values := in.variables().TX().Get(opinionPrefix + strconv.Itoa(id))
	if len(values) == 0 {
		return ""
	}
	return strings.Clone(values[0])
}

// weighs says whether the site's policy asks for a second opinion.
func (e *Engine) weighs() bool { return e.waf.SecondOpinion == policies.On }
