// Package certs says which certificate a site is served with: one that an ACME
// server issues, one from files, or one of an own local CA.
//
// A Keeper lives as long as the process; a Set belongs to one configuration and
// is immutable but for the certificates that are renewed in it.
//
//	keeper, err := certs.NewKeeper(certs.Options{StateDir: "/var/lib/lachan", ACME: cfg.ACME, Listen: cfg.Listen, Logger: logger})
//	…
//	set, err := keeper.Prepare(cfg.Sites) // err names the sites without a certificate; set serves the others
//	config := &tls.Config{NextProtos: certs.NextProtos(), GetCertificate: set.GetCertificate}
//	// once the listeners are open:
//	err = keeper.Manage(ctx, set)
//
// In the state directory, acme/ holds accounts and certificates, internal-ca/
// root.crt and root.key (mode 0600).
package certs

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"github.com/lachan-waf/lachan/policies"
	"go.uber.org/zap"
)

// pollEvery is how often certificate files are looked at. Polling, not
// inotify: it sees a symlink changed anywhere on the path (..data of a
// Kubernetes volume, live/ of certbot) and works on network file systems, for
// two stat calls a pair.
const pollEvery = 5 * time.Second

// Options configure a Keeper.
type Options struct {
	// StateDir is created where it is missing, with mode 0700.
	StateDir string
	// ACME is read once: a change takes a restart.
	ACME policies.ACME
	// Listen names the listeners a certificate authority reaches us by: HTTP
	// for HTTP-01, HTTPS for TLS-ALPN-01; an empty one disables its challenge.
	// Both empty stand for :80 and :443. They must be open before Manage, or
	// certmagic opens them itself for the time of a challenge.
	Listen policies.Listen
	// Failed is told, with its error, of each attempt to obtain or renew a
	// certificate of a host that failed, and with nil when one succeeded. It must
	// not block. nil: nobody is told.
	Failed func(host string, err error)
	// Logger may be nil, as may Now.
	Logger *zap.Logger
	Now    func() time.Time
}

// Keeper keeps what outlives a configuration: the ACME account and its
// certificates, the internal CA, the goroutines that renew and look at files.
type Keeper struct {
	opts   Options
	logger *zap.Logger
	now    func() time.Time
	acme   *acmeClient
	ca     *internalCA

	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	work   sync.WaitGroup
	close  sync.Once

	mu    sync.Mutex
	pairs []*pair // of the managed set
}

// NewKeeper reads the roots that authenticate a private ACME server. It does
// not touch the network.
func NewKeeper(opts Options) (*Keeper, error) {
	k := &Keeper{opts: opts, logger: opts.Logger, now: opts.Now}
	if k.logger == nil {
		k.logger = zap.NewNop()
	}
	k.logger = k.logger.Named("certs")
	if k.now == nil {
		k.now = time.Now
	}
	var err error
	if k.acme, err = newACMEClient(opts, k.logger.Named("acme")); err != nil {
		return nil, fmt.Errorf("acme: %w", err)
	}
	k.ca = &internalCA{dir: filepath.Join(opts.StateDir, "internal-ca"), now: k.now}
	k.ctx, k.cancel = context.WithCancel(context.Background())
	k.work.Go(k.poll)
	return k, nil
}

// NextProtos are the ALPN names a tls.Config needs: HTTP, and the one a
// certificate authority validates with (RFC 8737).
func NextProtos() []string { return []string{"h2", "http/1.1", acmeProtocol} }

// RootFile is where the internal CA's root certificate is, for browsers to
// trust. It exists once a site with `tls: internal` has been prepared.
func (k *Keeper) RootFile() string { return k.ca.rootFile() }

// HTTPChallenge answers HTTP-01 validations (RFC 8555 §8.3) of names that are
// managed, and passes everything else to next.
func (k *Keeper) HTTPChallenge(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !k.acme.answer(w, r) {
			next.ServeHTTP(w, r)
		}
	})
}

// Manage makes set the one that is kept up to date: it obtains and renews the
// certificates of `tls: acme` and watches files, in the background, until ctx
// or the Keeper ends or another set is managed. Names that both sets hold go on
// undisturbed, so ctx should be the process's, not the configuration's.
func (k *Keeper) Manage(ctx context.Context, set *Set) error {
	if err := k.ctx.Err(); err != nil {
		return fmt.Errorf("manage certificates: %w", err)
	}
	k.mu.Lock()
	k.pairs = set.pairs
	k.mu.Unlock()
	k.acme.manage(ctx, set.acmeHosts)
	return nil
}

// Close ends all background work and waits for it. It may be called again.
func (k *Keeper) Close() {
	k.close.Do(func() {
		k.cancel()
		k.acme.close()
		k.work.Wait()
	})
}

// poll looks at the files of the managed set.
func (k *Keeper) poll() {
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	for {
		select {
		case <-k.ctx.Done():
			return
		case <-ticker.C:
		}
		k.mu.Lock()
		pairs := k.pairs
		k.mu.Unlock()
		for _, p := range pairs {
			p.refresh(k.logger)
		}
	}
}
