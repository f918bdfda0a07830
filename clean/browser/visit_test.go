package browser_test

import (
	"context"
	_ "embed" // the judge and the probe
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/lachan-waf/lachan/internal/lachantest"
)

//go:embed probe.js
var probeJS string

const (
	// One site under two names, with the cleaner and without.
	cleanHost = "site.test"
	rawHost   = "open.test"

	// settle is how long a page has after its load event to betray itself.
	settle = 100 * time.Millisecond
)

// start runs lachan before the origin, with the policy of the corpus.
func start(t *testing.T, upstream string) *lachantest.Server {
	t.Helper()
	return lachantest.Start(t, fmt.Sprintf(`
listen: {http: ":80", https: ""}
sites:
  - name: clean
    hosts: [%s]
    upstream: %s
    tls: "off"
    waf: {mode: "off"}
    response:
      allow: {links: ["*.gov.vn", chinhphu.vn, www.facebook.com], media: []}
      inline_scripts: known
      bodies: {css: clean, js: clean, json: clean, feeds: clean}
  - name: raw
    hosts: [%s]
    upstream: %s
    tls: "off"
    waf: {mode: "off"}
    response: {mode: "off"}
`, cleanHost, upstream, rawHost, upstream))
}

// visitor is a browser with a trap of its own, so that whatever comes there
// belongs to the page that is open.
type visitor struct {
	tab    context.Context
	trap   *trap
	server *lachantest.Server
	client *http.Client
}

func newVisitor(t *testing.T, server *lachantest.Server) *visitor {
	t.Helper()
	tr := newTrap(t)
	browser := chromium(t, fmt.Sprintf("MAP %s %s, MAP %s %s, MAP evil.test %s, MAP *.evil.test %s",
		cleanHost, server.HTTPAddr, rawHost, server.HTTPAddr, tr.addr, tr.addr))
	// Without a window no page has the focus that autofocus needs.
	focus := chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		return target.Call(ctx, "Emulation.setFocusEmulationEnabled", map[string]bool{"enabled": true}, nil)
	})
	if err := chromedp.Do(browser, focus); err != nil {
		t.Fatal(err)
	}
	return &visitor{browser, tr, server, server.Client()}
}

// sight is what a visitor has seen of a page: in the browser (probe.js), and
// on the wire.
type sight struct {
	Pwned  bool   // a script of the intruder has run
	Live   string // see live.js
	Markup string // of the document with its templates and shadow roots
	Text   string // what is not script or style

	lured  string // what came to the trap
	failed error  // of the navigation
	status int
	header http.Header // with trailers
	body   string
}

// patience is how often a page that is known to be live is looked at before it
// counts as dead: machines are slow at times.
const patience = 20

// visit opens a case and looks at it when it has settled.
func (v *visitor) visit(host, path string, e *evasion) (*sight, error) {
	v.trap.caught()
	failed := v.navigate(host, path)
	s, err := v.observe(e)
	for range patience {
		if err != nil || host != rawHost || !e.observedLive() || e.survives(s) != "" {
			break
		}
		s, err = v.observe(e)
	}
	if err != nil {
		return nil, err
	}
	s.failed = failed
	return s, v.fetch(s, host, path)
}

func (v *visitor) observe(e *evasion) (*sight, error) {
	time.Sleep(settle)
	s, err := v.look(e)
	if err == nil {
		s.lured = v.trap.caught()
	}
	return s, err
}

func (v *visitor) navigate(host, path string) error {
	ctx, cancel := context.WithTimeout(v.tab, stepLimit)
	defer cancel()
	return chromedp.Do(ctx, chromedp.Navigate("http://"+host+path))
}

// look evaluates the probe, once more where the page goes elsewhere meanwhile.
func (v *visitor) look(e *evasion) (s *sight, err error) {
	script := liveJS + probeJS + fmt.Sprintf("\nprobe(%t)", e.Interaction)
	for range 3 {
		if s, err = ask(v.tab, chromedp.Evaluate[*sight](script, chromedp.EvalAwaitPromise)); err == nil {
			return s, nil
		}
		time.Sleep(settle)
	}
	return nil, err
}

// fetch gets the response once more, for its status, header and bytes. What
// cannot be decoded, as some origins' bodies, is read as far as it can.
func (v *visitor) fetch(s *sight, host, path string) error {
	resp, err := v.client.Get(v.server.HTTPURL(host) + path)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil && host == cleanHost {
		return err
	}
	s.status, s.header, s.body = resp.StatusCode, resp.Header, string(body)
	for name, values := range resp.Trailer {
		s.header[name] = append(s.header[name], values...)
	}
	return nil
}
