package search

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/audit/chain"
	"github.com/lachan-waf/lachan/audit/trail"
	"github.com/lachan-waf/lachan/policies"
)

// While Lachan writes, cuts and compresses, a search and a verification see each
// line up to some place, once and in order.
func TestALiveTrailIsReadWithoutHoles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	log, err := audit.Open(policies.Audit{File: path, Rotate: 32 << 10}, audit.Info{State: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 4000 {
			log.Record(audit.Event{Action: audit.Block, RequestID: fmt.Sprint(i), Site: "portal"})
			if i%20 == 0 {
				time.Sleep(2 * time.Millisecond)
			}
			if i%100 == 0 {
				compressAll(t, path)
			}
		}
	}()
	rounds := 0
	for running := true; running; rounds++ {
		select {
		case <-done:
			running = false
		default:
		}
		durable, _ := log.Durable()
		if durable == 0 {
			continue
		}
		last := uint64(0)
		_, err := Run(t.Context(), path, Query{}, Options{Workers: 3}, func(line []byte) error {
			link, err := chain.Read(line)
			if err != nil || link.Altered() || link.Seq != last+1 {
				t.Errorf("line %d comes after %d: %v", link.Seq, last, err)
			}
			last = link.Seq
			return nil
		})
		if err != nil || last < durable {
			t.Errorf("the last line is %d, %d was on the disk: %v", last, durable, err)
		}
		report, err := trail.Verify(t.Context(), path, trail.VerifyOptions{})
		if err != nil || !report.Whole() || report.Last < durable {
			t.Errorf("%v, %+v", err, report)
		}
	}
	if err := log.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if rounds < 3 {
		t.Errorf("only %d rounds", rounds)
	}
}

func compressAll(t *testing.T, path string) {
	files, err := trail.Files(path)
	if err != nil {
		t.Error(err)
	}
	for _, f := range files {
		if _, err := trail.Compress(f); err != nil {
			t.Error(err)
		}
	}
}
