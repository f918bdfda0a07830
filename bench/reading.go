package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
)

// readingRate is what the benchmark of readers (bench/reading) says of one
// reader and one page.
type readingRate struct {
	page, reader string
	rate         float64 // megabytes for each second of processor time
	allocations  string  // for each page; empty where the reader is not in Go
}

// printReading prints that benchmark's output as a table: a row for each page, a
// column for each reader, and how many times as fast the first reader is.
func printReading(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	rates, err := parseReading(f)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	var readers, pages []string
	cells := map[[2]string]readingRate{}
	for _, r := range rates {
		readers, pages = withName(readers, r.reader), withName(pages, r.page)
		// The best of what was measured: others on the machine only ever slow it down.
		if at := [2]string{r.page, r.reader}; r.rate > cells[at].rate {
			cells[at] = r
		}
	}
	fmt.Println("\nReading, MB for each second of one core (and how many times as fast the first is)")
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "page\t%s\tits allocations\t%s\t\n", readers[0], strings.Join(readers[1:], "\t"))
	for _, page := range pages {
		first := cells[[2]string{page, readers[0]}]
		fmt.Fprintf(w, "%s\t%.0f\t%s\t", page, first.rate, first.allocations)
		for _, reader := range readers[1:] {
			fmt.Fprint(w, beside(first, cells[[2]string{page, reader}]), "\t")
		}
		fmt.Fprintln(w)
	}
	return w.Flush()
}

func withName(names []string, name string) []string {
	if slices.Contains(names, name) {
		return names
	}
	return append(names, name)
}

func beside(first, r readingRate) string {
	if r.rate == 0 {
		return "-"
	}
	return fmt.Sprintf("%.3g (%.1f×)", r.rate, first.rate/r.rate)
}

var readingName = regexp.MustCompile(`^BenchmarkReading/reader=([^/]+)/page=(\S+?)/size=(\S+?)(-\d+)?$`)

// parseReading reads lines of go test -bench: a name, a count, and values, each
// followed by its unit.
func parseReading(out io.Reader) (rates []readingRate, err error) {
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 2 || !strings.HasPrefix(fields[0], "BenchmarkReading/") {
			continue
		}
		name := readingName.FindStringSubmatch(fields[0])
		if name == nil {
			return nil, fmt.Errorf("benchmark %s: unexpected name", fields[0])
		}
		r := readingRate{reader: name[1], page: name[2] + " " + name[3]}
		for values := fields[2:]; len(values) > 1; values = values[2:] {
			switch values[1] {
			case "MB/cpu-s":
				if r.rate, err = strconv.ParseFloat(values[0], 64); err != nil {
					return nil, err
				}
			case "allocs/op":
				r.allocations = values[0]
			}
		}
		rates = append(rates, r)
	}
	if len(rates) == 0 {
		return nil, errors.Join(errors.New("no benchmark of readers"), lines.Err())
	}
	return rates, lines.Err()
}
