// Command bench measures a built lachan beside nginx as a plain proxy, in one
// run on one machine: requests per second, CPU time per request and the 99th
// percentile of latency for proxying alone, with the rules, with the cleaner,
// and with both; and the size, start time and idle memory of the binary.
//
//	go run ./bench -lachan bin/lachan
//
// The servers under test share CPU 0; the origin (nginx, static files) and the
// load (wrk) have CPU 1. CPU time per request, taken from /proc, is the figure
// to compare: it survives a noisy machine. Rounds alternate between servers
// and the medians are printed.
//
// With -reading it prints the output of the benchmark in bench/reading as a
// table instead. bench/run.sh does both.
package main

import (
	"flag"
	"fmt"
	"os"
	"time"
)

func main() {
	lachan := flag.String("lachan", "bin/lachan", "the binary to measure")
	rounds := flag.Int("rounds", 3, "measurements of each cell")
	reading := flag.String("reading", "", "output of the benchmark of readers, to print instead")
	seconds := flag.Int("seconds", 3, "length of one measurement")
	flag.Parse()
	measure := func() error { return run(*lachan, *rounds, time.Duration(*seconds)*time.Second) }
	if *reading != "" {
		measure = func() error { return printReading(*reading) }
	}
	if err := measure(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(binary string, rounds int, length time.Duration) error {
	dir, err := os.MkdirTemp("", "lb")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil { // nginx's workers read it as nobody
		return err
	}
	if err := writePages(dir); err != nil {
		return err
	}
	stand, err := setUp(dir, binary)
	if err != nil {
		return err
	}
	defer stand.tearDown()
	if err := stand.printBinary(binary); err != nil {
		return err
	}
	return stand.compare(rounds, length)
}
