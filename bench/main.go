// Command bench measures a built lachan beside others that do the same work, in
// one run on one machine.
//
//	go run ./bench proxying       beside nginx: requests per second, CPU time, latency
//	go run ./bench rules          beside nginx with ModSecurity, and bare coraza
//	go run ./bench sites          start, reload and memory with 500 sites
//	go run ./bench trail          recording events: on one core with GOMAXPROCS=1 taskset -c 0
//	go run ./bench reading FILE   the output of the benchmark in bench/reading, as a table
//
// The servers under test share CPU 0; the origin (nginx, static files) and the
// load (wrk) have CPU 1. CPU time per request, taken from /proc, is the figure
// to compare: it survives a noisy machine. Rounds alternate between servers
// and the medians are printed. -quick measures everything once, for two seconds.
// bench/run.sh does all five.
package main

import (
	"flag"
	"fmt"
	"os"
	"time"
)

// options say what is measured and how long.
type options struct {
	lachan string // the binary
	rounds int
	length time.Duration // of one measurement
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("usage: bench proxying|rules|sites|trail [flags], or bench reading FILE")
	}
	var o options
	flags := flag.NewFlagSet("bench "+args[0], flag.ExitOnError)
	flags.StringVar(&o.lachan, "lachan", "bin/lachan", "the binary to measure")
	flags.IntVar(&o.rounds, "rounds", 3, "measurements of each cell")
	seconds := flags.Int("seconds", 3, "length of one measurement")
	quick := flags.Bool("quick", false, "one round of two seconds")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	if *quick {
		o.rounds, *seconds = 1, 2
	}
	if o.rounds < 1 || *seconds < 1 {
		return fmt.Errorf("nothing to measure in %d rounds of %d seconds", o.rounds, *seconds)
	}
	o.length = time.Duration(*seconds) * time.Second
	switch args[0] {
	case "proxying":
		return onStand(o, (*stand).proxying)
	case "rules":
		return onStand(o, (*stand).rules)
	case "sites":
		return onStand(o, (*stand).sites)
	case "trail":
		return measureTrails(o)
	case "reading":
		return printReading(flags.Arg(0))
	}
	return fmt.Errorf("no measurement is called %q", args[0])
}
