package trail

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/lachan-waf/lachan/audit/chain"
	"github.com/lachan-waf/lachan/audit/checkpoint"
)

// Fault is what was done to a trail, as far as it shows.
type Fault string

// The faults.
const (
	Altered    Fault = "altered"    // the line is not the one that was written
	Removed    Fault = "removed"    // lines are missing before this one
	Moved      Fault = "moved"      // the line belongs to another place
	Inserted   Fault = "inserted"   // the line is there twice, or under a number that is taken
	Unlinked   Fault = "unlinked"   // the line has no place in the chain: altered, or not ours
	Broken     Fault = "broken"     // whole in itself, but it does not follow from the line before
	Truncated  Fault = "truncated"  // the end is missing
	Forged     Fault = "forged"     // a checkpoint with a wrong signature, or of another chain
	Unreadable Fault = "unreadable" // a file that cannot be read to its end
)

// Finding is one fault and its place.
type Finding struct {
	Fault Fault  `json:"fault"`
	File  string `json:"file"`
	Line  int    `json:"line,omitempty"` // from 1
	Seq   uint64 `json:"seq,omitempty"`  // as the line says
	Text  string `json:"text"`
}

func (f Finding) String() string {
	place := f.File
	if f.Line > 0 {
		place += fmt.Sprintf(":%d", f.Line)
	}
	return fmt.Sprintf("%s: %s: %s", place, f.Fault, f.Text)
}

// Report is what Verify found.
type Report struct {
	Files       int       `json:"files"`
	Lines       uint64    `json:"lines"`
	First       uint64    `json:"first_seq"`
	Last        uint64    `json:"last_seq"`
	Hash        string    `json:"last_hash"` // of the last line: what to compare with another copy
	Checkpoints int       `json:"checkpoints"`
	Signed      uint64    `json:"signed_seq"` // the last line that a checkpoint covers
	SignedAt    time.Time `json:"signed_at,omitzero"`
	Findings    []Finding `json:"findings"`
	More        int       `json:"more_findings,omitempty"` // not listed
	Remarks     []string  `json:"remarks,omitempty"`
	Unverified  bool      `json:"signatures_unverified,omitempty"` // no public key was given
}

// Whole reports that nothing is wrong.
func (r *Report) Whole() bool { return len(r.Findings) == 0 }

// VerifyOptions say what a trail is held against.
type VerifyOptions struct {
	Files    []string        // in order; empty: those of the trail
	Public   string          // key of the checkpoints; empty: their signatures are not checked
	Notes    []string        // checkpoints kept elsewhere, by a SOC or in the state directory
	Progress func(bytes int) // of a file as it is on the disk, as they are read; nil: nobody asks
}

// maxFindings is how many are listed: one is enough to look, and a file of
// something else would have millions.
const maxFindings = 1000

// Verify reads the trail of the growing file path from its first line to its
// last. The error is of a trail that could not be read at all; what is wrong with
// one that could stands in the report.
func Verify(ctx context.Context, path string, o VerifyOptions) (*Report, error) {
	files, err := filesToVerify(path, o.Files)
	if err != nil {
		return nil, err
	}
	v := verifier{trail: path, options: o, report: &Report{Findings: []Finding{}, Unverified: o.Public == ""}, wanted: map[uint64]checkpoint.Checkpoint{}}
	if err := v.expect(o.Notes); err != nil {
		return nil, err
	}
	for _, f := range files {
		if err := v.file(ctx, f); err != nil {
			return nil, err
		}
	}
	v.end()
	return v.report, nil
}

func filesToVerify(path string, named []string) ([]File, error) {
	if len(named) == 0 {
		return Files(path)
	}
	var files []File
	for _, name := range named {
		files = append(files, File{Path: name, Compressed: strings.HasSuffix(name, ".zst")})
	}
	return files, nil
}

// verifier holds the state between lines.
type verifier struct {
	trail   string
	options VerifyOptions
	report  *Report
	head    chain.Head
	begun   bool
	missing []hole
	wanted  map[uint64]checkpoint.Checkpoint // by the line they cover
	// excused are the lines that retention removed, as later lines tell.
	excused  []span
	unsigned time.Time // of the first line that no checkpoint covers yet
	path     string
	line     int
}

// span is a range of line numbers, both ends in it.
type span struct{ from, to uint64 }

// hole is a span that is missing before a line.
type hole struct {
	span
	path string
	line int
}

func (v *verifier) expect(notes []string) error {
	for _, signed := range notes {
		c, err := v.open(signed)
		if err != nil {
			return fmt.Errorf("the checkpoint given: %w", err)
		}
		v.wanted[c.Head.Seq] = c
	}
	return nil
}

func (v *verifier) open(signed string) (checkpoint.Checkpoint, error) {
	if v.options.Public == "" {
		return checkpoint.Unverified(signed)
	}
	return checkpoint.Open(signed, v.options.Public)
}

