package audit

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/lachan-waf/lachan/audit/ring"
	"github.com/lachan-waf/lachan/audit/trail"
	"github.com/lachan-waf/lachan/policies"
)

// What waited for the disk when Lachan was killed is written by the next start,
// once, and before anything else.
func TestKilledLogWritesOn(t *testing.T) {
	path, info := filepath.Join(t.TempDir(), "audit.jsonl"), testInfo()
	info.State = t.TempDir()
	open := func() *Log {
		t.Helper()
		l, err := Open(policies.Audit{File: path}, info)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	l := open()
	record := func(from, to int) {
		for i := from; i < to; i++ {
			l.Record(Event{Action: Block, RequestID: fmt.Sprint(i)})
		}
	}
	record(0, 10)
	closeLog(t, l)

	r, _, err := ring.Open(path) // as if the last three had been written, and the ring not told
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lastLines(t, path, 3) {
		r.Put(line)
	}
	enc := newEncoder(info)
	for i := 10; i < 20; i++ {
		line, err := enc.line(&Event{Time: info.Now(), Action: Block, RequestID: fmt.Sprint(i)})
		if err != nil {
			t.Fatal(err)
		}
		r.Put(line.Bytes())
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}

	l = open()
	record(20, 30)
	closeLog(t, l)
	next := 0
	for _, e := range readLog(t, path) {
		if e.Event.Action != string(Block) {
			continue
		}
		if e.HTTP.Request.ID != fmt.Sprint(next) {
			t.Fatalf("event %s stands where %d should", e.HTTP.Request.ID, next)
		}
		next++
	}
	if next != 30 {
		t.Errorf("%d events", next)
	}
	if r, left, err := ring.Open(path); err != nil || len(left) > 0 {
		t.Errorf("%d lines are left, %v", len(left), err)
	} else if err := r.Close(); err != nil {
		t.Error(err)
	}
}

// lastLines are the last n of a file, as the encoder wrote them.
func lastLines(t *testing.T, path string, n int) [][]byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var blocks [][]byte
	for line := range bytes.Lines(text) {
		if at := bytes.LastIndex(line, []byte(`"chain":`)); trail.HasAction(line, string(Block)) {
			blocks = append(blocks, append(bytes.TrimSuffix(line[:at:at], []byte{','}), lineEnd...))
		}
	}
	return blocks[len(blocks)-n:]
}
