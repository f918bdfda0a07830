package proxy_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// unlisted is the portal without the rules, which are not tested here; listed
// has a list. Images may come from anywhere.
const (
	unlisted = portal + "  waf: {mode: off}\n"
	listed   = unlisted + "  response: {host_lists: [DIR/bad.txt]}\n"
)

const imagePage = `<p><img src="https://one.test/a.png"><img src="https://two.test/a.png"></p>`

// startListed starts the portal without its list and then applies the one that
// has it, whose file must exist by then.
func startListed(t *testing.T, list, sites string, origin http.HandlerFunc) *fixture {
	t.Helper()
	f := start(t, unlisted, origin)
	f.replace("bad.txt", list)
	if err := f.Apply(f.config(sites)); err != nil {
		t.Fatal(err)
	}
	return f
}

// replace puts a file in place as an operator's download does: whole.
func (f *fixture) replace(name, text string) {
	f.t.Helper()
	path := filepath.Join(f.dir, name)
	write(f.t, path+".new", text)
	if err := os.Rename(path+".new", path); err != nil {
		f.t.Fatal(err)
	}
}

// logged waits until a message has been logged n times.
func (f *fixture) logged(message string, n int) {
	f.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		got := f.logs.FilterMessage(message).Len()
		if got == n {
			return
		}
		if got > n || time.Now().After(deadline) {
			f.t.Fatalf("%q logged %d times, want %d", message, got, n)
		}
	}
}

// shows says which of the images a page still has.
func shows(body string) string {
	var shown []string
	for _, host := range []string{"one.test", "two.test"} {
		if strings.Contains(body, host) {
			shown = append(shown, host)
		}
	}
	return strings.Join(shown, " ")
}

// TestHostListIsReplaced: a new list is in force without a reload, and every
// request meanwhile is answered by the one or by the other.
func TestHostListIsReplaced(t *testing.T) {
	f := startListed(t, "one.test\n", listed, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Etag", `"v1"`)
		html(imagePage)(w, r)
	})
	before := f.get("https://portal.test/")
	if shows(before.body) != "two.test" {
		t.Fatalf("before: %s", before.body)
	}

	stop := make(chan struct{})
	var visitors sync.WaitGroup
	seen := make(map[string]int) // pages by what they show
	slowest := time.Duration(0)
	visitors.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			began := time.Now()
			got := f.get("https://portal.test/")
			slowest = max(slowest, time.Since(began))
			if got.StatusCode != http.StatusOK {
				t.Errorf("status %d", got.StatusCode)
			}
			seen[shows(got.body)]++
		}
	})
	f.replace("bad.txt", strings.Repeat("# filled with what is elsewhere\nother.test\n", 100_000)+"two.test\n")
	f.logged("replaced host list in use", 1)
	close(stop)
	visitors.Wait()
	if len(seen) > 2 || seen["two.test"] == 0 || seen["two.test"]+seen["one.test"] == 0 || seen["one.test two.test"]+seen[""] > 0 {
		t.Errorf("pages seen: %v", seen)
	}
	if slowest > 2*time.Second {
		t.Errorf("a visitor waited %v", slowest)
	}
	after := f.get("https://portal.test/")
	if shows(after.body) != "one.test" {
		t.Errorf("after: %s", after.body)
	}
	if after.Header.Get("Etag") == before.Header.Get("Etag") {
		t.Errorf("both pages have the entity tag %s", after.Header.Get("Etag"))
	}

	f.replace("bad.txt", "<html>\n<h1>404 Not Found</h1>\n")
	f.logged("replaced host list not used, the one before stays", 1)
	time.Sleep(3 * time.Second) // it is told once
	f.logged("replaced host list not used, the one before stays", 1)
	if got := f.get("https://portal.test/"); shows(got.body) != "one.test" {
		t.Errorf("after a list that is none: %s", got.body)
	}
}

// TestRequestKeepsItsHostLists: headers and body are judged by the list that
// was in force when the request came.
func TestRequestKeepsItsHostLists(t *testing.T) {
	began, goOn := make(chan struct{}), make(chan struct{})
	var requests atomic.Int32
	f := startListed(t, "one.test\n", listed, func(w http.ResponseWriter, r *http.Request) {
		if requests.Add(1) == 1 {
			close(began)
			<-goOn
		}
		w.Header().Set("Etag", `"v1"`)
		html(imagePage)(w, r)
	})
	done := f.getting("https://portal.test/")
	<-began
	f.replace("bad.txt", "two.test\n")
	f.logged("replaced host list in use", 1)
	second := f.get("https://portal.test/")
	close(goOn)
	first := <-done
	if shows(first.body) != "two.test" || shows(second.body) != "one.test" {
		t.Errorf("first: %s\nsecond: %s", first.body, second.body)
	}
	if first.Header.Get("Etag") == second.Header.Get("Etag") {
		t.Error("one entity tag for both")
	}
}

// TestHostListsAreShared: a list is read once for all sites, again at a reload,
// and forgotten with its last site.
func TestHostListsAreShared(t *testing.T) {
	sites := listed
	for _, name := range []string{"second", "third"} {
		sites += strings.ReplaceAll(listed, "portal", name)
	}
	f := startListed(t, "one.test\n", sites, html(imagePage))
	f.logged("host list in use", 1)
	if got := f.get("https://third.test/"); shows(got.body) != "two.test" {
		t.Errorf("third site: %s", got.body)
	}
	f.replace("bad.txt", "two.test\n")
	if err := f.Apply(f.config(sites)); err != nil {
		t.Fatal(err)
	}
	if got := f.get("https://second.test/"); shows(got.body) != "one.test" {
		t.Errorf("after a reload: %s", got.body)
	}
	f.logged("host list in use", 1)
	if err := f.Apply(f.config(unlisted)); err != nil {
		t.Fatal(err)
	}
	if err := f.Apply(f.config(sites)); err != nil {
		t.Fatal(err)
	}
	f.logged("host list in use", 2)
}

func TestMissingHostListStopsOnlyItsSite(t *testing.T) {
	sites := listed + strings.ReplaceAll(unlisted, "portal", "second")
	f := start(t, unlisted, html(imagePage))
	err := f.Apply(f.config(sites))
	if err == nil || !strings.Contains(err.Error(), "bad.txt") || !strings.Contains(err.Error(), `site "portal"`) {
		t.Errorf("error %v names neither the file nor the site", err)
	}
	for _, host := range []string{"portal.test", "second.test"} { // the portal by its former policy
		if got := f.get("https://" + host + "/"); got.StatusCode != http.StatusOK || shows(got.body) != "one.test two.test" {
			t.Errorf("%s: status %d, %s", host, got.StatusCode, got.body)
		}
	}
	// A list that was read once stays in force when its file has gone.
	f.replace("bad.txt", "one.test\n")
	if err := f.Apply(f.config(sites)); err != nil {
		t.Fatal(err)
	}
	os.Remove(filepath.Join(f.dir, "bad.txt"))
	if err := f.Apply(f.config(sites)); err != nil {
		t.Error(err)
	}
	if got := f.get("https://portal.test/"); shows(got.body) != "two.test" {
		t.Errorf("without the file: %s", got.body)
	}
}
