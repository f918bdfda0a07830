package proxy

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/clean"
	"github.com/lachan-waf/lachan/proxy/page"
	"github.com/lachan-waf/lachan/rules"
)

// exchange is one request and its response on their way through the chain.
// It holds on to one snapshot from beginning to end, so that a reload never
// mixes two configurations in one request.
type exchange struct {
	server   *Server
	snapshot *snapshot
	site     *site          // nil until route has found it
	cleaner  *clean.Cleaner // of the site, with the host lists as they were then; nil where it has none

	w        *responseWriter
	r        *http.Request
	cancel   context.CancelCauseFunc // ends the request at the origin too
	id       string                  // shown to the visitor, sent upstream, in every event
	host     string                  // of the request, ASCII, without port
	target   string                  // origin-form of the request-target, as received
	upstream *url.URL                // target at the origin, set by guard
	client   netip.AddrPort
	started  time.Time

	inspected bool // the rules have judged, or failed to
	verdict   rules.Verdict

	revalidates bool      // the visitor holds a copy that was cleaned by this policy
	forwarded   time.Time // when the request went upstream
}

type exchangeKey struct{}

// exchangeOf returns the exchange a request of the reverse proxy belongs to.
func exchangeOf(ctx context.Context) *exchange {
	return ctx.Value(exchangeKey{}).(*exchange)
}

func (s *Server) begin(w http.ResponseWriter, r *http.Request) *exchange {
	x := &exchange{
		server:   s,
		snapshot: s.acquire(),
		id:       audit.NewRequestID(),
		started:  s.now(),
		client:   peerOf(r),
	}
	x.w = newResponseWriter(w, x.id, s.idle)
	x.w.pace.first()
	var ctx context.Context
	ctx, x.cancel = context.WithCancelCause(r.Context())
	x.r = r.WithContext(context.WithValue(ctx, exchangeKey{}, x))
	return x
}

func (x *exchange) end() {
	if x.w.status == 0 {
		x.answer(page.Unavailable, 0) // for what net/http would answer 200, whatever went wrong
	}
	x.cancel(nil)
	x.verdict.Close()
	x.w.pace.last()
	x.server.metrics.observe(x)
	x.snapshot.release()
}

// peerOf returns the connection's other end; the zero value where net/http
// gives none that parses, as on a Unix socket.
func peerOf(r *http.Request) netip.AddrPort {
	addr, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(addr.Addr().Unmap(), addr.Port())
}
