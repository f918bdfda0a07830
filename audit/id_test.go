package audit

import (
	"bytes"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"
)

func TestNewIDIsUniqueAndAscends(t *testing.T) {
	const workers, each = 8, 500
	lists := make([][]string, workers)
	var wg sync.WaitGroup
	for i := range workers {
		wg.Go(func() {
			for range each {
				lists[i] = append(lists[i], NewRequestID())
			}
		})
	}
	wg.Wait()
	var all []string
	for _, list := range lists {
		if !slices.IsSorted(list) {
			t.Error("IDs of one goroutine do not ascend")
		}
		all = append(all, list...)
	}
	slices.Sort(all)
	if n := len(slices.Compact(all)); n != workers*each {
		t.Errorf("%d distinct IDs of %d", n, workers*each)
	}
	if _, err := ulid.ParseStrict(all[0]); err != nil {
		t.Error(err)
	}
}

func next(g *ids, now time.Time) string { return string(g.appendNext(nil, now)) }

func TestIDsAscendWhenTheClockStepsBack(t *testing.T) {
	g, now := newIDs(bytes.NewReader(bytes.Repeat([]byte{1}, 1<<13))), time.UnixMilli(1000)
	first := next(g, now)
	if second := next(g, now.Add(-time.Hour)); second <= first {
		t.Errorf("%s after %s", second, first)
	}
}

// TestIDsSurviveOverflow: 2^80 within a millisecond, begun at the last one.
func TestIDsSurviveOverflow(t *testing.T) {
	ones := bytes.Repeat([]byte{0xff}, 10)
	g := newIDs(io.MultiReader(bytes.NewReader(ones), bytes.NewReader(bytes.Repeat([]byte{1}, 1<<13))))
	now := time.UnixMilli(1000)
	first := next(g, now)
	if second := next(g, now); second <= first {
		t.Errorf("%s after %s", second, first)
	}
}
