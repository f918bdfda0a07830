package rules

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/corazawaf/libinjection-go"

	"github.com/lachan-waf/lachan/policies"
	"github.com/lachan-waf/lachan/rules/opinion"
	"github.com/lachan-waf/lachan/rules/screen"
	"github.com/lachan-waf/lachan/rules/transform"
)

// FuzzInspect feeds hostile requests of every form: Inspect never panics, never
// fails on what a client can send, answers refusals with an error status, and
// replays the body byte for byte.
func FuzzInspect(f *testing.F) {
	f.Add("GET", "/?q=1", "Cookie", "a=b; c", "", []byte(nil))
	f.Add("POST", "/%zz?;=%", "Content-Encoding", "gzip", form, []byte("a=1&b=%zz&&=;c"))
	f.Add("POST", "*", "X-Forwarded-For", "127.0.0.1", "application/json", []byte(`{"a":{"a.b":[1,"\ud800"]}}`))
	f.Add("PUT", "http://evil.test/\x00", "", "\xff", "text/xml; charset=utf-16", []byte("<a b='&c;'><![CDATA["))
	f.Add("\n", "", "Content-Type", "multipart/mixed", multipart, []byte(part(`name="f"; filename*=utf-8''%00.php`, "", "<?php")+partsEnd))
	f.Add("POST", "/a#b?c", "Range", "bytes=0-", "multipart/form-data; boundary=\"", []byte("--\r\n\r\n"))
	engines := NewEngines(Options{})
	var all []*Engine
	for _, over := range []policies.BodyOver{policies.OverReject, policies.OverPartial, policies.OverPass} {
		all = append(all, acquireFrom(f, engines, site(func(w *policies.WAF) {
			w.SecondOpinion = policies.On
			w.Paranoia, w.RequestBody = 4, policies.RequestBody{Limit: 256, Over: over}
		})))
	}
	f.Fuzz(func(t *testing.T, method, target, name, value, contentType string, body []byte) {
		for _, e := range all {
			r := request(method, target, name, value)
			r.Header["Content-Type"] = append(r.Header["Content-Type"], contentType)
			r.ContentLength = int64(len(body)) - 1 // a length is not to be believed
			v, err := e.Inspect(context.Background(), r, iotest.OneByteReader(bytes.NewReader(body)))
			if err != nil {
				t.Fatalf("%q %q: %v", method, target, err)
			}
			if v.Blocked != v.WouldBlock || v.WouldBlock != (v.Status >= 400 && v.Status <= 599) {
				t.Fatalf("blocked %v, would block %v, status %d", v.Blocked, v.WouldBlock, v.Status)
			}
			got, err := io.ReadAll(v.Body)
			if err != nil || string(got) != string(body) {
				t.Fatalf("replayed %q (%v) of %q", got, err, body)
			}
			v.Close()
		}
	})
}

// FuzzSigns: what a screen goes by before it asks @detectXSS or @lachanAttack
// stands in all that they match.
func FuzzSigns(f *testing.F) {
	for _, v := range []string{"<script>", "x onload=a", "' or 1=1--", "x' style=a>", "rO0ABXNyABFq", "<!doctype", "<?import a", "| id", "\nid\n"} {
		f.Add(v)
	}
	screens := map[string]oneRule{}
	for name, class := range attackClasses {
		r := screen.Rule{ID: 1, Targets: []screen.Target{{Collection: "ARGS"}}, Chains: []transform.Chain{{}}}
		if !(attack{classes: []opinion.Class{class}}).condition(&r) || len(r.Clauses) == 0 {
			f.Fatalf("no condition for %s", name)
		}
		screens[name] = oneRule{screen.New([]screen.Rule{r})}
	}
	f.Fuzz(func(t *testing.T, v string) {
		if libinjection.IsXSS(v) && !strings.ContainsAny(v, "<=") {
			t.Fatalf("@detectXSS matches %q", v)
		}
		for name, class := range attackClasses {
			if (attack{classes: []opinion.Class{class}}).in(v) && !screens[name].finds(v) {
				t.Fatalf("@lachanAttack %s matches %q", name, v)
			}
		}
	})
}

// oneRule is a screen of one rule that looks at ARGS.
type oneRule struct{ *screen.Screen }

func (s oneRule) finds(value string) bool {
	found := s.Begin(nil)
	defer found.End()
	found.Look(s.Collection("ARGS"), "q", value)
	return found.Has(0)
}

// FuzzReadDirectives: whatever an operator's file holds, every directive has
// its line and nothing of it is lost, as coraza's reader would lose it.
func FuzzReadDirectives(f *testing.F) {
	f.Add([]byte("SecRule ARGS \"@rx a\" \\\n  # comment\n  \"id:1,chain\"\nSecMarker A\n"))
	f.Add([]byte("SecDataset a `\nb\n`\n\\"))
	f.Add([]byte("SecAction \"id:1,msg:'a,b\\'c'\"\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		directives, err := readDirectives("a.conf", data)
		var ruleErr *RuleError
		if err != nil && !errors.As(err, &ruleErr) {
			t.Fatalf("error without a place: %v", err)
		}
		var lint linter
		line := 0
		for _, d := range directives {
			if d.place.line <= line {
				t.Fatalf("directive at line %d after one at %d", d.place.line, line)
			}
			line = d.place.line
			if err := lint.check(d); err != nil && !errors.As(err, &ruleErr) {
				t.Fatalf("error without a place: %v", err)
			}
		}
	})
}

// FuzzExclusion: no path or target, however odd, writes more into SecLang than
// the rule it stands for.
func FuzzExclusion(f *testing.F) {
	f.Add(942100, "/wp-admin/*", "ARGS:content")
	f.Add(942100, "*.php", "ARGS:/^a[0-9]$/")
	f.Add(942100, "/\"\nSecRuleEngine Off", "ARGS:a,pass")
	f.Fuzz(func(t *testing.T, id int, path, target string) {
		x := policies.Exclusion{Rule: id, Path: path, Target: target}
		text, err := exclusionRule(firstOwnID, x)
		if err != nil {
			return
		}
		directives, err := readDirectives("exclude.conf", []byte(text))
		if err != nil || len(directives) != 2 {
			t.Fatalf("%+v became %d directives (%v): %s", x, len(directives), err, text)
		}
		for i, want := range []int{6, 3} { // id phase pass nolog t chain; t t ctl
			r, ok := directives[i].parseRule()
			actions, balanced := splitActions(r.actions)
			if !ok || !balanced || len(actions) != want {
				t.Fatalf("%+v became %q", x, directives[i].text)
			}
		}
	})
}
