package clean

import (
	"fmt"
	"io"
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

// FuzzScriptSignals: what is found in a script does not depend on what was read
// before, and whatever shows of it at a glance.
func FuzzScriptSignals(f *testing.F) {
	for _, file := range []string{"planted.txtar", "disguised.txtar", "honest.txtar"} {
		archive, err := txtar.ParseFile("testdata/scripts/" + file)
		if err != nil {
			f.Fatal(err)
		}
		for _, script := range archive.Files {
			f.Add(script.Data)
		}
	}
	c := newCleaner(f, portal(f))
	f.Fuzz(func(t *testing.T, code []byte) {
		w := c.newRewriter(io.Discard, Document{})
		first, host := w.scriptSignals(code, false)
		want := fmt.Sprint(first, host)
		w.scriptSignals([]byte(`location="https://evil.test/"`), true)
		if again, host := w.scriptSignals(code, false); fmt.Sprint(again, host) != want {
			t.Errorf("%q: %v %s, was %s", code, again, host, want)
		}
		w.fileSignals(code)
	})
}
