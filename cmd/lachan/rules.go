package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/policies"
	"github.com/lachan-waf/lachan/rules"
	"github.com/lachan-waf/lachan/rules/requests"
)

type rulesCmd struct {
	Test rulesTestCmd `cmd:"" help:"Run requests from files against a site's rules, and say which match and what would happen."`
}

type rulesTestCmd struct {
	configFlag
	Site  string   `help:"The site whose rules apply; may be left out where there is one only." placeholder:"NAME"`
	JSON  bool     `help:"Print a JSON object for each request, a line each."`
	Files []string `arg:"" name:"file" help:"Files with requests; - is standard input."`
}

// Help is kong's long help.
func (rulesTestCmd) Help() string {
	return `A file holds the text of one HTTP request (as Burp, or curl -v, shows it), command
lines of curl, or YAML: CRS's own tests, or a list of name, method, uri, headers,
data and what is expected: expect_ids, no_expect_ids, status.

Nothing is sent anywhere. What the proxy refuses before the rules (ambiguous
framing, forged fields, an unknown host) is not tried. Secrets are redacted as in
the audit trail.

Exit codes: 0 nothing would be refused, 1 a request would be or, where something is
expected of it, differs from that, 2 a file or the configuration cannot be read.

Examples:
  lachan rules test --config lachan.yaml --site portal attack.txt
  lachan rules test --site portal --json tests/*.yaml | jq .mismatch
  echo "curl 'https://www.example.gov.vn/?q=%27+OR+1=1--'" | lachan rules test --site portal -`
}

// Run reads all files before it tries the first.
func (c *rulesTestCmd) Run(ctx context.Context) error {
	site, err := c.site()
	if err != nil {
		return &usageError{err}
	}
	var (
		trials []trial
		errs   []error
	)
	for _, name := range c.Files {
		found, err := readTrials(name)
		trials, errs = append(trials, found...), append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return &usageError{err}
	}
	engine, err := rules.NewEngines(rules.Options{}).Acquire(site)
	if err != nil {
		return &usageError{fmt.Errorf("site %q: %w", site.Name, err)}
	}
	defer engine.Release()
	return c.try(ctx, engine, site, trials)
}

// site is that of --site, or the only one.
func (c *rulesTestCmd) site() (*policies.Site, error) {
	cfg, problems := policies.LoadLenient(c.Config)
	if cfg == nil {
		return nil, problems
	}
	i := slices.IndexFunc(cfg.Sites, func(s policies.Site) bool { return s.Name == c.Site })
	if c.Site == "" && len(cfg.Sites) == 1 {
		i = 0
	}
	switch {
	case i >= 0 && cfg.Sites[i].WAF.Mode == policies.WAFOff:
		return nil, fmt.Errorf("site %q has waf.mode: off", cfg.Sites[i].Name)
	case i >= 0:
		return &cfg.Sites[i], nil
	case c.Site == "":
		return nil, errors.Join(fmt.Errorf("%s has %d sites: name one with --site", c.Config, len(cfg.Sites)), problems)
	}
	return nil, errors.Join(fmt.Errorf("--site %q: %s has no such site", c.Site, c.Config), problems)
}

// trial is a request of a file.
type trial struct {
	requests.Case
	file string
}

func readTrials(name string) (trials []trial, err error) {
	var text []byte
	if name == "-" {
		name = "standard input"
		text, err = io.ReadAll(os.Stdin)
	} else {
		text, err = os.ReadFile(name)
	}
	if err != nil {
		return nil, err
	}
	all, err := requests.Read(name, text)
	for _, c := range all {
		trials = append(trials, trial{c, name})
	}
	return trials, err
}

// try prints the outcome of each trial, and fails where one is not as it should be.
func (c *rulesTestCmd) try(ctx context.Context, engine *rules.Engine, site *policies.Site, trials []trial) error {
	secrets, err := audit.CompileSecrets(site.Redact)
	if err != nil {
		return err
	}
	print, failed := printText, 0
	if c.JSON {
		print = printJSON
	}
	for _, t := range trials {
		verdict, err := engine.Inspect(ctx, t.Request(site.Hosts[0]), bytes.NewReader(t.Body))
		if err != nil {
			return &usageError{fmt.Errorf("%s:%d: %w", t.file, t.Line, err)}
		}
		o := newOutcome(engine, site, secrets, &t, &verdict)
		verdict.Close()
		if o.failed() {
			failed++
		}
		if err := print(os.Stdout, o); err != nil {
			return err
		}
	}
	if !c.JSON && len(trials) > 1 {
		fmt.Printf("%d %s, %d refused or not as expected\n", len(trials), plural(len(trials), "request"), failed)
	}
	if failed > 0 {
		return errReported
	}
	return nil
}

// place is where a trial stands, as short as may be.
func (t *trial) place() string {
	if dir, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(dir, t.file); err == nil && filepath.IsAbs(t.file) && !strings.HasPrefix(rel, "..") {
			return fmt.Sprintf("%s:%d", rel, t.Line)
		}
	}
	return fmt.Sprintf("%s:%d", t.file, t.Line)
}
