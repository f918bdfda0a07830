package rules

import (
	"context"
	"io"
	"net/url"
	"runtime"
	"strings"
	"testing"

	"github.com/lachan-waf/lachan/policies"
)

func BenchmarkInspect(b *testing.B) {
	stock, weighed := opinionPair(b)
	text := "noi_dung=" + url.QueryEscape(strings.Repeat(vietnamese+" ", 9))[:2000]
	for _, bm := range []struct {
		name, body string
		request    *Request
	}{
		{"get", "", request("GET", "/tin-tuc/thong-bao?trang=2")},
		{"form2k", text, formRequest(text)},
		{"attack", "", request("GET", "/?q=%27%20UNION%20SELECT%20password%20FROM%20users--")},
	} {
		b.Run(bm.name, func(b *testing.B) { benchmark(b, stock, bm.request, bm.body) })
		b.Run(bm.name+"-opinion", func(b *testing.B) { benchmark(b, weighed, bm.request, bm.body) })
	}
}

func benchmark(b *testing.B, e *Engine, r *Request, text string) {
	b.ReportAllocs()
	for b.Loop() {
		var body io.Reader
		if text != "" {
			body = strings.NewReader(text)
		}
		v, err := e.Inspect(context.Background(), r, body)
		if err != nil {
			b.Fatal(err)
		}
		v.Close()
	}
}

func formRequest(body string) *Request {
	r, _ := post("/lien-he", form, body)
	return r
}

// BenchmarkAcquire measures what a policy costs to compile: the first of a
// process, one that differs a little from another in use, and one in use.
func BenchmarkAcquire(b *testing.B) {
	for _, bm := range []struct {
		name   string
		others func(*policies.WAF)
	}{
		{"first", nil},
		{"another", func(w *policies.WAF) { w.Paranoia = 2 }},
		{"shared", func(*policies.WAF) {}},
	} {
		b.Run(bm.name, func(b *testing.B) {
			engines := NewEngines(Options{})
			if bm.others != nil {
				acquireFrom(b, engines, site(bm.others))
			}
			before := heap()
			var grown uint64
			for b.Loop() {
				e, err := engines.Acquire(site())
				if err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				if grown == 0 {
					grown = max(heap(), before) - before
				}
				e.Release()
				b.StartTimer()
			}
			b.ReportMetric(float64(grown)/(1<<20), "MiB/engine")
		})
	}
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
