package main

import (
	"fmt"
	"net/http"
	"regexp"
)

// answered counts the answers of a server to a workload.
type answered struct {
	all       int
	succeeded int // 2xx
	forbidden int // 403
	other     int // a status that is neither, or 0
	lost      int // requests without an answer
}

var answeredLine = regexp.MustCompile(`(?m)^answered .*$`)

// parseAnswered reads the line that load.lua adds to wrk's report.
func parseAnswered(report []byte) (a answered, err error) {
	_, err = fmt.Sscanf(string(answeredLine.Find(report)), "answered %d succeeded %d forbidden %d other %d lost %d",
		&a.all, &a.succeeded, &a.forbidden, &a.other, &a.lost)
	if err != nil {
		return a, fmt.Errorf("wrk: unexpected report: %w\n%s", err, report)
	}
	return a, nil
}

func (a *answered) count(status int) {
	a.all++
	switch {
	case status/100 == 2:
		a.succeeded++
	case status == http.StatusForbidden:
		a.forbidden++
	default:
		a.other = status
	}
}

// check holds the answers against what the workload deserves. A server that
// refuses honest requests, or lets attacks pass, did other work than the rest.
func (a answered) check(wl workload) error {
	want, got := "2xx", a.succeeded
	if wl.refused {
		want, got = "403", a.forbidden
	}
	switch {
	case a.lost > 0:
		return fmt.Errorf("%d requests have no answer", a.lost)
	case got != a.all:
		return fmt.Errorf("%d of %d answers are %s (2xx: %d, 403: %d, other: %d)", got, a.all, want, a.succeeded, a.forbidden, a.other)
	}
	return nil
}
