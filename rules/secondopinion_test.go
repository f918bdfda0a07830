package rules

import (
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lachan-waf/lachan/policies"
)

const harmless = `{"note":"It's 5' 6\" tall; select the best, or drop by & ask for Ana","page":"<p>a</p>"}`

func TestSecondOpinion(t *testing.T) {
	stock, weighed := opinionPair(t)
	r, body := post("/beacon", "text/plain;charset=UTF-8", harmless)
	if v := inspect(t, stock, r, body); !v.Blocked {
		t.Errorf("CRS alone lets it pass: %v", ids(v.Matches))
	}
	r, body = post("/beacon", "text/plain;charset=UTF-8", harmless)
	v := inspect(t, weighed, r, body)
	if v.Blocked || v.WouldBlock || v.Score != 0 || v.Status != 0 {
		t.Fatalf("blocked %v, score %d, status %d\n%s", v.Blocked, v.Score, v.Status, standing(v))
	}
	at := slices.IndexFunc(v.Matches, func(m Match) bool { return m.RuleID == 920420 })
	if at < 0 || !strings.Contains(v.Matches[at].Downgraded, "content type") {
		t.Errorf("matches %+v", v.Matches)
	}
	// The same with an attack in it: what was excused for its type is read.
	r, body = post("/beacon", "text/plain;charset=UTF-8", strings.Replace(harmless, "<p>a</p>", "<img src=x onerror=alert(1)>", 1))
	if v := inspect(t, weighed, r, body); !v.Blocked || v.Cause() == nil || v.Cause().Downgraded != "" {
		t.Errorf("blocked %v, cause %+v", v.Blocked, v.Cause())
	}
}

// TestUnusualTypesAreRead: whatever a body is called, an attack in it is found.
func TestUnusualTypesAreRead(t *testing.T) {
	_, weighed := opinionPair(t)
	for contentType, body := range map[string]string{
		"application/atom+xml":   `<a b="x">&lt;script&gt;alert(1)&lt;/script&gt;</a>`,
		"application/rss+xml":    `<a b="1' or '1'='1">x</a>`,
		"image/svg+xml":          `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`,
		"application/x-ndjson":   "{\"a\":1}\n{\"a\":\"1' or '1'='1\"}\n",
		"application/x-protobuf": "\x0a\x12\x00\x01<script>alert(1)</script>\x00\x02",
		"application/csp-report": `{"a":"\u003cscript\u003ealert(1)\u003c/script\u003e"}`,
		"text/json":              `{"a":"1' or '1'='1"}`,
		"application/x-www-form-urlencoded;charset=UTF-8": `{"a":"x&id=1' or '1'='1&b="}`,
		"image/png": "id=1'+or+'1'%3d'1",
	} {
		r, reader := post("/api", contentType, body)
		if v := inspect(t, weighed, r, reader); !v.Blocked {
			t.Errorf("%s: %q passes: %v", contentType, body, ids(v.Matches))
		}
	}
}

// TestOwnRulesStand: what the operator wrote is not weighed.
func TestOwnRulesStand(t *testing.T) {
	rule := `SecRule ARGS:q "@contains it's" "id:1000,phase:2,pass,t:none,log,msg:'ours',severity:'CRITICAL',setvar:'tx.inbound_anomaly_score_pl1=+5'"`
	file := filepath.Join(t.TempDir(), "own.conf")
	if err := os.WriteFile(file, []byte(rule+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	e := acquire(t, site(func(w *policies.WAF) { w.SecondOpinion, w.Rules = policies.On, []string{file} }))
	v := inspect(t, e, request("GET", "/?q="+url.QueryEscape("well it's the one that we like")), nil)
	if !v.Blocked || v.RuleID != 1000 {
		t.Errorf("blocked %v by %d", v.Blocked, v.RuleID)
	}
}

// TestDecodedAttacks: what only an application would decode is decoded, and an
// exclusion of the argument still holds for what came of it.
func TestDecodedAttacks(t *testing.T) {
	_, weighed := opinionPair(t)
	target := "/?q=" + url.QueryEscape("PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==")
	if v := inspect(t, weighed, request("GET", target), nil); !v.Blocked {
		t.Error("a script in base64 passes")
	}
	excluded := acquire(t, site(func(w *policies.WAF) {
		w.SecondOpinion = policies.On
		for _, id := range []int{941100, 941110, 941160, 941390, 8891020, 8891010} {
			w.Exclude = append(w.Exclude, policies.Exclusion{Rule: id, Target: "ARGS:q"})
		}
	}))
	if v := inspect(t, excluded, request("GET", target), nil); v.Blocked {
		t.Errorf("excluded, and blocked by %v", ids(v.Matches))
	}
}
