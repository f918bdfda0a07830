package rules

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	coreruleset "github.com/corazawaf/coraza-coreruleset/v4"

	"github.com/lachan-waf/lachan/policies"
	"github.com/lachan-waf/lachan/rules/screen"
)

// release writes the embedded CRS as a release of another version.
func release(t testing.TB, version string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	files, err := fs.Sub(coreruleset.FS, "@owasp_crs")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(dir, "rules"), files); err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob(filepath.Join(dir, "rules", "*.conf"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Dir(name), filepath.Base(name), strings.ReplaceAll(string(text), "OWASP_CRS/4.25.0", "OWASP_CRS/"+version))
	}
	return dir
}

const newerRule = `SecRule ARGS "@pmFromFile newer.data" \
    "id:934999,phase:2,block,t:none,msg:'newer',tag:'paranoia-level/1',ver:'OWASP_CRS/4.99.0',severity:'CRITICAL',\
    setvar:'tx.inbound_anomaly_score_pl1=+%{tx.critical_anomaly_score}'"
`

func TestCRSDir(t *testing.T) {
	dir := release(t, "4.99.0")
	rules := filepath.Join(dir, "rules")
	write(t, rules, "REQUEST-935-NEWER.conf", newerRule)
	write(t, rules, "newer.data", "lobster\n")
	write(t, dir, "crs-setup.conf", "SecRuleEngine Off\n")
	engines := NewEngines(Options{})
	inDir := site(func(w *policies.WAF) { w.CRSDir = dir })
	e, embedded := acquireFrom(t, engines, inDir), acquireFrom(t, engines, site())
	if e.RulesetVersion() != "4.99.0" || embedded.RulesetVersion() != RulesetVersion() || e.Key() == embedded.Key() {
		t.Errorf("versions %s and %s", e.RulesetVersion(), embedded.RulesetVersion())
	}
	for target, rule := range map[string]int{"/?q=lobster": 934999, "/?q=%3Cscript%3Ealert(1)%3C/script%3E": 941100} {
		v := inspect(t, e, request("GET", target), nil)
		assertMatched(t, v, rule)
		if c := v.Cause(); !v.Blocked || c == nil || c.Version != "4.99.0" || c.Ruleset != Ruleset {
			t.Errorf("%s: blocked %v by %+v", target, v.Blocked, c)
		}
	}
	if v := inspect(t, embedded, request("GET", "/?q=lobster"), nil); v.Blocked {
		t.Error("the embedded rules have the newer rule")
	}
	if v := inspect(t, e, request("GET", "/?q=oyster"), nil); len(v.Matches) > 0 {
		t.Errorf("matches %+v", v.Matches)
	}

	write(t, rules, "newer.data", "oyster\n") // as a reload finds it
	changed := acquireFrom(t, engines, inDir)
	if v := inspect(t, changed, request("GET", "/?q=oyster"), nil); !v.Blocked || changed.Key() == e.Key() {
		t.Error("a list was replaced, the engine was not")
	}
}

