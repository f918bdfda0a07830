package browser_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// origin is the compromised site: /whole/ID is a case, /bytes/ID the same one
// flushed after every byte.
func origin(t *testing.T, cases []*evasion) string {
	t.Helper()
	byID := map[string]*evasion{}
	for _, e := range cases {
		byID[e.ID] = e
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, id, _ := strings.Cut(r.URL.Path[1:], "/")
		if e := byID[id]; e != nil {
			e.serve(w, strings.HasPrefix(r.URL.Path, "/bytes/"))
			return
		}
		http.NotFound(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func (e *evasion) serve(w http.ResponseWriter, bytewise bool) {
	status := http.StatusOK
	w.Header().Set("Content-Type", "text/html")
	for name, value := range e.Headers {
		switch {
		case name == ":status":
			status, _ = strconv.Atoi(*value)
		case value == nil:
			w.Header()[name] = nil // net/http then guesses no type either
		default:
			w.Header().Set(name, *value)
		}
	}
	if e.header("Trailer") == "" && !bytewise {
		w.Header().Set("Content-Length", strconv.Itoa(len(e.body)))
	}
	w.WriteHeader(status)
	if !bytewise {
		_, _ = w.Write(e.body)
	}
	for i := range e.body {
		if bytewise {
			_, _ = w.Write(e.body[i : i+1])
			w.(http.Flusher).Flush()
		}
	}
	if name := e.header("Trailer"); name != "" {
		w.Header().Set(name, "<http://evil.test/1.js>; rel=preload; as=script")
	}
}

// trap is the intruder's server. Whoever connects to it has been lured.
type trap struct {
	addr string
	mu   sync.Mutex
	seen []string
}

func newTrap(t *testing.T) *trap {
	t.Helper()
	tr := &trap{}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tr.note(r.Method + " " + r.Host + r.URL.Path)
		fmt.Fprint(w, "lured")
	}))
	// A connection counts as well: over TLS, or one opened ahead, it carries
	// no request that this server could read.
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			tr.note("connection")
		}
	}
	server.Config.SetKeepAlivesEnabled(false) // so that every request connects anew
	server.Start()
	t.Cleanup(server.Close)
	tr.addr = server.Listener.Addr().String()
	return tr
}

func (tr *trap) note(what string) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.seen = append(tr.seen, what)
}

// caught tells what came to the trap since the last call.
func (tr *trap) caught() string {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	seen := strings.Join(tr.seen, ", ")
	tr.seen = nil
	return seen
}
