package crssuite

import (
	"os"
	"slices"
	"testing"

	"github.com/goccy/go-yaml"
)

// knownFailures are the cases that do not pass, each with the reason. A case
// that is listed and passes fails the suite, so that the list only ever shrinks.
func knownFailures(t *testing.T, cases []testCase) map[string]string {
	t.Helper()
	text, err := os.ReadFile("testdata/known.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var known map[string]string
	if err := yaml.Unmarshal(text, &known); err != nil {
		t.Fatal(err)
	}
	for name, reason := range known {
		if reason == "" || !slices.ContainsFunc(cases, func(c testCase) bool { return c.name == name }) {
			t.Errorf("known.yaml: %s: no reason, or no such case", name)
		}
	}
	return known
}