func (v *verifier) file(ctx context.Context, f File) error {
	f, body, err := v.openListed(f)
	switch {
	case errors.Is(err, fs.ErrNotExist) && len(v.options.Files) == 0:
		return nil // removed since it was listed: the lines after it tell by whom
	case err != nil:
		return err
	}
	defer body.Close()
	v.report.Files++
	v.path, v.line = f.Path, 0
	lines := bufio.NewReaderSize(body, readSize)
	for ctx.Err() == nil {
		raw, err := lines.ReadSlice('\n')
		if f.Growing && errors.Is(err, io.EOF) && len(raw) > 0 {
			raw, err = rest(ctx, lines, raw)
		}
		switch {
		case err == nil:
			v.line++
			v.take(raw)
			continue
		case errors.Is(err, io.EOF) && len(raw) > 0:
			v.line++
			v.found(Truncated, 0, fmt.Sprintf("the file ends in the middle of a line, after %d bytes of it", len(raw)))
		case !errors.Is(err, io.EOF):
			v.line++
			v.found(Unreadable, 0, err.Error())
		}
		return nil
	}
	return ctx.Err()
}

func (v *verifier) openListed(f File) (File, io.ReadCloser, error) {
	if len(v.options.Files) == 0 {
		return OpenListed(v.trail, f, v.options.Progress)
	}
	body, err := f.OpenCounted(v.options.Progress)
	if err != nil {
		return f, nil, fmt.Errorf("trail: %w", err)
	}
	return f, body, nil
}

// rest waits a moment for the other half of a line that is being written.
func rest(ctx context.Context, lines *bufio.Reader, half []byte) ([]byte, error) {
	line := slices.Clone(half)
	for range 10 {
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
		}
		more, err := lines.ReadSlice('\n')
		line = append(line, more...)
		if !errors.Is(err, io.EOF) || len(line) > MaxLine {
			return line, err
		}
	}
	return line, io.EOF
}

func (v *verifier) found(fault Fault, seq uint64, text string) {
	v.add(Finding{Fault: fault, File: v.path, Line: v.line, Seq: seq, Text: text})
}

func (v *verifier) add(f Finding) {
	if len(v.report.Findings) == maxFindings {
		v.report.More++
		return
	}
	v.report.Findings = append(v.report.Findings, f)
}

// take looks at one line.
func (v *verifier) take(raw []byte) {
	v.report.Lines++
	link, err := chain.Read(raw)
	if err != nil {
		v.found(Unlinked, 0, "the line has no place in the chain: it was altered, or is none of Lachan's")
		return
	}
	if link.Altered() {
		v.found(Altered, link.Seq, fmt.Sprintf("line %d is not what was written: its hash is %s and was %s", link.Seq, link.Sum, link.Hash))
	}
	if v.place(link) {
		v.head = link.Head()
		v.compare(v.head)
		v.read(raw, link)
	}
}

// place says whether the line comes after the one before.
func (v *verifier) place(l chain.Link) bool {
	next := v.head.Seq + 1
	switch {
	case !v.begun:
		v.begin(l)
	case l.Seq > next:
		v.miss(next, l)
	case l.Seq < next && v.fills(l.Seq):
		v.found(Moved, l.Seq, fmt.Sprintf("line %d stands after line %d", l.Seq, v.head.Seq))
		return false
	case l.Seq < next:
		v.found(Inserted, l.Seq, fmt.Sprintf("line %d stands again after line %d", l.Seq, v.head.Seq))
		return false
	case l.Prev != v.head.Hash:
		v.found(Broken, l.Seq, fmt.Sprintf("line %d follows a line with hash %s, but the one before it has %s", l.Seq, l.Prev, v.head.Hash))
	}
	return true
}

// miss notes lines that are not there. Whether retention accounts for them is
// known at the end.
func (v *verifier) miss(from uint64, l chain.Link) {
	if len(v.missing) == maxFindings {
		v.report.More++
		return
	}
	v.missing = append(v.missing, hole{span{from, l.Seq - 1}, v.path, v.line})
}

func (s span) String() string {
	if s.from == s.to {
		return fmt.Sprintf("line %d", s.from)
	}
	return fmt.Sprintf("lines %d to %d", s.from, s.to)
}

// fills tells whether the number is one that was missing.
func (v *verifier) fills(seq uint64) bool {
	return slices.ContainsFunc(v.missing, func(h hole) bool { return seq >= h.from && seq <= h.to })
}

// begin decides about the first line there is: the first of all, or one that a
// record of retention must account for.
func (v *verifier) begin(l chain.Link) {
	v.begun = true
	v.report.First = l.Seq
	if l.Seq > 1 {
		v.miss(1, l)
	} else if l.Prev != (chain.Hash{}) {
		v.found(Broken, l.Seq, "line 1 follows another line")
	}
}

// compare holds the chain against checkpoints that were kept elsewhere.
func (v *verifier) compare(h chain.Head) {
	c, ok := v.wanted[h.Seq]
	if !ok {
		return
	}
	delete(v.wanted, h.Seq)
	if c.Head != h {
		v.found(Forged, h.Seq, fmt.Sprintf("the checkpoint of %s says that line %d has hash %s; it has %s",
			c.Time.Format(time.RFC3339), h.Seq, c.Head.Hash, h.Hash))
	}
}

