package proxy

import (
	"errors"
	"fmt"
	"time"

	"github.com/lachan-waf/lachan/policies"
	"github.com/lachan-waf/lachan/proxy/certs"
)

// Check compiles every site of a configuration that has been decoded and
// validated, as New would, and reads the certificates; but it opens no
// listener and writes nothing. It returns all problems, joined, each with the
// place of its site.
func Check(cfg *policies.Config, now time.Time) error {
	s := newServer(Options{Config: cfg, Now: func() time.Time { return now }})
	var errs []error
	if keeper, err := certs.NewKeeper(certs.Options{StateDir: cfg.StateDir, ACME: cfg.ACME, Listen: cfg.Listen}); err != nil {
		errs = append(errs, fmt.Errorf("acme: %w", err))
	} else {
		keeper.Close()
	}
	for i := range cfg.Sites {
		p := &cfg.Sites[i]
		t, err := s.buildSite(cfg, p)
		if err == nil {
			defer t.release() // not before the end: sites share compiled rules and lists
		}
		if p.TLS.Mode == policies.TLSFiles {
			err = errors.Join(err, certs.CheckPair(p.TLS.Cert, p.TLS.Key, p.Hosts, now))
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", p.Place, err))
		}
	}
	return errors.Join(append(errs, s.lists.problems())...)
}
