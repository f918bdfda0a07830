package rules

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"

	coreruleset "github.com/corazawaf/coraza-coreruleset/v4/tests"
	"github.com/goccy/go-yaml"

	"github.com/lachan-waf/lachan/policies"
)

// case of CRS's own regression tests, as far as a request can be told from it.
type crsTest struct {
	TestID int `yaml:"test_id"`
	Stages []struct {
		Input struct {
			Headers        map[string]any `yaml:"headers"`
			Method         string         `yaml:"method"`
			URI            string         `yaml:"uri"`
			Data           string         `yaml:"data"`
			EncodedData    string         `yaml:"encoded_data"`
			EncodedRequest string         `yaml:"encoded_request"`
		} `yaml:"input"`
	} `yaml:"stages"`
}

type sample struct {
	name    string
	request *Request
	body    string
}

func (s *sample) reader() io.Reader {
	if s.body == "" {
		return nil
	}
	return strings.NewReader(s.body)
}

// crsSamples are the requests of all of CRS's regression tests.
func crsSamples(t testing.TB) (all []sample) {
	t.Helper()
	err := fs.WalkDir(coreruleset.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".yaml") {
			return err
		}
		data, err := fs.ReadFile(coreruleset.FS, path)
		if err != nil {
			return err
		}
		var file struct {
			Tests []crsTest `yaml:"tests"`
		}
		if err := yaml.Unmarshal(data, &file); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		for _, test := range file.Tests {
			for i, stage := range test.Stages {
				in := stage.Input
				s := sample{name: fmt.Sprintf("%s %d.%d", path, test.TestID, i)}
				method, target := in.Method, in.URI
				if method == "" {
					method = "GET"
				}
				if target == "" {
					target = "/"
				}
				s.request, s.body = request(method, target), in.Data
				if raw, err := base64.StdEncoding.DecodeString(in.EncodedData); err == nil && in.EncodedData != "" {
					s.body = string(raw)
				}
				for name, value := range in.Headers {
					s.request.Header[name] = []string{fmt.Sprint(value)}
				}
				if s.body != "" && !hasHeader(s.request.Header, "Content-Type") {
					s.request.Header["Content-Type"] = []string{form}
				}
				s.request.ContentLength = int64(len(s.body))
				all = append(all, s)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

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

// sameVerdict fails where two engines judge differently, and returns how many
// rules matched.
func sameVerdict(t testing.TB, stock, screened *Engine, s *sample) int {
	t.Helper()
	want, err := stock.Inspect(context.Background(), s.request, s.reader())
	if err != nil {
		t.Fatalf("%s: %v", s.name, err)
	}
	defer want.Close()
	got, err := screened.Inspect(context.Background(), s.request, s.reader())
	if err != nil {
		t.Fatalf("%s: %v", s.name, err)
	}
	defer got.Close()
	if g, w := ids(got.Matches), ids(want.Matches); !slices.Equal(g, w) || got.Score != want.Score || got.Status != want.Status {
		t.Errorf("%s: %s %s %q\nscreened %v, score %d, status %d\nstock    %v, score %d, status %d",
			s.name, s.request.Method, s.request.Target, s.body, g, got.Score, got.Status, w, want.Score, want.Status)
	}
	return len(want.Matches)
}

func ids(matches []Match) (ids []int) {
	for _, m := range matches {
		ids = append(ids, m.RuleID)
	}
	return ids
}

// TestScreeningOfMutations does the same with what becomes of those requests
// when parts of them are changed, moved and joined.
func TestScreeningOfMutations(t *testing.T) {
	samples := crsSamples(t)
	stock, screened := enginePair(t, 4)
	dice := rand.New(rand.NewPCG(20261126, 4))
	for range 3000 {
		sameVerdict(t, stock, screened, mutation(dice, samples))
	}
}

// mutation makes a request of two.
func mutation(dice *rand.Rand, samples []sample) *sample {
	a, b := &samples[dice.IntN(len(samples))], &samples[dice.IntN(len(samples))]
	value := mutated(dice, pick(dice, a), pick(dice, b))
	s := &sample{name: "a mutation", body: ""}
	switch dice.IntN(6) {
	case 0:
		s.request = request("GET", "/?"+url.QueryEscape(value)+"="+url.QueryEscape(value))
	case 1:
		s.request = request("GET", "/?q="+strings.ReplaceAll(strings.ReplaceAll(value, " ", "+"), "#", "%23"))
	case 2:
		s.request, s.body = request("POST", "/", "Content-Type", form), "q="+url.QueryEscape(value)
	case 3:
		s.request, s.body = request("POST", "/", "Content-Type", "application/json"), fmt.Sprintf(`{"q":%q,"r":[%q]}`, value, value)
	case 4:
		s.request = request("GET", "/", "Cookie", "c="+strings.NewReplacer("\r", "", "\n", "").Replace(value), "Referer", value, "X-Other", value)
	default:
		s.request, s.body = request("POST", "/", "Content-Type", "text/xml"), "<a b='x'>"+value+"</a>"
	}
	s.request.ContentLength = int64(len(s.body))
	return s
}

// pick returns a part of a request that may hold something.
func pick(dice *rand.Rand, s *sample) string {
	if s.body != "" && dice.IntN(3) > 0 {
		if plain, err := url.QueryUnescape(s.body); err == nil {
			return plain
		}
		return s.body
	}
	if _, query, ok := strings.Cut(s.request.Target, "="); ok {
		if plain, err := url.QueryUnescape(query); err == nil {
			return plain
		}
		return query
	}
	return s.request.Target
}

func mutated(dice *rand.Rand, a, b string) string {
	cut := func(s string) string {
		if len(s) == 0 {
			return s
		}
		from := dice.IntN(len(s))
		return s[from : from+dice.IntN(len(s)-from)+1]
	}
	switch dice.IntN(8) {
	case 0:
		return a + b
	case 1:
		return cut(a) + cut(b)
	case 2:
		return strings.ToUpper(a)
	case 3:
		return "Ủy ban nhân dân " + a + " thông báo"
	case 4:
		return url.QueryEscape(a)
	case 5:
		return strings.ReplaceAll(a, " ", []string{"/**/", "\t", "\x00", "\u00a0", "+"}[dice.IntN(5)])
	case 6:
		at := dice.IntN(len(a) + 1)
		return a[:at] + string(rune(dice.IntN(0x250))) + a[at:]
	}
	return strings.ReplaceAll(strings.ReplaceAll(a, "k", "\u212a"), "s", "ſ")
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