// told is what Verify reads of an event.
type told struct {
	Event struct {
		Action string `json:"action"`
	} `json:"event"`
	Lachan struct {
		Checkpoint struct {
			Note string `json:"note"`
		} `json:"checkpoint"`
		Notice struct {
			Kind  string `json:"kind"`
			First uint64 `json:"first_seq"`
			Last  uint64 `json:"last_seq"`
		} `json:"notice"`
	} `json:"lachan"`
}

func (v *verifier) read(raw []byte, link chain.Link) {
	signed := bytes.Contains(raw, []byte(`"checkpoint":{"note":`))
	if !signed && !bytes.Contains(raw, []byte(`"notice":{"kind":"retention"`)) {
		if v.unsigned.IsZero() {
			v.unsigned, _ = Time(raw)
		}
		return
	}
	var e told
	switch err := json.Unmarshal(raw, &e); {
	case err != nil: // altered, and told
	case e.Event.Action == "checkpoint":
		v.checkpoint(e.Lachan.Checkpoint.Note, link)
	case e.Event.Action == "notice" && e.Lachan.Notice.Kind == "retention":
		v.excused = append(v.excused, span{e.Lachan.Notice.First, e.Lachan.Notice.Last})
	}
}

// checkpoint holds a signed note against the line before it.
func (v *verifier) checkpoint(signed string, link chain.Link) {
	c, err := v.open(signed)
	switch {
	case err != nil:
		v.found(Forged, link.Seq, err.Error())
		return
	case c.Head.Seq != link.Seq-1 || c.Head.Hash != link.Prev:
		v.found(Forged, link.Seq, fmt.Sprintf("the checkpoint is of line %d with hash %s, not of the line before it", c.Head.Seq, c.Head.Hash))
		return
	}
	v.report.Checkpoints++
	v.report.Signed, v.report.SignedAt = c.Head.Seq, c.Time
	if wait := c.Time.Sub(v.unsigned); !v.unsigned.IsZero() && wait > longUnsigned {
		v.remark("lines up to %d waited %s for their signature: what was changed in that time does not show", c.Head.Seq, wait.Round(time.Second))
	}
	v.unsigned = time.Time{}
}

// longUnsigned is longer than a checkpoint takes while Lachan runs: it was
// killed, or somebody has removed checkpoints.
const longUnsigned = 5 * time.Minute

// maxRemarks is how many are kept.
const maxRemarks = 100

func (v *verifier) remark(format string, args ...any) {
	if len(v.report.Remarks) < maxRemarks {
		v.report.Remarks = append(v.report.Remarks, fmt.Sprintf(format, args...))
	}
}

// end judges what only the whole can tell.
func (v *verifier) end() {
	v.report.Last, v.report.Hash = v.head.Seq, v.head.Hash.String()
	v.holes()
	if unsigned := v.head.Seq - min(v.report.Signed, v.head.Seq); unsigned > 1 || v.report.Checkpoints == 0 && unsigned > 0 {
		v.remark("the last %d lines have no checkpoint yet", unsigned)
	}
	for _, seq := range slices.Sorted(maps.Keys(v.wanted)) {
		v.unseen(seq, v.wanted[seq])
	}
}

// holes tells which of the missing lines nothing accounts for.
func (v *verifier) holes() {
	removed, excused := 0, joined(v.excused)
	for _, h := range v.missing {
		if slices.ContainsFunc(excused, func(s span) bool { return h.from >= s.from && h.to <= s.to }) {
			removed++
			continue
		}
		v.add(Finding{Fault: Removed, File: h.path, Line: h.line, Seq: h.to + 1, Text: h.String() + " before it missing"})
	}
	if removed > 0 {
		v.remark("lines were removed in %d places because their time was over or the disk was full, as the trail says itself", removed)
	}
}

// joined are the spans with those that overlap or meet made one.
func joined(spans []span) (out []span) {
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	for _, s := range spans {
		if n := len(out); n > 0 && s.from <= out[n-1].to+1 {
			out[n-1].to = max(out[n-1].to, s.to)
			continue
		}
		out = append(out, s)
	}
	return out
}

// unseen is about a checkpoint kept elsewhere whose line the trail does not have.
func (v *verifier) unseen(seq uint64, c checkpoint.Checkpoint) {
	v.line = 0
	switch {
	case seq > v.head.Seq:
		v.found(Truncated, seq, fmt.Sprintf("the trail ends with line %d; the checkpoint of %s has seen line %d",
			v.head.Seq, c.Time.Format(time.RFC3339), seq))
	case seq >= v.report.First && seq > 0:
		v.found(Removed, seq, fmt.Sprintf("line %d, which the checkpoint of %s has seen, is missing", seq, c.Time.Format(time.RFC3339)))
	}
}
