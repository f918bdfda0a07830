package framing

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// memory is a listener whose connections are pipes.
type memory struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newMemory() *memory {
	return &memory{conns: make(chan net.Conn), closed: make(chan struct{})}
}

func (l *memory) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *memory) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *memory) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80} }

func (l *memory) dial() net.Conn {
	client, server := net.Pipe()
	l.conns <- server
	return client
}

// describe answers with what the server made of a request.
func describe(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, "body: "+err.Error(), http.StatusBadRequest)
		return
	}
	fmt.Fprintf(w, "%s %s %q", r.Method, r.RequestURI, body)
}

// serve runs a real http.Server behind Listen and returns how to reach it.
func serve(t *testing.T, h http.Handler, opts Options) func() net.Conn {
	t.Helper()
	ln := newMemory()
	server := &http.Server{Handler: h}
	done := make(chan struct{})
	go func() {
		defer close(done)
		server.Serve(Listen(ln, opts))
	}()
	t.Cleanup(func() {
		server.Close()
		<-done
	})
	return ln.dial
}

// exchange sends the parts one write each, and returns every answer until the
// server closes, as "status body".
func exchange(t *testing.T, c net.Conn, parts ...string) []string {
	t.Helper()
	defer c.Close()
	go func() {
		for _, p := range parts {
			if _, err := io.WriteString(c, p); err != nil {
				return
			}
		}
	}()
	var got []string
	r := bufio.NewReader(c)
	for {
		res, err := http.ReadResponse(r, nil)
		if err != nil {
			return got
		}
		body, _ := io.ReadAll(res.Body)
		got = append(got, strings.TrimSpace(fmt.Sprintf("%d %s", res.StatusCode, body)))
	}
}
