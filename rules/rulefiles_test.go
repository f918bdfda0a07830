package rules

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lachan-waf/lachan/policies"
)

// TestBrokenRuleFiles checks that every mistake is named with its file and
// line. `files` are written beside each other; a.conf is the one configured,
// b.conf too where it exists.
func TestBrokenRuleFiles(t *testing.T) {
	const good = "SecRule ARGS \"@rx a\" \"id:100001,phase:2,pass,msg:'a'\"\n"
	for _, tt := range []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"unknown operator", files("a.conf", "# a comment\n\n"+good+`SecRule ARGS "@rex a" "id:100002,phase:2,deny"`), []string{"a.conf:4: operator rex not found"}},
		{"unknown variable", files("a.conf", `SecRule ARG "@rx a" "id:100001,phase:2,deny"`), []string{"a.conf:1: unknown variable"}},
		{"unknown action", files("a.conf", `SecRule ARGS "@rx a" "id:100001,phase:2,denie"`), []string{"a.conf:1: ", "denie"}},
		{"unknown directive", files("a.conf", good+"SecFoo On"), []string{`a.conf:2: directive "secfoo" is not available`}},
		{"directive of the configuration", files("a.conf", "SecRuleEngine Off"), []string{`a.conf:1: directive "secruleengine" is not available`, "waf.mode"}},
		{"default action", files("a.conf", `SecDefaultAction "phase:2,deny"`), []string{"a.conf:1: ", "rules of CRS would inherit it"}},
		{"missing id", files("a.conf", good+`SecRule ARGS "@rx a" "phase:2,deny"`), []string{"a.conf:2: rule without an id"}},
		{"no actions", files("a.conf", `SecRule ARGS "@rx a"`), []string{"a.conf:1: rule without an id"}},
		{"odd id", files("a.conf", `SecRule ARGS "@rx a" "id:abc,phase:2,deny"`), []string{`a.conf:1: id "abc" is not a positive number`}},
		{"our id", files("a.conf", `SecRule ARGS "@rx a" "id:8800000,phase:2,deny"`), []string{"a.conf:1: rule id 8800000 is one of Lachan's"}},
		{"id of a profile", files("a.conf", `SecRule ARGS "@rx a" "id:9870001,phase:2,deny"`), []string{"a.conf:1: rule id 9870001 is one of Lachan's"}},
		{"id of coraza's", files("a.conf", `SecRule ARGS "@rx a" "id:200002,phase:2,deny"`), []string{"a.conf:1: rule id 200002 is already taken by Lachan's own rules"}},
		{"id of CRS", files("a.conf", good+"\\\n"+`SecRule ARGS "@rx a" "id:942100,phase:2,deny"`), []string{"a.conf:2: rule id 942100 is already taken by @owasp_crs/REQUEST-942"}},
		{"one id twice", files("a.conf", good, "b.conf", "\n"+good), []string{"b.conf:2: rule id 100001 is already taken at ", "a.conf:1"}},
		{"bad regular expression", files("a.conf", good+"\n"+`SecRule ARGS "@rx (" "id:100002,phase:2,deny"`), []string{"a.conf:3: ", "missing closing )"}},
		{"unterminated quote", files("a.conf", `SecRule ARGS "@rx a "id:100001,phase:2,deny`), []string{"a.conf:1: "}},
		{"quote left open in the actions", files("a.conf", `SecRule ARGS "@rx a" "id:100001,phase:2,deny,msg:'a"`), []string{"a.conf:1: a single quote in the actions is not closed"}},
		{"continued beyond the end", files("a.conf", good+"SecRule ARGS \\\n"), []string{"a.conf:2: the file ends in the middle of a directive"}},
		{"backticks left open", files("a.conf", "SecDataset words `\none\n"), []string{"a.conf:1: backticks left open"}},
		{"chain left open", files("a.conf", `SecRule ARGS "@rx a" "id:100001,phase:2,deny,chain"`, "b.conf", "SecMarker B"), []string{"a.conf:1: the file ends in the middle of a chain"}},
		{"disruptive action in a chain", files("a.conf", "SecRule ARGS \"@rx a\" \"id:100001,phase:2,deny,chain\"\n"+`SecRule ARGS "@rx b" "deny"`), []string{"a.conf:2: disruptive actions"}},
		{"NUL", files("a.conf", "SecMarker A\x00"), []string{"a.conf:1: NUL byte"}},
		{"binary", files("a.conf", "\x7fELF\x02\x01\x01"), []string{`a.conf:1: directive "\x7felf\x02\x01\x01" is not available`}},
		{"long line", files("a.conf", good+`SecRule ARGS "@rx `+strings.Repeat("a", maxLine)+`" "id:100002,phase:2,deny"`), []string{"a.conf:2: line of "}},
		{"huge file", files("a.conf", strings.Repeat("# padding\n", maxRuleFile/10+1)), []string{"a.conf: file larger than 1048576 bytes"}},
		{"too many directives", files("a.conf", strings.Repeat("SecMarker A\n", maxDirectives+1)), []string{"a.conf:2001: more than 2000 directives"}},
		{"missing file", files(), []string{"a.conf: no such file or directory"}},
		{"Include of a missing file", files("a.conf", good+"Include more.conf"), []string{"a.conf:2: Include more.conf: no such file"}},
		{"Include of nothing", files("a.conf", "Include"), []string{"a.conf:1: Include"}},
		{"Include outside the folder", files("a.conf", "Include ../up.conf"), []string{"a.conf:1: Include ../up.conf: name a file in this folder"}},
		{"Include by an absolute path", files("a.conf", "Include /etc/passwd"), []string{"a.conf:1: Include /etc/passwd: name a file in this folder"}},
		{"Include of itself", files("a.conf", "Include a.conf"), []string{"a.conf:1: more than 100 rule files"}},
		{"mistake in an included file", files("a.conf", "\nInclude d/*.conf", "d/b.conf", "SecMarker B\nSecFoo On"), []string{filepath.FromSlash("d/b.conf:2: directive")}},
		{"missing list", files("a.conf", `SecRule ARGS "@pmFromFile words.data" "id:100001,phase:2,deny"`), []string{"a.conf:1: @pmFromFile words.data: no such file"}},
		{"list outside the folder", files("a.conf", `SecRule ARGS "@pmFromFile /etc/passwd" "id:100001,phase:2,deny"`), []string{"a.conf:1: @pmFromFile /etc/passwd: name a file in this folder"}},
		{"bad list of addresses", files("a.conf", `SecRule REMOTE_ADDR "@ipMatchFromFile ips" "id:100001,phase:1,deny"`, "d/x", ""), []string{"a.conf:1: @ipMatchFromFile ips: no such file"}},
		{"program", files("a.conf", `SecRule FILES_TMPNAMES "@inspectFile /bin/sh" "id:100001,phase:2,deny"`), []string{"a.conf:1: operator @inspectFile runs a program"}},
		{"DNS", files("a.conf", `SecRule REMOTE_ADDR "@rbl bl.example" "id:100001,phase:1,deny"`), []string{"a.conf:1: operator @rbl asks the DNS"}},
		{"exec", files("a.conf", `SecRule ARGS "@rx a" "id:100001,phase:2,deny,exec:/bin/sh"`), []string{"a.conf:1: action exec runs a program"}},
		{"setenv", files("a.conf", `SecAction "id:100001,phase:1,pass,setenv:PATH=/srv"`), []string{"a.conf:1: action setenv"}},
		{"response phase", files("a.conf", `SecRule RESPONSE_BODY "@rx a" "id:100001,phase:4,deny"`), []string{"a.conf:1: phase 4 is not available in this version"}},
		{"persistent collection", files("a.conf", `SecAction "id:100001,phase:1,pass,initcol:ip=%{REMOTE_ADDR}"`), []string{"a.conf:1: action initcol needs persistent collections"}},
		{"change to a rule that is not there", files("a.conf", "SecRuleUpdateTargetById 123 !ARGS:a"), []string{"a.conf:1: "}},
		// Coraza caches what it compiles by its text alone and mistakes one kind for the other.
		{"panic", files("a.conf", "SecDataset lobster `\nred\n`\nSecRule ARGS \"@pmFromDataset lobster\" \"id:100001,phase:2,pass\"\n"+`SecAction "id:100002,phase:1,pass,ctl:ruleRemoveTargetById=1;ARGS:/lobster/"`), []string{"a.conf:5: compiling panicked"}},
		{"two mistakes at once", files("a.conf", "SecFoo On\nSecBar On"), []string{"a.conf:1: ", "a.conf:2: "}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range tt.files {
				write(t, dir, name, text)
			}
			s := site(func(w *policies.WAF) {
				w.Rules = []string{filepath.Join(dir, "a.conf")}
				if _, ok := tt.files["b.conf"]; ok {
					w.Rules = append(w.Rules, filepath.Join(dir, "b.conf"))
				}
			})
			e, err := NewEngines(Options{}).Acquire(s)
			if err == nil {
				e.Release()
				t.Fatal("accepted")
			}
			var ruleErr *RuleError
			if !errors.As(err, &ruleErr) || !strings.HasPrefix(err.Error(), dir) {
				t.Errorf("error without its place: %v", err)
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q; want %q", err, want)
				}
			}
			if strings.Contains(err.Error(), sitePrefix) {
				t.Errorf("error %q shows a name of ours", err)
			}
		})
	}
}

