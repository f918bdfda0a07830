package sinks

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/lachan-waf/lachan/internal/lachantest"
)

// The program itself: attacks on a site, while the SOC's receiver is killed with
// messages in its hands, and then the program.
func TestRunShipsWhatItBlocks(t *testing.T) {
	t.Parallel()
	receiver := newRsyslog(t)
	receiver.start(t)
	origin := httptest.NewServer(http.NotFoundHandler())
	defer origin.Close()
	sink := syslogSink(receiver)
	srv := lachantest.Start(t, fmt.Sprintf(`
audit:
  fold: off
  sinks:
    - {name: soc, type: syslog, url: %q, ca: %q, cert: %q, key: %q, resend: %s, batch: {delay: 100ms}}
sites:
  - {name: portal, hosts: [portal.example], upstream: %q, tls: internal}
`, sink.URL, sink.CA, sink.Cert, sink.Key, resend, origin.URL))
	k := killing{receiver: receiver, trail: newRecorded(srv.AuditFile), events: 400}
	defer k.trail.reader.Close()

	attack(t, srv, 100)
	seen := newArrivals(receiver)
	for deadline := time.Now().Add(time.Minute); len(seen.times) < 100; seen.read(t) {
		if time.Now().After(deadline) {
			t.Fatalf("%s has arrived", seen)
		}
		time.Sleep(20 * time.Millisecond)
	}
	k.holdAndKill(t, func() { attack(t, srv, 100) })
	attack(t, srv, 100)
	k.breaks = append(k.breaks, time.Now())
	srv.Kill()
	srv.Start()
	attack(t, srv, 100)

	k.sender.State = srv.StateDir + "/audit"
	k.await(t, k.events)
	got := k.arrived(t)
	srv.Stop()
	k.sender.Trail = srv.AuditFile
	k.verify(t)
	k.judge(t, got)
}

// attack sends so many requests that are blocked.
func attack(t *testing.T, srv *lachantest.Server, requests int) {
	t.Helper()
	client := srv.Client()
	for i := range requests {
		req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, srv.URL("portal.example")+fmt.Sprintf("/%d?q=1'+union+select+password+from+users--", i), nil)
		if err != nil {
			t.Fatal(err)
		}
		if resp, _ := lachantest.Do(t, client, req); resp.StatusCode != http.StatusForbidden {
			t.Fatalf("status %s", resp.Status)
		}
	}
}
