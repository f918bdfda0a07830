package proxy

import (
	"sync/atomic"

	"github.com/lachan-waf/lachan/clean"
	"github.com/lachan-waf/lachan/policies"
	"github.com/lachan-waf/lachan/policies/hostlist"
)

// siteCleaner is a site's cleaner for as long as its host lists stay as they
// are, and another when one has been replaced. nil has none.
type siteCleaner struct {
	policy   *policies.Site
	baseline *policies.Baseline
	files    []*hostlist.File
	held     *hostLists // where files are given back
	current  atomic.Pointer[listedCleaner]
}

// listedCleaner is a cleaner with the lists it was made of: they are published
// together.
type listedCleaner struct {
	*clean.Cleaner
	lists hostlist.Lists
}

// newSiteCleaner compiles the response policy of a site.
func newSiteCleaner(p *policies.Site, baseline *policies.Baseline, lists *hostLists) (*siteCleaner, error) {
	files, err := lists.acquire(p.Response.HostLists)
	if err != nil {
		return nil, err
	}
	c := &siteCleaner{policy: p, baseline: baseline, files: files, held: lists}
	if _, err := c.compile(); err != nil {
		c.release()
		return nil, err
	}
	return c, nil
}

func (c *siteCleaner) release() {
	if c != nil {
		c.held.release(c.files)
	}
}

// now returns the cleaner by which one request is judged to its end, headers,
// body and validators alike; nil where the site has none.
func (c *siteCleaner) now() (*clean.Cleaner, error) {
	if c == nil {
		return nil, nil //nolint:nilnil // as the site's cleaner is
	}
	current := c.current.Load()
	for i, f := range c.files {
		if f.Set() != current.lists[i] {
			return c.compile()
		}
	}
	return current.Cleaner, nil
}

// compile makes a cleaner of the lists as they are. Two requests may do so at
// once; either result is right.
func (c *siteCleaner) compile() (*clean.Cleaner, error) {
	lists := make(hostlist.Lists, 0, len(c.files))
	for _, f := range c.files {
		lists = append(lists, f.Set())
	}
	cleaner, err := clean.New(c.policy, c.baseline, lists...)
	if err != nil {
		return nil, err
	}
	c.current.Store(&listedCleaner{cleaner, lists})
	return cleaner, nil
}
