package browser_test

import (
	"encoding/json"
	"os"
	"sync"
	"testing"
)

// visitors is how many browsers are at work in parallel.
const visitors = 3

// TestCorpus opens every evasion behind the running binary in Chromium, whole
// and flushed after every byte, and after that as the origin sends it: what was
// observed to be live must be seen to be live there, or the probe is blind.
// What still passes through stands in testdata/corpus_known.json, exactly.
func TestCorpus(t *testing.T) {
	cases := readCorpus(t)
	server := start(t, origin(t, cases))
	var crowd []*visitor
	for range visitors {
		crowd = append(crowd, newVisitor(t, server))
	}
	whole := visitAll(t, crowd, cases, cleanHost, "/whole/")
	bytewise := visitAll(t, crowd, cases, cleanHost, "/bytes/")
	raw := visitAll(t, crowd, cases, rawHost, "/whole/")
	known := readKnown(t)
	for i, e := range cases {
		t.Run(e.ID, func(t *testing.T) {
			if e.observedLive() && e.survives(raw[i]) == "" {
				t.Errorf("not live without the cleaner: the probe sees nothing")
			}
			report(t, known[e.ID], "whole", e.problem(whole[i], raw[i]))
			report(t, known[e.ID], "byte by byte", e.problem(bytewise[i], raw[i]))
		})
	}
	for id := range known {
		if _, listed := whereIs(cases, id); !listed {
			t.Errorf("corpus_known.json: no case %s", id)
		}
	}
}

func report(t *testing.T, known, way, problem string) {
	t.Helper()
	switch {
	case problem != "" && known == "":
		t.Errorf("%s: %s", way, problem)
	case problem == "" && known != "":
		t.Errorf("%s: passes now; take it off the list of known failures (%s)", way, known)
	}
}

// readKnown reads the cases that fail, with the reason.
func readKnown(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile("testdata/corpus_known.json")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]string{}
	if err := json.Unmarshal(data, &known); err != nil {
		t.Fatal(err)
	}
	return known
}

func whereIs(cases []*evasion, id string) (int, bool) {
	for i, e := range cases {
		if e.ID == id {
			return i, true
		}
	}
	return 0, false
}

// visitAll has the visitors share the cases, and returns what they saw.
func visitAll(t *testing.T, crowd []*visitor, cases []*evasion, host, path string) []*sight {
	t.Helper()
	out := make([]*sight, len(cases))
	next := make(chan int)
	var wg sync.WaitGroup
	for _, v := range crowd {
		wg.Go(func() {
			for i := range next {
				s, err := v.visit(host, path+cases[i].ID, cases[i])
				if err != nil {
					t.Errorf("%s: %v", cases[i].ID, err)
					s = &sight{}
				}
				out[i] = s
			}
		})
	}
	for i := range cases {
		next <- i
	}
	close(next)
	wg.Wait()
	return out
}