func files(namesAndTexts ...string) map[string]string {
	m := map[string]string{}
	for i := 0; i < len(namesAndTexts); i += 2 {
		m[namesAndTexts[i]] = namesAndTexts[i+1]
	}
	return m
}

func TestOddFilesAreRefused(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "link.conf")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		dir: "not a regular file",
		write(t, dir, "a.conf", "Include link.conf"): "a.conf:1: Include link.conf: ",
	} {
		_, err := NewEngines(Options{}).Acquire(site(func(w *policies.WAF) { w.Rules = []string{name} }))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v; want %q", name, err, want)
		}
	}
}

// operator compiles one file of rules.
func operator(t *testing.T, text string, more ...string) *Engine {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(more); i += 2 {
		write(t, dir, more[i], more[i+1])
	}
	path := write(t, dir, "custom.conf", text)
	return acquire(t, site(func(w *policies.WAF) { w.Rules = []string{path} }))
}

func TestOperatorsRulesRefuse(t *testing.T) {
	cases := []struct {
		actions string
		status  int
	}{
		{"deny", 403},
		{"deny,status:451", 451},
		{"deny,status:500", 500},
		{"deny,status:200", 403},
		{"deny,status:302", 403},
		{"drop", 403},
		{"redirect:https://evil.test/", 403},
		{"redirect:https://evil.test/,status:301", 403},
	}
	text := ""
	for i, tt := range cases {
		text += fmt.Sprintf("SecRule ARGS:q \"@streq lobster%d\" \"id:%d,phase:1,%s,msg:'tôm hùm: %%{MATCHED_VAR}',severity:'WARNING'\"\n", i, 100000+i, tt.actions)
	}
	e := operator(t, text)
	for i, tt := range cases {
		value := fmt.Sprintf("lobster%d", i)
		v := inspect(t, e, request("GET", "/?q="+value), nil)
		if !v.Blocked || v.Status != tt.status || v.RuleID != 100000+i {
			t.Errorf("%s: blocked %v, status %d, rule %d", tt.actions, v.Blocked, v.Status, v.RuleID)
		}
		c := v.Cause()
		if c == nil || c.Ruleset != "custom" || c.Variable != "ARGS:q" || c.Value != value || c.Message != "tôm hùm: "+value || c.Severity != 4 || c.Phase != 1 {
			t.Errorf("%s: cause %+v", tt.actions, c)
		}
	}
	if v := inspect(t, e, request("GET", "/?q=oyster"), nil); v.WouldBlock {
		t.Errorf("another value is refused too, by %d", v.RuleID)
	}
}

