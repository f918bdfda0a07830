package main

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// sample is one measurement of one server.
type sample struct {
	perSecond float64       // requests
	cpu       time.Duration // of the server, per request
	p99       time.Duration
}

// browser is what the load claims to be: the rules refuse requests of tools.
const browser = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

// load runs wrk against a server for a time.
func load(sv server, path string, length time.Duration) (sample, error) {
	before, err := cpuTime(sv.pid)
	if err != nil {
		return sample{}, err
	}
	out, err := pinned(loadCPU, "wrk", "-t1", "-c16", "--latency", "-d"+length.String(),
		"-H", "Host: "+sv.host, "-H", "Accept: text/html", "-H", "User-Agent: "+browser,
		"http://"+sv.address+path).Output()
	if err != nil {
		return sample{}, fmt.Errorf("wrk: %w", err)
	}
	after, err := cpuTime(sv.pid)
	if err != nil {
		return sample{}, err
	}
	return parseWrk(out, after-before)
}

var (
	requestsLine = regexp.MustCompile(`(\d+) requests in`)
	rateLine     = regexp.MustCompile(`Requests/sec:\s+([\d.]+)`)
	p99Line      = regexp.MustCompile(`99%\s+([\d.]+(?:us|ms|s))`)
	errorLine    = regexp.MustCompile(`(?m)^\s*(Non-2xx.*|Socket errors.*)$`)
)

// parseWrk reads wrk's report. Errors in it make the measurement void.
func parseWrk(out []byte, cpu time.Duration) (sample, error) {
	if bad := errorLine.Find(out); bad != nil {
		return sample{}, fmt.Errorf("wrk: %s", bytes.TrimSpace(bad))
	}
	requests, rate, p99 := requestsLine.FindSubmatch(out), rateLine.FindSubmatch(out), p99Line.FindSubmatch(out)
	if requests == nil || rate == nil || p99 == nil {
		return sample{}, fmt.Errorf("wrk: unexpected report:\n%s", out)
	}
	n, err := strconv.Atoi(string(requests[1]))
	if err != nil || n == 0 {
		return sample{}, fmt.Errorf("wrk: no requests: %w", err)
	}
	s := sample{cpu: cpu / time.Duration(n)}
	if s.perSecond, err = strconv.ParseFloat(string(rate[1]), 64); err != nil {
		return sample{}, err
	}
	s.p99, err = time.ParseDuration(string(p99[1]))
	return s, err
}

// clockTick is USER_HZ, which Linux fixes at 100 for /proc.
const clockTick = 10 * time.Millisecond

// cpuTime is what a process and its children have used (proc(5), stat: utime
// and stime are the 14th and 15th fields).
func cpuTime(pid int) (time.Duration, error) {
	total := time.Duration(0)
	for _, p := range append(children(pid), pid) {
		data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p))
		if err != nil {
			return 0, err
		}
		fields := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+2:]))
		for _, field := range fields[11:13] {
			ticks, err := strconv.Atoi(field)
			if err != nil {
				return 0, err
			}
			total += time.Duration(ticks) * clockTick
		}
	}
	return total, nil
}

func children(pid int) []int {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		return nil
	}
	var pids []int
	for _, f := range strings.Fields(string(data)) {
		if p, err := strconv.Atoi(f); err == nil {
			pids = append(pids, p)
		}
	}
	return pids
}

// residentKB is a process's resident memory.
func residentKB(pid int) (int, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(data), "VmRSS:")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0, fmt.Errorf("process %d has no VmRSS", pid)
	}
	return strconv.Atoi(fields[0])
}
