package main

import (
	"testing"

	"github.com/lachan-waf/lachan/policies"
)

func TestPoliciesAreDistinctAndValid(t *testing.T) {
	s := &stand{dir: t.TempDir(), origin: "127.0.0.1:8080"}
	sites := append(sitesOf(manySites, manyPolicies), variant{"changed", changed})
	if n := countPolicies(sites); n != manyPolicies+1 {
		t.Errorf("%d policies, want %d", n, manyPolicies+1)
	}
	file, err := s.config("mixed", "127.0.0.1:8081", sites)
	if err != nil {
		t.Fatal(err)
	}
	config, err := policies.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(config.Sites) != len(sites) {
		t.Errorf("%d sites, want %d", len(config.Sites), len(sites))
	}
}
