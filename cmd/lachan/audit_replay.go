package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/lachan-waf/lachan/audit/sinks"
	"github.com/lachan-waf/lachan/policies"
)

type auditReplayCmd struct {
	configFlag
	Sink   string   `help:"The sink's name in the configuration." required:"" placeholder:"NAME"`
	From   timeFlag `help:"Events from this time on." required:"" placeholder:"TIME"`
	To     timeFlag `help:"Events before this time. Default: all there are." placeholder:"TIME"`
	DryRun bool     `help:"Say how many events would be sent, and send none."`
}

// Help is kong's long help.
func (auditReplayCmd) Help() string {
	return `For a receiver that has lost events. Format and filter are those of the sink; its place
in the trail is left alone, and Lachan may be running. What the receiver has already
comes again: event.id tells.

` + timeFlagHelp + `

Exit codes: 0 all was sent, 1 the receiver did not take all, 2 the command line or the
configuration is wrong.

Examples:
  lachan audit replay --sink soc --from 2026-11-26 --dry-run
  lachan audit replay --sink soc --from "2026-11-26 08:00" --to "2026-11-26 09:30"`
}

// Run sends, and says how much.
func (c *auditReplayCmd) Run(ctx context.Context) error {
	cfg, err := c.config()
	if err != nil {
		return &usageError{err}
	}
	i := slices.IndexFunc(cfg.Audit.Sinks, func(s policies.Sink) bool { return s.Name == c.Sink })
	if i < 0 {
		return &usageError{fmt.Errorf("--sink %q: %s has %s", c.Sink, c.Config, namesOf(cfg.Audit.Sinks))}
	}
	if c.To.given() && !c.From.start().Before(c.To.end()) {
		return &usageError{errors.New("--from is not before --to")}
	}
	screen := term.IsTerminal(int(os.Stderr.Fd()))
	done, err := sinks.Replay(ctx, cfg.Audit.Sinks[i], sinks.Replaying{
		Path: cfg.Audit.File, From: c.From.start(), To: c.To.end(), DryRun: c.DryRun,
		Progress: func(p sinks.Progress) {
			if screen {
				fmt.Fprintf(os.Stderr, "\r%d events, up to %s\x1b[K", p.Sent, p.Time.Local().Format(time.DateTime))
			}
		},
	})
	if screen {
		fmt.Fprint(os.Stderr, "\r\x1b[K")
	}
	fmt.Println(c.outcome(done))
	return err
}

func (c *auditReplayCmd) outcome(p sinks.Progress) string {
	if c.DryRun {
		return fmt.Sprintf("%d %s would be sent to %s", p.Sent, plural2(p.Sent, "event", "events"), c.Sink)
	}
	text := fmt.Sprintf("%d %s sent to %s", p.Sent, plural2(p.Sent, "event", "events"), c.Sink)
	if p.Rejected > 0 {
		text += fmt.Sprintf(", which rejected %d of them", p.Rejected)
	}
	if !p.Time.IsZero() {
		text += ", up to " + p.Time.Local().Format(time.RFC3339)
	}
	return text
}

func namesOf(sinks []policies.Sink) string {
	if len(sinks) == 0 {
		return "no sinks"
	}
	var names []string
	for _, s := range sinks {
		names = append(names, s.Name)
	}
	return "these sinks: " + strings.Join(names, ", ")
}
