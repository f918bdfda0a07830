package main

import (
	"bufio"
	_ "embed"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

//go:embed load.lua
var loadScript []byte

const scriptName = "load.lua"

// inspection is one measurement of one server with one workload.
type inspection struct {
	cpu     time.Duration // of the server, per request
	answers int
}

// few connections keep a server on one CPU busy. Each has a request under way when
// the time is up, which the server finishes and which is counted.
const few = 4

// enough answers make a measurement; some requests take a third of a second.
const enough = 8

// inspect sends a workload to a server for a time, or up to four times as long where
// that is too short for it.
func (s *stand) inspect(sv server, wl workload, length time.Duration) (x inspection, err error) {
	for longest := 4 * length; ; length *= 2 {
		x, err = s.inspectFor(sv, wl, length)
		switch {
		case err != nil || x.answers >= enough:
			return x, err
		case length >= longest && x.answers == 0:
			return x, fmt.Errorf("no request has an answer in %v", length)
		case length >= longest:
			return x, nil
		}
	}
}

func (s *stand) inspectFor(sv server, wl workload, length time.Duration) (x inspection, err error) {
	before, err := settled(sv.pid)
	if err != nil {
		return x, err
	}
	args := []string{"-t1", fmt.Sprint("-c", few), "--timeout", "20s", "-d" + length.String(),
		"-s", filepath.Join(s.dir, scriptName), "http://" + sv.address, "--"}
	report, err := pinned(loadCPU, "wrk", append(args, s.filesOf(wl)...)...).Output()
	if err != nil {
		return x, fmt.Errorf("wrk: %w", err)
	}
	after, err := settled(sv.pid)
	if err != nil {
		return x, err
	}
	a, err := parseAnswered(report)
	if err != nil {
		return x, err
	}
	return inspection{(after - before) / time.Duration(a.all+few), a.all}, a.check(wl)
}

// warmUp sends each request a few times and looks at every answer. The first ones
// fill pools and caches, which are not what is compared.
func warmUp(servers []server, all []workload) error {
	for _, wl := range all {
		for _, sv := range servers {
			var a answered
			for range 5 {
				for _, request := range wl.requests {
					status, err := ask(sv.address, request)
					if err != nil {
						return fmt.Errorf("%s, %s: %w", sv.name, wl.name, err)
					}
					a.count(status)
				}
			}
			if err := a.check(wl); err != nil {
				return fmt.Errorf("%s, %s: %w", sv.name, wl.name, err)
			}
		}
	}
	return nil
}

// ask sends a request as it is.
func ask(address string, request []byte) (status int, err error) {
	conn, err := net.DialTimeout("tcp", address, time.Second)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		return 0, err
	}
	if _, err := conn.Write(request); err != nil {
		return 0, err
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	return resp.StatusCode, nil
}

// settled is the CPU time of a process once it has nothing left to do: work of one
// measurement must not count in the next.
func settled(pid int) (time.Duration, error) {
	used, err := cpuTime(pid)
	for quiet, looks := 0, 0; err == nil && quiet < 2 && looks < 100; looks++ {
		time.Sleep(100 * time.Millisecond)
		before := used
		if used, err = cpuTime(pid); used-before <= clockTick {
			quiet++
		} else {
			quiet = 0
		}
	}
	return used, err
}

// writeWorkloads puts the requests, one in a file, where wrk finds them.
func (s *stand) writeWorkloads(all []workload) error {
	if err := os.WriteFile(filepath.Join(s.dir, scriptName), loadScript, 0o644); err != nil {
		return err
	}
	for _, wl := range all {
		for i, file := range s.filesOf(wl) {
			if err := os.WriteFile(file, wl.requests[i], 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *stand) filesOf(wl workload) (files []string) {
	for i := range wl.requests {
		files = append(files, filepath.Join(s.dir, fmt.Sprintf("%s-%d", wl.name, i)))
	}
	return files
}