// The rules of a folder are screened and folded as the embedded ones are.
func TestCRSDirIsScreened(t *testing.T) {
	dir := release(t, "4.99.0")
	write(t, filepath.Join(dir, "rules"), "REQUEST-935-NEWER.conf", newerRule)
	write(t, filepath.Join(dir, "rules"), "newer.data", "lobster\n")
	src, _, err := newSource(site(func(w *policies.WAF) { w.CRSDir = dir }), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	directives, err := split(src.units)
	if err != nil {
		t.Fatal(err)
	}
	units, dropped := folded(src.units, directives)
	if len(dropped) < 100 {
		t.Fatalf("%d rules folded", len(dropped))
	}
	s := newScreening(units, directives, src.fs())
	if s == nil {
		t.Fatal("no screening")
	}
	for _, r := range s.phases[2].order {
		if r.id == 934999 && r.index >= 0 {
			return
		}
	}
	t.Error("the rule of the folder is not screened")
}

// Of a release with more rules than a screen takes, those behind are left to coraza.
func TestCRSDirOfManyRules(t *testing.T) {
	dir := release(t, "4.99.0")
	var text strings.Builder
	for i := range screen.MaxRules + 10 {
		fmt.Fprintf(&text, "SecRule ARGS \"@rx lobster%d$\" \"id:%d,phase:2,block,t:none,msg:'many',severity:'CRITICAL',\\\n"+
			"    setvar:'tx.inbound_anomaly_score_pl1=+%%{tx.critical_anomaly_score}'\"\n", i, 935000+i)
	}
	write(t, filepath.Join(dir, "rules"), "REQUEST-935-MANY.conf", text.String())
	e := acquire(t, site(func(w *policies.WAF) { w.CRSDir = dir }))
	for _, i := range []int{0, screen.MaxRules + 9} {
		v := inspect(t, e, request("GET", fmt.Sprintf("/?q=lobster%d", i)), nil)
		assertMatched(t, v, 935000+i)
		if !v.Blocked || len(v.Matches) != 2 { // and the one that compares the score
			t.Errorf("lobster%d: blocked %v, matches %+v", i, v.Blocked, v.Matches)
		}
	}
	assertMatched(t, inspect(t, e, request("GET", "/?q=%3Cscript%3Ealert(1)%3C/script%3E"), nil), 941100)
	if v := inspect(t, e, request("GET", "/?q=oyster"), nil); len(v.Matches) > 0 {
		t.Errorf("matches %+v", v.Matches)
	}
}

func TestBadCRSDir(t *testing.T) {
	const c901 = "rules/REQUEST-901-INITIALIZATION.conf"
	for name, tt := range map[string]struct {
		spoil func(t *testing.T, dir string)
		want  string
	}{
		"missing":        {func(t *testing.T, dir string) { remove(t, dir) }, "waf.crs_dir: DIR: no such file or directory"},
		"without rules/": {func(t *testing.T, dir string) { remove(t, dir, "rules") }, "DIR/rules: no REQUEST-*.conf: expected the folder of a CRS release, with its rules in rules/"},
		"only responses": {func(t *testing.T, dir string) {
			remove(t, dir, "rules")
			write(t, dir, "rules/RESPONSE-950-X.conf", "")
		}, "DIR/rules: no REQUEST-*.conf"},
		"no version": {func(t *testing.T, dir string) {
			remove(t, dir, "rules")
			write(t, dir, "rules/REQUEST-901-X.conf", "SecMarker END\n")
		}, "DIR/rules: no file says its version"},
		"CRS 3": {func(t *testing.T, dir string) {
			write(t, dir, c901, "\nSecComponentSignature \"OWASP_CRS/3.3.7\"\n")
		}, "DIR/" + c901 + ":2: CRS 3.3.7 is too old: the least is 4.0"},
		"a folder for a file": {func(t *testing.T, dir string) {
			write(t, dir, "rules/REQUEST-999-X.conf/x", "")
		}, "DIR/rules/REQUEST-999-X.conf: not a regular file"},
		"a rule that does not compile": {func(t *testing.T, dir string) {
			write(t, dir, "rules/REQUEST-931-X.conf", "# first\n\nSecRule ARGS \"@rx (\" \\\n  \"id:931999,phase:2,deny\"\n")
		}, "DIR/rules/REQUEST-931-X.conf:3: "},
		"a number that stands twice": {func(t *testing.T, dir string) {
			write(t, dir, "rules/REQUEST-941-X.conf", "\nSecAction \"id:941100,phase:2,pass\"\n")
		}, "DIR/rules/REQUEST-941-X.conf:2: rule id 941100 is already taken at "},
		"a number of ours": {func(t *testing.T, dir string) {
			write(t, dir, "rules/REQUEST-931-X.conf", "SecAction \"id:8890001,phase:2,pass\"\n")
		}, "DIR/rules/REQUEST-931-X.conf:1: rule id 8890001 is one of Lachan's"},
		"a directive of its own": {func(t *testing.T, dir string) {
			write(t, dir, "rules/REQUEST-931-X.conf", "\nSecRuleEngine Off\n")
		}, "DIR/rules/REQUEST-931-X.conf:2: directive \"secruleengine\" is not available"},
		"a program": {func(t *testing.T, dir string) {
			write(t, dir, "rules/REQUEST-931-X.conf", "SecAction \"id:931999,phase:2,pass,exec:/bin/true\"\n")
		}, "DIR/rules/REQUEST-931-X.conf:1: action exec runs a program"},
		"a chain left open": {func(t *testing.T, dir string) {
			write(t, dir, "rules/REQUEST-931-X.conf", "SecRule ARGS \"@rx x\" \"id:931999,phase:2,pass,chain\"\n")
		}, "DIR/rules/REQUEST-931-X.conf:1: the file ends in the middle of a chain"},
		"a list that is missing": {func(t *testing.T, dir string) { remove(t, dir, "rules/ssrf.data") }, ": @pmFromFile ssrf.data: no such file or directory"},
		"a list outside": {func(t *testing.T, dir string) {
			write(t, dir, "rules/REQUEST-931-X.conf", "SecRule ARGS \"@pmFromFile ../../x.data\" \"id:931999,phase:2,pass\"\n")
		}, "DIR/rules/REQUEST-931-X.conf:1: @pmFromFile ../../x.data: expected a file of this folder"},
		"a list that leads outside": {func(t *testing.T, dir string) {
			outside := write(t, t.TempDir(), "secret", "root\n")
			remove(t, dir, "rules/ssrf.data")
			if err := os.Symlink(outside, filepath.Join(dir, "rules/ssrf.data")); err != nil {
				t.Fatal(err)
			}
		}, ": @pmFromFile ssrf.data: path escapes from parent"},
		"a folder for a list": {func(t *testing.T, dir string) {
			remove(t, dir, "rules/ssrf.data")
			write(t, dir, "rules/ssrf.data/x", "")
		}, ": @pmFromFile ssrf.data: not a regular file"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := release(t, "4.99.0")
			tt.spoil(t, dir)
			engines := NewEngines(Options{})
			e, err := engines.Acquire(site(func(w *policies.WAF) { w.CRSDir = dir }))
			if err == nil {
				e.Release()
				t.Fatal("accepted")
			}
			if want := strings.ReplaceAll(tt.want, "DIR", dir); !strings.Contains(err.Error(), want) {
				t.Errorf("error %v\nwant  … %s", err, want)
			}
			if engines.Len() != 0 {
				t.Errorf("%d engines left", engines.Len())
			}
		})
	}
}

func remove(t *testing.T, parts ...string) {
	t.Helper()
	if err := os.RemoveAll(filepath.Join(parts...)); err != nil {
		t.Fatal(err)
	}
}

// A site's own rules may not take a number of the folder's.
func TestCRSDirAndRules(t *testing.T) {
	own := write(t, t.TempDir(), "own.conf", `SecAction "id:941100,phase:2,pass"`)
	_, err := NewEngines(Options{}).Acquire(site(func(w *policies.WAF) { w.CRSDir, w.Rules = release(t, "4.99.0"), []string{own} }))
	if err == nil || !strings.Contains(err.Error(), own+":1: rule id 941100 is already taken") {
		t.Errorf("error %v", err)
	}
}

func BenchmarkReadCRSDir(b *testing.B) {
	s := site(func(w *policies.WAF) { w.CRSDir = release(b, "4.99.0") })
	for b.Loop() {
		if _, _, err := newSource(s, time.Now()); err != nil {
			b.Fatal(err)
		}
	}
}
