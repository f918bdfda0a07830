package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"
)

// TailOptions say what Tail shows and how.
type TailOptions struct {
	Follow  bool           // go on with what is appended, across rotation
	Lines   int            // how many of the last matching lines come first; negative: all
	Color   bool           // ANSI colours
	JSON    bool           // the lines as they are, instead of readable ones
	Sites   []string       // only these sites; empty: all
	Actions []Action       // only these actions; empty: all
	Zone    *time.Location // of the times shown; nil: local
}

// Tail writes the last events of the file to w, one line each, and with
// Follow those that come, until ctx ends (which is no error then) or w fails.
// A file that does not exist yet is waited for when following. What stands in
// the events cannot reach the terminal as control codes.
func Tail(ctx context.Context, w io.Writer, path string, opts TailOptions) error {
	t := tailer{path: path, opts: opts, out: w}
	defer t.close()
	err := t.run(ctx)
	if opts.Follow && ctx.Err() != nil {
		return nil
	}
	if err != nil {
		return fmt.Errorf("audit: tail %s: %w", path, err)
	}
	return nil
}

type tailer struct {
	path   string
	opts   TailOptions
	out    io.Writer
	file   *os.File
	offset int64
	lines  lineReader
}

func (t *tailer) close() {
	if t.file != nil {
		t.file.Close()
	}
}

func (t *tailer) run(ctx context.Context) error {
	if err := t.open(ctx); err != nil {
		return err
	}
	if err := t.last(ctx); err != nil || !t.opts.Follow {
		return err
	}
	return t.follow(ctx)
}

// open waits for the file when following.
func (t *tailer) open(ctx context.Context) error {
	for {
		f, err := os.Open(t.path)
		if err == nil {
			t.file, t.offset = f, 0
			return nil
		}
		if !t.opts.Follow || !os.IsNotExist(err) {
			return bare(err)
		}
		if err := pause(ctx); err != nil {
			return err
		}
	}
}

// bare drops the path from an error that will get it anyway.
func bare(err error) error {
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		return p.Err
	}
	return err
}

// last shows the last lines and leaves the offset at the end.
func (t *tailer) last(ctx context.Context) error {
	start, err := t.start(ctx)
	if err != nil {
		return err
	}
	t.offset = start
	return t.catchUp(ctx)
}

// start finds the place from which the wanted number of matching lines follows.
func (t *tailer) start(ctx context.Context) (int64, error) {
	if t.opts.Lines < 0 {
		return 0, nil
	}
	size, err := t.file.Seek(0, io.SeekEnd)
	if err != nil || t.opts.Lines == 0 {
		return size, err
	}
	b := backward{file: t.file, at: size}
	for found := 0; ctx.Err() == nil; {
		line, at, err := b.line()
		if errors.Is(err, io.EOF) {
			return 0, nil
		}
		if err != nil {
			return 0, err
		}
		if t.wants(line) {
			found++
		}
		if found == t.opts.Lines {
			return at, nil
		}
	}
	return 0, ctx.Err()
}

// wants reports whether the line passes the filters.
func (t *tailer) wants(line []byte) bool {
	if len(bytes.TrimSpace(line)) == 0 {
		return false
	}
	if len(t.opts.Sites) == 0 && len(t.opts.Actions) == 0 {
		return true
	}
	e, err := parseLine(line)
	return err == nil && t.matches(e)
}

func (t *tailer) matches(e *line) bool {
	return (len(t.opts.Sites) == 0 || slices.Contains(t.opts.Sites, e.Service.Name)) &&
		(len(t.opts.Actions) == 0 || slices.Contains(t.opts.Actions, Action(e.Event.Action)))
}

// show renders one line.
func (t *tailer) show(raw []byte) error {
	if !t.wants(raw) {
		return nil
	}
	text := string(raw)
	if !t.opts.JSON || !json.Valid(raw) {
		text = Readable(raw, t.opts.Color, t.opts.Zone)
	}
	_, err := io.WriteString(t.out, text+"\n")
	return err
}
