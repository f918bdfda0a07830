package rules

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/lachan-waf/lachan/policies"
)

func TestSitesShareEngines(t *testing.T) {
	engines := NewEngines(Options{})
	acquired := func(s *policies.Site) *Engine {
		e, err := engines.Acquire(s)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	a := acquired(site())
	other := site()
	other.Name, other.Hosts = "school", []string{"truong.example"}
	b := acquired(other)
	c := acquired(site(func(w *policies.WAF) { w.Paranoia = 2 }))
	if a.shared != b.shared || a.shared.waf != b.shared.waf || a.Key() != b.Key() {
		t.Error("two sites with one policy have two engines")
	}
	if a.shared == c.shared || engines.Len() != 2 {
		t.Errorf("two policies, %d engines", engines.Len())
	}
	a.Release()
	a.Release() // releasing twice must not take b's away
	if engines.Len() != 2 {
		t.Errorf("%d engines while one site of each policy is left", engines.Len())
	}
	if v := inspect(t, b, request("GET", "/?q=%3Cscript%3Ealert(1)%3C/script%3E"), nil); !v.Blocked {
		t.Error("the remaining site does not block")
	}
	b.Release()
	c.Release()
	if engines.Len() != 0 {
		t.Errorf("%d engines after the last release", engines.Len())
	}
}

func TestReleaseDoesNotDisturbRequests(t *testing.T) {
	engines := NewEngines(Options{})
	e, err := engines.Acquire(site())
	if err != nil {
		t.Fatal(err)
	}
	r, _ := post("/", form, "")
	v, err := e.Inspect(t.Context(), r, readerFunc(func(p []byte) (int, error) {
		e.Release() // as a reload does, with the body still on its way
		return copy(p, "x=<script>alert(1)</script>"), os.ErrDeadlineExceeded
	}))
	if err == nil {
		t.Fatalf("verdict %+v of a body that could not be read", v)
	}
	v = inspect(t, e, request("GET", "/?q=%3Cscript%3Ealert(1)%3C/script%3E"), nil)
	if !v.Blocked {
		t.Error("an engine given up no longer blocks")
	}
}

func TestRuleFilesTellPoliciesApart(t *testing.T) {
	dir := t.TempDir()
	words := filepath.Join(dir, "words.data")
	rules := write(t, dir, "custom.conf", `SecRule ARGS "@pmFromFile words.data" "id:100001,phase:2,deny,msg:'banned word'"`)
	engines := NewEngines(Options{})
	banned := func(word string) (*Engine, bool) {
		write(t, dir, "words.data", word+"\n")
		e := acquireFrom(t, engines, site(func(w *policies.WAF) { w.Rules = []string{rules} }))
		return e, inspect(t, e, request("GET", "/?q=lobster"), nil).Blocked
	}
	first, blocked := banned("lobster")
	if !blocked {
		t.Error("the first list has the word")
	}
	// The first engine is still in use, as it is during a reload.
	second, blocked := banned("oyster")
	if blocked || first.Key() == second.Key() {
		t.Errorf("the list was replaced in %s, the engine was not", words)
	}
}

func TestConcurrentAcquireAndInspect(t *testing.T) {
	engines := NewEngines(Options{})
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			e, err := engines.Acquire(site(func(w *policies.WAF) { w.InboundThreshold = 5 + worker%2 }))
			if err != nil {
				t.Error(err)
				return
			}
			defer e.Release()
			for range 5 {
				r, body := post("/?q=%3Cscript%3Ealert(1)%3C/script%3E", form, "noi_dung="+vietnamese)
				v, err := e.Inspect(t.Context(), r, body)
				if err != nil || !v.Blocked {
					t.Errorf("blocked %v, error %v", v.Blocked, err)
				}
				v.Close()
			}
		})
	}
	wg.Wait()
	if engines.Len() != 0 {
		t.Errorf("%d engines left", engines.Len())
	}
}

func TestFailedPoliciesLeaveNothing(t *testing.T) {
	engines := NewEngines(Options{})
	rules := write(t, t.TempDir(), "custom.conf", `SecRule ARGS "@rx (" "id:100001,phase:2,deny"`)
	bad := site(func(w *policies.WAF) { w.Rules = []string{rules} })
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, err := engines.Acquire(bad); err == nil {
				t.Error("compiled")
			}
		})
	}
	wg.Wait()
	if engines.Len() != 0 {
		t.Errorf("%d engines left", engines.Len())
	}
	if e, err := engines.Acquire(site()); err != nil {
		t.Errorf("another site's mistake: %v", err)
	} else {
		e.Release()
	}
}

func TestImpossiblePoliciesAreRefused(t *testing.T) {
	for name, change := range map[string]func(*policies.WAF){
		"paranoia 0":          func(w *policies.WAF) { w.Paranoia, w.DetectionParanoia = 0, 0 },
		"paranoia 5":          func(w *policies.WAF) { w.Paranoia = 5 },
		"detection 5":         func(w *policies.WAF) { w.DetectionParanoia = 5 },
		"threshold 0":         func(w *policies.WAF) { w.InboundThreshold = 0 },
		"limit 0":             func(w *policies.WAF) { w.RequestBody.Limit = 0 },
		"limit over coraza's": func(w *policies.WAF) { w.RequestBody.Limit = 2 * policies.GiB },
	} {
		if e, err := NewEngines(Options{}).Acquire(site(change)); err == nil {
			t.Errorf("%s: accepted", name)
			e.Release()
		}
	}
}

// TestCompileTime keeps one policy within what a start may take in all, 1.5 s,
// on a machine that others use too.
func TestCompileTime(t *testing.T) {
	best := time.Hour
	for range 3 {
		start := time.Now()
		acquire(t, site())
		best = min(best, time.Since(start))
	}
	t.Logf("compiling one policy took %v", best)
	if best > time.Second {
		t.Errorf("compiling one policy took %v", best)
	}
}

func write(t testing.TB, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}
