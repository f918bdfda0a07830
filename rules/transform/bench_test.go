package transform_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/lachan-waf/lachan/rules/transform"
)

func TestApplyAllocatesNothing(t *testing.T) {
	chains, _ := known(t, append(crsChains(t), names))
	var scratch transform.Scratch
	set := transform.NewSet(chains, false)
	visit := func(string, []int) {}
	for _, value := range append(nasty, long()...) {
		v := transform.Of(value)
		if n := testing.AllocsPerRun(1, func() { set.Apply(&scratch, v, visit) }); n != 0 {
			t.Fatalf("the set allocates %v times for %q", n, value)
		}
	}
	for _, chain := range chains {
		for _, value := range append(nasty, long()...) {
			v := transform.Of(value)
			if n := testing.AllocsPerRun(1, func() { chain.Apply(&scratch, v) }); n != 0 {
				t.Fatalf("%s allocates %v times for %q", chain.Key(), n, value)
			}
		}
	}
}

const vietnamese = "Sở Thông tin và Truyền thông thông báo lịch tiếp công dân định kỳ của Giám đốc Sở. "

// long are values as forms send them: an address, an article, and an article
// that is encoded twice.
func long() []string {
	article := strings.Repeat(vietnamese, 20)[:2048]
	return []string{
		strings.Repeat("the quick brown fox jumps over the lazy dog ", 5)[:200],
		article,
		url.QueryEscape(article)[:2048],
	}
}

// BenchmarkChains is what all distinct chains of CRS take together for a value.
func BenchmarkChains(b *testing.B) {
	chains, _ := known(b, crsChains(b))
	benchmark(b, chains)
}

// BenchmarkSet is the same with a set.
func BenchmarkSet(b *testing.B) {
	chains, _ := known(b, crsChains(b))
	for _, ignoreCase := range []bool{false, true} {
		set := transform.NewSet(chains, ignoreCase)
		for i, name := range []string{"ascii", "vietnamese", "encoded"} {
			b.Run(fmt.Sprintf("%s/%v", name, ignoreCase), func(b *testing.B) {
				value := long()[i]
				var scratch transform.Scratch
				texts := 0
				visit := func(string, []int) { texts++ }
				b.SetBytes(int64(len(value)))
				b.ReportAllocs()
				for b.Loop() {
					set.Apply(&scratch, transform.Of(value), visit)
				}
				b.ReportMetric(float64(texts)/float64(b.N), "texts/op")
			})
		}
	}
}

func BenchmarkStep(b *testing.B) {
	for _, name := range names {
		chain, _ := transform.Parse([]string{name})
		b.Run(name, func(b *testing.B) { benchmark(b, []transform.Chain{chain}) })
	}
}

func benchmark(b *testing.B, chains []transform.Chain) {
	for i, name := range []string{"ascii", "vietnamese", "encoded"} {
		b.Run(name, func(b *testing.B) {
			value := long()[i]
			var scratch transform.Scratch
			b.SetBytes(int64(len(value)))
			b.ReportAllocs()
			for b.Loop() {
				v := transform.Of(value)
				for _, chain := range chains {
					chain.Apply(&scratch, v)
				}
			}
		})
	}
}

func BenchmarkOf(b *testing.B) { benchmark(b, nil) }
