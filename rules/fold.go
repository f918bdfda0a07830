package rules

import (
	"slices"
	"strconv"
	"strings"
)

// fold leaves out of a source the rules of CRS that its set-up settles: those
// of higher levels of paranoia than the policy detects at, defaults for what is
// set, limits that are not. CRS decides anew with every request what was known
// when the policy was read, in a hundred rules of which each costs as much as
// one that looks at the request.
//
// What is left judges as all of it would have. Rules that are left out have no
// message; what they would skip is left out with them.
type fold struct {
	constants map[string]string // of TX: what the set-up alone assigns, once
	assigned  map[string]bool   // of TX: what any rule may assign
	prefixes  []string          // of TX: of names that end in a macro
	learned   bool              // whether all that any rule may assign is known
	dropped   map[int]bool      // the rules that were left out
}

// folded returns the units without what they settle, and the numbers of the rules
// that were left out. It takes the same out of all, the units' directives.
func folded(units []unit, all [][]directive) ([]unit, map[int]bool) {
	f := fold{constants: map[string]string{}, assigned: map[string]bool{}, dropped: map[int]bool{}}
	for _, crs := range []bool{false, true} { // what others set decides what CRS does
		for i, u := range units {
			if strings.HasPrefix(u.name, crsPrefix) == crs {
				f.learn(all[i], strings.HasPrefix(u.name, ownPrefix))
			}
		}
	}
	f.learned = true
	out := slices.Clone(units)
	for i := range out {
		if strings.HasPrefix(out[i].name, crsPrefix) {
			all[i] = f.unsettled(all[i])
			out[i].text = text(all[i])
		}
	}
	for i := range out {
		if out[i].place.file != "" && f.updatesDropped(all[i]) {
			out[i].text, all[i] = "", nil
		}
	}
	return out, f.dropped
}

// text is what coraza reads.
func text(directives []directive) string {
	var b strings.Builder
	for _, d := range directives {
		b.WriteString(d.text)
	}
	return b.String()
}

// learn notes what rules assign. ours tells whether a SecAction is of the set-up.
func (f *fold) learn(directives []directive, ours bool) {
	for _, d := range directives {
		r, ok := d.parseRule()
		if holds, known := f.truth(r); !ok || known && !holds {
			continue
		}
		list, _ := splitActions(r.actions)
		for _, a := range list {
			if a.name == "setvar" {
				f.assign(a.value, ours && d.name == "secaction")
			}
		}
	}
}

func (f *fold) assign(value string, constant bool) {
	name, value, _ := strings.Cut(strings.ToLower(strings.TrimPrefix(value, "!")), "=")
	name, ok := strings.CutPrefix(name, "tx.")
	if !ok {
		return
	}
	if prefix, _, macro := strings.Cut(name, "%{"); macro {
		f.prefixes = append(f.prefixes, prefix)
		return
	}
	changes := strings.HasPrefix(value, "+") || strings.HasPrefix(value, "-")
	if constant && !f.assigned[name] && !changes && !strings.Contains(value, "%{") {
		f.constants[name] = value
	} else {
		delete(f.constants, name)
	}
	f.assigned[name] = true
}

// unsettled returns the directives that are not settled.
func (f *fold) unsettled(directives []directive) (kept []directive) {
	var (
		skips = map[int]string{} // by phase: the marker up to which its rules are left out
		drop  bool               // whether the chain that is open is left out
		chain bool
	)
	for _, d := range directives {
		if d.name == "secmarker" {
			marker := strings.Trim(d.args, `"'`)
			for phase, until := range skips {
				if until == marker {
					delete(skips, phase)
				}
			}
		}
		r, ok := d.parseRule()
		switch {
		case ok && !chain:
			drop = f.settles(r, skips)
			chain = chains(r)
		case ok:
			chain = chains(r)
		default:
			drop = f.updatesDropped([]directive{d})
		}
		if !drop {
			kept = append(kept, d)
		}
	}
	return kept
}

// settles reports whether a rule is left out, and notes what it skips.
func (f *fold) settles(r rule, skips map[int]string) bool {
	h := readHead(r)
	list, _ := splitActions(r.actions)
	if skips[h.phase] != "" {
		f.dropped[h.id] = true
		return true
	}
	holds, known := f.truth(r)
	switch {
	case !known:
		return false
	case holds:
		until := skipOnly(list)
		if until == "" {
			return false
		}
		skips[h.phase] = until
	}
	f.dropped[h.id] = true
	return true
}

// skipOnly returns the marker to which a rule skips that does nothing else.
func skipOnly(list []action) (until string) {
	for _, a := range list {
		switch a.name {
		case "skipafter":
			until = a.value
		case "id", "phase", "pass", "nolog", "tag", "ver", "t":
		default:
			return ""
		}
	}
	return until
}

// truth tells whether the first condition of a rule holds, where that is known.
func (f *fold) truth(r rule) (holds, known bool) {
	variable, counted := strings.CutPrefix(strings.ToLower(r.variables), "&")
	name, ok := strings.CutPrefix(variable, "tx:")
	if !ok || strings.ContainsAny(name, "|/") {
		return false, false
	}
	value, constant := f.constants[name]
	switch {
	case counted && constant:
		value = "1"
	case counted && f.learned && !f.mayAssign(name):
		value = "0"
	case counted || !constant:
		return false, false
	}
	have, err := strconv.Atoi(value)
	operator, argument := r.operatorName()
	want, argErr := strconv.Atoi(argument)
	if err != nil || argErr != nil {
		return false, false
	}
	switch operator {
	case "eq":
		holds = have == want
	case "ge":
		holds = have >= want
	case "gt":
		holds = have > want
	case "le":
		holds = have <= want
	case "lt":
		holds = have < want
	default:
		return false, false
	}
	return holds != strings.HasPrefix(r.operator, "!"), true
}

// mayAssign reports whether some rule may assign to a name of TX.
func (f *fold) mayAssign(name string) bool {
	return f.assigned[name] || slices.ContainsFunc(f.prefixes, func(p string) bool { return strings.HasPrefix(name, p) })
}

// updatesDropped reports whether a directive changes a rule that is left out,
// which coraza would not find.
func (f *fold) updatesDropped(directives []directive) bool {
	for _, d := range directives {
		if from, to, ok := d.updated(); ok && from == to && f.dropped[from] {
			return true
		}
	}
	return false
}
