package proxy_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/lachan-waf/lachan/proxy"
	"github.com/lachan-waf/lachan/proxy/codings"
)

// broken are responses that end, or do not, in the middle of a tag.
var broken = map[string]http.HandlerFunc{
	"stalls": func(w http.ResponseWriter, r *http.Request) {
		began(w)
		<-r.Context().Done() // the proxy hangs up
	},
	"resets": func(w http.ResponseWriter, _ *http.Request) {
		began(w)
		conn := hijack(w)
		conn.(*net.TCPConn).SetLinger(0)
		conn.Close()
	},
	"ends its chunks early": func(w http.ResponseWriter, _ *http.Request) {
		began(w)
		hijack(w).Close()
	},
	"ends before its length": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100000")
		began(w)
		hijack(w).Close()
	},
	"sends half a gzip": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		var coded bytes.Buffer
		e, _ := codings.NewEncoder("gzip", &coded)
		io.WriteString(e, brokenPage)
		e.Flush()
		w.Write(coded.Bytes())
	},
}

// brokenPage is longer than what is read to guess a type, and cut in a tag.
var brokenPage = strings.Repeat("<p>Xã</p>", 200) + `<script src="https://evil.test/x.js?`

func began(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	io.WriteString(w, brokenPage)
	w.(http.Flusher).Flush()
}

func hijack(w http.ResponseWriter) net.Conn {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	return conn
}

// TestBrokenOrigin: what was read as markup is passed on, the visitor is not
// told that it was all, nothing raw follows, and an event says so.
func TestBrokenOrigin(t *testing.T) {
	for name, origin := range broken {
		t.Run(name, func(t *testing.T) {
			f := startWith(t, proxy.Options{Idle: 500 * time.Millisecond}, portal, origin)
			resp, err := f.client.Get("https://portal.test/")
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if err == nil {
				t.Error("the visitor takes it for the whole page")
			}
			if !strings.HasPrefix(brokenPage, string(body)) || bytes.Contains(body, []byte("<script")) || !bytes.Contains(body, []byte("<p>Xã</p>")) {
				t.Errorf("%.200q", body)
			}
			e := f.events("deny", 1)[0]
			if !strings.HasPrefix(e.at("event.reason"), "response broke off: ") || e.at("http.request.id") != resp.Header.Get("X-Request-Id") {
				t.Errorf("%v", e)
			}
		})
	}
}

// TestSilentFromTheStart: an origin that sends its header and nothing else is
// not waited for either.
func TestSilentFromTheStart(t *testing.T) {
	f := startWith(t, proxy.Options{Idle: 500 * time.Millisecond}, portal, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	if got := f.get("https://portal.test/"); got.StatusCode != http.StatusBadGateway {
		t.Error(got.Status)
	}
	f.events("deny", 1)
}

// TestVisitorLeaves: the origin is told, and nothing goes on waiting; that
// nothing does goleak sees. A visitor who leaves is no event.
func TestVisitorLeaves(t *testing.T) {
	gone := make(chan struct{})
	f := start(t, portal, func(w http.ResponseWriter, r *http.Request) {
		began(w)
		<-r.Context().Done()
		close(gone)
	})
	ctx, cancel := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://portal.test/", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := f.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	resp.Body.Close()
	select {
	case <-gone:
	case <-time.After(10 * time.Second):
		t.Fatal("the origin is still waited for")
	}
	if err := f.stop(); err != nil {
		t.Error(err)
	}
	if trail, err := os.ReadFile(f.dir + "/audit.jsonl"); err != nil || bytes.Contains(trail, []byte(`"deny"`)) {
		t.Errorf("%v %s", err, trail)
	}
}

// bomb is what a body of 1.1 GiB is coded to, a little more than is read of any.
func bomb(t *testing.T, codingNames ...string) []byte {
	t.Helper()
	var coded bytes.Buffer
	w := io.Writer(&coded)
	var closers []io.Closer
	for i := len(codingNames) - 1; i >= 0; i-- {
		e, err := codings.NewEncoder(codingNames[i], w)
		if err != nil {
			t.Fatal(err)
		}
		w, closers = e, append([]io.Closer{e}, closers...)
	}
	piece := bytes.Repeat([]byte("<p evil.test "), 80<<10) // a MiB
	for range 1100 {
		if _, err := w.Write(piece); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range closers {
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return coded.Bytes()
}

// TestBombs: a body that unfolds beyond all measure ends at the measure.
func TestBombs(t *testing.T) {
	for _, names := range [][]string{{"gzip"}, {"deflate"}, {"br"}, {"zstd"}, {"gzip", "gzip"}, {"br", "zstd", "gzip"}} {
		coding := strings.Join(names, ", ")
		t.Run(coding, func(t *testing.T) {
			coded := bomb(t, names...)
			f := start(t, portal, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				w.Header().Set("Content-Encoding", coding)
				w.Write(coded)
			})
			peak := watchHeap(t)
			// Nothing of the body may pass, so that it breaks off before or behind
			// the response's head, as it happens.
			if resp, err := f.client.Get("https://portal.test/"); err == nil {
				defer resp.Body.Close()
				if got, err := io.ReadAll(resp.Body); resp.StatusCode == http.StatusOK && err == nil || bytes.Contains(got, []byte("evil.test")) {
					t.Errorf("%d %v: %.100q", resp.StatusCode, err, got)
				}
			}
			if grown := peak(); grown > 32<<20 {
				t.Errorf("%d bytes of heap for %d of body", grown, len(coded))
			}
			if e := f.events("deny", 1)[0]; !strings.Contains(e.at("event.reason"), "over its limit") {
				t.Errorf("%v", e)
			}
		})
	}
}

// watchHeap returns how far the heap has grown at its highest, garbage included.
func watchHeap(t *testing.T) func() int64 {
	t.Helper()
	heap := func() int64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	runtime.GC()
	base, most := heap(), int64(0)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			most = max(most, heap()-base)
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	return func() int64 { close(stop); <-stopped; return most }
}

// TestEndlessThroughTheProxy streams one tag of 256 MB, 10 GB under `make
// soak`, and looks at what the whole process holds meanwhile.
func TestEndlessThroughTheProxy(t *testing.T) {
	size := int64(256 << 20)
	if os.Getenv("LACHAN_SOAK") != "" {
		size = 10_000_000_000
	}
	inUse := func() int64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	var atFirst, most int64 // origin's goroutine writes, read after its end
	f := start(t, portal, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, strings.Repeat("<p>Xã</p>", 2000))
		w.(http.Flusher).Flush()
		atFirst = inUse()
		piece := bytes.Repeat([]byte("evil.test "), 3<<10)
		io.WriteString(w, `<p title="`)
		for sent, look := int64(0), int64(64<<10); sent < size; sent += int64(len(piece)) {
			if _, err := w.Write(piece); err != nil {
				t.Error(err)
				return
			}
			if sent >= look {
				most, look = max(most, inUse()), 2*look
			}
		}
		io.WriteString(w, `"><p>cuối</p>`)
	})
	got := f.get("https://portal.test/")
	if want := strings.Repeat("<p>Xã</p>", 2000) + "<p>cuối</p>"; got.body != want {
		t.Errorf("%d bytes, want %d: …%.100q", len(got.body), len(want), got.body[max(0, len(got.body)-100):])
	}
	if grown := most - atFirst; grown > 1<<20 {
		t.Errorf("holds %d bytes", grown)
	}
	e := f.events("strip", 1)[0]
	if got := e.at("lachan.finding.reasons"); got != fmt.Sprint([]string{"too-long", "limit"}) {
		t.Errorf("%v", e)
	}
}
