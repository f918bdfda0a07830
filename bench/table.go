package main

import (
	"fmt"
	"os"
	"slices"

	"golang.org/x/term"
)

// progress rewrites one line, on a terminal only.
func progress(format string, args ...any) {
	if term.IsTerminal(int(os.Stderr.Fd())) {
		fmt.Fprintf(os.Stderr, "\r\033[K"+format, args...)
	}
}

func median[T any](samples []T, value func(T) float64) float64 {
	values := make([]float64, len(samples))
	for i, x := range samples {
		values[i] = value(x)
	}
	slices.Sort(values)
	return values[len(values)/2]
}