func TestSilentRefusalsAreNamed(t *testing.T) {
	e := operator(t, `SecRule ARGS:q "@streq lobster" "id:100001,phase:2,deny,nolog"`)
	v := inspect(t, e, request("GET", "/?q=lobster"), nil)
	if !v.Blocked || v.RuleID != 100001 || v.Cause() == nil {
		t.Errorf("blocked %v, rule %d, cause %v", v.Blocked, v.RuleID, v.Cause())
	}
}

func TestOperatorsRulesReport(t *testing.T) {
	e := operator(t, `SecRule ARGS:q "@pmFromFile lists/words.data" "id:100001,phase:2,pass,msg:'banned word'"`, "lists/words.data", "# list\nlobster\n")
	v := inspect(t, e, request("GET", "/?q=a+lobster"), nil)
	if v.Blocked || v.WouldBlock || len(v.Matches) != 1 || v.Matches[0].RuleID != 100001 {
		t.Errorf("verdict %+v", v)
	}
}

func TestOperatorsRulesReadCRSVariables(t *testing.T) {
	e := operator(t, `SecAction "id:900200,phase:1,pass,t:none,nolog,setvar:'tx.allowed_methods=GET PUT'"`)
	if v := inspect(t, e, request("PUT", "/"), nil); v.Blocked {
		t.Errorf("PUT is blocked by %+v", v.Matches)
	}
	if v := inspect(t, e, request("OPTIONS", "/"), nil); !v.Blocked {
		t.Error("OPTIONS passes")
	}
}

func TestChangesToCRSTakeEffectWhereverTheyStand(t *testing.T) {
	target := "/?content=%3Cscript%3Ealert(1)%3C/script%3E"
	for _, text := range []string{
		"SecRuleRemoveById 941000-941999",
		`SecRuleRemoveByTag attack-xss`,
		"Include d/*.conf",
	} {
		e := operator(t, text, "d/remove.conf", "SecRuleRemoveById 941000-941999")
		if v := inspect(t, e, request("GET", target), nil); v.Blocked {
			t.Errorf("%s: blocked by %+v", text, v.Matches)
		}
	}
	e := operator(t, `SecRuleUpdateTargetByTag attack-xss "!ARGS:content"`)
	if v := inspect(t, e, request("GET", target), nil); v.Blocked {
		t.Errorf("blocked by %+v", v.Matches)
	}
	if v := inspect(t, e, request("GET", "/?title=%3Cscript%3Ealert(1)%3C/script%3E"), nil); !v.Blocked {
		t.Error("another field passes")
	}
}
