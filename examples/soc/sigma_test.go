package soc_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

// No evaluator of Sigma could be had as a Go module. This one knows what the
// rules here use: selections of fields, lists for "or", the modifiers
// startswith and gte, and correlations that count events.

type sigmaRule struct {
	Title, Name, ID, Status, Description, Level string
	Tags, Falsepositives                        []string
	Logsource                                   struct{ Product, Service string }
	Detection                                   struct {
		Selection map[string]any
		Condition string
	}
	Correlation *struct {
		Type      string
		Rules     []string
		GroupBy   []string `yaml:"group-by"`
		Timespan  string
		Condition struct{ GTE int }
	}
}

func sigmaRules(t *testing.T) map[string]sigmaRule {
	t.Helper()
	files, err := filepath.Glob("sigma/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	rules := make(map[string]sigmaRule)
	for _, file := range files {
		decoder := yaml.NewDecoder(bytes.NewReader([]byte(read(t, file))), yaml.DisallowUnknownField())
		for {
			var r sigmaRule
			err := decoder.Decode(&r)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			rules[r.Title] = r
		}
	}
	return rules
}

// matches evaluates the selection over the fields of an event.
func (r sigmaRule) matches(event map[string]any) (bool, error) {
	if r.Detection.Condition != "selection" || len(r.Detection.Selection) == 0 {
		return false, fmt.Errorf("%s: condition %q", r.Title, r.Detection.Condition)
	}
	for key, wanted := range r.Detection.Selection {
		field, modifier, _ := strings.Cut(key, "|")
		any, err := anyMatches(event[field], modifier, wanted)
		if err != nil || !any {
			return false, err
		}
	}
	return true, nil
}

func anyMatches(value any, modifier string, wanted any) (bool, error) {
	if list, is := wanted.([]any); is {
		for _, one := range list {
			if match, err := anyMatches(value, modifier, one); match || err != nil {
				return match, err
			}
		}
		return false, nil
	}
	values, list := value.([]any)
	if !list {
		values = []any{value}
	}
	for _, v := range values {
		match, err := compareSigma(fmt.Sprint(v), modifier, fmt.Sprint(wanted))
		if match || err != nil {
			return match, err
		}
	}
	return false, nil
}

func compareSigma(value, modifier, wanted string) (bool, error) {
	value, wanted = strings.ToLower(value), strings.ToLower(wanted) // Sigma does not tell case
	switch modifier {
	case "":
		return value == wanted, nil
	case "startswith":
		return strings.HasPrefix(value, wanted), nil
	case "gte":
		v, _ := strconv.ParseFloat(value, 64)
		w, err := strconv.ParseFloat(wanted, 64)
		return v >= w, err
	}
	return false, fmt.Errorf("modifier %q", modifier)
}

func TestSigmaRules(t *testing.T) {
	rules := sigmaRules(t)
	got := make(map[string][]string)
	for _, line := range trail(t) {
		event := fields(t, [][]byte{line})
		for title, r := range rules {
			if r.Correlation != nil {
				continue
			}
			match, err := r.matches(event)
			if err != nil {
				t.Fatal(err)
			}
			if match {
				got[title] = append(got[title], event["event.action"].(string))
			}
		}
	}
	for title, want := range map[string][]string{
		"Blocked attack on a site behind Lachan":                   {"block", "block"},
		"Injected content on a site behind Lachan":                 {"strip"},
		"Redirect of visitors to a foreign host stopped by Lachan": {"redirect"},
		"Gap in Lachan's audit trail":                              {"gap"},
	} {
		if !slices.Equal(got[title], want) {
			t.Errorf("%s: %v, want %v", title, got[title], want)
		}
		delete(got, title)
	}
	if len(got) > 0 {
		t.Errorf("rules nobody expects: %v", got)
	}
}

// The burst fires at its twentieth event from one address within five minutes,
// and not where they come from several, or slowly.
func TestSigmaBurst(t *testing.T) {
	rules := sigmaRules(t)
	burst := rules["Burst of blocked attacks from one address"].Correlation
	if burst == nil || burst.Type != "event_count" || !slices.Equal(burst.Rules, []string{rules["Blocked attack on a site behind Lachan"].Name}) {
		t.Fatalf("correlation %+v", burst)
	}
	span, err := time.ParseDuration(burst.Timespan)
	if err != nil {
		t.Fatal(err)
	}
	at := func(n int, every time.Duration, addresses int) (times []time.Time, from []string) {
		for i := range n {
			times = append(times, time.Unix(0, 0).Add(time.Duration(i)*every))
			from = append(from, fmt.Sprint("192.0.2.", i%addresses))
		}
		return times, from
	}
	for name, tt := range map[string]struct {
		events, addresses int
		every             time.Duration
		want              bool
	}{
		"twenty at once": {20, 1, time.Second, true},
		"nineteen":       {19, 1, time.Second, false},
		"two addresses":  {38, 2, time.Second, false},
		"an hour":        {20, 1, 3 * time.Minute, false},
	} {
		times, from := at(tt.events, tt.every, tt.addresses)
		if got := counts(times, from, span, burst.Condition.GTE); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if !slices.Equal(burst.GroupBy, []string{"source.ip"}) {
		t.Errorf("grouped by %v", burst.GroupBy)
	}
}

func counts(times []time.Time, group []string, span time.Duration, least int) bool {
	for i := range times {
		n := 0
		for j := range times[:i+1] {
			if group[j] == group[i] && times[i].Sub(times[j]) < span {
				n++
			}
		}
		if n >= least {
			return true
		}
	}
	return false
}

// What every rule has, and that the fields it names are written.
func TestSigmaRulesAreWhole(t *testing.T) {
	written := fields(t, trail(t))
	ids := make(map[string]bool)
	for title, r := range sigmaRules(t) {
		if len(r.ID) != 36 || ids[r.ID] || r.Status == "" || r.Description == "" || len(r.Tags) == 0 {
			t.Errorf("%s: %+v", title, r)
		}
		ids[r.ID] = true
		if !slices.Contains([]string{"informational", "low", "medium", "high", "critical"}, r.Level) {
			t.Errorf("%s: level %q", title, r.Level)
		}
		if r.Correlation == nil && r.Logsource.Product != "lachan" {
			t.Errorf("%s: log source %+v", title, r.Logsource)
		}
		names := []string{}
		for key := range r.Detection.Selection {
			field, _, _ := strings.Cut(key, "|")
			names = append(names, field)
		}
		if r.Correlation != nil {
			names = append(names, r.Correlation.GroupBy...)
		}
		for _, name := range names {
			if _, known := written[name]; !known {
				t.Errorf("%s: %s is never written", title, name)
			}
		}
	}
}
