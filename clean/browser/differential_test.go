package browser_test

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// How much is generated: `make fuzz-browser DOCS=1000000` runs for long.
var (
	docs  = flag.Uint64("docs", 0, "documents to generate; 0: as many as -slice allows")
	seed  = flag.Uint64("seed", 1, "which documents to generate")
	slice = flag.Duration("slice", 30*time.Second, "how long to generate documents where -docs is 0")
)

const (
	tabs      = 2    // of the browser, at work in parallel
	batchSize = 1000 // documents judged in one call
	enough    = 5    // failures that are worth minimising
)

// TestDifferential cleans generated documents and asks Chromium what is live
// in the outcome. Cleaning must also change nothing when it is done again, and
// give the same in whatever pieces the document comes.
func TestDifferential(t *testing.T) {
	run := &differential{t: t, start: time.Now()}
	browser := chromium(t, "MAP evil.test ~NOTFOUND")
	var workers sync.WaitGroup
	for range tabs {
		j := newJudge(t, browser)
		workers.Go(func() { run.work(j) })
	}
	workers.Wait()
	took := time.Since(run.start)
	t.Logf("%d documents of seed %d in %v, %.0f per second", run.done.Load(), *seed, took.Round(time.Second), float64(run.done.Load())/took.Seconds())
	if run.done.Load() < batchSize {
		t.Error("no batch was judged")
	}
}

type differential struct {
	t          *testing.T
	start      time.Time
	next, done atomic.Uint64
	failures   atomic.Int32
}

// work judges one batch after the other.
func (d *differential) work(j *judge) {
	for d.failures.Load() < enough {
		from := d.next.Add(batchSize) - batchSize
		if *docs > 0 && from >= *docs || *docs == 0 && time.Since(d.start) > *slice {
			return
		}
		inputs := make([]string, batchSize)
		for i := range inputs {
			inputs[i] = generate(*seed, from+uint64(i))
		}
		problems, err := j.problems(d.t.Context(), inputs)
		if err != nil {
			d.t.Errorf("documents %d to %d of seed %d: %v", from, from+batchSize, *seed, err)
			d.failures.Add(enough)
			return
		}
		d.report(j, from, problems)
		if done := d.done.Add(batchSize); done%100_000 == 0 {
			d.t.Logf("%d documents", done)
		}
	}
}

// report writes each problem in the form of a case of a Go test.
func (d *differential) report(j *judge, from uint64, problems []problem) {
	for _, p := range problems {
		if d.failures.Add(1) > enough {
			return
		}
		small := minimise(p.input, func(candidates []string) []bool { return j.fail(d.t.Context(), candidates) })
		d.t.Errorf("%s\n\t%q: %q,\n\t// whole: %q\n\t// cleaned: %q", p.what, fmt.Sprintf("seed %d, document %d", *seed, from+uint64(p.index)), small, p.input, p.out)
	}
}

// fail tells which documents have a problem. A judge that fails finds none.
func (j *judge) fail(ctx context.Context, inputs []string) []bool {
	out := make([]bool, len(inputs))
	problems, _ := j.problems(ctx, inputs)
	for _, p := range problems {
		out[p.index] = true
	}
	return out
}

// minimise removes from a document that fails all that it can fail without:
// halves, then quarters, down to single bytes.
func minimise(doc string, fail func([]string) []bool) string {
	for size := (len(doc) + 1) / 2; size > 0; {
		if shorter, ok := shorten(doc, size, fail); ok {
			doc = shorter
			size = min(size, len(doc))
		} else {
			size /= 2
		}
	}
	return doc
}

// shorten removes one piece of the size, if any can be missed.
func shorten(doc string, size int, fail func([]string) []bool) (string, bool) {
	var candidates []string
	for at := 0; at < len(doc); at += size {
		candidates = append(candidates, strings.ToValidUTF8(doc[:at]+doc[min(at+size, len(doc)):], ""))
	}
	for i, failed := range fail(candidates) {
		if failed && len(candidates[i]) < len(doc) {
			return candidates[i], true
		}
	}
	return doc, false
}

func TestMinimise(t *testing.T) {
	got := minimise("<p>a<b onclick=x>b<i>", func(candidates []string) []bool {
		out := make([]bool, len(candidates))
		for i, c := range candidates {
			out[i] = strings.Contains(c, "<b") && strings.Contains(c, "<i")
		}
		return out
	})
	if got != "<b<i" {
		t.Errorf("%q", got)
	}
}
