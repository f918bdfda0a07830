package rules

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lachan-waf/lachan/policies"
)

// TestScreeningMissesNothing holds the rules that match, and all that is said
// of them, against those of coraza alone.
func TestScreeningMissesNothing(t *testing.T) {
	samples := crsSamples(t)
	if len(samples) < 4600 {
		t.Fatalf("%d requests; CRS 4.25 has 4,674 tests", len(samples))
	}
	for _, paranoia := range []int{1, 4} {
		stock, screened := enginePair(t, paranoia)
		matched := 0
		for i := range samples {
			matched += sameVerdict(t, stock, screened, &samples[i])
		}
		t.Logf("paranoia %d: %d requests, %d matches", paranoia, len(samples), matched)
		if matched < len(samples)/2 {
			t.Errorf("only %d matches: the requests are not those of the tests", matched)
		}
	}
}

func enginePair(t testing.TB, paranoia int) (stock, screened *Engine) {
	s := site(func(w *policies.WAF) {
		w.Mode, w.Paranoia, w.DetectionParanoia = policies.WAFDetect, paranoia, paranoia
		w.InboundThreshold = 100000
	})
	return acquireStock(t, s), acquire(t, s)
}

// sameVerdict reports where two engines judge differently, and returns how many
// rules matched.
//
// Of some requests coraza says now one thing and now another: where a chain
// compares what its first condition captured (942130), it compares that of the
// value it walked last. There, what either engine ever says the other must say too.
func sameVerdict(t testing.TB, stock, screened *Engine, s *sample) int {
	t.Helper()
	want, matched := outcome(t, stock, s)
	got, _ := outcome(t, screened, s)
	if got == want {
		return matched
	}
	saidStock, saidScreened := map[string]bool{want: true}, map[string]bool{got: true}
	for range 200 {
		want, _ = outcome(t, stock, s)
		got, _ = outcome(t, screened, s)
		saidStock[want], saidScreened[got] = true, true
	}
	if !maps.Equal(saidStock, saidScreened) {
		t.Errorf("%s: %s %s %q\nscreened %v\nstock    %v", s.name, s.request.Method, s.request.Target, s.body, saidScreened, saidStock)
	}
	return matched
}

func outcome(t testing.TB, e *Engine, s *sample) (said string, matched int) {
	t.Helper()
	v, err := e.Inspect(context.Background(), s.request, s.reader())
	if err != nil {
		t.Errorf("%s: %v", s.name, err)
	}
	defer v.Close()
	return fmt.Sprint(ids(v.Matches), v.Score, v.Status), len(v.Matches)
}

func ids(matches []Match) (ids []int) {
	for _, m := range matches {
		ids = append(ids, m.RuleID)
	}
	return ids
}

// TestNothingHidesBehindItsName: a rule sees every value of a name that stands
// more than once, in whatever order coraza walks them.
func TestNothingHidesBehindItsName(t *testing.T) {
	const attack = "1' UNION SELECT password FROM users-- "
	escaped := url.QueryEscape(attack)
	others := "&ab=1&b=2&c=3&d=4&e=5&f=6&g=7"
	for _, e := range []*Engine{acquire(t, site()), acquireStock(t, site())} {
		for i := range 60 {
			names := []string{"a", "noi_dung", "tên"}[i%3]
			body := names + "=" + escaped + "&" + names + "=t%E1%BB%91t" + others
			posted, reader := post("/", form, body)
			for where, r := range map[string]*Request{
				"query": request("GET", "/?"+body), "form": posted,
				"cookies": request("GET", "/", "Cookie", "a="+strings.ReplaceAll(attack, ";", "")+"; a=x; b=1; c=2; d=3; e=4"),
				"fields":  request("GET", "/", "Referer", attack, "Referer", "https://www.commune.example/", "X-A", "1", "X-B", "2"),
			} {
				var in io.Reader
				if where == "form" {
					in = reader
				}
				rule := 942270 // behind some twenty with its transformations
				if where == "fields" {
					rule = 942100
				}
				if v := inspect(t, e, r, in); !slices.Contains(ids(v.Matches), rule) {
					t.Fatalf("%s, request %d: only %v matched", where, i, ids(v.Matches))
				}
			}
		}
	}
}

func acquireStock(t testing.TB, s *policies.Site) *Engine {
	alone := NewEngines(Options{})
	alone.stock = true
	return acquireFrom(t, alone, s)
}

// TestScreeningFollowsUpdates: a rule that a directive lets look elsewhere, or
// otherwise, matches there.
func TestScreeningFollowsUpdates(t *testing.T) {
	for directive, r := range map[string]*Request{
		`SecRuleUpdateTargetById 942270 "REQUEST_HEADERS:X-Query"`:        request("GET", "/", "X-Query", "1 union select a from b"),
		`SecRuleUpdateTargetById 942200-942280 "REQUEST_HEADERS:X-Query"`: request("GET", "/", "X-Query", "1 union select a from b"),
		`SecRuleUpdateTargetByTag attack-sqli "REQUEST_HEADERS:X-Query"`:  request("GET", "/", "X-Query", "1 union select a from b"),
		`SecRuleUpdateActionById 942270 "t:base64Decode"`:                 request("GET", "/?q=MSB1bmlvbiBzZWxlY3QgYSBmcm9tIGI="),
		`SecRuleUpdateTargetById 942270 "!ARGS:other"`:                    request("GET", "/?q=1+union+select+a+from+b"),
	} {
		file := filepath.Join(t.TempDir(), "own.conf")
		if err := os.WriteFile(file, []byte(directive+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		s := site(func(w *policies.WAF) { w.Rules = []string{file} })
		want := ids(inspect(t, acquireStock(t, s), r, nil).Matches)
		if got := ids(inspect(t, acquire(t, s), r, nil).Matches); !slices.Equal(got, want) || !slices.Contains(got, 942270) {
			t.Errorf("%s: %v matched; without the screening %v", directive, got, want)
		}
	}
}
