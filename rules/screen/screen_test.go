package screen

import (
	"testing"

	"github.com/lachan-waf/lachan/rules/transform"
)

func TestLook(t *testing.T) {
	none, _ := transform.Parse(nil)
	clauses, err := Pattern(`(?sm)(?i)union.*?select.*?from`)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(clauses)
	s, err := New([]Rule{{ID: 7, Targets: []Target{{Collection: "ARGS"}}, Chains: []transform.Chain{none}, Clauses: clauses}})
	if err != nil {
		t.Fatal(err)
	}
	c := s.Begin(nil)
	defer c.End()
	c.Look(s.Collection("ARGS"), "q", "1 UNION all select x From y")
	if !c.Has(0) {
		t.Error("not found")
	}
}
