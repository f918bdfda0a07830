package proxy

import (
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"strings"

	"github.com/gaissmai/bart"
	"go.uber.org/zap"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/policies"
	"github.com/lachan-waf/lachan/proxy/csp"
	"github.com/lachan-waf/lachan/rules"
)

// site is one site's policy, compiled. But for the gate of
// its reports it never changes after buildSite.
type site struct {
	policies.Site
	plain   bool           // served without TLS
	broken  error          // why the site cannot be served; its hosts answer 503
	engine  *rules.Engine  // nil where waf.mode is off
	cleaner *siteCleaner   // nil where response.mode is off
	policy  *csp.Policy    // nil where documents get none
	secrets *audit.Secrets // of redact
	reports reportGate     // of policy
	trusted *bart.Lite     // peers whose X-Forwarded-For is believed
	origin  *url.URL       // scheme and authority of the upstream
	proxy   *httputil.ReverseProxy
	close   func() // gives up the upstream's idle connections
}

// buildSite compiles what p, a site of cfg, says. Errors name the site.
func (s *Server) buildSite(cfg *policies.Config, p *policies.Site) (*site, error) {
	t := &site{Site: *p, plain: p.TLS.Mode == policies.TLSOff, trusted: new(bart.Lite)}
	for _, prefix := range p.TrustedProxies {
		t.trusted.Insert(prefix)
	}
	if err := s.compile(cfg, t); err != nil {
		t.release()
		return nil, fmt.Errorf("site %q: %w", p.Name, err)
	}
	return t, nil
}

func (s *Server) compile(cfg *policies.Config, t *site) error {
	var err error
	if t.secrets, err = audit.CompileSecrets(t.Redact); err != nil {
		return err
	}
	if err := t.dialUpstream(s.logger); err != nil {
		return err
	}
	if t.Response.Mode != policies.ResponseOff {
		baseline, err := cfg.LoadBaseline(&t.Site)
		if err != nil {
			return err
		}
		if t.cleaner, err = newSiteCleaner(&t.Site, baseline, s.lists); err != nil {
			return err
		}
		if t.policy, err = csp.New(&t.Site, baseline); err != nil && t.Response.CSP == policies.CSPEnforce {
			return err
		} else if err != nil {
			s.logger.Warn("no reports are asked of browsers", zap.String("site", t.Name), zap.Error(err))
		}
	}
	if t.WAF.Mode != policies.WAFOff {
		if t.engine, err = s.engines.Acquire(&t.Site); err != nil {
			return err
		}
		for _, e := range t.engine.Expired() {
			s.logger.Warn("exclusion has expired and no longer holds", zap.String("site", t.Name),
				zap.Int("rule", e.Rule), zap.String("path", e.Path), zap.Stringer("until", e.Until))
		}
	}
	return nil
}

// release gives back what the site holds; requests must no longer use it.
func (t *site) release() {
	if t.engine != nil {
		t.engine.Release()
	}
	if t.close != nil {
		t.close()
	}
	t.cleaner.release()
}

// trusts reports whether the connection's peer is one of trusted_proxies.
func (t *site) trusts(r *http.Request) bool { return t.trusted.Contains(peerOf(r).Addr()) }

// clientOf returns the visitor's address: the connection's peer or, behind
// trusted proxies, the last address of X-Forwarded-For that is not one of
// them. Entries to its left are the visitor's own invention.
func (t *site) clientOf(r *http.Request, peer netip.AddrPort) netip.AddrPort {
	if !t.trusts(r) {
		return peer
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	client := peer
	for i := len(hops) - 1; i >= 0; i-- {
		addr, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		client = netip.AddrPortFrom(addr.Unmap(), 0)
		if !t.trusted.Contains(client.Addr()) {
			break
		}
	}
	return client
}
