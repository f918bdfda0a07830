package rx_test

import (
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/lachan-waf/lachan/rules/rx"
)

var document = strings.Repeat(`{"id":1024,"ten":"Ủy ban nhân dân","url":"https:\/\/example.gov.vn\/tin?x=1&y=2","tags":["a","b"],"ok":true},`, 99)[:10<<10]

// BenchmarkCRS runs every pattern of CRS, and says what one takes per byte.
func BenchmarkCRS(b *testing.B) {
	for _, bm := range []struct {
		name   string
		values []string
	}{
		{"text2k", []string{strings.Repeat(vietnamese, 16)[:2048]}},
		{"json10k", []string{document}},
		{"attacks", crsTests()},
	} {
		size := 0
		for _, value := range bm.values {
			size += len(value)
		}
		for _, with := range []string{"regexp", "rx"} {
			if with == "regexp" && len(bm.values) > 100 && testing.Short() {
				continue
			}
			b.Run(bm.name+"/"+with, func(b *testing.B) {
				var all []interface{ MatchString(string) bool }
				for _, pattern := range crs() {
					if with == "rx" {
						all = append(all, newPair(b, "(?sm)"+pattern).matcher)
					} else {
						all = append(all, regexp.MustCompile("(?sm)"+pattern))
					}
				}
				b.ReportAllocs()
				for b.Loop() {
					for _, m := range all {
						for _, value := range bm.values {
							m.MatchString(value)
						}
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(all)*size), "ns/byte")
			})
		}
	}
}

// BenchmarkMemory says what the Matchers of CRS take: compiled, and after the
// tests of CRS have made their states.
func BenchmarkMemory(b *testing.B) {
	for b.Loop() {
		before := heap()
		var budget rx.Budget
		var all []*rx.Matcher
		for _, pattern := range crs() {
			m, err := budget.Compile("(?sm)" + pattern)
			if err != nil {
				b.Fatal(err)
			}
			all = append(all, m)
		}
		compiled := heap()
		for _, m := range all {
			for _, value := range crsTests() {
				m.MatchString(value)
			}
		}
		used := heap()
		b.ReportMetric(float64(compiled-before)/float64(len(all)), "B/compiled")
		b.ReportMetric(float64(used-compiled)/float64(len(all)), "B/states")
		b.ReportMetric(float64(budget.Held())/float64(len(all)), "B/counted")
		runtime.KeepAlive(all)
	}
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func BenchmarkCompile(b *testing.B) {
	for _, with := range []string{"regexp", "rx"} {
		b.Run(with, func(b *testing.B) {
			for b.Loop() {
				for _, pattern := range crs() {
					if with == "rx" {
						rx.Compile("(?sm)" + pattern)
					} else {
						regexp.Compile("(?sm)" + pattern)
					}
				}
			}
		})
	}
}
