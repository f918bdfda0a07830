package rules

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	coreruleset "github.com/corazawaf/coraza-coreruleset/v4"
	"github.com/corazawaf/libinjection-go"

	"github.com/lachan-waf/lachan/policies"
)

var idPattern = regexp.MustCompile(`\bid:'?(\d+)`)

// ruleIDs lists the rules of a file, comments left out.
func ruleIDs(text string) (ids []string) {
	for _, line := range strings.Split(text, "\n") {
		if !strings.HasPrefix(strings.TrimSpace(line), "#") {
			for _, m := range idPattern.FindAllStringSubmatch(line, -1) {
				ids = append(ids, m[1])
			}
		}
	}
	slices.Sort(ids)
	return ids
}

// module asks the go command where a dependency is, and in which version.
func module(t *testing.T, path string) (dir, version string) {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-json", path).Output()
	if err != nil {
		t.Fatalf("go list -m %s: %v", path, err)
	}
	var m struct{ Dir, Version string }
	if err := json.Unmarshal(out, &m); err != nil {
		t.Fatal(err)
	}
	return m.Dir, m.Version
}

// TestEngineConfFollowsCoraza fails when a new coraza recommends a rule that
// engine.conf does not have. The copy inside coraza-coreruleset is older
// (3.5.0), without the limits on arguments.
func TestEngineConfFollowsCoraza(t *testing.T) {
	dir, _ := module(t, "github.com/corazawaf/coraza/v3")
	recommended, err := os.ReadFile(filepath.Join(dir, "coraza.conf-recommended"))
	if err != nil {
		t.Fatal(err)
	}
	ours, err := embedded.ReadFile("conf/engine.conf")
	if err != nil {
		t.Fatal(err)
	}
	own := ruleIDs(string(ours))
	for _, id := range ruleIDs(string(recommended)) {
		if !slices.Contains(own, id) {
			t.Errorf("coraza recommends rule %s; engine.conf has only %v", id, own)
		}
	}
}

// TestSetupFollowsCRS fails when CRS grows a variable that setup.conf and the
// policy leave to its initialisation. The lists named are restrictions that
// are best taken from CRS as they grow.
func TestSetupFollowsCRS(t *testing.T) {
	initialisation, err := fs.ReadFile(coreruleset.FS, "@owasp_crs/REQUEST-901-INITIALIZATION.conf")
	if err != nil {
		t.Fatal(err)
	}
	setup, err := embedded.ReadFile("conf/setup.conf")
	if err != nil {
		t.Fatal(err)
	}
	policy, err := setupText(&site().WAF)
	if err != nil {
		t.Fatal(err)
	}
	left := []string{
		"restricted_extensions", "restricted_headers_basic", "restricted_headers_extended", "ENABLE_DEFAULT_COLLECTIONS",
	}
	for _, m := range regexp.MustCompile(`SecRule &TX:(\w+) `).FindAllStringSubmatch(string(initialisation), -1) {
		if !strings.Contains(string(setup)+policy, "setvar:tx."+m[1]+"=") && !strings.Contains(string(setup), "'tx."+m[1]+"=") && !slices.Contains(left, m[1]) {
			t.Errorf("CRS defaults tx.%s, setup.conf does not say what it is", m[1])
		}
	}
}

func TestRulesetVersion(t *testing.T) {
	_, module := module(t, "github.com/corazawaf/coraza-coreruleset/v4")
	if got := "v" + RulesetVersion(); got != module {
		t.Errorf("CRS says it is %s, its module %s", got, module)
	}
}

// TestLibinjectionIsLinear: up to 0.3.3 an unterminated string of escaped
// quotes took time quadratic in its length (GHSA-974q-67pr-5pc2).
func TestLibinjectionIsLinear(t *testing.T) {
	took := func(length int) time.Duration {
		value := "'" + strings.Repeat(`\'`, length/2)
		best := time.Hour
		for range 3 {
			best = min(best, cpu(func() { libinjection.IsSQLi(value) }))
		}
		return best
	}
	took(1 << 10)
	short, long := took(64<<10), took(1<<20)
	t.Logf("64 KiB %v, 1 MiB %v", short, long)
	if long > 100*short+20*time.Millisecond { // 16 when linear, 256 when quadratic
		t.Errorf("64 KiB took %v, 1 MiB %v", short, long)
	}
	if _, version := module(t, "github.com/corazawaf/libinjection-go"); version < "v0.3.5" {
		t.Errorf("libinjection-go is %s; need v0.3.5", version)
	}
}

func TestEveryProfileCompiles(t *testing.T) {
	names, err := fs.Glob(embedded, "profiles/*.conf")
	if err != nil || len(names) == 0 {
		t.Fatalf("profiles %v: %v", names, err)
	}
	for _, name := range names {
		s := site()
		s.Profile = policies.Profile(strings.TrimSuffix(filepath.Base(name), ".conf"))
		e := acquire(t, s)
		if v := inspect(t, e, request("GET", "/?q=%27%20UNION%20SELECT%20password%20FROM%20users--"), nil); !v.Blocked {
			t.Errorf("%s: an attack passes", s.Profile)
		}
		if v := inspect(t, e, request("GET", "/"), nil); v.Blocked {
			t.Errorf("%s: the home page is blocked", s.Profile)
		}
	}
}
