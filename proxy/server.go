package proxy

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/audit/sinks"
	"github.com/lachan-waf/lachan/policies"
	"github.com/lachan-waf/lachan/proxy/certs"
	"github.com/lachan-waf/lachan/proxy/evidence"
	"github.com/lachan-waf/lachan/proxy/minified"
	"github.com/lachan-waf/lachan/rules"
)

// drainTime is how long requests in flight may take to end after SIGTERM.
const drainTime = 30 * time.Second

// evidenceGrace is how long the last documents may take to reach the disk.
const evidenceGrace = 5 * time.Second

// Options configure a Server. Config and Audit are required.
type Options struct {
	// Config is the first configuration. Its listeners, state_dir, acme,
	// admin and audit keys hold for the server's life.
	Config *policies.Config
	// Load reads the configuration again, for POST /reload on the admin
	// listener. It may return both a configuration and an error, where only
	// some sites are at fault. nil: no reload over the admin listener.
	Load func() (*policies.Config, error)
	// Audit receives the events. The caller closes it after Run.
	Audit *audit.Log
	// Sinks tell how they do, for the metrics. nil: there are none.
	Sinks func() []sinks.Status
	// Logger is for the operator. Default: none.
	Logger *zap.Logger
	// Version is reported by the admin listener.
	Version string
	// Idle is how long a client may stay silent in the middle of a message.
	// Default: 60 s.
	Idle time.Duration
	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

// Server serves the sites of one configuration after another.
type Server struct {
	logger   *zap.Logger
	audit    *audit.Log
	sinks    func() []sinks.Status
	now      func() time.Time
	version  string
	load     func() (*policies.Config, error)
	stateDir string
	idle     time.Duration
	started  time.Time

	keeper   *certs.Keeper
	engines  *rules.Engines
	lists    *hostLists
	evidence *evidence.Store
	minifier *minified.Minifier
	metrics  *metrics
	current  atomic.Pointer[snapshot]
	health   health

	reloading sync.Mutex // one configuration at a time, in the order they were read

	http, https, admin *listener // nil where disabled
}

// New compiles the configuration and opens the listeners; Run serves them.
// Sites that do not compile are logged and answer 503; the error is for what
// concerns all of them.
func New(o Options) (_ *Server, err error) {
	s := newServer(o)
	s.evidence = evidence.Open(evidence.Options{Dir: s.stateDir, Logger: s.logger, Now: s.now, Lost: s.lostEvidence})
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	s.keeper, err = certs.NewKeeper(certs.Options{
		StateDir: s.stateDir, ACME: o.Config.ACME, Listen: o.Config.Listen, Failed: s.certificate, Logger: s.logger, Now: s.now,
	})
	if err != nil {
		return nil, err
	}
	first, siteErrs := s.buildSnapshot(o.Config, nil)
	s.current.Store(first)
	if siteErrs != nil {
		_ = s.refused("sites refused; they answer 503, the others are served", siteErrs)
	}
	if err := s.listen(o.Config); err != nil {
		return nil, err
	}
	return s, nil
}

func newServer(o Options) *Server {
	s := &Server{
		logger: o.Logger, audit: o.Audit, sinks: o.Sinks, now: o.Now, version: o.Version, load: o.Load,
		stateDir: o.Config.StateDir, idle: o.Idle,
	}
	if s.idle == 0 {
		s.idle = defaultIdle
	}
	if s.logger == nil {
		s.logger = zap.NewNop()
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.started = s.now()
	s.engines = rules.NewEngines(rules.Options{Logger: s.logger, Now: s.now})
	s.minifier = minified.New()
	s.lists = newHostLists(s.logger)
	s.metrics = newMetrics(s)
	return s
}

// Run serves until ctx ends, then stops accepting, waits for the requests in
// flight, and returns nil; or returns the first listener's failure.
func (s *Server) Run(ctx context.Context) error {
	defer s.close()
	if err := s.keeper.Manage(ctx, s.current.Load().certs); err != nil {
		s.logger.Error("certificates cannot be managed", zap.Error(err))
	}
	group, groupCtx := errgroup.WithContext(ctx)
	for _, l := range s.listeners() {
		group.Go(l.serve)
	}
	group.Go(func() error { s.lists.watch(groupCtx); return nil })
	group.Go(func() error {
		<-groupCtx.Done()
		return s.drain()
	})
	s.health.ready()
	return group.Wait()
}

// drain lets the requests in flight end. New ones are refused by then.
func (s *Server) drain() error {
	s.health.draining()
	ctx, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	var group errgroup.Group
	for _, l := range s.listeners() {
		group.Go(func() error { return l.shutdown(ctx) })
	}
	return group.Wait()
}

// close frees what New has opened.
func (s *Server) close() {
	for _, l := range s.listeners() {
		l.close()
	}
	if sn := s.current.Load(); sn != nil {
		sn.retire()
	}
	if s.keeper != nil {
		s.keeper.Close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), evidenceGrace)
	defer cancel()
	if err := s.evidence.Close(ctx); err != nil {
		s.logger.Error("evidence is incomplete", zap.Error(err))
	}
}

// HTTPAddr is the address of the HTTP listener, with its real port; nil where
// it is disabled.
func (s *Server) HTTPAddr() net.Addr { return s.http.addr() }

// HTTPSAddr is the address of the HTTPS listener, with its real port; nil
// where it is disabled.
func (s *Server) HTTPSAddr() net.Addr { return s.https.addr() }

// InternalRoot is the PEM file of the root of `tls: internal`.
func (s *Server) InternalRoot() string { return s.keeper.RootFile() }
