package incident

import (
	"context"
	"crypto/sha256"
	"fmt"
	"hash"
	"time"

	"github.com/lachan-waf/lachan/audit"
)

// survey is what the first reading of the trail finds.
type survey struct {
	site     string
	from, to time.Time

	lines      uint64    // in the trail; each has its number, from 1
	unreadable uint64    // in the trail, of any time: they do not say
	events     int       // of the site, in the period
	sum        hash.Hash // of these lines

	// numbers of the first and last of the site's lines, and of those that the
	// proof begins and ends with
	first, last, proofFirst, proofLast uint64
	covered                            bool      // the proof ends with a checkpoint
	proofSum                           []byte    // of its lines
	running                            hash.Hash // of the lines that it may have

	earliest, latest time.Time // of the site's events in the period
	before, after    time.Time // the nearest outside it; zero: none

	actions  map[audit.Action]int
	findings tally[findingKey]
	rules    tally[ruleKey]
	pages    tally[pageKey]
	sources  tally[string]
	gaps     []loss
	moreGaps int
	lost     uint64 // events, as the gaps say
	removals []span // of lines, by Lachan itself, as the trail says
	// documents are the hashes of what the origin sent, of events with findings.
	documents map[string]bool
	removed   int // pieces; an event may stand for several
	left      int
}

type findingKey struct {
	action              audit.Action
	kind, element, host string
}

type ruleKey struct {
	action audit.Action
	id     string
}

type pageKey struct{ host, path string }

// span is a range of line numbers, both ends in it.
type span struct{ from, to uint64 }

// maxGaps bounds the gaps that are listed, maxRemovals what is known of removals.
const (
	maxGaps     = 200
	maxRemovals = 10_000
)

func (c *Case) survey(ctx context.Context) (*survey, error) {
	s := &survey{
		site: c.Site, from: c.From, to: c.To, sum: sha256.New(), running: sha256.New(),
		actions: make(map[audit.Action]int), documents: make(map[string]bool),
	}
	var checkpoint uint64 // number of the last one
	for line, err := range c.Lines {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, fmt.Errorf("read the trail: %w", err)
		}
		s.lines++
		e, err := readEvent(line)
		mark := err == nil && e.whole() && e.Event.Action == checkpointAction
		if mark && s.events == 0 {
			s.running.Reset()
		}
		addLine(s.running, line)
		switch {
		case err != nil:
			s.unreadable++
			continue
		case mark:
			checkpoint = s.lines
			s.cover()
		case s.selects(e):
			s.take(line, e, checkpoint)
		case e.Service.Name == s.site:
			s.near(e.Time)
		}
		s.loss(e)
		if removed, ok := e.removal(); ok && len(s.removals) < maxRemovals {
			s.removals = append(s.removals, removed)
		}
	}
	if !s.covered {
		s.proofLast, s.proofSum = s.lines, s.running.Sum(nil)
	}
	return s, nil
}

// addLine adds a line to a hash.
func addLine(h hash.Hash, line []byte) {
	h.Write(line)
	h.Write([]byte{'\n'})
}

// selects reports whether the line belongs into the bundle.
func (s *survey) selects(e *event) bool {
	return e.Service.Name == s.site && !e.Time.Before(s.from) && e.Time.Before(s.to)
}

// cover ends the proof with the checkpoint that was just read, if there is
// anything to prove.
func (s *survey) cover() {
	if s.events > 0 && !s.covered {
		s.proofLast, s.covered, s.proofSum = s.lines, true, s.running.Sum(nil)
	}
}

func (s *survey) take(line []byte, e *event, checkpoint uint64) {
	if s.events == 0 {
		s.first, s.proofFirst = s.lines, max(1, checkpoint)
		s.earliest, s.latest = e.Time, e.Time
	}
	s.events++
	s.last, s.covered = s.lines, false
	addLine(s.sum, line)
	if e.Time.Before(s.earliest) {
		s.earliest = e.Time
	}
	if e.Time.After(s.latest) {
		s.latest = e.Time
	}
	s.count(e)
}

func (s *survey) count(e *event) {
	s.actions[e.Event.Action]++
	if f := e.Lachan.Finding; f != nil {
		s.found(e, f)
	}
	if !e.attack() {
		return
	}
	if e.Rule.ID != "" {
		if c := s.rules.add(ruleKey{e.Event.Action, e.Rule.ID}, 1, e.Time, e.Rule.Name); c != nil {
			c.score = max(c.score, e.Lachan.Score)
		}
	}
	s.sources.add(e.Source.IP, 1, e.Time, "")
}

func (s *survey) found(e *event, f *finding) {
	if e.Event.Action == audit.Detect {
		s.left += f.times()
	} else {
		s.removed += f.times()
	}
	s.findings.add(findingKey{e.Event.Action, f.Kind, f.Element, f.Host}, f.times(), e.Time, f.SHA256)
	s.pages.add(pageKey{e.URL.Domain, e.URL.Path}, f.times(), e.Time, "")
	if f.Before != "" && len(s.documents) < maxKeys {
		s.documents[f.Before] = true
	}
}

// near remembers the site's events outside the period.
func (s *survey) near(at time.Time) {
	switch {
	case at.Before(s.from) && at.After(s.before):
		s.before = at
	case !at.Before(s.to) && (s.after.IsZero() || at.Before(s.after)):
		s.after = at
	}
}

// loss remembers gaps that may have cost events of the site in the period.
func (s *survey) loss(e *event) {
	g := e.Lachan.Gap
	if e.Event.Action != audit.Gap || g == nil || !e.whole() && e.Service.Name != s.site {
		return
	}
	if g.First.IsZero() {
		g.First, g.Last = e.Time, e.Time
	}
	if g.Last.Before(s.from) || !g.First.Before(s.to) {
		return
	}
	s.lost += g.Count
	if len(s.gaps) == maxGaps {
		s.moreGaps++
		return
	}
	s.gaps = append(s.gaps, *g)
}
