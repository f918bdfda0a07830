package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/lachan-waf/lachan/internal/lachantest"
	"github.com/lachan-waf/lachan/internal/pebbletest"
)

// TestServesWithACertificateFromACME runs the binary as an operator would,
// before an infected page, with an ACME server in place of Let's Encrypt.
func TestServesWithACertificateFromACME(t *testing.T) {
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, `<p>Xã</p><script src="https://evil.test/x.js"></script>`)
	}))
	defer origin.Close()
	httpPort, httpsPort := lachantest.FreePort(t), lachantest.FreePort(t)
	ca := pebbletest.Start(t, httpPort, httpsPort)
	root := ca.Root() // pebble answers
	srv := lachantest.Start(t, fmt.Sprintf(`
listen: {http: "127.0.0.1:%d", https: "127.0.0.1:%d"}
acme: {ca: %q, email: ops@hosting.example, trusted_roots: [%q]}
sites:
  - {name: portal, hosts: [portal.example], upstream: %q, tls: acme}
`, httpPort, httpsPort, ca.Directory, ca.RootFile, origin.URL))

	client := srv.Client(root)
	var last error
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		resp, err := client.Get(srv.URL("portal.example") + "/")
		if last = err; err != nil {
			continue // not issued yet
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		issuer := resp.TLS.PeerCertificates[0].Issuer.CommonName
		if err != nil || string(body) != "<p>Xã</p>" || !strings.Contains(issuer, "Pebble") {
			t.Fatalf("%v, issued by %q: %s", err, issuer, body)
		}
		return
	}
	t.Fatalf("no certificate: %v", last)
}
