package main

import (
	"context"
	"os"

	"github.com/lachan-waf/lachan/audit"
)

type tailCmd struct {
	trailFlags
	Lines  int            `short:"n" help:"How many events to begin with." default:"20"`
	Follow bool           `short:"f" help:"Go on with new events until interrupted."`
	JSON   bool           `help:"Print the records as they are."`
	Color  string         `help:"auto, always or never." enum:"auto,always,never" default:"auto"`
	Site   []string       `help:"Only these sites' events." placeholder:"NAME"`
	Action []audit.Action `help:"Only events with these actions: block, detect, strip, redirect, deny, config, gap, fold." placeholder:"ACTION"`
}

// Help is kong's long help.
func (tailCmd) Help() string {
	return "Example:\n  lachan audit tail -f --site portal --action block"
}

// Run prints until the end of the file, or with --follow until ctx ends.
func (c *tailCmd) Run(ctx context.Context) error {
	path, err := c.path()
	if err != nil {
		return err
	}
	return audit.Tail(ctx, os.Stdout, path, audit.TailOptions{
		Follow: c.Follow, Lines: c.Lines, JSON: c.JSON, Color: colors(c.Color), Sites: c.Site, Actions: c.Action,
	})
}
