package main

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"

	"github.com/lachan-waf/lachan/clean"
	"github.com/lachan-waf/lachan/policies"
)

type cleanCmd struct {
	Config      string `help:"The configuration file that holds the site. Without it the default policy applies." type:"path" placeholder:"FILE"`
	Site        string `help:"The site of --config whose policy applies." placeholder:"NAME"`
	URL         string `help:"The page's address: its host counts as the site's own." default:"https://localhost/"`
	ContentType string `help:"The page's Content-Type." default:"text/html"`
	Findings    string `help:"Write each finding as a JSON line to this file." type:"path" placeholder:"FILE"`
}

// Help is kong's long help.
func (cleanCmd) Help() string {
	return "Example:\n  lachan clean --url https://www.example.gov.vn/ --findings found.jsonl < page.html > clean.html"
}

// Run cleans standard input.
func (c *cleanCmd) Run() error {
	cleaner, err := c.cleaner()
	if err != nil {
		return err
	}
	report, done, err := c.reporter()
	if err != nil {
		return err
	}
	return errors.Join(c.clean(cleaner, os.Stdin, os.Stdout, report), done())
}

func (c *cleanCmd) clean(cleaner *clean.Cleaner, in io.Reader, out io.Writer, report func(clean.Finding)) error {
	prefix := make([]byte, clean.SniffLen)
	n, err := io.ReadFull(in, prefix)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return fmt.Errorf("standard input: %w", err)
	}
	kind := clean.Sniff([]string{c.ContentType}, prefix[:n])
	if !kind.HTML {
		return fmt.Errorf("--content-type %q: a browser would not read this as HTML", c.ContentType)
	}
	w := cleaner.NewWriter(out, clean.Document{URL: c.URL, Charset: kind.Charset, Report: report})
	if _, err := w.Write(prefix[:n]); err != nil {
		return err
	}
	if _, err := io.Copy(w, in); err != nil {
		return err
	}
	return w.Close()
}

// cleaner compiles the policy of --site, or the default one.
func (c *cleanCmd) cleaner() (*clean.Cleaner, error) {
	if c.Config == "" {
		page, err := url.Parse(c.URL)
		if err != nil {
			return nil, fmt.Errorf("--url: %w", err)
		}
		site := policies.DefaultSite()
		site.Hosts = []string{page.Hostname()}
		return clean.New(&site, nil)
	}
	cfg, err := policies.LoadLenient(c.Config)
	if cfg == nil {
		return nil, err
	}
	for i := range cfg.Sites {
		if site := &cfg.Sites[i]; site.Name == c.Site {
			baseline, err := cfg.LoadBaseline(site)
			if err != nil {
				return nil, err
			}
			return clean.New(site, baseline)
		}
	}
	return nil, errors.Join(fmt.Errorf("--site %q: %s has no such site", c.Site, c.Config), err)
}

// reporter writes findings to --findings, or nowhere.
func (c *cleanCmd) reporter() (report func(clean.Finding), done func() error, err error) {
	if c.Findings == "" {
		return func(clean.Finding) {}, func() error { return nil }, nil
	}
	file, err := os.Create(c.Findings)
	if err != nil {
		return nil, nil, err
	}
	encoder := json.NewEncoder(file)
	var failed error
	report = func(f clean.Finding) { failed = errors.Join(failed, encoder.Encode(findingLine(f))) }
	return report, func() error { return errors.Join(failed, file.Close()) }, nil
}

// findingLine names the fields as the audit trail does under lachan.finding.
func findingLine(f clean.Finding) any {
	return struct {
		Kind      string   `json:"kind"`
		Element   string   `json:"element"`
		Attribute string   `json:"attribute,omitempty"`
		Target    string   `json:"target,omitempty"`
		Host      string   `json:"host,omitempty"`
		Offset    int64    `json:"offset"`
		Snippet   string   `json:"snippet"`
		Reasons   []string `json:"reasons"`
		SHA256    string   `json:"sha256"`
		Removed   bool     `json:"removed"`
	}{f.Kind, f.Element, f.Attribute, f.Target, f.Host, f.Offset, f.Snippet, f.Reasons, hex.EncodeToString(f.SHA256[:]), f.Removed}
}
