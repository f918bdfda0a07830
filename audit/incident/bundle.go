package incident

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"strings"
	"time"
)

// Readings is how often the lines of a Case are ranged over, at most.
const Readings = 3

// Case says what a bundle is of, and where it comes from.
type Case struct {
	Site     string
	Number   string // of the file at the operator's or the authority's; may be empty
	From, To time.Time
	Zone     *time.Location // of the times that people read

	// Lines are the trail's from its first, without newlines; each is valid until
	// the next. They are ranged over Readings times.
	Lines iter.Seq2[[]byte, error]
	// Evidence are the site's documents by name; nil: none are kept. An error is of
	// one document, and the others follow.
	Evidence iter.Seq2[Document, error]
	// Configuration are the files in force, with their hashes.
	Configuration []ConfigurationFile
	// PublicKey verifies the checkpoints; empty: there is none.
	PublicKey string

	Clock             Clock
	Now               time.Time
	Hostname, Version string
	// Templates are the operator's, which stand in for built-in ones; may be nil.
	Templates fs.FS
	// Languages are "vi" and "en"; empty: both.
	Languages []string
}

// ConfigurationFile is a file that decides what the site serves.
type ConfigurationFile struct {
	Path, SHA256 string
	Err          error // it could not be read
}

// Result says what a bundle holds.
type Result struct {
	Events, Documents int
	Unreadable        uint64 // lines of the trail
	Verdict           string // of the chain: whole, unsigned, uncovered, broken or none
	ManifestSHA256    string
}

// NoEventsError says that there is nothing to make a bundle of.
type NoEventsError struct {
	Site       string
	From, To   Moment
	Before     Moment // the nearest event before the period, if there is one
	After      Moment
	Unreadable uint64
}

func (e *NoEventsError) Error() string {
	var near []string
	if e.Before.Known() {
		near = append(near, "the last before is of "+e.Before.Local())
	}
	if e.After.Known() {
		near = append(near, "the first after is of "+e.After.Local())
	}
	if len(near) == 0 {
		near = append(near, "there is none at any other time")
	}
	text := fmt.Sprintf("no events of site %q from %s to %s; %s", e.Site, e.From.Local(), e.To.Local(), strings.Join(near, ", "))
	if e.Unreadable > 0 {
		text += fmt.Sprintf(" (%d lines of the trail could not be read)", e.Unreadable)
	}
	return text
}

func (c *Case) moment(t time.Time) Moment { return Moment{t, c.Zone} }

// Write writes the bundle. What was written before an error is of no use.
func Write(ctx context.Context, w io.Writer, c *Case) (*Result, error) {
	templates := overlay{c.Templates}
	authorities, err1 := readAuthorities(templates)
	words, err2 := readVocabulary(templates)
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	s, err := c.survey(ctx)
	if err != nil {
		return nil, err
	}
	if s.events == 0 {
		return nil, &NoEventsError{c.Site, c.moment(c.From), c.moment(c.To), c.moment(s.before), c.moment(s.after), s.unreadable}
	}
	a := newArchive(w, c.To)
	p, k, err := c.writeSources(ctx, a, s)
	if err != nil {
		return nil, err
	}
	report := (&reporter{c, s, p, k, words, authorities}).report()
	if err := c.writeReports(a, templates, report); err != nil {
		return nil, err
	}
	return &Result{s.events, k.documents, s.unreadable, string(p.verdict()), report.ManifestSHA256}, a.close()
}

// writeSources writes what comes from the trail, the disk and the machine.
func (c *Case) writeSources(ctx context.Context, a *archive, s *survey) (*proof, *kept, error) {
	if err := a.add("README.txt", []byte(readme)); err != nil {
		return nil, nil, err
	}
	out, err := a.create("chain.jsonl")
	if err != nil {
		return nil, nil, err
	}
	p, err := c.prove(ctx, out, s)
	if err != nil {
		return nil, nil, err
	}
	if out, err = a.create("events.jsonl"); err != nil {
		return nil, nil, err
	}
	if err := c.copyEvents(ctx, out, s); err != nil {
		return nil, nil, err
	}
	k, err := c.copyEvidence(ctx, a, s)
	if err == nil {
		err = k.readme(a)
	}
	if err != nil {
		return nil, nil, err
	}
	return p, k, a.addAll([]part{
		{"chain.pub", []byte(c.PublicKey + "\n")},
		{"chain.txt", c.chainText(p, s)},
		{"clock.txt", c.clockText()},
		{"configuration.txt", c.configurationText()},
		{"verify.py", verifier},
	})
}

// writeReports writes what people read, and the manifest before the sheet that
// holds its hash.
func (c *Case) writeReports(a *archive, templates fs.FS, r *Report) error {
	languages := c.Languages
	if len(languages) == 0 {
		languages = []string{"vi", "en"}
	}
	r.Files = contents(languages)
	for _, language := range languages {
		name := "report." + language
		if err := c.writePage(a, templates, name, r); err != nil {
			return err
		}
	}
	manifest := a.manifest()
	sum := sha256.Sum256(manifest)
	r.ManifestSHA256 = hex.EncodeToString(sum[:])
	if err := a.add("manifest.txt", manifest); err != nil {
		return err
	}
	return c.writePage(a, templates, "custody", r)
}

// writePage writes one document, for browsers and for Word.
func (c *Case) writePage(a *archive, templates fs.FS, name string, r *Report) error {
	html, err := page(templates, name+".html", nil, r)
	if err != nil {
		return err
	}
	word, err := docx(templates, name+".docx.xml", c.To, r)
	if err != nil {
		return err
	}
	return a.addAll([]part{{name + ".html", html}, {name + ".docx", word}})
}
