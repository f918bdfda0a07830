package browser_test

import (
	"bytes"
	"context"
	_ "embed" // what runs in the browser
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/lachan-waf/lachan/clean"
)

var (
	//go:embed live.js
	liveJS string
	//go:embed readings.js
	readingsJS string
)

// judge cleans documents and reads the outcome in a tab of Chromium.
type judge struct {
	cleaner *clean.Cleaner
	tab     context.Context
}

// problem is what is wrong with one document.
type problem struct {
	index      int
	input, out string
	what       string
}

// newJudge opens the page that reads documents. Nothing in them may run or load.
func newJudge(t *testing.T, browser context.Context) *judge {
	t.Helper()
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'")
		fmt.Fprint(w, "<!doctype html><body>")
	}))
	t.Cleanup(page.Close)
	j := &judge{newCleaner(t), tab(t, browser)}
	if err := chromedp.Do(j.tab, chromedp.Navigate(page.URL), chromedp.Evaluate[chromedp.Void](liveJS+readingsJS+"\n0")); err != nil {
		t.Fatal(err)
	}
	return j
}

// survivor is what readings.js returns.
type survivor struct {
	Index         int
	Reading, What string
}

// read asks the browser what is live in documents as they stand.
func (j *judge) read(ctx context.Context, documents []string) ([]survivor, error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	list, err := json.Marshal(documents)
	if err != nil {
		return nil, err
	}
	return ask(j.tab, chromedp.Evaluate[[]survivor]("survivors("+string(list)+")"))
}

// marked is what any marker holds: of a document without it nothing is live.
var marked = regexp.MustCompile(`(?i)pwn|evil|test`)

// problems cleans documents and tells what is wrong with the outcome.
func (j *judge) problems(ctx context.Context, inputs []string) ([]problem, error) {
	var found []problem
	outputs, asked, indexes := make([]string, len(inputs)), []string(nil), []int(nil)
	for i, in := range inputs {
		out, what := stable(j.cleaner, in)
		outputs[i] = out
		if what != "" {
			found = append(found, problem{i, in, out, what})
		} else if marked.MatchString(out) {
			asked, indexes = append(asked, out), append(indexes, i)
		}
	}
	survivors, err := j.read(ctx, asked)
	for _, s := range survivors {
		i := indexes[s.Index]
		found = append(found, problem{i, inputs[i], outputs[i], s.Reading + ": " + s.What})
	}
	return found, err
}

// stable cleans a document, whole, in pieces and once more.
func stable(c *clean.Cleaner, in string) (out, what string) {
	defer func() {
		if p := recover(); p != nil {
			what = fmt.Sprint("panic: ", p)
		}
	}()
	out = cleaned(c, in, func() int { return len(in) })
	if again := cleaned(c, out, func() int { return len(out) }); again != out {
		return out, fmt.Sprintf("cleaning again gives %q", again)
	}
	if pieces := cleaned(c, in, func() int { return 1 }); pieces != out {
		return out, fmt.Sprintf("byte by byte it becomes %q", pieces)
	}
	random := rand.New(rand.NewPCG(uint64(len(in)), 1))
	if pieces := cleaned(c, in, func() int { return 1 + random.IntN(20) }); pieces != out {
		return out, fmt.Sprintf("in pieces it becomes %q", pieces)
	}
	return out, ""
}

// cleaned writes in to the cleaner in pieces of the sizes that size returns.
func cleaned(c *clean.Cleaner, in string, size func() int) string {
	var out bytes.Buffer
	w := c.NewWriter(&out, clean.Document{URL: "https://site.test/a", Report: func(clean.Finding) {}})
	for rest := []byte(in); len(rest) > 0; {
		n := min(size(), len(rest))
		if _, err := w.Write(rest[:n]); err != nil {
			panic(err) // out takes everything
		}
		rest = rest[n:]
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return out.String()
}

// TestJudgeSees shows that the judge would find a survivor: as they are
// generated, most documents are live in every reading.
func TestJudgeSees(t *testing.T) {
	j := newJudge(t, chromium(t, "MAP evil.test ~NOTFOUND"))
	const count = 32 * 30
	inputs := make([]string, count)
	for i := range inputs {
		inputs[i] = generate(*seed, uint64(i))
	}
	survivors, err := j.read(t.Context(), inputs)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, s := range survivors {
		seen[s.Reading]++
	}
	t.Log(seen)
	for reading, least := range map[string]int{
		"without scripting": count / 2, "with scripting": count / 2, "with shadow roots": count / 40, "as a page": count / 32 / 2,
	} {
		if seen[reading] < least {
			t.Errorf("%s: %d of %d documents are live, want %d", reading, seen[reading], count, least)
		}
	}
}

// TestJudgeKnowsSources: what runs in Chromium, by the script's attributes, is what
// the judge takes to run.
func TestJudgeKnowsSources(t *testing.T) {
	j := newJudge(t, chromium(t, "MAP evil.test ~NOTFOUND"))
	for in, runs := range map[string]bool{
		"<svg><script>pwn=1</script></svg>":                        true,
		"<svg><script src=/own.js>pwn=1</script></svg>":            true,
		"<svg><script href=/own.js>pwn=1</script></svg>":           false,
		"<svg><script xlink:href=/own.js>pwn=1</script></svg>":     false,
		"<svg><script xlink:href>pwn=1</script></svg>":             false,
		"<script>pwn=1</script>":                                   true,
		"<script href=/own.js xlink:href=/own.js>pwn=1</script>":   true,
		"<script src=/own.js>pwn=1</script>":                       false,
		"<svg><script xlink:href=//evil.test/1.js></script></svg>": true,
	} {
		survivors, err := j.read(t.Context(), []string{in})
		if err != nil {
			t.Fatal(err)
		}
		if live := len(survivors) > 0; live != runs {
			t.Errorf("%s: live: %v", in, survivors)
		}
	}
}
