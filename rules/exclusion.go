package rules

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/corazawaf/coraza/v3/types/variables"

	"github.com/lachan-waf/lachan/policies"
)

// exclusionText writes the exclusions that have not expired as SecLang.
func exclusionText(list []policies.Exclusion, now time.Time) (text string, expired []policies.Exclusion, err error) {
	var (
		b    strings.Builder
		errs []error
	)
	if most := setupID - firstOwnID; len(list) > most {
		return "", nil, fmt.Errorf("waf.exclude: %d entries; the most is %d", len(list), most)
	}
	for i, x := range list {
		rule, err := exclusionRule(firstOwnID+i, x)
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("waf.exclude[%d] (rule %d): %w", i, x.Rule, err))
		case x.Expired(now):
			expired = append(expired, x)
		default:
			b.WriteString(rule)
		}
	}
	return b.String(), expired, errors.Join(errs...)
}

// exclusionRule writes one exclusion. The path is compared as it was received
// and as a web server would resolve it: "/wp-admin/../index.php" is under
// /wp-admin/ only by its letters, and must not profit from what is excluded
// there. The last condition ends an exclusion on its day without a reload.
func exclusionRule(id int, x policies.Exclusion) (string, error) {
	control, err := exclusionControl(x)
	if err != nil {
		return "", err
	}
	path, err := globPattern(x.Path)
	if err != nil {
		return "", fmt.Errorf("path %q: %w", x.Path, err)
	}
	conditions := []string{
		fmt.Sprintf(`REQUEST_FILENAME "@rx %s" "id:%d,phase:1,pass,nolog,t:none`, path, id),
		fmt.Sprintf(`REQUEST_FILENAME "@rx %s" "t:none,t:normalizePath`, path),
	}
	if !x.Until.IsZero() {
		conditions = append(conditions, fmt.Sprintf(`TIME_EPOCH "@lt %d" "t:none`, endOf(x.Until).Unix()))
	}
	return "SecRule " + strings.Join(conditions, ",chain\"\nSecRule ") + "," + control + "\"\n", nil
}

// endOf is the moment after the last of a day, by the machine's clock.
func endOf(d policies.Date) time.Time {
	return time.Date(d.Year, d.Month, d.Day+1, 0, 0, 0, 0, time.Local)
}

func exclusionControl(x policies.Exclusion) (string, error) {
	if err := checkExcludable(x.Rule); err != nil {
		return "", err
	}
	if x.Target == "" {
		return fmt.Sprintf("ctl:ruleRemoveById=%d", x.Rule), nil
	}
	target, err := exclusionTarget(x.Target)
	if err != nil {
		return "", fmt.Errorf("target %q: %w", x.Target, err)
	}
	return fmt.Sprintf("ctl:ruleRemoveTargetById=%d;%s", x.Rule, target), nil
}

// checkExcludable refuses the rules that make a verdict of the others: without
// them nothing is ever blocked, which is what waf.mode is for.
func checkExcludable(id int) error {
	switch {
	case id <= 0:
		return errors.New("rule is not a positive number")
	case id >= 901000 && id < 902000, id >= 949000 && id < 950000:
		return errors.New("this rule is part of CRS's own working; to let everything pass use waf.mode: detect")
	case id >= firstAttackID && id <= lastAttackID:
	case isOwn(id):
		return errors.New("this rule is Lachan's own")
	}
	return nil
}

// exclusionTarget checks VARIABLE or VARIABLE:key or VARIABLE:/pattern/. What
// could end the action, the list of actions or the rule is refused; what is
// left needs no escaping.
func exclusionTarget(target string) (string, error) {
	name, key, keyed := strings.Cut(target, ":")
	v, err := variables.Parse(name)
	if err != nil {
		return "", fmt.Errorf("%q is no variable of SecLang", name)
	}
	if !keyed {
		return name, nil
	}
	if !v.CanBeSelected() {
		return "", fmt.Errorf("%s has no members to select", name)
	}
	if key == "" {
		return "", errors.New("nothing follows the colon")
	}
	for _, r := range key {
		if strings.ContainsRune("\"'`\\,;|%= ", r) || !unicode.IsPrint(r) {
			return "", fmt.Errorf("the character %q cannot stand in a target", r)
		}
	}
	return exclusionKey(name, key)
}

// exclusionKey handles /pattern/. Coraza compares patterns with lower-cased
// names, hence (?i); and it shares compiled patterns of every kind between all
// WAFs by their text alone, where `/select/` here and `@pm select` there would
// make one of them panic: no word list starts with "(?i)".
func exclusionKey(name, key string) (string, error) {
	pattern, isPattern := strings.CutPrefix(key, "/")
	if !isPattern || !strings.HasSuffix(pattern, "/") {
		return name + ":" + key, nil
	}
	pattern = strings.TrimSuffix(pattern, "/")
	if pattern == "" || strings.Contains(pattern, "/") {
		return "", errors.New("a pattern stands between two slashes and holds none")
	}
	if _, err := regexp.Compile(pattern); err != nil {
		return "", err
	}
	return name + ":/(?i)" + pattern + "/", nil
}

// globPattern turns a path glob into an anchored expression. \A and \z, because
// coraza compiles with (?sm), where ^ and $ also match at a line break, and a
// decoded path may hold one.
func globPattern(glob string) (string, error) {
	if glob == "" {
		return `\A`, nil
	}
	if !strings.HasPrefix(glob, "/") && !strings.HasPrefix(glob, "*") {
		return "", errors.New("a path starts with / or *")
	}
	for _, r := range glob {
		if strings.ContainsRune("\"'`\\%", r) || !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return "", fmt.Errorf("the character %q cannot stand in a path; write the path decoded", r)
		}
	}
	parts := strings.Split(glob, "*")
	for i, part := range parts {
		parts[i] = regexp.QuoteMeta(part)
	}
	return `\A` + strings.Join(parts, ".*") + `\z`, nil
}
