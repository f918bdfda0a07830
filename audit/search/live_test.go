package search

import (
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lachan-waf/lachan/audit/chain"
	"github.com/lachan-waf/lachan/audit/trail"
)

// busy writes, cuts and compresses a trail as fast as it can, and says up to which
// line.
func busy(t *testing.T, path string, lines int, durable *atomic.Uint64) {
	var head chain.Head
	first, begun := uint64(1), begin
	file, err := os.Create(path)
	if err != nil {
		t.Error(err)
		return
	}
	defer func() { file.Close() }()
	for i := range lines {
		at := begin.Add(time.Duration(i) * time.Second)
		line, err := head.Seal(nil, fmt.Appendf(nil, `{"@timestamp":"%s","event":{"action":"block"},"lachan":{}}`+"\n", trail.FormatStamp(at)))
		if err == nil {
			_, err = file.Write(line)
		}
		durable.Store(head.Seq)
		if i%100 == 99 && err == nil {
			name := trail.SegmentName(path, first, begun)
			file.Close()
			err = os.Rename(path, name)
			time.Sleep(time.Millisecond) // as a machine may stop anywhere
			if err == nil {
				file, err = os.Create(path)
			}
			if i%200 == 199 && err == nil {
				_, err = trail.Compress(trail.File{Path: name, First: first, Begun: begun})
			}
			first, begun = head.Seq+1, at.Add(time.Second)
		}
		if err != nil {
			t.Error(err)
			return
		}
	}
}

// While Lachan writes, cuts and compresses, a search and a verification see each
// line up to some place, once and in order.
func TestALiveTrailIsReadWithoutHoles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	var durable atomic.Uint64
	done := make(chan struct{})
	go func() {
		defer close(done)
		busy(t, path, 5000, &durable)
	}()
	rounds := 0
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		there := durable.Load()
		if there == 0 {
			continue
		}
		rounds++
		last := uint64(0)
		_, err := Run(t.Context(), path, Query{}, Options{Workers: 3}, func(line []byte) error {
			link, err := chain.Read(line)
			if err != nil || link.Altered() || link.Seq != last+1 {
				t.Errorf("line %d comes after %d: %v", link.Seq, last, err)
			}
			last = link.Seq
			return nil
		})
		if err != nil || last < there {
			t.Errorf("the last line is %d, %d was on the disk: %v", last, there, err)
		}
		report, err := trail.Verify(t.Context(), path, trail.VerifyOptions{})
		if err != nil || !report.Whole() || report.Last < there {
			t.Errorf("%v, %+v", err, report)
		}
	}
	if rounds < 3 {
		t.Errorf("only %d rounds", rounds)
	}
}
