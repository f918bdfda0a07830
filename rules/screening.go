package rules

import (
	"io/fs"
	"slices"
	"strings"

	"github.com/corazawaf/coraza/v3/collection"
	"github.com/corazawaf/coraza/v3/experimental/plugins"
	"github.com/corazawaf/coraza/v3/experimental/plugins/plugintypes"
	"github.com/corazawaf/coraza/v3/types/variables"

	"github.com/lachan-waf/lachan/rules/meter"
	"github.com/lachan-waf/lachan/rules/screen"
)

// screening keeps coraza from evaluating the rules that cannot match a request.
// At the start of each phase a rule of ours looks at the request's values once
// (operator lachanScreen, in engine.conf) and takes out of the transaction what
// no value meets the conditions of; coraza then judges by what is left.
//
// Only rules of CRS and of our own are taken out, and only those whose first
// condition can be told without coraza. A rule that does not match changes
// nothing in a transaction, so that what is left judges as it would have.
type screening struct {
	phases [3]*phaseScreening
}

// phaseScreening is the screen of one phase.
type phaseScreening struct {
	screen      *screen.Screen
	collections []screenedCollection
	order       []orderedRule // by number
}

type screenedCollection struct {
	variable variables.RuleVariable
	*screen.Collection
	again bool // its values come again and again
}

// orderedRule is a rule of the WAF.
type orderedRule struct {
	id    int
	index int // in the screen, or one of the following
}

const (
	keep    = -1 // its phase is still to come, or it is not screened
	passed  = -2 // its phase is over
	maxRule = 1 << 30
)

// remover is what coraza's ctl:ruleRemoveById works by.
type remover interface{ RemoveRuleByIDRange(start, end int) }

func init() {
	plugins.RegisterOperator("lachanScreen", func(o plugintypes.OperatorOptions) (plugintypes.Operator, error) {
		files, ok := o.Root.(*sourceFS)
		if !ok || files.screening == nil {
			return noScreen{}, nil
		}
		return files.screening.phases[phaseOf(o.Arguments)], nil
	})
}

// noScreen is for a source of which nothing can be screened.
type noScreen struct{}

// Evaluate implements plugintypes.Operator.
func (noScreen) Evaluate(tx plugintypes.TransactionState, _ string) bool {
	separate(tx)
	return false
}

// Evaluate implements plugintypes.Operator: it takes rules out, and matches nothing.
func (p *phaseScreening) Evaluate(tx plugintypes.TransactionState, _ string) bool {
	rules, ok := tx.(remover)
	if !ok {
		return false
	}
	separate(tx)
	found := p.screen.Begin(meter.Of(tx))
	defer found.End()
	for i := range p.collections {
		c := &p.collections[i]
		look(found, c, tx.Collection(c.variable))
	}
	p.remove(found, rules)
	return false
}

func look(found *screen.Candidates, c *screenedCollection, values collection.Collection) {
	for _, data := range values.FindAll() {
		if c.again {
			found.LookAgain(c.Collection, data.Key(), data.Value())
		} else {
			found.Look(c.Collection, data.Key(), data.Value())
		}
	}
}

// remove takes out all rules that are neither kept nor found, in as few ranges
// as may be.
func (p *phaseScreening) remove(found *screen.Candidates, rules remover) {
	first, last := maxRule, -1 // never from 0, which is what coraza gives markers
	for _, r := range p.order {
		if r.index == keep || r.index >= 0 && found.Has(r.index) {
			if first <= last {
				rules.RemoveRuleByIDRange(first, last)
			}
			first, last = maxRule, -1
			continue
		}
		first, last = min(first, r.id), r.id
	}
	if first <= last {
		rules.RemoveRuleByIDRange(first, last)
	}
}

// newScreening reads all rules of a source. It returns nil where one of them
// may change what others look at.
func newScreening(units []unit, files fs.FS) (*screening, error) {
	var heads []head
	own := map[int]bool{}
	for i := range units {
		directives, err := readDirectives(units[i].name, []byte(units[i].text))
		if err != nil {
			return nil, err
		}
		trusted := units[i].place.file == ""
		chained := false
		for _, d := range directives {
			if d.changesRules() {
				return nil, nil
			}
			r, ok := d.parseRule()
			if !ok && (d.name == "secrule" || d.name == "secaction") {
				return nil, nil
			}
			if !ok {
				continue
			}
			if !chained {
				h := readHead(r)
				own[h.id] = trusted
				heads = append(heads, h)
			}
			chained = chains(r)
		}
	}
	countSkipped(heads)
	s := new(screening)
	for phase := 1; phase <= 2; phase++ {
		p, err := newPhaseScreening(heads, own, phase, files)
		if err != nil {
			return nil, err
		}
		s.phases[phase] = p
	}
	return s, nil
}

// changesRules reports whether a directive may make other rules look at more
// than they say, or otherwise.
func (d directive) changesRules() bool {
	switch {
	case d.name == "secdefaultaction":
		return strings.Contains(d.args, "t:")
	case strings.HasPrefix(d.name, "secruleupdatetarget"):
		_, targets, _ := strings.Cut(d.args, " ")
		return slices.ContainsFunc(splitVariables(strings.Trim(targets, ` "`)), func(target string) bool {
			return !strings.HasPrefix(strings.TrimSpace(target), "!")
		})
	}
	return strings.HasPrefix(d.name, "secruleupdate")
}

// chains reports whether the next rule is a further condition of r.
func chains(r rule) bool {
	list, _ := splitActions(r.actions)
	return slices.ContainsFunc(list, func(a action) bool { return a.name == "chain" })
}

func newPhaseScreening(heads []head, own map[int]bool, phase int, files fs.FS) (*phaseScreening, error) {
	p := new(phaseScreening)
	var screened []screen.Rule
	for i := range heads {
		h := &heads[i]
		at := orderedRule{h.id, keep}
		switch {
		case h.phase < phase:
			at.index = passed
		case h.phase == phase && own[h.id]:
			if r, ok := h.screened(files); ok {
				at.index = len(screened)
				screened = append(screened, r)
			}
		}
		p.order = append(p.order, at)
	}
	slices.SortStableFunc(p.order, func(a, b orderedRule) int { return a.id - b.id })
	var err error
	if p.screen, err = screen.New(screened); err != nil {
		return nil, err
	}
	for name, variable := range screenedVariables {
		if c := p.screen.Collection(name); c != nil {
			p.collections = append(p.collections, screenedCollection{variable, c, strings.HasPrefix(name, "REQUEST_HEADERS")})
		}
	}
	slices.SortFunc(p.collections, func(a, b screenedCollection) int { return int(a.variable) - int(b.variable) })
	return p, nil
}
