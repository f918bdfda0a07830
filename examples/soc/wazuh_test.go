package soc_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/lachan-waf/lachan/audit/formats"
)

// wazuhRule is a rule of Wazuh as far as it is used here.
type wazuhRule struct {
	ID          int    `xml:"id,attr"`
	Level       int    `xml:"level,attr"`
	Frequency   int    `xml:"frequency,attr"`
	Timeframe   int    `xml:"timeframe,attr"`
	IfSID       int    `xml:"if_sid"`
	IfMatched   int    `xml:"if_matched_sid"`
	DecodedAs   string `xml:"decoded_as"`
	Description string `xml:"description"`
	Fields      []struct {
		Name    string `xml:"name,attr"`
		Pattern string `xml:",chardata"`
	} `xml:"field"`
	MITRE []string `xml:"mitre>id"`
	Group string   `xml:"group"`
	Other []struct {
		XMLName xml.Name
	} `xml:",any"`
}

func wazuhRules(t *testing.T) []wazuhRule {
	t.Helper()
	var group struct {
		XMLName xml.Name    `xml:"group"`
		Name    string      `xml:"name,attr"`
		Rules   []wazuhRule `xml:"rule"`
	}
	if err := xml.Unmarshal([]byte(read(t, "wazuh/local_rules.xml")), &group); err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(group.Name, ",") {
		t.Errorf("group %q: Wazuh wants a comma after each name", group.Name)
	}
	return group.Rules
}

// flat is a message as Wazuh's JSON decoder sees it: every value a text.
func flat(t *testing.T, message []byte) map[string]string {
	t.Helper()
	var values map[string]any
	if err := json.Unmarshal(message, &values); err != nil {
		t.Fatal(err)
	}
	texts := make(map[string]string)
	for key, value := range values {
		texts[key] = fmt.Sprint(value)
	}
	return texts
}

// matches evaluates the rule without its parents. The patterns use only what
// Wazuh's regular expressions and Go's have in common: ^ $ | \d+ \w+.
func (r wazuhRule) matches(event map[string]string) bool {
	return !slices.ContainsFunc(r.Fields, func(f struct {
		Name    string `xml:"name,attr"`
		Pattern string `xml:",chardata"`
	}) bool {
		return !regexp.MustCompile(f.Pattern).MatchString(event[f.Name])
	})
}

// fires returns the rule for the event that is deepest in the tree, as Wazuh
// takes it; those that count events are left out.
func fires(rules []wazuhRule, parent int, event map[string]string) int {
	for _, r := range rules {
		if r.IfSID == parent && r.Frequency == 0 && r.matches(event) {
			if child := fires(rules, r.ID, event); child != 0 {
				return child
			}
			return r.ID
		}
	}
	return 0
}

// Wazuh cannot be installed here. Its rules are evaluated over what Lachan
// sends to it: each kind of event finds its rule.
func TestWazuhRules(t *testing.T) {
	rules := wazuhRules(t)
	var got []int
	for _, message := range messages(t, formats.Wazuh, formats.Config{}) {
		got = append(got, fires(rules, 0, flat(t, message)))
	}
	// block, detect (rule), strip (script), detect (link), redirect, deny, config, config that
	// was refused, gap, fold, checkpoint, notice; and a block with everything.
	want := []int{100710, 100714, 100721, 100720, 100722, 100700, 100700, 100731, 100730, 100713, 100700, 100732, 100710}
	if !slices.Equal(got, want) {
		t.Errorf("rules %v, want %v", got, want)
	}
	critical := flat(t, messages(t, formats.Wazuh, formats.Config{})[0])
	critical["lachan_severity"] = "99"
	if id := fires(rules, 0, critical); id != 100711 {
		t.Errorf("rule %d of a critical attack, want 100711", id)
	}
	if id := fires(rules, 0, map[string]string{"lachan_action": "block"}); id != 0 {
		t.Errorf("rule %d of an event of somebody else's", id)
	}
}

// Each rule names fields that are sent, a parent that exists and, where it is an
// alert about an attack, the technique.
func TestWazuhRulesNameWhatIsThere(t *testing.T) {
	sent := fields(t, messages(t, formats.Wazuh, formats.Config{}))
	rules := wazuhRules(t)
	seen := make(map[int]bool)
	for _, r := range rules {
		if r.ID < 100000 || r.ID > 120000 || seen[r.ID] || r.Level < 0 || r.Level > 16 {
			t.Errorf("rule %d, level %d: not a number for local rules", r.ID, r.Level)
		}
		if parent := max(r.IfSID, r.IfMatched); parent != 0 && !seen[parent] {
			t.Errorf("rule %d follows %d, which is not before it", r.ID, parent)
		}
		seen[r.ID] = true
		named := regexp.MustCompile(`\$\((\w+)\)`).FindAllStringSubmatch(r.Description, -1)
		for _, f := range r.Fields {
			named = append(named, []string{"", f.Name})
		}
		for _, name := range named {
			if _, known := sent[name[1]]; !known {
				t.Errorf("rule %d: %s is never sent", r.ID, name[1])
			}
		}
		for _, id := range r.MITRE {
			if !regexp.MustCompile(`^T\d{4}(\.\d{3})?$`).MatchString(id) {
				t.Errorf("rule %d: %q is no technique", r.ID, id)
			}
		}
		if strings.Contains(r.Group, "attack") && len(r.MITRE) == 0 {
			t.Errorf("rule %d: an attack without a technique", r.ID)
		}
		for _, other := range r.Other {
			if other.XMLName.Local != "same_srcip" {
				t.Errorf("rule %d: <%s> is not looked at by this test", r.ID, other.XMLName.Local)
			}
		}
		if (r.Frequency > 0) != (r.Timeframe > 0 && r.IfMatched > 0 && len(r.Other) == 1) {
			t.Errorf("rule %d counts %d events in %d s of %d", r.ID, r.Frequency, r.Timeframe, r.IfMatched)
		}
	}
}

func TestWazuhConfiguration(t *testing.T) {
	var config struct {
		XMLName xml.Name `xml:"ossec_config"`
		Local   struct {
			Format   string `xml:"log_format"`
			Location string `xml:"location"`
		} `xml:"localfile"`
	}
	if err := xml.Unmarshal([]byte(read(t, "wazuh/ossec.conf")), &config); err != nil {
		t.Fatal(err)
	}
	if config.Local.Format != "json" || !strings.Contains(read(t, "wazuh/ossec.conf"), "file://"+config.Local.Location) {
		t.Errorf("reads %s as %s", config.Local.Location, config.Local.Format)
	}
}
