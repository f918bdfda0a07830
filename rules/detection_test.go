package rules

import (
	"os"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/lachan-waf/lachan/policies"
)

// opinionPair are engines of one policy, that differ in the second opinion.
func opinionPair(t testing.TB) (stock, weighed *Engine) {
	engines := NewEngines(Options{})
	return acquireFrom(t, engines, site()), acquireFrom(t, engines, site(func(w *policies.WAF) { w.SecondOpinion = policies.On }))
}

// TestDetectionStays: what CRS's own tests send, and CRS alone would block, is
// blocked with the second opinion too. The exceptions are listed with a reason,
// and the list fails where one of them is blocked after all.
func TestDetectionStays(t *testing.T) {
	text, err := os.ReadFile("testdata/downgraded.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var listed map[string]string
	if err := yaml.Unmarshal(text, &listed); err != nil {
		t.Fatal(err)
	}
	stock, weighed := opinionPair(t)
	blocked, more := 0, 0
	for _, s := range crsSamples(t) {
		before, after := inspect(t, stock, s.request, s.reader()), inspect(t, weighed, s.request, s.reader())
		reason, known := listed[s.name]
		delete(listed, s.name)
		switch {
		case before.Blocked:
			blocked++
			if after.Blocked == known || known && reason == "" {
				t.Errorf("%s: blocked %v, listed %v %q\n%s %q\n%q\n%s", s.name, after.Blocked, known, reason, s.request.Method, s.request.Target, s.body, opinions(after))
			}
		case after.Blocked:
			more++
		}
	}
	for name := range listed {
		t.Errorf("%s is listed and not blocked by CRS either", name)
	}
	t.Logf("%d requests blocked by CRS alone, %d more with the second opinion", blocked, more)
}

func opinions(v Verdict) (text string) {
	for _, m := range v.Matches {
		if m.Downgraded != "" {
			text += "  " + m.Text() + " = " + m.Downgraded + "\n"
		}
	}
	return text
}
