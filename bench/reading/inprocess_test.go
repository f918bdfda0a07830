package reading_test

import (
	"bytes"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/lachan-waf/lachan/clean"
	"github.com/lachan-waf/lachan/policies"
)

// inProcess is a reader in Go.
type inProcess struct {
	pass func(page []byte, out *bytes.Buffer)
	out  bytes.Buffer
}

func (r *inProcess) read(_ testing.TB, page []byte, n int) []byte {
	for range n {
		r.out.Reset()
		r.pass(page, &r.out)
	}
	return r.out.Bytes()
}

func (r *inProcess) used(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// nonce is what the cleaner adds to each script, as it does for every site
// whose Content-Security-Policy is not off.
const nonce = "AAECAwQFBgcICQoLDA0ODw"

// newLachan is the cleaner with the defaults of a site, everything decided, and
// written to in the pieces in which the proxy gets them.
func newLachan(t testing.TB) *inProcess {
	t.Helper()
	site := policies.DefaultSite()
	site.Name, site.Hosts = "portal", []string{ownHost}
	hosts := patterns(t, allowed[:])
	site.Response.Allow = policies.Allow{Scripts: hosts, Frames: hosts, Styles: hosts, Forms: hosts, Media: hosts, Connect: hosts, Links: hosts}
	c, err := clean.New(&site, nil)
	if err != nil {
		t.Fatal(err)
	}
	const piece = 32 << 10
	return &inProcess{pass: func(page []byte, out *bytes.Buffer) {
		w := c.NewWriter(out, clean.Document{URL: "https://" + ownHost + "/tin/1/", Nonce: nonce})
		for part := range slices.Chunk(page, piece) {
			w.Write(part) // an error stays until Close
		}
		if err := w.Close(); err != nil {
			panic(err) // a bytes.Buffer takes everything
		}
	}}
}

func patterns(t testing.TB, hosts []string) []policies.HostPattern {
	t.Helper()
	out := make([]policies.HostPattern, len(hosts))
	for i, host := range hosts {
		if err := out[i].UnmarshalText([]byte(host)); err != nil {
			t.Fatal(err)
		}
	}
	return out
}
