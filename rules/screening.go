package rules

import (
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/corazawaf/coraza/v3/collection"
	"github.com/corazawaf/coraza/v3/experimental/plugins"
	"github.com/corazawaf/coraza/v3/experimental/plugins/plugintypes"

	"github.com/lachan-waf/lachan/rules/meter"
	"github.com/lachan-waf/lachan/rules/screen"
)

// screening keeps coraza from evaluating the rules that cannot match a request.
// At the start of each phase a rule of ours looks at the request's values once
// (operator lachanScreen, in setup.conf) and takes out of the transaction what
// no value meets the conditions of; coraza then judges by what is left.
//
// Only rules of CRS and of the second opinion are taken out, and only those whose first condition can be
// told without coraza. A rule that does not match changes
// nothing in a transaction, so that what is left judges as it would have.
type screening struct {
	phases [3]*phaseScreening
}

// phaseScreening is the screening of one phase of a WAF.
type phaseScreening struct {
	*ruleScreen
	order []orderedRule // by number
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
	found := p.screen.Begin(meter.Of(tx)) // after a panic it must not be used again: no defer
	for i := range p.collections {
		c := &p.collections[i]
		look(found, c, tx.Collection(c.variable))
	}
	p.remove(found, rules)
	found.End()
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

// newScreening reads all rules of a source, whose directives are given by unit. It
// returns nil where one of them may change what others look at.
func newScreening(units []unit, directives [][]directive, files fs.FS) *screening {
	var heads []head
	var changed [][2]int
	for i := range units {
		chained := false
		for _, d := range directives[i] {
			r, ok := d.parseRule()
			from, to, all := d.changed()
			if all || !ok && d.isRule() {
				return nil
			}
			if to > 0 {
				changed = append(changed, [2]int{from, to})
			}
			if ok && !chained {
				h := readHead(r)
				h.ours = strings.HasPrefix(units[i].name, crsPrefix) || units[i].name == ownPrefix+"opinion.conf"
				heads = append(heads, h)
			}
			chained = ok && chains(r)
		}
	}
	countSkipped(heads)
	for i := range heads {
		heads[i].changed = slices.ContainsFunc(changed, func(ids [2]int) bool { return ids[0] <= heads[i].id && heads[i].id <= ids[1] })
	}
	s := new(screening)
	for phase := 1; phase <= 2; phase++ {
		s.phases[phase] = newPhaseScreening(heads, phase, files)
	}
	return s
}

// isRule reports whether a directive is one with actions.
func (d directive) isRule() bool { return d.name == "secrule" || d.name == "secaction" }

// changed tells which rules a directive may make look at more than they say, or
// otherwise. all: any.
func (d directive) changed() (from, to int, all bool) {
	_, rest, _ := strings.Cut(d.args, " ")
	switch {
	case d.name == "secdefaultaction":
		return 0, 0, strings.Contains(d.args, "t:")
	case !strings.HasPrefix(d.name, "secruleupdate"):
		return 0, 0, false
	case strings.HasPrefix(d.name, "secruleupdatetarget") && narrows(rest):
		return 0, 0, false
	}
	from, to, ok := d.updated()
	return from, to, !ok
}

// updated returns the rules that a SecRuleUpdate…ById names; ok is false for
// other directives, and where it names them otherwise than by one range.
func (d directive) updated() (from, to int, ok bool) {
	if !strings.HasPrefix(d.name, "secruleupdate") || !strings.HasSuffix(d.name, "byid") {
		return 0, 0, false
	}
	ids, _, _ := strings.Cut(d.args, " ")
	first, last, isRange := strings.Cut(strings.Trim(ids, `"`), "-")
	if !isRange {
		last = first
	}
	from, err := strconv.Atoi(first)
	to, errTo := strconv.Atoi(last)
	return from, to, err == nil && errTo == nil
}

// narrows reports whether a list of targets only takes some away.
func narrows(list string) bool {
	return !slices.ContainsFunc(splitVariables(strings.Trim(list, ` "`)), func(target string) bool {
		return !strings.HasPrefix(strings.TrimSpace(target), "!")
	})
}

// chains reports whether the next rule is a further condition of r.
func chains(r rule) bool {
	list, _ := splitActions(r.actions)
	return slices.ContainsFunc(list, func(a action) bool { return a.name == "chain" })
}

func newPhaseScreening(heads []head, phase int, files fs.FS) *phaseScreening {
	p := &phaseScreening{ruleScreen: screenOf(heads, phase, files)}
	for i := range heads {
		at := orderedRule{heads[i].id, keep}
		if index, screened := p.index[at.id]; screened {
			at.index = index
		} else if 0 < heads[i].phase && heads[i].phase < phase {
			at.index = passed
		}
		p.order = append(p.order, at)
	}
	slices.SortStableFunc(p.order, func(a, b orderedRule) int { return a.id - b.id })
	return p
}
