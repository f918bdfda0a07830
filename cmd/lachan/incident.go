package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/lachan-waf/lachan/audit/incident"
	"github.com/lachan-waf/lachan/audit/trail"
	"github.com/lachan-waf/lachan/policies"
	"github.com/lachan-waf/lachan/proxy/evidence"
)

type incidentCmd struct {
	configFlag
	Site           string   `help:"The site." placeholder:"NAME"`
	From           timeFlag `help:"Where the period begins." placeholder:"TIME"`
	To             timeFlag `help:"Where it ends; now, where it is not given." placeholder:"TIME"`
	Output         string   `short:"o" help:"The ZIP to write; incident-SITE-FROM-TO.zip, where it is not given." type:"path" placeholder:"FILE"`
	Language       string   `help:"Of the reports: vi, en or both." enum:"vi,en,both" default:"both"`
	Case           string   `help:"The number of the case, for the reports." placeholder:"NUMBER"`
	Templates      string   `help:"A folder with edited templates, and with the names of authorities." type:"existingdir" placeholder:"DIR"`
	WriteTemplates string   `help:"Write the templates into this folder, to be edited there, and exit." type:"path" placeholder:"DIR"`
	File           string   `help:"The audit file, instead of the configuration's. Its segments beside it are read too." type:"path" placeholder:"FILE"`
	Key            string   `help:"The public key of the checkpoints, instead of the state directory's." type:"path" placeholder:"FILE"`
}

// Help is kong's long help.
func (incidentCmd) Help() string {
	return `Writes a ZIP to hand over: the site's events of the period as they stand in the
trail, the pages before and after (response.evidence: full), a proof that the events
are part of the signed trail, hashes of the configuration, the state of the clock, a
chain-of-custody sheet, and a report for people as HTML and DOCX.

` + timeFlagHelp + `

The reports name no authority: write the templates out once, fill in
authorities.yaml, and give the folder with --templates.

Exit codes: 0 the bundle is written, 1 it is not: there are no events in the period,
something cannot be read, or the file exists; 2 the command line is wrong.

Examples:
  lachan incident --site portal --from 2026-11-25 --to 2026-11-26
  lachan incident --site portal --from 24h -o incident.zip --case 01/2026
  lachan incident --write-templates /etc/lachan/templates
  lachan incident --site portal --from "2026-11-26 08:30" --templates /etc/lachan/templates`
}

// Run writes the bundle beside its place and moves it there when it is whole.
func (c *incidentCmd) Run(ctx context.Context) error {
	if c.WriteTemplates != "" {
		return incident.WriteTemplates(c.WriteTemplates)
	}
	if c.Site == "" || !c.From.given() {
		return &usageError{errors.New("incident needs --site and --from")}
	}
	now := time.Now()
	if !c.To.given() {
		c.To.at = now
	}
	if !c.From.start().Before(c.To.end()) {
		return &usageError{fmt.Errorf("--from %s is not before --to %s", c.From.start().Format(time.RFC3339), c.To.end().Format(time.RFC3339))}
	}
	bundle, bar, err := c.prepare(now)
	if err != nil {
		return err
	}
	done, err := c.write(ctx, bundle)
	bar.stop()
	if err != nil {
		return fmt.Errorf("incident: %w", err)
	}
	done.print()
	return nil
}

// prepare finds out what the bundle is made of.
func (c *incidentCmd) prepare(now time.Time) (*incident.Case, *progress, error) {
	cfg, problems := policies.LoadLenient(c.Config)
	if cfg == nil && c.File == "" {
		return nil, nil, problems
	}
	if c.File == "" {
		c.File = cfg.Audit.File
	}
	files, err := trail.Files(c.File)
	if err == nil && len(files) == 0 {
		_, err = os.Stat(c.File) // says what is missing
	}
	if err != nil {
		return nil, nil, fmt.Errorf("audit trail: %w", err)
	}
	bar := showProgress("reading the trail", incident.Readings*sizeOf(c.File, nil))
	hostname, err := os.Hostname()
	if err != nil {
		return nil, nil, err
	}
	bundle := &incident.Case{
		Site: c.Site, Number: c.Case, From: c.From.start(), To: c.To.end(), Zone: time.Local,
		Lines: trailLines(c.File, files, bar.add), Clock: incident.ReadClock(), Now: now, Hostname: hostname, Version: version(),
	}
	if c.Language != "both" {
		bundle.Languages = []string{c.Language}
	}
	if c.Templates != "" {
		bundle.Templates = os.DirFS(c.Templates)
	}
	if cfg != nil {
		bundle.Evidence = keptDocuments(cfg.StateDir, c.Site)
		bundle.Configuration = configurationFiles(c.Config, cfg, c.Site)
	}
	bundle.PublicKey, err = c.publicKey(cfg)
	return bundle, bar, err
}

