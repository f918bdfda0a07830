package pages_test

import (
	"testing"

	"github.com/lachan-waf/lachan/clean"
	"github.com/lachan-waf/lachan/policies"
)

// site is a site's cleaner, once with the allowlists its operator would set and
// once with none for links.
type site struct {
	cleaner, unlinked *clean.Cleaner
	// never are links that no allowlist can hold, as they stand in the page.
	never []string
	// rewritten are tags that are written anew, by design: pairs of old and new.
	rewritten []string
}

// newSite compiles a site as it stands in a configuration. Nothing is approved
// in a baseline: inline scripts are judged as on the first day.
func newSite(t *testing.T, config string) *site {
	t.Helper()
	c, err := policies.Parse("lachan.yaml", []byte("sites:\n"+config))
	if err != nil {
		t.Fatal(err)
	}
	policy := &c.Sites[0]
	s := &site{cleaner: newCleaner(t, policy)}
	policy.Response.Allow.Links = nil
	s.unlinked = newCleaner(t, policy)
	return s
}

func newCleaner(t *testing.T, policy *policies.Site) *clean.Cleaner {
	t.Helper()
	c, err := clean.New(policy, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
