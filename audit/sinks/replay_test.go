package sinks

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/audit/trail"
	"github.com/lachan-waf/lachan/policies"
)

// noon is the time of the first event; each comes a minute after the one before.
var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

func minute(n int) time.Time { return noon.Add(time.Duration(n) * time.Minute) }

// pastTrail is a trail with 100 events, and nobody who writes it any more.
func pastTrail(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	log, err := audit.Open(policies.Audit{File: path}, audit.Info{State: t.TempDir(), Now: func() time.Time { return minute(100) }})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		log.Record(audit.Event{Action: audit.Block, RequestID: fmt.Sprint(i), Site: []string{"a", "b"}[i%2], Time: minute(i)})
	}
	if err := log.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	return path
}

func every(from, to, step int) (ids []string) {
	for i := from; i < to; i += step {
		ids = append(ids, fmt.Sprint(i))
	}
	return ids
}

func smallBatches() policies.Sink {
	s := policies.DefaultSink()
	s.Name, s.Batch.Events = "soc", 7
	return s
}

func TestReplaySendsATime(t *testing.T) {
	path := pastTrail(t)
	to := &scripted{}
	sink := smallBatches()
	sink.Filter.Sites = []string{"b"}
	var steps []Progress
	p, err := replayTo(t.Context(), sink, Replaying{Path: path, From: minute(20), To: minute(60), Progress: func(p Progress) { steps = append(steps, p) }}, to, raw{})
	if want := every(21, 60, 2); err != nil || !slices.Equal(to.got, want) || p.Sent != uint64(len(want)) {
		t.Errorf("%+v, %v: %v", p, err, to.got)
	}
	if !slices.IsSortedFunc(steps, func(a, b Progress) int { return int(a.Sent) - int(b.Sent) }) || len(steps) < 3 {
		t.Errorf("%+v", steps)
	}
}

// A dry run counts what a replay would send: the checkpoint at the end too, which
// every sink gets.
func TestADryRunSendsNothing(t *testing.T) {
	path := pastTrail(t)
	p, err := Replay(t.Context(), smallBatches(), Replaying{Path: path, From: minute(90), DryRun: true})
	if err != nil || p.Sent != 11 {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestReplayLeavesTheCursorAlone(t *testing.T) {
	path := pastTrail(t)
	state := filepath.Join(filepath.Dir(path), "state")
	if err := (trail.Cursor{Name: "soc", Seq: 42}).Save(state); err != nil {
		t.Fatal(err)
	}
	if _, err := replayTo(t.Context(), smallBatches(), Replaying{Path: path, From: noon}, &scripted{}, raw{}); err != nil {
		t.Fatal(err)
	}
	if c, err := trail.LoadCursor(state, "soc"); err != nil || c.Seq != 42 {
		t.Errorf("%+v, %v", c, err)
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 2 {
		t.Errorf("%v, %v", entries, err)
	}
}

func TestReplayTriesAgain(t *testing.T) {
	path := pastTrail(t)
	synctest.Test(t, func(t *testing.T) {
		to := &scripted{fail: func(n int) error {
			if n%3 == 2 {
				return errors.New("busy")
			}
			return nil
		}}
		p, err := replayTo(t.Context(), smallBatches(), Replaying{Path: path, From: noon, To: minute(100)}, to, raw{})
		if err != nil || !slices.Equal(to.got, every(0, 100, 1)) || p.Sent != 100 {
			t.Errorf("%+v, %v: %v", p, err, to.got)
		}
	})
}

func TestReplayGivesUp(t *testing.T) {
	path := pastTrail(t)
	synctest.Test(t, func(t *testing.T) {
		gone := errors.New("gone")
		to := &scripted{fail: func(n int) error {
			if n > 2 {
				return gone
			}
			return nil
		}}
		p, err := replayTo(t.Context(), smallBatches(), Replaying{Path: path, From: noon}, to, raw{})
		if !errors.Is(err, gone) || p.Sent != 14 || !p.Time.Equal(minute(13)) || to.attempts != 2+maxAttempts {
			t.Errorf("%+v after %d attempts, %v", p, to.attempts, err)
		}
	})
}

// What nothing confirms is sent again when its connection breaks, and the replay
// ends when the last of it has had its time.
func TestReplayWithoutConfirmations(t *testing.T) {
	path := pastTrail(t)
	synctest.Test(t, func(t *testing.T) {
		to := streaming{&scripted{}}
		to.fail = func(n int) error {
			if n == 5 {
				to.gone = errors.New("reset")
			}
			return nil
		}
		begun := time.Now()
		p, err := replayTo(t.Context(), smallBatches(), Replaying{Path: path, From: noon, To: minute(100)}, to, raw{})
		if err != nil || to.dropped != 1 || p.Sent <= 100 {
			t.Fatalf("%+v, %v, dropped %d times", p, err, to.dropped)
		}
		for _, id := range every(0, 100, 1) {
			if !slices.Contains(to.got, id) {
				t.Errorf("%s never came", id)
			}
		}
		if took := time.Since(begun); took < to.window() {
			t.Errorf("over after %v", took)
		}
	})
}

func TestReplayCanBeInterrupted(t *testing.T) {
	path := pastTrail(t)
	ctx, cancel := context.WithCancel(t.Context())
	to := &scripted{fail: func(n int) error {
		if n == 3 {
			cancel()
		}
		return nil
	}}
	if p, err := replayTo(ctx, smallBatches(), Replaying{Path: path, From: noon}, to, raw{}); !errors.Is(err, context.Canceled) || p.Sent != 21 {
		t.Errorf("%+v, %v", p, err)
	}
}
