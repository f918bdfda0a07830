package main

import (
	"fmt"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"golang.org/x/term"
)

// printBinary prints what the binary weighs before it does anything.
func (s *stand) printBinary(binary string) error {
	info, err := os.Stat(binary)
	if err != nil {
		return err
	}
	fmt.Printf("binary %.1f MB; start with one site %d ms, idle memory %.0f MB; with %d sites %d ms, %.0f MB\n\n",
		float64(info.Size())/1e6, s.one.time.Milliseconds(), float64(s.one.kB)/1024,
		manySites, s.many.time.Milliseconds(), float64(s.many.kB)/1024)
	return nil
}

// compare measures every server on every page and prints the medians, with
// CPU time as a ratio to nginx in the same run.
func (s *stand) compare(rounds int, length time.Duration) error {
	names := make([]string, 0, len(pages))
	for name := range pages {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return pages[a] - pages[b] })
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "page\tserver\trequests/s\tCPU µs/request\tp99 ms\tCPU vs nginx\t")
	for _, page := range names {
		samples, err := s.measure("/"+page+".html", rounds, length)
		if err != nil {
			return err
		}
		base := median(samples[0], func(x sample) float64 { return float64(x.cpu) })
		for i, sv := range s.servers {
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
func (s *stand) measure(path string, rounds int, length time.Duration) ([][]sample, error) {
	samples := make([][]sample, len(s.servers))
	for round := range rounds {
		for i, sv := range s.servers {
			progress("%s, round %d of %d: %s", path, round+1, rounds, sv.name)
			x, err := load(sv, path, length)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", sv.name, err)
			}
			samples[i] = append(samples[i], x)
		}
	}
	progress("")
	return samples, nil
}

// progress rewrites one line, on a terminal only.
func progress(format string, args ...any) {
	if term.IsTerminal(int(os.Stderr.Fd())) {
		fmt.Fprintf(os.Stderr, "\r\033[K"+format, args...)
	}
}

func median(samples []sample, value func(sample) float64) float64 {
	values := make([]float64, len(samples))
	for i, x := range samples {
		values[i] = value(x)
	}
	slices.Sort(values)
	return values[len(values)/2]
}
