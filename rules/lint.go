package rules

import (
	"errors"
	"fmt"
	"strconv"
)

// Rule numbers that are Lachan's: exclusions from firstOwnID on, set-up from
// setupID to lastOwnID, and a thousand for each profile.
const (
	firstOwnID = 8_800_000
	setupID    = 8_890_000
	lastOwnID  = 8_899_999

	// Rules that look for attacks may be excluded.
	firstAttackID = 8_891_000
	lastAttackID  = 8_891_999

	firstProfileID = 9_870_000
	lastProfileID  = 9_879_999
)

func isOwn(id int) bool {
	return id >= firstOwnID && id <= lastOwnID || id >= firstProfileID && id <= lastProfileID
}

// timing says when a directive of the operator's is read.
type timing int

const (
	refused timing = iota
	beforeCRS
	afterCRS
)

// directiveTiming lists what an operator's file may hold. Directives that
// change rules are read after CRS wherever they stand: coraza applies them to
// the rules it has read so far, and before CRS they would silently do nothing.
func directiveTiming(name string) timing {
	switch name {
	case "secrule", "secaction", "secmarker", "secdataset":
		return beforeCRS
	case "secruleremovebyid", "secruleremovebytag", "secruleremovebymsg",
		"secruleupdatetargetbyid", "secruleupdatetargetbytag", "secruleupdateactionbyid":
		return afterCRS
	}
	return refused
}

// instead names the key of the configuration that replaces a directive.
func instead(name string) string {
	switch name {
	case "secruleengine":
		return ": use waf.mode"
	case "secrequestbodylimit", "secrequestbodylimitaction", "secrequestbodyinmemorylimit":
		return ": use waf.request_body"
	case "secauditengine", "secauditlog", "secauditlogparts", "secauditlogtype", "secdebuglog":
		return ": use audit"
	case "secdefaultaction":
		return ": rules of CRS would inherit it; give each rule its own actions"
	}
	return ""
}

// linter checks the directives of one file, in order.
type linter struct {
	core    bool // a file of CRS, which may do a little more
	chained bool
}

// check refuses what coraza would accept and ignore, and what may not run in
// the proxy's process.
func (l *linter) check(d directive) error {
	if directiveTiming(d.name) == refused && !(l.core && d.name == "seccomponentsignature") {
		return d.place.errorf("directive %q is not available in a site's rules%s", d.name, instead(d.name))
	}
	r, ok := d.parseRule()
	if !ok {
		return nil
	}
	if err := errors.Join(checkOperator(r), l.checkActions(r)); err != nil {
		return d.place.errorf("%w", err)
	}
	return nil
}

// end reports a chain that the file leaves unfinished: the first rule of the
// next file would become its condition.
func (l *linter) end(last directive) error {
	if l.chained {
		return last.place.errorf("the file ends in the middle of a chain")
	}
	return nil
}

func checkOperator(r rule) error {
	switch name, _ := r.operatorName(); name {
	case "inspectFile":
		return errors.New("operator @inspectFile runs a program for every value and is not available")
	case "rbl":
		return errors.New("operator @rbl asks the DNS while a visitor waits and is not available")
	case "validateSchema", "geoLookup":
		return fmt.Errorf("operator @%s is not available in this version", name)
	}
	return nil
}

func (l *linter) checkActions(r rule) error {
	actions, balanced := splitActions(r.actions)
	if !balanced {
		return errors.New("a single quote in the actions is not closed")
	}
	inChain, id := l.chained, ""
	l.chained = false
	for _, a := range actions {
		if err := checkAction(a); err != nil && !(l.core && coreActions[a.name]) {
			return err
		}
		switch a.name {
		case "chain":
			l.chained = true
		case "id":
			id = a.value
		}
	}
	if inChain {
		return nil // a condition shares the number of the chain's first rule
	}
	return checkID(id)
}

func checkID(id string) error {
	if id == "" {
		return errors.New("rule without an id")
	}
	n, err := strconv.Atoi(id)
	if err != nil || n <= 0 {
		return fmt.Errorf("id %q is not a positive number", id)
	}
	if isOwn(n) {
		return fmt.Errorf("rule id %d is one of Lachan's (%d to %d, %d to %d)", n, firstOwnID, lastOwnID, firstProfileID, lastProfileID)
	}
	return nil
}

// coreActions do something for CRS: its rules for responses have phases of their
// own, and collections that are not asked for are not made.
var coreActions = map[string]bool{"phase": true, "initcol": true}

func checkAction(a action) error {
	switch a.name {
	case "exec":
		return errors.New("action exec runs a program and is not available")
	case "setenv":
		return errors.New("action setenv would change the environment of the whole proxy and is not available")
	case "initcol", "expirevar", "deprecatevar":
		return fmt.Errorf("action %s needs persistent collections, which do not exist here", a.name)
	case "phase":
		switch a.value {
		case "1", "2", "request":
		default:
			return fmt.Errorf("phase %s is not available in this version: only requests (phases 1 and 2) are inspected", a.value)
		}
	}
	return nil
}
