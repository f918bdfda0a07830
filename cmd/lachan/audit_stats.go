package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/lachan-waf/lachan/audit/search"
)

type auditStatsCmd struct {
	trailFlags
	eventFlags
	By    string `help:"action, site, rule, ip, path, hour, day, host (where what was found in a page leads) or kind (of what was found)." enum:"action,site,rule,ip,path,hour,day,host,kind" default:"action"`
	Top   int    `help:"So many values, those with most events; 0: all. Hours and days are always shown all." default:"20"`
	JSON  bool   `help:"Print a JSON object."`
	Speed bool   `help:"Say on standard error how much was read, and how fast."`
}

// Help is kong's long help.
func (auditStatsCmd) Help() string {
	return timeFlagHelp + `

Records of floods count for all the events they stand for. Days and hours are those of
the local zone.

Examples:
  lachan audit stats --from 30d --by site
  lachan audit stats --from 2026-11-26 --to 2026-11-26 --by hour --action block --site portal
  lachan audit stats --by host --action strip --top 50 --json`
}

// Run counts and prints.
func (c *auditStatsCmd) Run(ctx context.Context) error {
	path, err := c.path()
	if err != nil {
		return &usageError{err}
	}
	q := c.query()
	bar := searchBar(path, q, false)
	counts, figures, err := search.CountBy(ctx, path, q, search.Key(c.By), c.Top, time.Local, search.Options{Progress: bar.add})
	bar.stop()
	if err != nil {
		return &usageError{err}
	}
	remark(&figures)
	if c.Speed {
		printSpeed(os.Stderr, &figures)
	}
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(counts)
	}
	return printCounts(os.Stdout, counts, newBars(os.Stdout))
}

func printCounts(w io.Writer, c *search.Counts, b bars) error {
	text := fmt.Sprintf("%d %s", c.Events, plural2(c.Events, "event", "events"))
	if c.Folded > 0 {
		text += fmt.Sprintf(", %d of them in records of floods", c.Folded)
	}
	if c.Without > 0 {
		text += fmt.Sprintf("; %d have no %s", c.Without, c.By)
	}
	text += "\n"
	if c.Lost > 0 {
		text += fmt.Sprintf("%d more are missing, as %d %s: lachan audit search --action gap\n", c.Lost, c.Gaps, plural2(c.Gaps, "gap says", "gaps say"))
	}
	if c.Within > 0 {
		text += fmt.Sprintf("There are too many values to count each: a count may be up to %d too low.\n", c.Within)
	}
	text += b.draw(c.Top)
	if more := c.Values - len(c.Top); more > 0 {
		text += fmt.Sprintf("… and %d more: --top 0 shows all\n", more)
	}
	_, err := io.WriteString(w, text)
	return err
}
