package browser_test

import (
	"testing"

	"github.com/lachan-waf/lachan/clean"
	"github.com/lachan-waf/lachan/policies"
)

// newCleaner compiles the policy of the corpus: links to a few hosts, nothing
// else, and no inline script that the empty baseline does not hold.
func newCleaner(t *testing.T) *clean.Cleaner {
	t.Helper()
	site := policies.DefaultSite()
	site.Name, site.Hosts = "site", []string{"site.test"}
	site.Response.Allow = policies.Allow{}
	for _, host := range []string{"*.gov.vn", "chinhphu.vn", "www.facebook.com"} {
		pattern, err := policies.ParseHostPattern(host)
		if err != nil {
			t.Fatal(err)
		}
		site.Response.Allow.Links = append(site.Response.Allow.Links, pattern)
	}
	site.Response.InlineScripts = policies.ScriptsKnown
	cleaner, err := clean.New(&site, nil)
	if err != nil {
		t.Fatal(err)
	}
	return cleaner
}
