// Package health tells how a trail and its sinks do, from the files alone: it
// asks no running server, and so answers when there is none.
package health

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"time"

	"github.com/lachan-waf/lachan/audit/checkpoint"
	"github.com/lachan-waf/lachan/audit/trail"
	"github.com/lachan-waf/lachan/policies"
)

// From these on somebody should look.
const (
	// MaxLag is how long a line may wait for a sink, or for a checkpoint, of which
	// there is one each minute while lines are written.
	MaxLag = 5 * time.Minute
	// MaxDisk is the share of the disk at which the trail itself raises an alarm.
	MaxDisk = 0.80
)

// Problem is something that needs attention.
type Problem string

// The problems.
const (
	NoTrail        Problem = "no trail"        // no line is there
	NotSigned      Problem = "not signed"      // lines wait for a checkpoint
	ForeignNote    Problem = "foreign note"    // the last checkpoint is not of this key
	TrailCut       Problem = "trail cut"       // the last checkpoint has seen lines that are not there
	DiskFull       Problem = "disk"            // it fills up
	SinkFailing    Problem = "sink failing"    // it takes no events
	SinkBehind     Problem = "sink behind"     // events wait for it
	CursorUnread   Problem = "cursor unread"   // how far the sink has got is not known
	EventsRejected Problem = "events rejected" // the sink has refused some for good
)

// needsAttention tells what ends `lachan audit status` with 1. Events that were
// rejected once stay so for ever: a person reads of them, a monitor would never
// be quiet again.
func (p Problem) needsAttention() bool { return p != EventsRejected }

// Report is how a trail does.
type Report struct {
	Path    string    `json:"path"`
	Now     time.Time `json:"now"`
	Files   int       `json:"files"`
	Bytes   int64     `json:"bytes"` // on the disk
	First   time.Time `json:"first_event,omitzero"`
	Last    time.Time `json:"last_event,omitzero"`
	LastSeq uint64    `json:"last_seq"`

	Checkpoint Checkpoint `json:"checkpoint"`
	Disk       float64    `json:"disk_used"` // a share, 0 to 1
	Retention  Retention  `json:"retention"`
	Sinks      []Sink     `json:"sinks"`
	Problems   []Problem  `json:"problems"`
}

// Checkpoint is the last one that was signed.
type Checkpoint struct {
	Seq      uint64    `json:"seq"` // of the last line it covers; 0: there is none
	Time     time.Time `json:"time,omitzero"`
	Unsigned uint64    `json:"unsigned"`                // lines after it, its own line not among them
	Since    time.Time `json:"unsigned_since,omitzero"` // of the first of them
}

// Retention is how long segments are kept.
type Retention struct {
	Keep  policies.Duration `json:"keep"`
	Asked policies.Duration `json:"configured"` // audit.retention
	Level int               `json:"level"`      // the highest of a site, which may ask for longer
}

// Sink is how one sink does.
type Sink struct {
	Name     string        `json:"name"`
	Type     string        `json:"type"`
	Seq      uint64        `json:"seq"` // delivered for good
	Lag      uint64        `json:"lag"` // lines
	Oldest   time.Time     `json:"oldest_waiting,omitzero"`
	Behind   time.Duration `json:"-"`
	Seconds  float64       `json:"lag_seconds"`
	Rejected uint64        `json:"rejected"`
	Error    string        `json:"error,omitempty"`
	Since    time.Time     `json:"error_since,omitzero"`
	Updated  time.Time     `json:"updated,omitzero"`
	Problems []Problem     `json:"problems,omitempty"`
}

// Well reports that nothing needs attention.
func (r *Report) Well() bool {
	return !slices.ContainsFunc(r.Problems, Problem.needsAttention) &&
		!slices.ContainsFunc(r.Sinks, func(s Sink) bool { return slices.ContainsFunc(s.Problems, Problem.needsAttention) })
}

// Read looks at the trail of a configuration. state is the folder of its key and
// cursors.
func Read(cfg *policies.Config, state string, now time.Time) (*Report, error) {
	r := &Report{Path: cfg.Audit.File, Now: now, Sinks: []Sink{}, Problems: []Problem{}, Retention: retention(cfg)}
	for _, step := range []func() error{r.files, func() error { return r.checkpoint(state) }, r.disk} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	for _, sink := range cfg.Audit.Sinks {
		s, err := r.sink(sink, state)
		if err != nil {
			return nil, err
		}
		r.Sinks = append(r.Sinks, s)
	}
	return r, nil
}

