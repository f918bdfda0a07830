package screen

import (
	"fmt"
	"testing"

	"github.com/lachan-waf/lachan/rules/transform"
)

// TestNoRoom: of more rules than a screen takes it has the first, and a rule whose
// condition there is no room for is found without it.
func TestNoRoom(t *testing.T) {
	none, _ := transform.Parse(nil)
	all := []Rule{{ID: 1, Targets: []Target{{Collection: "ARGS"}}, Chains: []transform.Chain{none}, Clauses: []Clause{{Words: []string{"union"}}}}}
	asked := 0
	for id := 2; id <= MaxRules+5; id++ {
		r := all[0]
		r.ID = id
		var set ByteSet
		set.Add(byte(id))
		set.Add(byte(200 + id>>8))
		r.Clauses = []Clause{{Bytes: set, Words: []string{fmt.Sprintf("word%d", id)}}}
		r.Match = func(string) bool { asked++; return id == MaxRules }
		all = append(all, r)
	}
	s := New(all)
	c := s.Begin(nil)
	defer c.End()
	c.Look(s.Collection("ARGS"), "q", "UNION")
	for i := range MaxRules {
		if want := i == 0 || i == MaxRules-1; c.Has(i) != want {
			t.Errorf("rule %d: found %v", i+1, !want)
		}
	}
	if without := MaxRules - maskBits; asked < without {
		t.Errorf("%d rules were asked, %d have no condition", asked, without)
	}

	many := make([]string, mostWords+1)
	for i := range many {
		many[i] = fmt.Sprintf("w%d", i)
	}
	all[0].Clauses = []Clause{{Words: many}}
	large := New(all[:1])
	c = large.Begin(nil)
	defer c.End()
	if c.Look(large.Collection("ARGS"), "q", "x"); !c.Has(0) {
		t.Error("a list without room is a condition all the same")
	}
}

func TestLook(t *testing.T) {
	none, _ := transform.Parse(nil)
	clauses, err := Pattern(`(?sm)(?i)union.*?select.*?from`)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(clauses)
	s := New([]Rule{{ID: 7, Targets: []Target{{Collection: "ARGS"}}, Chains: []transform.Chain{none}, Clauses: clauses}})
	c := s.Begin(nil)
	defer c.End()
	c.Look(s.Collection("ARGS"), "q", "1 UNION all select x From y")
	if !c.Has(0) {
		t.Error("not found")
	}
}
