package main

import (
	"fmt"
	"strings"
)

// inspectionTable has a row for each workload and columns for each server; the
// first server is what the others are compared with.
type inspectionTable struct {
	servers   []string
	workloads []workload
	cells     map[[2]string][]inspection // by workload and server
}

func (t *inspectionTable) add(workload, server string, x inspection) {
	cell := [2]string{workload, server}
	t.cells[cell] = append(t.cells[cell], x)
}

// cpu is the median in microseconds.
func (t *inspectionTable) cpu(workload, server string) float64 {
	return median(t.cells[[2]string{workload, server}], func(x inspection) float64 { return float64(x.cpu) / 1e3 })
}

// print writes Markdown, for the README.
func (t *inspectionTable) print() {
	first, others := t.servers[0], t.servers[1:]
	fmt.Printf("\n| CPU µs per request | %s |", strings.Join(t.servers, " | "))
	for _, sv := range others {
		fmt.Printf(" %s, × of ModSecurity |", sv)
	}
	fmt.Printf("\n|---|%s\n", strings.Repeat("---:|", len(t.servers)+len(others)))
	for _, wl := range t.workloads {
		fmt.Printf("| %s |", wl.says)
		for _, sv := range t.servers {
			fmt.Printf(" %.0f |", t.cpu(wl.name, sv))
		}
		for _, sv := range others {
			fmt.Printf(" %.2f |", t.cpu(wl.name, sv)/t.cpu(wl.name, first))
		}
		fmt.Println()
	}
	succeeded, forbidden := t.answers()
	fmt.Printf("\n%d answers to honest requests, all 2xx; %d to attacks, all 403.\n", succeeded, forbidden)
}

// answers counts what every inspection has checked.
func (t *inspectionTable) answers() (succeeded, forbidden int) {
	for _, wl := range t.workloads {
		for _, sv := range t.servers {
			for _, x := range t.cells[[2]string{wl.name, sv}] {
				if wl.refused {
					forbidden += x.answers
				} else {
					succeeded += x.answers
				}
			}
		}
	}
	return succeeded, forbidden
}
