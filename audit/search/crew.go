package search

import (
	"context"
	"errors"
	"io/fs"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/lachan-waf/lachan/audit/trail"
)

// Options of a search.
type Options struct {
	Workers  int             // files that are read at once; 0: GOMAXPROCS
	Reverse  bool            // the newest first
	Limit    int             // of lines; 0: none. With Reverse at most MaxReverse
	Progress func(bytes int) // of the files as they are on the disk; from several goroutines; nil: nobody asks
}

// crew is the goroutines that read files, each with a scan of its own.
type crew struct {
	path    string
	files   []trail.File
	options Options
	next    atomic.Int64
	running sync.WaitGroup

	mu      sync.Mutex
	figures Figures
	errs    []error
}

// hire looks for the files.
func hire(path string, q *Query, o Options) (*crew, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	files, err := trail.Files(path)
	if err != nil {
		return nil, err
	}
	c := &crew{path: path, options: o}
	c.files, c.figures.Skipped = within(files, q.From, q.To)
	return c, nil
}

// work starts the goroutines. Each calls read for one file after another, in
// their order, and done when read has returned.
func (c *crew) work(ctx context.Context, q *Query, read func(s *scan, i int, f trail.File) error, done func(i int)) {
	workers := c.options.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	for range min(workers, len(c.files)) {
		c.running.Go(func() {
			s := newScan(q)
			for ctx.Err() == nil {
				i := int(c.next.Add(1)) - 1
				if i >= len(c.files) {
					break
				}
				c.told(read(s, i, c.files[i]))
				done(i)
			}
			c.mu.Lock()
			defer c.mu.Unlock()
			c.figures.add(s.figures)
		})
	}
}

// told keeps an error. What one file has does not end the search in others.
func (c *crew) told(err error) {
	if err == nil || errors.Is(err, context.Canceled) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if errors.Is(err, fs.ErrNotExist) {
		c.figures.Gone++
		return
	}
	c.errs = append(c.errs, err)
}

// scan looks through one file, under the name it has by now.
func (c *crew) scan(ctx context.Context, s *scan, f trail.File, yield func(line []byte, f *facts) bool) error {
	f, body, err := trail.OpenListed(c.path, f, c.options.Progress)
	if err != nil {
		return err
	}
	defer body.Close()
	s.figures.Files++
	return s.file(ctx, f, body, yield)
}
