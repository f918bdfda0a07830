// Package wordpress_test drives a real WordPress through Lachan over TLS: an
// editor's and a visitor's day must pass without one block, ten attacks must be
// blocked, and what an intruder planted must not reach a visitor.
//
//	sudo examples/wordpress/install.sh
//	go test ./examples/wordpress/
//
// install.sh is called by the test itself; see README.md.
package wordpress_test

import (
	"context"
	"fmt"
	"os/exec"
	"testing"

	"github.com/lachan-waf/lachan/internal/cmstest"
)

func TestWordPress(t *testing.T) {
	if out, err := exec.Command("./install.sh").CombinedOutput(); err != nil {
		t.Fatalf("install WordPress: %v\n%s", err, out)
	}
	host := cmstest.NewHost(t)
	through := startLachan(t, cmstest.FreePort(t), host.Addr)
	host.InstallWordPress(t, through.base)
	editor := newClient(t, through)
	visitor := newClient(t, through)

	var post int
	var path, written string
	t.Run("editor", func(t *testing.T) {
		editor.login(t, cmstest.EditorName, cmstest.EditorPassword)
		t.Run("blocks", func(t *testing.T) { post, path = blockEditor(t, editor) })
		t.Run("classic", func(t *testing.T) { classicEditing(t, editor) })
		t.Run("administration", func(t *testing.T) { administration(t, editor) })
	})
	t.Run("visitor", func(t *testing.T) { visiting(t, visitor, post, path, "sáng") })
	t.Run("moderation", func(t *testing.T) { moderation(t, editor, post) })
	browser := newBrowser(t, through)
	t.Run("browser", func(t *testing.T) { written = browserEditing(t, browser, through) })
	t.Run("no block", func(t *testing.T) { noBlocks(t, through) })
	t.Run("nothing of its own removed", func(t *testing.T) { onlyLinksUnwrapped(t, through) })

	direct := straight(t, host, through)
	pages := map[string]string{"home": through.base + "/", "page": through.base + infectedPage, "article": written}
	before := views(t, newBrowser(t, direct), newBrowser(t, direct), pages)
	infect(t, host)
	t.Run("cleaned", func(t *testing.T) { cleaned(t, newClient(t, direct), visitor) })
	t.Run("same to the eye", func(t *testing.T) {
		eye := newBrowser(t, through)
		for name, address := range pages {
			same(t, eye, name, address, before[name])
		}
	})
	t.Run("still works", func(t *testing.T) {
		visiting(t, visitor, post, path, "chiều")
		t.Run("no block", func(t *testing.T) { noBlocks(t, through) })
	})
	t.Run("attacks", func(t *testing.T) { blocked(t, attacks, visitor, editor) })
	t.Run("abuse of the exclusions", func(t *testing.T) { blocked(t, abuses, visitor, editor) })
	t.Logf("%d requests of the editor, %d of the visitor", *editor.count, *visitor.count)
}

// views looks at every page, and with another browser until it sees the same: what
// all is compared with must not be half painted.
func views(t *testing.T, ctx, again context.Context, pages map[string]string) map[string]view {
	t.Helper()
	out := map[string]view{}
	for name, address := range pages {
		var differs string
		for range 4 {
			first, second := look(t, ctx, address), look(t, again, address)
			if differs = difference(t, first, second); differs == "" {
				out[name] = second
				break
			}
		}
		if differs != "" {
			t.Fatalf("%s does not look the same twice: %s", name, differs)
		}
	}
	return out
}

// noBlocks prints every block with what an exclusion would have to name.
func noBlocks(t *testing.T, to *target) {
	t.Helper()
	for _, e := range having(to.events(t), "block", "") {
		t.Errorf("blocked: %s %s?%s: %s", e.text("http.request.method"), e.text("url.path"), e.text("url.query"),
			fmt.Sprint(e["lachan.rule_ids"], e["lachan.match.variable"], e["lachan.match.value"], e["matched"]))
	}
}

// onlyLinksUnwrapped checks that the cleaner took no more from a site nobody
// has infected than links to hosts that are not on the list, whose text stays.
func onlyLinksUnwrapped(t *testing.T, to *target) {
	t.Helper()
	for _, e := range having(to.events(t), "strip", "") {
		if e.text("lachan.finding.kind") != "link" || e.text("lachan.finding.reasons") != "[off-list]" {
			t.Errorf("removed from %s: %s %s %s: %s", e.text("url.path"), e.text("lachan.finding.element"),
				e.text("lachan.finding.host"), e.text("lachan.finding.reasons"), e.text("lachan.finding.snippet"))
		}
	}
}
