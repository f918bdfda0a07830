// Package pages_test holds the cleaner to what it owes honest pages: real ones of
// WordPress, MediaWiki and DokuWiki, and portal pages written as such pages are,
// must come out as they went in.
//
//	sudo clean/pages/install.sh
//	go test -v ./clean/pages/
//
// The systems run in a private web host on a loopback port; -v prints a line
// for each page.
package pages_test

import (
	"os/exec"
	"testing"

	"github.com/lachan-waf/lachan/internal/cmstest"
)

func TestSystems(t *testing.T) {
	if out, err := exec.Command("./install.sh").CombinedOutput(); err != nil {
		t.Fatalf("install the systems: %v\n%s", err, out)
	}
	host := cmstest.NewHost(t)
	t.Run("wordpress", func(t *testing.T) { wordPress(t, host) })
	t.Run("mediawiki", func(t *testing.T) { mediaWiki(t, host) })
	t.Run("dokuwiki", func(t *testing.T) { dokuWiki(t, host) })
}

// visits looks at pages of a site: each must come through the site's policy
// untouched, and a policy without its links may take nothing but those.
func (s *site) visits(t *testing.T, v *visitor, paths ...string) {
	t.Helper()
	for _, path := range paths {
		t.Run(path, func(t *testing.T) {
			d := v.get(t, path)
			s.untouched(t, d)
			s.onlyUnwrapped(t, d)
		})
	}
}
