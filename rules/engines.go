package rules

import (
	"sync"
	"time"

	"github.com/corazawaf/coraza/v3"
	"go.uber.org/zap"

	"github.com/lachan-waf/lachan/policies"
	"github.com/lachan-waf/lachan/rules/operators"
)

// Options configure Engines. The zero value is usable.
type Options struct {
	// Logger receives what compiling has to say. Default: none.
	Logger *zap.Logger
	// Now tells which exclusions have expired. Default: time.Now.
	Now func() time.Time
}

// Engines holds the compiled rules of all sites. Sites whose policies compile
// to the same rules share one WAF: each costs some 20 MB at first and 2 MB
// after, and a good part of a second. It is safe for concurrent use.
type Engines struct {
	opts    Options
	buffers *bufferPool
	stock   bool // for tests: coraza judges alone

	mu   sync.Mutex
	wafs map[string]*sharedWAF // by source.key
}

// sharedWAF is one compiled policy and how many engines use it. waf and err
// are set before ready is closed and never change after.
type sharedWAF struct {
	users int // guarded by Engines.mu
	ready chan struct{}
	waf   coraza.WAF
	err   error
}

// NewEngines returns an empty set.
func NewEngines(opts Options) *Engines {
	operators.Register()
	if opts.Logger == nil {
		opts.Logger = zap.NewNop()
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &Engines{opts: opts, buffers: newBufferPool(), wafs: map[string]*sharedWAF{}}
}

// Acquire compiles a site's policy, or finds it compiled. An error names the
// operator's file and line (*RuleError), or the exclusion. Release the Engine
// once the last request that uses it has been inspected.
func (s *Engines) Acquire(site *policies.Site) (*Engine, error) {
	e := &Engine{engines: s, waf: site.WAF}
	if site.WAF.Mode == policies.WAFOff {
		return e, nil
	}
	var err error
	if e.bodies, err = newBodyLimits(&site.WAF.RequestBody); err != nil {
		return nil, err
	}
	src, expired, err := newSource(site, s.opts.Now())
	if err != nil {
		return nil, err
	}
	for _, x := range expired {
		s.opts.Logger.Warn("exclusion has expired", zap.String("site", site.Name), zap.Int("rule", x.Rule),
			zap.String("path", x.Path), zap.String("target", x.Target), zap.Stringer("until", x.Until))
	}
	src.stock = s.stock
	e.key, e.core, e.allows, e.expired = src.key, src.core, src.allows, expired
	e.shared, err = s.share(src)
	if err != nil {
		return nil, err
	}
	return e, nil
}

// Len is the number of distinct WAFs in use.
func (s *Engines) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.wafs)
}

// share finds or compiles a source. Whoever comes while it is being compiled
// waits for the result.
func (s *Engines) share(src *source) (*sharedWAF, error) {
	s.mu.Lock()
	shared, found := s.wafs[src.key]
	if !found {
		shared = &sharedWAF{ready: make(chan struct{})}
		s.wafs[src.key] = shared
	}
	shared.users++
	s.mu.Unlock()

	if !found {
		shared.waf, shared.err = src.compile()
		close(shared.ready)
	}
	<-shared.ready
	if shared.err != nil {
		s.release(src.key, shared)
		return nil, shared.err
	}
	return shared, nil
}

// release takes one user away, and the WAF with the last.
func (s *Engines) release(key string, shared *sharedWAF) {
	s.mu.Lock()
	shared.users--
	last := shared.users == 0
	if last {
		delete(s.wafs, key)
	}
	s.mu.Unlock()
	if last && shared.waf != nil {
		if err := closeWAF(shared.waf); err != nil {
			s.opts.Logger.Error("rule engine not closed", zap.Error(err))
		}
	}
}
