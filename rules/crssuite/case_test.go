package crssuite

import (
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/corazawaf/coraza-coreruleset/v4/tests"
	"github.com/goccy/go-yaml"

	"github.com/lachan-waf/lachan/policies"
	"github.com/lachan-waf/lachan/rules/requests"
)

// testCase is one case: requests, one after another, and what is expected of each.
type testCase struct {
	name   string // 920100-4
	stages []stage
}

// stage is a request, and what is expected of it.
type stage struct {
	Input  requests.Input
	Output output
}

type output requests.Output

// loadCases reads every case that comes with the core rule set.
func loadCases(t *testing.T) []testCase {
	t.Helper()
	var all []testCase
	err := fs.WalkDir(tests.FS, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".yaml") {
			return err
		}
		text, err := fs.ReadFile(tests.FS, path)
		if err != nil {
			return err
		}
		// Strict, so that a newer core rule set cannot ask for something that
		// nobody looks at.
		var f requests.Suite
		if err := yaml.UnmarshalWithOptions(text, &f, yaml.Strict()); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		for _, c := range f.Tests {
			found := testCase{name: fmt.Sprintf("%d-%d", f.RuleID, c.ID)}
			for _, s := range c.Stages {
				found.stages = append(found.stages, stage{s.Input, output(s.Output)})
			}
			all = append(all, found)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// portSuffix leaves an IPv6 address in its brackets alone.
var portSuffix = regexp.MustCompile(`:[0-9]+$`)

// hosts are the names that the cases ask for, so that one site can have them all.
func hosts(cases []testCase) []string {
	seen := map[string]bool{}
	for _, c := range cases {
		for _, s := range c.stages {
			host, _ := s.Input.Header("Host")
			host = portSuffix.ReplaceAllString(host, "")
			if host, err := policies.ASCIIHost(host); err == nil {
				seen[host] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}
