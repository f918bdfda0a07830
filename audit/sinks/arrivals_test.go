package sinks

import (
	"bytes"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/lachan-waf/lachan/audit/chain"
)

// arrivals are what a receiver has written so far.
type arrivals struct {
	path   string
	offset int64
	times  map[string][]time.Time // by event.id
	halves int                    // lines that are no event: cut in the middle by a kill
}

func newArrivals(d *syslogd) *arrivals {
	return &arrivals{path: d.out, times: map[string][]time.Time{}}
}

func (a *arrivals) read(t *testing.T) {
	t.Helper()
	f, err := os.Open(a.path)
	if os.IsNotExist(err) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for buf := make([]byte, 1<<20); ; {
		n, _ := f.ReadAt(buf, a.offset)
		end := bytes.LastIndexByte(buf[:n], '\n') + 1
		if end == 0 {
			return // half a line, or none
		}
		a.offset += int64(end)
		for line := range bytes.Lines(buf[:end]) {
			a.take(bytes.TrimSuffix(line, []byte{'\n'}))
		}
	}
}

// take reads the last event of a line: a kill may have left half of one before it.
func (a *arrivals) take(line []byte) {
	stamp, _, _ := bytes.Cut(line, []byte{' '})
	at, err := time.Parse(time.RFC3339Nano, string(stamp))
	start := bytes.LastIndex(line, []byte(`{"@timestamp":"`))
	if err != nil || start < 0 || !unaltered(line[start:]) {
		a.halves++
		return
	}
	id := between(line, `"event":{"id":"`)
	a.times[id] = append(a.times[id], at)
}

func (a *arrivals) String() string {
	total := 0
	for _, times := range a.times {
		total += len(times)
	}
	return fmt.Sprintf("%d events, %d of them again, %d cut lines", len(a.times), total-len(a.times), a.halves)
}

// unaltered tells that an event is as it was written to the trail.
func unaltered(event []byte) bool {
	link, err := chain.Read(event)
	return err == nil && !link.Altered()
}

// between is the text after the mark and before the next quote.
func between(line []byte, mark string) string {
	_, rest, _ := bytes.Cut(line, []byte(mark))
	text, _, _ := bytes.Cut(rest, []byte{'"'})
	return string(text)
}
