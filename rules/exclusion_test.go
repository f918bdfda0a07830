package rules

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/lachan-waf/lachan/policies"
)

const injection = "1' UNION SELECT password FROM users-- "

// sqlRules are those that score the injection at paranoia 1.
var sqlRules = []int{942100, 942190, 942270, 942360}

func excluding(path, target string, until policies.Date) func(*policies.WAF) {
	return func(w *policies.WAF) {
		for _, id := range sqlRules {
			w.Exclude = append(w.Exclude, policies.Exclusion{Rule: id, Path: path, Target: target, Until: until, Why: "the editor quotes SQL"})
		}
	}
}

func TestExclusionsAreNarrow(t *testing.T) {
	value := url.QueryEscape(injection)
	for _, tt := range []struct {
		name, path, target string
		passes, blocked    []string // request targets
	}{
		{
			"field on a path", "/wp-admin/*", "ARGS:content",
			[]string{"/wp-admin/post.php?content=" + value, "/wp-admin/a/b?content=" + value, "/wp-admin/?CONTENT=" + value},
			[]string{
				"/wp-admin/post.php?title=" + value, "/wp-admin/post.php?content2=" + value, "/index.php?content=" + value,
				"/x/wp-admin/post.php?content=" + value, "/wp-admin?content=" + value, "/WP-ADMIN/post.php?content=" + value,
				"/wp-admin/../index.php?content=" + value, "/wp-admin/%2e%2e/index.php?content=" + value,
				"/a%0a/wp-admin/post.php?content=" + value, "/wp-adminx/post.php?content=" + value,
			},
		},
		{
			"exact path", "/wp-login.php", "ARGS:pwd",
			[]string{"/wp-login.php?pwd=" + value},
			[]string{"/wp-loginxphp?pwd=" + value, "/wp-login.php/a?pwd=" + value, "/wp-login.php%0a?pwd=" + value},
		},
		{
			"glob in the middle", "/*/edit.aspx", "ARGS:content",
			[]string{"/tin/edit.aspx?content=" + value, "/a/b/edit.aspx?content=" + value},
			[]string{"/edit.aspx?content=" + value, "/tin/view.aspx?content=" + value},
		},
		{
			"path in Vietnamese", "/tin-tức/*", "ARGS:content",
			[]string{"/tin-t%E1%BB%A9c/a?content=" + value},
			[]string{"/tin-tuc/a?content=" + value},
		},
		{
			"pattern of fields", "/*", "ARGS:/^Meta[[][0-9]+[]]$/",
			[]string{"/?meta[7]=" + value, "/?Meta%5B12%5D=" + value},
			[]string{"/?meta[x]=" + value, "/?a_meta[7]=" + value},
		},
		{
			"every path", "", "ARGS:content",
			[]string{"/?content=" + value, "/a/b.php?content=" + value},
			[]string{"/?c=" + value},
		},
		{
			"the whole rule", "/sql/*", "",
			[]string{"/sql/a?x=" + value},
			[]string{"/?x=" + value},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := acquire(t, site(excluding(tt.path, tt.target, policies.Date{})))
			for _, target := range tt.passes {
				if v := inspect(t, e, request("GET", target), nil); v.Blocked {
					t.Errorf("%s is blocked by %+v", target, v.Matches)
				}
			}
			for _, target := range tt.blocked {
				if v := inspect(t, e, request("GET", target), nil); !v.Blocked {
					t.Errorf("%s passes", target)
				}
			}
		})
	}
}

func TestExclusionsExpire(t *testing.T) {
	target := "/?content=" + url.QueryEscape(injection)
	today := time.Now()
	for _, tt := range []struct {
		name    string
		now     time.Time // of the configuration's reading; coraza has its own clock
		until   time.Time
		blocked bool
		expired int
	}{
		{"last day", today, today, false, 0},
		{"long valid", today, today.AddDate(1, 0, 0), false, 0},
		{"expired before the start", today, today.AddDate(0, 0, -1), true, len(sqlRules)},
		{"expired since the start", today.AddDate(0, 0, -9), today.AddDate(0, 0, -1), true, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			engines := NewEngines(Options{Now: func() time.Time { return tt.now }})
			e := acquireFrom(t, engines, site(excluding("/*", "ARGS:content", policies.DateOf(tt.until))))
			if v := inspect(t, e, request("GET", target), nil); v.Blocked != tt.blocked {
				t.Errorf("blocked %v", v.Blocked)
			}
			if got := len(e.Expired()); got != tt.expired {
				t.Errorf("%d reported as expired, want %d", got, tt.expired)
			}
		})
	}
}

func TestBadExclusionsAreRefused(t *testing.T) {
	for _, tt := range []struct {
		exclusion policies.Exclusion
		want      string
	}{
		{policies.Exclusion{Rule: 0}, "rule is not a positive number"},
		{policies.Exclusion{Rule: 949110}, "use waf.mode: detect"},
		{policies.Exclusion{Rule: 901120}, "use waf.mode: detect"},
		{policies.Exclusion{Rule: firstOwnID}, "Lachan's own"},
		{policies.Exclusion{Rule: 942100, Path: "wp-admin"}, "a path starts with / or *"},
		{policies.Exclusion{Rule: 942100, Path: "/a\"b"}, `the character '"' cannot stand in a path`},
		{policies.Exclusion{Rule: 942100, Path: "/a\\b"}, `the character '\\' cannot stand in a path`},
		{policies.Exclusion{Rule: 942100, Path: "/a\nSecRuleEngine Off"}, `the character '\n' cannot stand in a path`},
		{policies.Exclusion{Rule: 942100, Path: "/%41"}, "write the path decoded"},
		{policies.Exclusion{Rule: 942100, Path: "/\xff"}, "cannot stand in a path"},
		{policies.Exclusion{Rule: 942100, Target: "ARG:x"}, `"ARG" is no variable of SecLang`},
		{policies.Exclusion{Rule: 942100, Target: "ARGS:"}, "nothing follows the colon"},
		{policies.Exclusion{Rule: 942100, Target: "REMOTE_ADDR:x"}, "has no members to select"},
		{policies.Exclusion{Rule: 942100, Target: "ARGS:a,ctl:ruleEngine=Off"}, `the character ',' cannot stand in a target`},
		{policies.Exclusion{Rule: 942100, Target: "ARGS:a\"b"}, `the character '"' cannot stand in a target`},
		{policies.Exclusion{Rule: 942100, Target: "ARGS:a'b"}, `the character '\'' cannot stand in a target`},
		{policies.Exclusion{Rule: 942100, Target: "ARGS:a\nSecRuleEngine Off"}, `the character '\n' cannot stand in a target`},
		{policies.Exclusion{Rule: 942100, Target: "ARGS://"}, "a pattern stands between two slashes"},
		{policies.Exclusion{Rule: 942100, Target: "ARGS:/(/"}, "error parsing regexp"},
	} {
		_, err := NewEngines(Options{}).Acquire(site(func(w *policies.WAF) {
			w.Exclude = []policies.Exclusion{{Rule: 942100, Target: "ARGS:ok"}, tt.exclusion}
		}))
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "waf.exclude[1]") {
			t.Errorf("%+v: error %v; want waf.exclude[1] and %q", tt.exclusion, err, tt.want)
		}
	}
}
