package sinks

import (
	"testing"
	"time"
)

func TestFlightLandsOnEvidence(t *testing.T) {
	const window = 10 * time.Second
	sent := time.Unix(1000, 0)
	for name, c := range map[string]struct {
		after   time.Duration
		contact contact
		want    uint64
	}{
		"too early":             {9 * time.Second, contact{written: 100, taken: 100}, 0},
		"heard since":           {10 * time.Second, contact{written: 100, taken: 100}, 7},
		"silent since":          {time.Minute, contact{written: 100, taken: 100, silence: 55 * time.Second}, 0},
		"silent, but later":     {time.Minute, contact{written: 100, taken: 100, silence: 50 * time.Second}, 7},
		"a byte not taken":      {time.Minute, contact{written: 100, taken: 99}, 0},
		"more sent, not taken":  {time.Minute, contact{written: 200, taken: 100}, 7},
		"another's window open": {11 * time.Second, contact{written: 300, taken: 300}, 7},
	} {
		f := flight{window: window}
		f.add(mark{7, sent, 100})
		f.add(mark{9, sent.Add(5 * time.Second), 300})
		if c.after == time.Minute {
			f.marks = f.marks[:1]
		}
		if got := f.landed(sent.Add(c.after), c.contact); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

// However many batches go out, few marks are kept, and none is earlier than it was.
func TestFlightJoinsMarks(t *testing.T) {
	f := flight{window: time.Minute}
	begun := time.Unix(1000, 0)
	for i := range 10_000 {
		f.add(mark{uint64(i + 1), begun.Add(time.Duration(i) * time.Millisecond), uint64(i)})
	}
	if n := len(f.marks); n > 250 {
		t.Errorf("%d marks for ten seconds", n)
	}
	for _, at := range []time.Duration{time.Minute, time.Minute + 5*time.Second, time.Minute + 10*time.Second} {
		got := f.landed(begun.Add(at), contact{taken: 10_000})
		if most := uint64((at-time.Minute)/time.Millisecond) + 1; got > most {
			t.Errorf("after %v %d lines have landed, of %d", at, got, most)
		}
	}
}
