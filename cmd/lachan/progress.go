package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// progress is a bar on standard error for what takes long: nothing where that is
// no terminal. All methods may be called on nil, and add from any goroutine.
type progress struct {
	out   io.Writer
	what  string
	total int64
	done  atomic.Int64
	begun time.Time

	stopping chan struct{}
	stopped  sync.WaitGroup
}

// showProgress is ended by stop. total is in bytes.
func showProgress(what string, total int64) *progress {
	if !onTerminal(os.Stderr) || total == 0 {
		return nil
	}
	p := &progress{out: os.Stderr, what: what, total: total, begun: time.Now(), stopping: make(chan struct{})}
	p.stopped.Go(p.run)
	return p
}

func (p *progress) add(bytes int) {
	if p != nil {
		p.done.Add(int64(bytes))
	}
}

// stop takes the bar away.
func (p *progress) stop() {
	if p == nil {
		return
	}
	close(p.stopping)
	p.stopped.Wait()
}

const (
	// barDelay keeps what is soon done from flickering.
	barDelay = 500 * time.Millisecond
	barWidth = 30
)

func (p *progress) run() {
	ticker := time.NewTicker(barDelay)
	defer ticker.Stop()
	for shown := false; ; shown = true {
		select {
		case <-ticker.C:
			fmt.Fprint(p.out, "\r"+p.line()+"\x1b[K")
		case <-p.stopping:
			if shown {
				fmt.Fprint(p.out, "\r\x1b[K")
			}
			return
		}
	}
}

// line is `verifying [#######.......] 31 %, 0:12 left`.
func (p *progress) line() string {
	share := min(float64(p.done.Load())/float64(p.total), 1)
	filled := int(share * barWidth)
	text := fmt.Sprintf("%s [%s%s] %.0f %%", p.what, strings.Repeat("#", filled), strings.Repeat(".", barWidth-filled), 100*share)
	if took := time.Since(p.begun); share > 0 && share < 1 {
		left := time.Duration(float64(took) * (1 - share) / share).Round(time.Second)
		text += fmt.Sprintf(", %d:%02d left", int(left.Minutes()), int(left.Seconds())%60)
	}
	return text
}
