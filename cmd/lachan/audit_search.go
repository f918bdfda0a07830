package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/audit/search"
)

type auditSearchCmd struct {
	trailFlags
	eventFlags
	Text    string `arg:"" optional:"" help:"Text in one of the event's values; ASCII letters match in either case."`
	Fold    bool   `help:"TEXT matches with or without diacritics: mat khau finds mật khẩu."`
	Limit   int    `short:"n" help:"No more than so many events." placeholder:"COUNT"`
	Reverse bool   `short:"r" help:"The newest event first; at most 100,000 of them."`
	Format  string `help:"table (a line each, to read), json (the records as they are) or csv." enum:"table,json,csv" default:"table"`
	BOM     bool   `name:"bom" help:"Begin the CSV with a byte order mark, for Excel."`
	Color   string `help:"auto, always or never." enum:"auto,always,never" default:"auto"`
	Stats   bool   `help:"Say on standard error how much was read, and how fast."`
}

// Help is kong's long help.
func (auditSearchCmd) Help() string {
	return timeFlagHelp + `

Exit codes, as of grep: 0 events were found, 1 there are none, 2 something could not be
read, or the command line is wrong.

Examples:
  lachan audit search --id 01KB4Y7Q5T8ZJ2M3N4P5R6S7T8     # what a blocked visitor reads out
  lachan audit search --from 7d --action block --site portal --path '/wp-admin/*'
  lachan audit search --fold "ca cuoc" --reverse --limit 50
  lachan audit search --ip 203.0.113.0/24 --severity high --format csv --bom > events.csv`
}

// Run prints what is found.
func (c *auditSearchCmd) Run(ctx context.Context) error {
	path, err := c.path()
	if err != nil {
		return &usageError{err}
	}
	q := c.query()
	q.Text, q.Fold = c.Text, c.Fold
	out := bufio.NewWriterSize(os.Stdout, 64<<10)
	print, finish, err := c.printer(out)
	if err != nil {
		return &usageError{err}
	}
	bar := searchBar(path, q, onTerminal(os.Stdout))
	figures, err := search.Run(ctx, path, q, search.Options{Limit: c.Limit, Reverse: c.Reverse, Progress: bar.add}, print)
	bar.stop()
	if err := errors.Join(err, finish(), out.Flush()); err != nil {
		return &usageError{err}
	}
	remark(&figures)
	if c.Stats {
		printSpeed(os.Stderr, &figures)
	}
	if figures.Matches == 0 {
		return errReported
	}
	return nil
}

// searchBar shows nothing where events are printed on the same terminal.
func searchBar(path string, q search.Query, busy bool) *progress {
	total, err := search.Size(path, q)
	if err != nil || busy {
		return nil
	}
	return showProgress("searching", total)
}

// printer returns what prints one event, and what comes after the last.
func (c *auditSearchCmd) printer(out *bufio.Writer) (print func(line []byte) error, finish func() error, err error) {
	nothing := func() error { return nil }
	screen, color := onTerminal(os.Stdout), colors(c.Color)
	text := func(s string) error {
		_, err := out.WriteString(s + "\n")
		if err == nil && screen { // they are read as they are found
			err = out.Flush()
		}
		return err
	}
	switch c.Format {
	case "csv":
		table, err := search.NewCSV(out, c.BOM)
		if err != nil {
			return nil, nil, err
		}
		return table.Write, table.Flush, nil
	case "json":
		return func(line []byte) error {
			if screen {
				return text(audit.Harmless(string(line)))
			}
			return text(string(line))
		}, nothing, nil
	}
	return func(line []byte) error { return text(audit.Readable(line, color, nil)) }, nothing, nil
}

// remark tells of what the result does not show.
func remark(f *search.Figures) {
	if f.Unread > 0 {
		fmt.Fprintf(os.Stderr, "lachan: %d %s no events: lachan audit verify says more\n", f.Unread, plural2(f.Unread, "line is", "lines are"))
	}
	if f.More {
		fmt.Fprintln(os.Stderr, "lachan: there are older events, which did not fit into memory: narrow the time with --to")
	}
}

func printSpeed(w io.Writer, f *search.Figures) {
	seconds := f.Took.Seconds()
	fmt.Fprintf(w, "%d events in %d lines of %d files (%d of other times passed over): %.1f MB in %.2f s, %.0f MB/s\n",
		f.Matches, f.Lines, f.Files, f.Skipped, float64(f.Bytes)/1e6, seconds, float64(f.Bytes)/1e6/max(seconds, 1e-6))
}

func plural2(n uint64, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
