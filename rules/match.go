package rules

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/corazawaf/coraza/v3/types"
)

// Ruleset names the rules of CRS in events.
const Ruleset = "OWASP CRS"

// maxMatchValue bounds what a verdict keeps of a matched value, which may be a
// whole body.
const maxMatchValue = 4 << 10

// Match is one rule that matched.
type Match struct {
	RuleID  int
	Message string // with its macros expanded: it may hold a part of Value
	// Variable and Value are what matched, such as ARGS:q, or the first by name
	// of several. Value is after the rule's transformations, at most 4 KiB, and
	// raw: whoever records it redacts it.
	Variable string
	Value    string
	// Data is what the rule logs of it, macros expanded: "Matched Data: … found
	// within ARGS:q: …". At most 4 KiB, and raw.
	Data string
	// Places are the variables that Data may quote: Variable, or all of a chain.
	Places []string
	// Downgraded says why the match does not count: what matched is none of what
	// the rule looks for. Empty: it stands.
	Downgraded string
	Severity   Severity
	Tags       []string
	Phase      int
	Ruleset    string // "OWASP CRS", "Lachan" or "custom"
	Version    string // of the rule set: 4.25.0
}

// Text is the message, and what the rule logs besides.
func (m *Match) Text() string {
	if m.Data == "" {
		return m.Message
	}
	return m.Message + ": " + m.Data
}

// Severity grades a match as syslog does: 0 (emergency) to 7 (debug). CRS uses
// 2 (critical) to 5 (notice). SeverityNone is a rule's without any.
type Severity int

// SeverityNone is the severity of a rule that states none.
const SeverityNone Severity = -1

// String returns the name that SecLang uses, in lower case.
func (s Severity) String() string { return types.RuleSeverity(s).String() }

// newMatch copies what an event needs out of a transaction.
func newMatch(m types.MatchedRule) Match {
	r := m.Rule()
	match := Match{
		RuleID:   r.ID(),
		Message:  strings.Clone(m.Message()),
		Severity: Severity(r.Severity()),
		Tags:     r.Tags(),
		Phase:    int(r.Phase()),
		Ruleset:  rulesetOf(r.File()),
		Version:  strings.TrimPrefix(r.Version(), "OWASP_CRS/"),
	}
	if data := representative(m.MatchedDatas()); data != nil {
		match.Variable = variableOf(data)
		match.Value = strings.Clone(data.Value()[:min(len(data.Value()), maxMatchValue)])
		if data.Message() != "" {
			match.Message = strings.Clone(data.Message())
		}
		match.log(m, data)
	}
	return match
}

// maxPlaces bounds the variables of a chain; where there are more, what it logs
// could be about any of them and is left out.
const maxPlaces = 32

// log takes over what the rule logs. Coraza expands it for each value that
// matched, but for a chain once, at its end, when it is about the last of them.
func (m *Match) log(from types.MatchedRule, shown types.MatchData) {
	text := shown.Data()
	m.Places = []string{m.Variable}
	if all := from.MatchedDatas(); all[len(all)-1].ChainLevel() > 0 {
		text, m.Places = from.Data(), places(all)
	}
	if len(m.Places) <= maxPlaces {
		m.Data = strings.Clone(text[:min(len(text), maxMatchValue)])
	}
}

// places are the names of variables, each once.
func places(all []types.MatchData) (names []string) {
	for _, data := range all {
		if name := variableOf(data); len(names) <= maxPlaces && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// representative is the value shown for a rule that several matched. Coraza
// keeps variables in maps and finds them in another order each time; the least
// name is as good as the first, and stays the same. Conditions further down a
// chain often test variables of CRS, not the request.
func representative(all []types.MatchData) (least types.MatchData) {
	for _, data := range all {
		if variableOf(data) != "" && (least == nil || lesser(data, least)) {
			least = data
		}
	}
	return least
}

func lesser(a, b types.MatchData) bool {
	return cmp.Or(
		cmp.Compare(a.ChainLevel(), b.ChainLevel()),
		strings.Compare(variableOf(a), variableOf(b)),
		strings.Compare(a.Value(), b.Value()),
	) < 0
}

// variableOf names what matched; a SecAction matches without a variable.
func variableOf(data types.MatchData) string {
	name := data.Variable().Name()
	switch {
	case name == "" || name == "UNKNOWN":
		return ""
	case data.Key() != "":
		return name + ":" + data.Key()
	}
	return name
}

func rulesetOf(file string) string {
	switch {
	case strings.HasPrefix(file, crsPrefix):
		return Ruleset
	case strings.HasPrefix(file, ownPrefix):
		return "Lachan"
	}
	return "custom"
}

// reports says whether a rule has something to say: CRS keeps its books in
// rules that are silent (nolog).
func reports(m types.MatchedRule) bool {
	if m.Message() == "" {
		return false
	}
	logged, ok := m.(interface{ Log() bool }) // not yet in coraza's interface
	return !ok || logged.Log()
}

// isVerdict tells the rules that compare the score with the threshold, and the
// one that sums everything up.
func isVerdict(id int) bool {
	return id >= 949000 && id < 950000 || isOutboundVerdict(id) || id >= 980000 && id < 981000
}

func isOutboundVerdict(id int) bool { return id >= 959000 && id < 960000 }

// gravest is the first of the gravest matches. Rules above the blocking
// paranoia level do not count towards a block and only stand in where no other matched.
func gravest(matches []Match, blocking int) int {
	best := -1
	for i, m := range matches {
		if isVerdict(m.RuleID) {
			continue
		}
		if best < 0 || graver(m, matches[best], blocking) {
			best = i
		}
	}
	if best < 0 {
		return 0
	}
	return matches[best].RuleID
}

func graver(a, b Match, blocking int) bool {
	if countsA, countsB := a.counts(blocking), b.counts(blocking); countsA != countsB {
		return countsA
	}
	return a.rank() < b.rank()
}

// counts says whether a match adds to the score.
func (m *Match) counts(blocking int) bool { return m.level() <= blocking && m.Downgraded == "" }

// rank orders severities with none last.
func (m *Match) rank() int {
	if m.Severity == SeverityNone {
		return int(types.RuleSeverityDebug) + 1
	}
	return int(m.Severity)
}

// level is the paranoia level that CRS tags a rule with, 0 for others.
func (m *Match) level() int {
	for _, tag := range m.Tags {
		if n, ok := strings.CutPrefix(tag, "paranoia-level/"); ok {
			level, err := strconv.Atoi(n)
			if err == nil {
				return level
			}
		}
	}
	return 0
}
