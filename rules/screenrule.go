package rules

import (
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/corazawaf/libinjection-go"

	"github.com/lachan-waf/lachan/rules/operators"
	"github.com/lachan-waf/lachan/rules/screen"
	"github.com/lachan-waf/lachan/rules/transform"
)

// head is a SecRule, or the first of a chain, as far as screening needs it.
type head struct {
	rule
	ours      bool // of CRS, or of the second opinion: not the operator's
	id, phase int
	names     []string
	multi     bool
	skips     int  // how many rules of its phase it may skip
	counted   bool // by one that may skip it
	changed   bool // by a directive: it may not be what it says
}

// readHead reads the actions of a rule that is not within a chain.
func readHead(r rule) head {
	h := head{rule: r, phase: 2}
	list, _ := splitActions(r.actions)
	for _, a := range list {
		switch a.name {
		case "id":
			h.id, _ = strconv.Atoi(a.value)
		case "phase":
			h.phase = phaseOf(a.value)
		case "t":
			h.names = append(h.names, a.value)
		case "multimatch":
			h.multi = true
		case "skip":
			h.skips, _ = strconv.Atoi(a.value)
		}
	}
	return h
}

func phaseOf(name string) int {
	switch strings.ToLower(name) {
	case "request":
		return 2
	case "response":
		return 4
	case "logging":
		return 5
	}
	phase, _ := strconv.Atoi(name)
	return phase
}

// countSkipped notes which rules others count when they skip: were one of them
// taken out, the rule behind it would be skipped instead.
func countSkipped(heads []head) {
	var left [6]int // by phase
	for i := range heads {
		h := &heads[i]
		if h.phase < 1 || h.phase >= len(left) {
			continue
		}
		h.counted = left[h.phase] > 0
		left[h.phase] = max(left[h.phase]-1, h.skips)
	}
}

// screened returns what a Screen has to know of the rule; false where only the
// engine can tell whether it matches.
func (h *head) screened(files fs.FS) (r screen.Rule, ok bool) {
	if r.ID = h.id; h.id == 0 || h.counted || h.changed {
		return r, false
	}
	if r.Targets, ok = screenedTargets(h.variables); !ok {
		return r, false
	}
	if r.Chains, ok = h.chains(); !ok {
		return r, false
	}
	return r, h.condition(&r, files)
}

// chains returns the lists of transformations after which the operator looks.
func (h *head) chains() ([]transform.Chain, bool) {
	whole, ok := transform.Parse(h.names)
	if !ok || !h.multi {
		return []transform.Chain{whole}, ok
	}
	return whole.Stages(), true
}

// condition reads the operator.
func (h *head) condition(r *screen.Rule, files fs.FS) bool {
	negated := strings.HasPrefix(h.operator, "!")
	name, argument := h.operatorName()
	if strings.Contains(argument, "%{") {
		return false
	}
	switch strings.ToLower(name) {
	case "rx":
		return patternCondition(r, argument, negated)
	case "unconditionalmatch":
		return !negated
	}
	if negated {
		return false
	}
	switch strings.ToLower(name) {
	case "pm":
		r.Match = operators.Words(argument).In
		return wordsCondition(r, operators.Split(argument))
	case "pmfromfile", "pmf":
		data, err := h.listFile(files)
		if err != nil {
			return false
		}
		lines := operators.Lines(data)
		r.Match = operators.Listed(lines).In
		return wordsCondition(r, lines)
	case "contains", "streq", "beginswith", "endswith":
		return argument != "" && wordsCondition(r, []string{argument})
	case "detectsqli":
		r.Match = func(value string) bool { is, _ := libinjection.IsSQLi(value); return is }
		return true
	case "detectxss":
		// It heeds tags, and attributes with a value.
		r.Match = libinjection.IsXSS
		return wordsCondition(r, []string{"<", "="})
	case "lachanattack":
		a, err := newAttack(argument)
		r.Match = a.in
		return err == nil && a.condition(r)
	case "validatebyterange":
		return rangeCondition(r, argument)
	}
	return false
}

// patternCondition is for @rx, whose flags are those of coraza's operator.
func patternCondition(r *screen.Rule, argument string, negated bool) bool {
	pattern, err := operators.Pattern(argument)
	if err != nil {
		return false
	}
	if !negated {
		if r.Clauses, err = screen.Pattern("(?sm)" + argument); err != nil {
			return false
		}
	}
	r.Match = func(value string) bool { return pattern.MatchString(value) != negated }
	return true
}

// listFile returns the file that a @pmFromFile of CRS reads.
func (h *head) listFile(files fs.FS) ([]byte, error) {
	name, argument := h.operatorName()
	if !strings.EqualFold(name, "pmFromFile") && !strings.EqualFold(name, "pmf") {
		return nil, fs.ErrNotExist
	}
	return fs.ReadFile(files, crsPrefix+argument)
}

func wordsCondition(r *screen.Rule, words []string) bool {
	clause, ok := screen.Words(words)
	if ok {
		r.Clauses = []screen.Clause{clause}
	}
	return ok
}

// rangeCondition is for @validateByteRange, which matches bytes out of its ranges.
func rangeCondition(r *screen.Rule, argument string) bool {
	var out screen.ByteSet
	valid := make([]bool, 256)
	for _, part := range strings.Split(argument, ",") {
		from, to, isRange := strings.Cut(strings.TrimSpace(part), "-")
		if !isRange {
			to = from
		}
		lo, errLo := strconv.ParseUint(from, 10, 8)
		hi, errHi := strconv.ParseUint(to, 10, 8)
		if errLo != nil || errHi != nil || hi < lo {
			return false
		}
		for b := lo; b <= hi; b++ {
			valid[b] = true
		}
	}
	for b := range 256 {
		if !valid[b] {
			out.Add(byte(b))
		}
	}
	if !slices.Contains(valid, false) {
		return false
	}
	r.Clauses = []screen.Clause{{Bytes: out}}
	return true
}
