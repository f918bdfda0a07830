package main

import (
	"fmt"
	"os"
	"slices"
	"text/tabwriter"
)

// variant is a site with a policy.
type variant struct{ name, policy string }

// variants are lachan's sites, by what they do beside proxying.
var variants = []variant{
	{"proxy", "waf: {mode: off}, response: {mode: off}"},
	{"rules", "waf: {mode: block}, response: {mode: off}"},
	{"cleaner", "waf: {mode: off}, response: {mode: clean}"},
	{"all", "waf: {mode: block}, response: {mode: clean}"},
}

// proxying measures the variants beside nginx as a plain proxy.
func (s *stand) proxying(o options) error {
	address, err := freeAddress()
	if err != nil {
		return err
	}
	nginx, err := s.nginx("proxy", serversCPU, address, proxyTo(s.origin))
	if err != nil {
		return err
	}
	servers := []server{{"nginx proxy", address, "bench.example", nginx.Process.Pid}}
	if address, err = freeAddress(); err != nil {
		return err
	}
	file, err := s.config("variants", address, variants)
	if err != nil {
		return err
	}
	lachan, err := s.lachan(o.lachan, file, address, variants[0].name+".example")
	if err != nil {
		return err
	}
	for _, v := range variants {
		servers = append(servers, server{"lachan " + v.name, address, v.name + ".example", lachan.Process.Pid})
	}
	return compare(servers, o)
}

// compare measures every server on every page and prints the medians, with
// CPU time as a ratio to nginx in the same run.
func compare(servers []server, o options) error {
	names := make([]string, 0, len(pages))
	for name := range pages {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return pages[a] - pages[b] })
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "page\tserver\trequests/s\tCPU µs/request\tp99 ms\tCPU vs nginx\t")
	for _, page := range names {
		samples, err := measure(servers, "/"+page+".html", o)
		if err != nil {
			return err
		}
		base := median(samples[0], func(x sample) float64 { return float64(x.cpu) })
		for i, sv := range servers {
			cpu := median(samples[i], func(x sample) float64 { return float64(x.cpu) })
			fmt.Fprintf(w, "%s\t%s\t%.0f\t%.1f\t%.2f\t%.2f\t\n", page, sv.name,
				median(samples[i], func(x sample) float64 { return x.perSecond }), cpu/1e3,
				median(samples[i], func(x sample) float64 { return float64(x.p99) })/1e6, cpu/base)
		}
	}
	return w.Flush()
}

// measure alternates between the servers, so that a slow spell of the machine
// meets all of them.
func measure(servers []server, path string, o options) ([][]sample, error) {
	samples := make([][]sample, len(servers))
	for round := range o.rounds {
		for i, sv := range servers {
			progress("%s, round %d of %d: %s", path, round+1, o.rounds, sv.name)
			x, err := load(sv, path, o.length)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", sv.name, err)
			}
			samples[i] = append(samples[i], x)
		}
	}
	progress("")
	return samples, nil
}
