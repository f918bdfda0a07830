package rules

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

var (
	mutations     = flag.Int("mutations", 2000, "requests to make of those of CRS's tests")
	mutationsSeed = flag.Uint64("mutations.seed", 1, "which requests")
)

// TestScreeningOfMutations holds the screening against coraza alone with what
// becomes of the requests of CRS's tests when parts of them are changed, moved
// and joined. `make fuzz-rules` does so with a million.
func TestScreeningOfMutations(t *testing.T) {
	samples := crsSamples(t)
	var pairs [2][2]*Engine
	for i, paranoia := range []int{1, 4} {
		pairs[i][0], pairs[i][1] = enginePair(t, paranoia)
	}
	workers := runtime.GOMAXPROCS(0)
	matched := make([]int, workers)
	start := time.Now()
	var group sync.WaitGroup
	for w := range workers {
		group.Go(func() {
			dice := rand.New(rand.NewPCG(*mutationsSeed, uint64(w)))
			for n := range *mutations / workers {
				pair := &pairs[dice.IntN(8)/7] // what is seen at level 1 is what most sites see
				matched[w] += sameVerdict(t, pair[0], pair[1], mutation(dice, samples))
				if w == 0 && n > 0 && n%50000 == 0 {
					t.Logf("%d requests in %v", n*workers, time.Since(start).Round(time.Second))
				}
				if t.Failed() {
					return
				}
			}
		})
	}
	group.Wait()
	total := 0
	for _, n := range matched {
		total += n
	}
	t.Logf("%d requests of seed %d, %d matches, the same with the screening as without", *mutations/workers*workers, *mutationsSeed, total)
	if total < *mutations/4 {
		t.Errorf("only %d matches: the requests have no attacks in them", total)
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
