package main

import (
	"context"
	"os"

	"golang.org/x/term"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/policies"
)

type auditCmd struct {
	Tail tailCmd `cmd:"" help:"Show the last events, and with --follow each new one, a line each."`
}

type tailCmd struct {
	configFlag
	File   string         `help:"The audit file, instead of the configuration's." type:"path" placeholder:"FILE"`
	Lines  int            `short:"n" help:"How many events to begin with." default:"20"`
	Follow bool           `short:"f" help:"Go on with new events until interrupted."`
	JSON   bool           `help:"Print the records as they are."`
	Color  string         `help:"auto, always or never." enum:"auto,always,never" default:"auto"`
	Site   []string       `help:"Only these sites' events." placeholder:"NAME"`
	Action []audit.Action `help:"Only events with these actions: block, detect, strip, redirect, deny, config, gap, fold, checkpoint, notice." placeholder:"ACTION"`
}

// Help is kong's long help.
func (tailCmd) Help() string {
	return "Example:\n  lachan audit tail -f --site portal --action block"
}

// Run prints until the end of the file, or with --follow until ctx ends.
func (c *tailCmd) Run(ctx context.Context) error {
	path := c.File
	if path == "" {
		cfg, err := policies.LoadLenient(c.Config)
		if cfg == nil {
			return err
		}
		path = cfg.Audit.File
	}
	color := c.Color == "always" || c.Color == "auto" && term.IsTerminal(int(os.Stdout.Fd()))
	return audit.Tail(ctx, os.Stdout, path, audit.TailOptions{
		Follow: c.Follow, Lines: c.Lines, JSON: c.JSON, Color: color, Sites: c.Site, Actions: c.Action,
	})
}
