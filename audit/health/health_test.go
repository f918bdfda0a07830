package health

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/audit/checkpoint"
	"github.com/lachan-waf/lachan/audit/trail"
	"github.com/lachan-waf/lachan/policies"
)

// stand is a trail with its state, and no server.
type stand struct {
	t     *testing.T
	cfg   policies.Config
	state string
	now   time.Time
}

func newStand(t *testing.T) *stand {
	dir := t.TempDir()
	return &stand{t: t, state: filepath.Join(dir, "state"), now: time.Now(), cfg: policies.Config{Audit: policies.Audit{
		File: filepath.Join(dir, "audit.jsonl"), Retention: policies.Duration(24 * time.Hour),
	}}}
}

// write is one run of a server: events, and a checkpoint at its end.
func (s *stand) write(events int) {
	s.t.Helper()
	log, err := audit.Open(s.cfg.Audit, audit.Info{State: s.state})
	if err != nil {
		s.t.Fatal(err)
	}
	for range events {
		log.Record(audit.Event{Action: audit.Block})
	}
	if err := log.Close(context.Background()); err != nil {
		s.t.Fatal(err)
	}
}

func (s *stand) sink(name string, c trail.Cursor) {
	s.t.Helper()
	s.cfg.Audit.Sinks = append(s.cfg.Audit.Sinks, policies.Sink{Name: name, Type: policies.SinkSyslog})
	c.Name = name
	if err := c.Save(s.state); err != nil {
		s.t.Fatal(err)
	}
}

func (s *stand) read(after time.Duration) *Report {
	s.t.Helper()
	r, err := Read(&s.cfg, s.state, s.now.Add(after))
	if err != nil {
		s.t.Fatal(err)
	}
	// How full the disk of the test's machine is, is not the matter here.
	r.Problems = slices.DeleteFunc(r.Problems, func(p Problem) bool { return p == DiskFull })
	return r
}

func TestATrailThatIsWell(t *testing.T) {
	s := newStand(t)
	s.write(10)
	s.sink("soc", trail.Cursor{Seq: 11})
	r := s.read(time.Hour) // nothing happens for an hour
	if !r.Well() || r.LastSeq != 11 || r.Checkpoint.Seq != 10 || r.Checkpoint.Unsigned != 0 || r.Files != 1 || r.Bytes == 0 {
		t.Errorf("%+v", r)
	}
	if r.Last.Before(s.now) || r.Disk <= 0 || r.Disk > 1 || r.Sinks[0].Lag != 0 {
		t.Errorf("%+v", r)
	}
}

func TestASinkThatIsBehind(t *testing.T) {
	s := newStand(t)
	s.write(10)
	s.sink("soc", trail.Cursor{Seq: 4, Rejected: 2})
	s.sink("new", trail.Cursor{})
	if r := s.read(time.Minute); !r.Well() || r.Sinks[0].Lag != 7 || r.Sinks[0].Behind < 59*time.Second || r.Sinks[1].Lag != 11 {
		t.Errorf("after a minute: %+v", r)
	}
	r := s.read(6 * time.Minute)
	if r.Well() || !slices.Equal(r.Sinks[0].Problems, []Problem{EventsRejected, SinkBehind}) {
		t.Errorf("after six: %+v", r)
	}
	s.sink("down", trail.Cursor{Seq: 11, Error: "connection refused", Since: s.now})
	if r := s.read(0); r.Well() || !slices.Equal(r.Sinks[2].Problems, []Problem{SinkFailing}) {
		t.Errorf("%+v", r)
	}
	if err := os.WriteFile(filepath.Join(s.state, "cursors", "soc.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := s.read(0); !slices.Equal(r.Sinks[0].Problems, []Problem{CursorUnread}) {
		t.Errorf("%+v", r)
	}
}

// A server that was killed leaves lines that nobody signs.
func TestLinesThatWaitForACheckpoint(t *testing.T) {
	s := newStand(t)
	s.write(5)
	note, err := checkpoint.Last(s.state)
	if err != nil {
		t.Fatal(err)
	}
	s.write(5)
	if err := checkpoint.Save(s.state, note); err != nil { // as if the second run had signed nothing
		t.Fatal(err)
	}
	r := s.read(time.Minute)
	if !r.Well() || r.Checkpoint.Seq != 5 || r.Checkpoint.Unsigned != 6 || r.Checkpoint.Since.IsZero() {
		t.Errorf("%+v", r)
	}
	if r := s.read(6 * time.Minute); r.Well() || !slices.Equal(r.Problems, []Problem{NotSigned}) {
		t.Errorf("%+v", r)
	}
}

func TestATrailWhoseEndIsMissing(t *testing.T) {
	s := newStand(t)
	s.write(5)
	if err := os.Truncate(s.cfg.Audit.File, 0); err != nil {
		t.Fatal(err)
	}
	if r := s.read(0); r.Well() || !slices.Equal(r.Problems, []Problem{NoTrail, TrailCut}) {
		t.Errorf("%+v", r)
	}
}

func TestACheckpointOfAnotherKey(t *testing.T) {
	s, other := newStand(t), newStand(t)
	s.write(1)
	other.write(1)
	note, err := checkpoint.Last(other.state)
	if err = errors.Join(err, checkpoint.Save(s.state, note)); err != nil {
		t.Fatal(err)
	}
	if r := s.read(0); r.Well() || !slices.Contains(r.Problems, ForeignNote) {
		t.Errorf("%+v", r)
	}
}

func TestNothingThereYet(t *testing.T) {
	s := newStand(t)
	if r := s.read(0); r.Well() || !slices.Equal(r.Problems, []Problem{NoTrail}) {
		t.Errorf("%+v", r)
	}
}

func TestRetentionOfTheHighestLevel(t *testing.T) {
	s := newStand(t)
	s.write(1)
	s.cfg.Sites = []policies.Site{{Name: "a", Level: 2}, {Name: "b", Level: 3}}
	r := s.read(0).Retention
	if r.Level != 3 || r.Keep <= r.Asked || r.Keep != s.cfg.KeepEvents() {
		t.Errorf("%+v", r)
	}
}
