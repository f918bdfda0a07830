package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// progress is a bar on standard error, if that is a terminal. It is for one
// goroutine.
type progress struct {
	what        string
	done, total int64 // bytes
	shown       time.Time
	terminal    bool
}

func newProgress(what string, total int64) *progress {
	return &progress{what: what, total: total, terminal: term.IsTerminal(int(os.Stderr.Fd()))}
}

const (
	progressEvery = 100 * time.Millisecond
	progressWidth = 30
)

// add tells of n more bytes.
func (p *progress) add(n int) {
	p.done += int64(n)
	if !p.terminal || time.Since(p.shown) < progressEvery {
		return
	}
	p.shown = time.Now()
	fmt.Fprintf(os.Stderr, "\r\x1b[K%s", p.line())
}

func (p *progress) line() string {
	share := 1.0
	if p.total > 0 {
		share = min(1, float64(p.done)/float64(p.total))
	}
	full := int(share * progressWidth)
	return fmt.Sprintf("%s %s%s %3.0f %%", p.what, strings.Repeat("█", full), strings.Repeat("░", progressWidth-full), 100*share)
}

// end takes the bar away.
func (p *progress) end() {
	if p.terminal && !p.shown.IsZero() {
		fmt.Fprint(os.Stderr, "\r\x1b[K")
	}
}