func retention(cfg *policies.Config) Retention {
	level := 0
	for _, sites := range [][]policies.Site{cfg.Sites, cfg.Refused} {
		for i := range sites {
			level = max(level, sites[i].Level)
		}
	}
	return Retention{Keep: cfg.KeepEvents(), Asked: cfg.Audit.Retention, Level: level}
}

func (r *Report) files() error {
	files, err := trail.Files(r.Path)
	if err != nil {
		return err
	}
	for _, f := range files {
		r.Files++
		r.Bytes += f.Size
	}
	if len(files) > 0 {
		r.First = files[0].Begun
	}
	head, err := trail.Head(files)
	if err != nil {
		return err
	}
	if r.LastSeq = head.Seq; head.Seq == 0 {
		r.Problems = append(r.Problems, NoTrail)
		return nil
	}
	r.Last, err = r.timeOf(head.Seq)
	return err
}

// timeOf is the time of a line, or of the next one that is there; zero where
// there is none.
func (r *Report) timeOf(seq uint64) (time.Time, error) {
	lines := trail.OpenReader(r.Path, seq)
	defer lines.Close()
	for {
		line, err := lines.Next(trail.Everything)
		if errors.Is(err, io.EOF) {
			return time.Time{}, nil
		}
		if err != nil {
			return time.Time{}, err
		}
		if at, ok := trail.Time(line.Raw); ok && line.Seq >= seq {
			return at, nil
		}
	}
}

func (r *Report) checkpoint(state string) error {
	note, err := checkpoint.Last(state)
	if err != nil {
		return err
	}
	if note != "" {
		if err := r.note(note, state); err != nil {
			return err
		}
	}
	if r.Checkpoint.Seq > r.LastSeq {
		r.Problems = append(r.Problems, TrailCut)
		return nil
	}
	// The line after the ones it covers is the checkpoint itself.
	first := r.Checkpoint.Seq + 1
	if r.Checkpoint.Seq > 0 {
		first++
	}
	if r.LastSeq < first {
		return nil
	}
	r.Checkpoint.Unsigned = r.LastSeq - first + 1
	if r.Checkpoint.Since, err = r.timeOf(first); err != nil {
		return err
	}
	if r.Now.Sub(r.Checkpoint.Since) > MaxLag {
		r.Problems = append(r.Problems, NotSigned)
	}
	return nil
}

func (r *Report) note(note, state string) error {
	public, err := checkpoint.ReadPublic(state)
	if err != nil {
		return err
	}
	c, err := checkpoint.Open(note, public)
	if err != nil {
		r.Problems = append(r.Problems, ForeignNote)
		return nil
	}
	r.Checkpoint.Seq, r.Checkpoint.Time = c.Head.Seq, c.Time
	return nil
}

func (r *Report) disk() (err error) {
	if r.Disk, err = trail.DiskUsage(filepath.Dir(r.Path)); err != nil {
		return fmt.Errorf("disk of %s: %w", r.Path, err)
	}
	if r.Disk >= MaxDisk {
		r.Problems = append(r.Problems, DiskFull)
	}
	return nil
}

func (r *Report) sink(configured policies.Sink, state string) (Sink, error) {
	s := Sink{Name: configured.Name, Type: string(configured.Type)}
	c, err := trail.LoadCursor(state, s.Name)
	if err != nil {
		s.Error = err.Error()
		s.Problems = append(s.Problems, CursorUnread)
		return s, nil
	}
	s.Seq, s.Rejected, s.Error, s.Since, s.Updated = c.Seq, c.Rejected, c.Error, c.Since, c.Updated
	if s.Lag = r.LastSeq - min(r.LastSeq, c.Seq); s.Lag > 0 {
		if s.Oldest, err = r.timeOf(c.Seq + 1); err != nil {
			return s, err
		}
		if !s.Oldest.IsZero() {
			s.Behind = max(r.Now.Sub(s.Oldest), 0)
			s.Seconds = s.Behind.Seconds()
		}
	}
	for problem, there := range map[Problem]bool{SinkFailing: s.Error != "", SinkBehind: s.Behind > MaxLag, EventsRejected: s.Rejected > 0} {
		if there {
			s.Problems = append(s.Problems, problem)
		}
	}
	slices.Sort(s.Problems)
	return s, nil
}