// publicKey reads the key that verifies checkpoints. Without --key it may be missing:
// the bundle then says that signatures were not checked.
func (c *incidentCmd) publicKey(cfg *policies.Config) (string, error) {
	path := c.Key
	if path == "" {
		if cfg == nil {
			return "", nil
		}
		path = filepath.Join(cfg.StateDir, "audit", "checkpoint.pub")
	}
	text, err := os.ReadFile(path)
	if c.Key == "" && errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return strings.TrimSpace(string(text)), err
}

// keptDocuments are the evidence store's, as a bundle takes them.
func keptDocuments(stateDir, site string) iter.Seq2[incident.Document, error] {
	return func(yield func(incident.Document, error) bool) {
		for k, err := range evidence.List(stateDir, site) {
			if !yield(incident.Document{
				Name: k.Name, Time: k.Time, Record: k.Text,
				Before: incident.Side{SHA256: k.Before.SHA256, Truncated: k.Before.Truncated, Open: k.OpenBefore},
				After:  incident.Side{SHA256: k.After.SHA256, Truncated: k.After.Truncated, Open: k.OpenAfter},
			}, err) {
				return
			}
		}
	}
}

// configurationFiles are the main file, the site's own and those that it names.
func configurationFiles(main string, cfg *policies.Config, site string) (files []incident.ConfigurationFile) {
	paths := []string{main}
	all := slices.Concat(cfg.Sites, cfg.Refused)
	if i := slices.IndexFunc(all, func(s policies.Site) bool { return s.Name == site }); i >= 0 {
		s := &all[i]
		paths = append(paths, s.Place.File)
		paths = append(paths, s.WAF.Rules...)
		paths = append(paths, s.Response.HostLists...)
		if path := cfg.BaselinePath(s); path != "" {
			if _, err := os.Stat(path); err == nil || s.Response.Baseline != "" {
				paths = append(paths, path)
			}
		}
	}
	for _, path := range paths {
		if path == "" || slices.ContainsFunc(files, func(f incident.ConfigurationFile) bool { return f.Path == path }) {
			continue
		}
		sum, err := fileSum(path)
		files = append(files, incident.ConfigurationFile{Path: path, SHA256: sum, Err: err})
	}
	return files
}

func fileSum(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// write leaves no half of a bundle, and never one in the place of another.
func (c *incidentCmd) write(ctx context.Context, bundle *incident.Case) (*writtenBundle, error) {
	path := c.Output
	if path == "" {
		const layout = "20060102T1504"
		path = fmt.Sprintf("incident-%s-%s-%s.zip", filepath.Base(c.Site), bundle.From.Local().Format(layout), bundle.To.Local().Format(layout))
	}
	if _, err := os.Lstat(path); err == nil {
		return nil, fmt.Errorf("%s exists: name another file with --output", path)
	}
	// Only the owner may read it: a page can hold what one visitor alone may see.
	out, err := os.OpenFile(path+".new", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	result, err := incident.Write(ctx, io.MultiWriter(out, sum), bundle)
	if err == nil {
		err = out.Sync()
	}
	if err = errors.Join(err, out.Close()); err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		_ = os.Remove(path + ".new") // the error that counts is the one before
		return nil, err
	}
	return &writtenBundle{path, result, sum.Sum(nil)}, nil
}

// writtenBundle is what somebody who hands a bundle over wants to write down.
type writtenBundle struct {
	path   string
	result *incident.Result
	sum    []byte
}

func (b *writtenBundle) print() {
	r := b.result
	fmt.Printf("%s\n  events     %d\n  documents  %d\n  chain      %s\n", b.path, r.Events, r.Documents, chainWords(r.Verdict))
	if r.Unreadable > 0 {
		fmt.Printf("  unreadable %d %s of the trail\n", r.Unreadable, plural(int(r.Unreadable), "line"))
	}
	fmt.Printf("  SHA-256    %x\n  manifest   %s\n", b.sum, r.ManifestSHA256)
}

// chainWords says what a verdict means.
func chainWords(verdict string) string {
	switch verdict {
	case "whole":
		return "whole and signed"
	case "unsigned":
		return "whole; signatures were not checked, as there is no public key"
	case "uncovered":
		return "whole, but no signed checkpoint follows the last event yet"
	case "none":
		return "none: these events cannot be proved unaltered"
	}
	return "BROKEN: see chain.txt in the bundle"
}
