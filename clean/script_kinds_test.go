package clean

import (
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestScriptKinds runs the collections: the policy that a portal would
// have, signals, and no baseline.
func TestScriptKinds(t *testing.T) {
	site := portal(t)
	site.Response.Allow.Scripts = patterns(t, "www.googletagmanager.com", "connect.facebook.net")
	c := newCleaner(t, site)
	for file, want := range map[string]bool{"planted.txtar": false, "disguised.txtar": false, "honest.txtar": true} {
		archive, err := txtar.ParseFile("testdata/scripts/" + file)
		if err != nil {
			t.Fatal(err)
		}
		if len(archive.Files) < 20 {
			t.Errorf("%s holds %d scripts", file, len(archive.Files))
		}
		for _, script := range archive.Files {
			t.Run(script.Name, func(t *testing.T) {
				in := "<p>a</p><script>" + string(script.Data) + "</script><p>b</p>"
				out, findings := cleanString(t, c, in)
				if stayed := out == in; stayed != want {
					t.Errorf("stays: %t; %+v", stayed, findings)
				}
			})
		}
	}
}
