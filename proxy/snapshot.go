package proxy

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/lachan-waf/lachan/policies"
	"github.com/lachan-waf/lachan/proxy/certs"
)

// snapshot is one configuration, compiled: everything a request may ask, in
// one place behind one atomic pointer. It is immutable; a reload builds
// another, and the old one is freed when its last request has ended.
type snapshot struct {
	config *policies.Config
	sites  []*site
	hosts  map[string]*site // by ASCII host
	certs  *certs.Set

	users   atomic.Int64
	retired atomic.Bool
	free    sync.Once
}

// buildSnapshot compiles a configuration. A site that is refused, here or by
// whoever read the configuration, takes only itself down: it keeps what it had
// in the previous snapshot or, where it is new, answers 503. The error tells
// which and why; the snapshot is usable all the same.
func (s *Server) buildSnapshot(cfg *policies.Config, previous *snapshot) (*snapshot, error) {
	sn := &snapshot{config: cfg, hosts: make(map[string]*site)}
	var errs []error
	for i := range cfg.Sites {
		t, err := s.buildSite(cfg, &cfg.Sites[i])
		if err != nil {
			errs = append(errs, err)
			t = s.fallback(&cfg.Sites[i], previous, err)
		}
		sn.add(t)
	}
	for i := range cfg.Refused {
		sn.add(s.fallback(&cfg.Refused[i], previous, errRefused))
	}
	set, err := s.keeper.Prepare(sn.policies())
	sn.certs = set
	return sn, errors.Join(append(errs, err)...)
}

// errRefused is why a site is not served whose problems were told before.
var errRefused = errors.New("its configuration has a problem: see `lachan check`")

// fallback is what serves a site whose new policy cannot be.
func (s *Server) fallback(p *policies.Site, previous *snapshot, cause error) *site {
	if previous != nil {
		if old := previous.site(p.Name); old != nil && old.broken == nil {
			if t, err := s.buildSite(previous.config, &old.Site); err == nil {
				return t
			}
		}
	}
	return &site{Site: *p, plain: p.TLS.Mode == policies.TLSOff, broken: cause}
}

// add gives a site its hosts. Validation has seen to it that no two sites
// share one; a site that fell back to an earlier policy may ask for a host
// which another has by now, and does without it.
func (sn *snapshot) add(t *site) {
	sn.sites = append(sn.sites, t)
	for _, h := range t.Hosts {
		host, err := policies.ASCIIHost(h)
		if err == nil && sn.hosts[host] == nil {
			sn.hosts[host] = t
		}
	}
}

// policies are the sites' policies as they are in force.
func (sn *snapshot) policies() []policies.Site {
	out := make([]policies.Site, len(sn.sites))
	for i, t := range sn.sites {
		out[i] = t.Site
	}
	return out
}

func (sn *snapshot) site(name string) *site {
	for _, t := range sn.sites {
		if t.Name == name {
			return t
		}
	}
	return nil
}

// lookup finds a site by a name of the TLS handshake.
func (sn *snapshot) lookup(serverName string) *site {
	return sn.hosts[strings.ToLower(strings.TrimSuffix(serverName, "."))]
}

// acquire returns the snapshot in force and keeps it from being freed.
func (s *Server) acquire() *snapshot {
	for {
		sn := s.current.Load()
		sn.users.Add(1)
		if s.current.Load() == sn {
			return sn
		}
		// A reload came between the two loads and may have counted no user.
		sn.release()
	}
}

func (sn *snapshot) release() {
	if sn.users.Add(-1) == 0 && sn.retired.Load() {
		sn.discard()
	}
}

// retire frees the snapshot as soon as nobody uses it. It must no longer be
// the current one.
func (sn *snapshot) retire() {
	sn.retired.Store(true)
	if sn.users.Load() == 0 {
		sn.discard()
	}
}

func (sn *snapshot) discard() {
	sn.free.Do(func() {
		for _, t := range sn.sites {
			t.release()
		}
	})
}
