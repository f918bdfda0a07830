package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"github.com/lachan-waf/lachan/audit"
)

type demoCmd struct {
	Once bool `help:"Try everything, print what was seen as a table, and stop; exit 1 if a protection failed."`
}

// Help is kong's long help.
func (demoCmd) Help() string {
	return "Nothing outside this machine is contacted, and nothing is left behind.\n\n" +
		"Example:\n  lachan demo          # both sites' addresses, five things to try, then events until Ctrl-C\n" +
		"  lachan demo --once   # tries them itself"
}

// Run serves until ctx ends, or with --once until everything was tried.
func (c *demoCmd) Run(ctx context.Context) error {
	return c.run(ctx, os.Stdout, term.IsTerminal(int(os.Stdout.Fd())))
}

func (c *demoCmd) run(ctx context.Context, out io.Writer, terminal bool) (err error) {
	stage, err := openDemo(ctx)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	defer func() { err = errors.Join(err, stage.close()) }()
	if c.Once {
		return stage.once(ctx, out, terminal)
	}
	return stage.stream(ctx, out, terminal)
}

// stream prints what to try, then events as they happen.
func (d *demoStage) stream(ctx context.Context, out io.Writer, terminal bool) error {
	if _, err := io.WriteString(out, d.introduction()); err != nil {
		return err
	}
	err := audit.Tail(ctx, out, d.auditFile, audit.TailOptions{Follow: true, Color: terminal})
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// once runs every check, waits until all events are on the disk, and compares
// what was seen with what was recorded.
func (d *demoStage) once(ctx context.Context, out io.Writer, terminal bool) error {
	client, err := d.client()
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	defer client.close()
	var seen []observation
	for i, check := range demoChecks() {
		found, err := check.run(ctx, client)
		if err != nil {
			return fmt.Errorf("demo: %s: %w", check.title, err)
		}
		for _, o := range found {
			o.check = i + 1
			seen = append(seen, o)
		}
	}
	client.close()
	if err := d.settle(); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	recorded, err := readDemoEvents(d.auditFile)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	for i := range seen {
		seen[i].match(recorded)
	}
	return reportDemo(out, seen, terminal)
}
