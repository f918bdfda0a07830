package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/audit/checkpoint"
	"github.com/lachan-waf/lachan/audit/trail"
)

type auditVerifyCmd struct {
	configFlag
	Key        string   `help:"The public key of the checkpoints, or a file that holds it. Default: checkpoint.pub of the state directory." placeholder:"FILE|KEY"`
	Checkpoint []string `help:"Files with checkpoints that were kept elsewhere: signed notes, or the SOC's copies of the events that hold them; - is standard input." placeholder:"FILE"`
	JSON       bool     `help:"Print the report as a JSON object."`
	Files      []string `arg:"" optional:"" name:"file" help:"Files in their order, instead of the whole trail; compressed if they end in .zst." type:"existingfile"`
}

// Help is kong's long help.
func (auditVerifyCmd) Help() string {
	return `Without files, the whole trail of the configuration is read and held against the last
checkpoint of the state directory, so that a missing end shows. Who can write that
directory can sign anew: hold the trail against checkpoints that the SOC has kept, and
keep the key there too.

Exit codes: 0 the trail is whole, 1 it is not, 2 it could not be read.

Examples:
  lachan audit verify
  lachan audit verify --key soc/lachan.pub --checkpoint soc/checkpoints.jsonl
  lachan audit verify --key lachan/cms01+1a2b3c4d+AX… audit-20261125T000000Z-80001.jsonl.zst`
}

// Run verifies and prints.
func (c *auditVerifyCmd) Run(ctx context.Context) error {
	path, options, err := c.options()
	if err != nil {
		return &usageError{err}
	}
	bar := showProgress("verifying", sizeOf(path, c.Files))
	options.Progress = bar.add
	report, err := trail.Verify(ctx, path, options)
	bar.stop()
	if err != nil {
		return &usageError{err}
	}
	if c.JSON {
		err = json.NewEncoder(os.Stdout).Encode(report)
	} else {
		_, err = io.WriteString(os.Stdout, verdict(report))
	}
	if err != nil {
		return &usageError{err}
	}
	if !report.Whole() {
		return errReported
	}
	return nil
}

// options reads the configuration only for what the command line does not say.
func (c *auditVerifyCmd) options() (path string, o trail.VerifyOptions, err error) {
	o.Files = c.Files
	if o.Notes, err = readNotes(c.Checkpoint); err != nil {
		return "", o, err
	}
	if o.Public, err = readKey(c.Key); err != nil {
		return "", o, err
	}
	if len(o.Files) > 0 && o.Public != "" {
		return "", o, nil
	}
	cfg, err := c.config()
	if err != nil {
		return "", o, err
	}
	state := auditState(cfg)
	if o.Public == "" {
		o.Public, err = checkpoint.ReadPublic(state)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", o, err
		}
	}
	if len(o.Files) > 0 {
		return cfg.Audit.File, o, nil
	}
	last, err := checkpoint.Last(state)
	if last == "" || err != nil {
		return cfg.Audit.File, o, err
	}
	if _, err := checkpoint.Open(last, o.Public); o.Public != "" && err != nil {
		return "", o, fmt.Errorf("the last checkpoint in %s: %w", state, err)
	}
	o.Notes = append(o.Notes, last)
	return cfg.Audit.File, o, nil
}

// readKey takes a key for what it is, and all else for a file's name.
func readKey(given string) (string, error) {
	if given == "" || checkpoint.IsPublic(given) {
		return given, nil
	}
	text, err := os.ReadFile(given)
	if err != nil {
		return "", err
	}
	key := strings.TrimSpace(string(text))
	if !checkpoint.IsPublic(key) {
		return "", fmt.Errorf("%s holds no public key: expected NAME+HASH+KEY, as checkpoint.pub has it", given)
	}
	return key, nil
}

// maxNotes bounds a file of checkpoints, which are held in memory: a year of the
// events that a SOC has of them takes two thirds of it.
const maxNotes = 1 << 30

func readNotes(files []string) (notes []string, err error) {
	for _, name := range files {
		found, err := readNoteFile(name)
		if err != nil {
			return nil, fmt.Errorf("--checkpoint %s: %w", name, err)
		}
		notes = append(notes, found...)
	}
	return notes, nil
}

func readNoteFile(name string) ([]string, error) {
	in := os.Stdin
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		in = file
	}
	bounded := &io.LimitedReader{R: in, N: maxNotes}
	found, err := checkpoint.ReadAll(bounded)
	switch {
	case err != nil:
		return nil, err
	case bounded.N == 0:
		return nil, fmt.Errorf("more than %d bytes", maxNotes)
	case len(found) == 0:
		return nil, errors.New("there is no checkpoint in it")
	}
	return found, nil
}

// sizeOf is what is read, for the bar.
func sizeOf(path string, named []string) (total int64) {
	if len(named) == 0 {
		files, err := trail.Files(path)
		if err != nil {
			return 0
		}
		for _, f := range files {
			total += f.Size
		}
		return total
	}
	for _, name := range named {
		if info, err := os.Stat(name); err == nil {
			total += info.Size()
		}
	}
	return total
}

// verdict is the report for people, its first line the answer.
func verdict(r *trail.Report) string {
	var b strings.Builder
	what := fmt.Sprintf("%d %s from %d to %d in %d %s", r.Lines, plural2(r.Lines, "line", "lines"), r.First, r.Last, r.Files, plural(r.Files, "file"))
	signed := "no checkpoint signs them"
	switch {
	case r.Unverified && r.Checkpoints > 0:
		signed = fmt.Sprintf("signed up to line %d, but there is no key to check the signatures with", r.Signed)
	case r.Checkpoints > 0:
		signed = fmt.Sprintf("signed up to line %d at %s", r.Signed, r.SignedAt.Format(time.RFC3339))
	}
	if r.Whole() {
		fmt.Fprintf(&b, "whole: %s, %s\n", what, signed)
	} else {
		n := len(r.Findings) + r.More
		fmt.Fprintf(&b, "NOT whole: %d %s in %s; %s\n", n, plural(n, "finding"), what, signed)
	}
	for _, f := range r.Findings {
		b.WriteString(audit.Harmless(f.String()) + "\n")
	}
	if r.More > 0 {
		fmt.Fprintf(&b, "… and %d more\n", r.More)
	}
	for _, text := range r.Remarks {
		b.WriteString("remark: " + text + "\n")
	}
	return b.String()
}
