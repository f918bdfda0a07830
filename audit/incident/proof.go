package incident

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"github.com/lachan-waf/lachan/audit/chain"
	"github.com/lachan-waf/lachan/audit/checkpoint"
)

// proof is what the lines from the checkpoint before the site's first event to
// the one after its last say about the chain.
type proof struct {
	lines               uint64 // in the proof
	from, until         uint64 // their first and last seq
	firstSeq, lastSeq   uint64 // of the site's events
	linked              bool   // the site's events have links
	keyed               bool   // there was a key to check signatures with
	covered             bool   // a checkpoint follows the last event
	checkpoints         int
	coveredAt, behindAt time.Time // times of the checkpoint after the events, and before
	faults              []fault
	more                int // faults that are not listed
}

// fault is one thing that is wrong with the chain. seq is the line's number in
// it; 0 where the line has none.
type fault struct {
	kind faultKind
	seq  uint64
}

type faultKind string

const (
	altered  faultKind = "altered"  // the line is not the one that was written
	missing  faultKind = "missing"  // lines before this one are not there
	removed  faultKind = "removed"  // nor are these, but a later line says that Lachan removed them
	moved    faultKind = "moved"    // the line does not follow the one before it
	unlinked faultKind = "unlinked" // the line has no place in the chain
	forged   faultKind = "forged"   // the checkpoint is not signed, or is of another chain
)

const maxFaults = 20

// verdict sums a proof up.
type verdict string

const (
	verdictWhole     verdict = "whole"     // every line is as it was written, and a signed checkpoint follows
	verdictUnsigned  verdict = "unsigned"  // as whole, but nobody checked the signatures: no key
	verdictUncovered verdict = "uncovered" // whole in itself, but no checkpoint follows yet
	verdictBroken    verdict = "broken"
	verdictNone      verdict = "none" // the trail has no chain
)

func (p *proof) verdict() verdict {
	switch {
	case !p.linked:
		return verdictNone
	case len(p.faults) > 0:
		return verdictBroken
	case !p.covered:
		return verdictUncovered
	case !p.keyed:
		return verdictUnsigned
	}
	return verdictWhole
}

// proofLine is a line of chain.jsonl. One of the site's events has neither a Line
// nor a seal: it stands in events.jsonl.
type proofLine struct {
	Seq     uint64 `json:"seq,omitempty"`
	Prev    string `json:"prev,omitempty"`
	Hash    string `json:"hash,omitempty"`
	Line    string `json:"line,omitempty"` // of checkpoints and gaps, as it stands in the trail
	*sealed        // of all others
}

// prove writes the proof and checks it on the way.
func (c *Case) prove(ctx context.Context, w io.Writer, s *survey) (*proof, error) {
	p := &prover{proof: proof{keyed: c.PublicKey != ""}, key: c.PublicKey, survey: s}
	sum := sha256.New()
	for line, err := range c.Lines {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, fmt.Errorf("read the trail: %w", err)
		}
		p.number++
		if p.number < s.proofFirst {
			continue
		}
		if p.number > s.proofLast {
			break
		}
		addLine(sum, line)
		if err := p.take(w, line); err != nil {
			return nil, err
		}
	}
	if !bytes.Equal(sum.Sum(nil), s.proofSum) {
		return nil, errChanged
	}
	return &p.proof, nil
}

// prover is the state between lines.
type prover struct {
	proof
	key    string
	survey *survey
	number uint64 // of the line in the trail
	last   chain.Link
}

func (p *prover) take(w io.Writer, line []byte) error {
	out := proofLine{}
	l, err := chain.Read(line)
	switch {
	case err != nil && p.last.Seq == 0 && p.number < p.survey.first:
		return nil // from before the trail had a chain: the proof says nothing of it
	case err != nil:
		p.lines++
		p.fault(unlinked, 0)
		return writeJSON(w, out)
	}
	p.lines++
	p.follow(l)
	e, err := readEvent(line)
	if err == nil {
		p.read(e, l)
	}
	out.Seq, out.Prev, out.Hash = l.Seq, hex.EncodeToString(l.Prev[:]), hex.EncodeToString(l.Hash[:])
	switch {
	case err == nil && e.disclosed() && utf8.Valid(line): // JSON carries nothing else
		out.Line = string(line)
	case err == nil && p.survey.selects(e):
	default:
		if out.sealed, err = seal(line, l); err != nil {
			return err
		}
	}
	return writeJSON(w, out)
}

func writeJSON(w io.Writer, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return writeLine(w, text)
}

// follow holds a line against the one before it.
func (p *prover) follow(l chain.Link) {
	switch {
	case l.Altered():
		p.fault(altered, l.Seq)
	case p.last.Seq == 0:
		if l.Seq == 1 && l.Prev != (chain.Hash{}) {
			p.fault(moved, l.Seq)
		}
	case l.Seq > p.last.Seq+1:
		p.fault(p.survey.hole(span{p.last.Seq + 1, l.Seq - 1}), l.Seq)
	case l.Seq != p.last.Seq+1 || l.Prev != p.last.Hash:
		p.fault(moved, l.Seq)
	}
	if p.from == 0 {
		p.from = l.Seq
	}
	p.until, p.last = l.Seq, l
}

// hole says why lines are not there. What is left around them is not proved to
// have followed from one another, so that it is a fault either way.
func (s *survey) hole(lines span) faultKind {
	for _, r := range s.removals {
		if lines.from >= r.from && lines.to <= r.to {
			return removed
		}
	}
	return missing
}

// read notes which of the site's lines this is, or what the checkpoint says.
func (p *prover) read(e *event, l chain.Link) {
	switch {
	case p.number == p.survey.first:
		p.firstSeq, p.linked = l.Seq, true
		p.lastSeq = l.Seq
	case p.number == p.survey.last:
		p.lastSeq = l.Seq
	case e.whole() && e.Event.Action == checkpointAction:
		p.checkpoint(e, l)
	}
}

// checkpoint holds a note against the line before it, which it is about.
func (p *prover) checkpoint(e *event, l chain.Link) {
	c, err := openNote(e.Lachan.Checkpoint.Note, p.key)
	if err != nil || c.Head.Seq != l.Seq-1 || c.Head.Hash != l.Prev {
		p.fault(forged, l.Seq)
		return
	}
	p.checkpoints++
	switch {
	case p.number < p.survey.first:
		p.behindAt = c.Time
	case p.number == p.survey.proofLast:
		p.covered, p.coveredAt = true, c.Time
	}
}

func (p *prover) fault(kind faultKind, seq uint64) {
	if len(p.faults) == maxFaults {
		p.more++
		return
	}
	p.faults = append(p.faults, fault{kind, seq})
}

// openNote checks the signature, unless there is no key to check it with, and
// reads the text.
func openNote(signed, public string) (checkpoint.Checkpoint, error) {
	if public == "" {
		return checkpoint.Unverified(signed)
	}
	return checkpoint.Open(signed, public)
}
