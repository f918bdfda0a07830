package proxy_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lachan-waf/lachan/proxy"
)

// brief is far above what loopback needs, and short enough to wait for.
const brief = 300 * time.Millisecond

// TestPauseOfTheOriginIsNobodysFault: between two writes, and between the
// request's body and the response, time may pass on either protocol.
func TestPauseOfTheOriginIsNobodysFault(t *testing.T) {
	f := startWith(t, proxy.Options{Idle: brief}, portal, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "text/event-stream")
		time.Sleep(3 * brief)
		for i := range 2 {
			fmt.Fprintf(w, "data: %d\n\n", i)
			w.(http.Flusher).Flush()
			time.Sleep(3 * brief)
		}
	})
	t.Run("HTTP/2", func(t *testing.T) {
		got := f.do(http.MethodPost, "https://portal.test/", "a=b", "Content-Type", "application/x-www-form-urlencoded")
		if got.ProtoMajor != 2 || got.body != "data: 0\n\ndata: 1\n\n" {
			t.Errorf("%s: %q", got.Proto, got.body)
		}
	})
	t.Run("HTTP/1.1", func(t *testing.T) {
		_, reply := f.raw("portal.test", "POST / HTTP/1.1\r\nHost: portal.test\r\nUser-Agent: a\r\nAccept: */*\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\nConnection: close\r\n\r\na=b")
		if !strings.Contains(reply, "data: 1") {
			t.Errorf("%q", reply)
		}
	})
}

func TestClientThatStallsInItsBodyIsCut(t *testing.T) {
	f := startWith(t, proxy.Options{Idle: brief}, portal, func(http.ResponseWriter, *http.Request) { t.Error("forwarded") })
	began := time.Now()
	status, _ := f.raw("portal.test", "POST / HTTP/1.1\r\nHost: portal.test\r\nUser-Agent: a\r\nAccept: */*\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\na=b")
	if took := time.Since(began); status != http.StatusBadRequest || took < brief || took > 10*brief {
		t.Errorf("status %d after %v", status, took)
	}
}

func TestClientThatDoesNotReadIsCut(t *testing.T) {
	broke := make(chan error, 1)
	f := startWith(t, proxy.Options{Idle: brief}, portal, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		piece := make([]byte, 1<<20)
		for {
			if _, err := w.Write(piece); err != nil {
				broke <- err
				return
			}
		}
	})
	conn := f.dial("portal.test")
	defer conn.Close()
	fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: portal.test\r\nUser-Agent: a\r\nAccept: */*\r\n\r\n")
	if _, err := http.ReadResponse(bufio.NewReaderSize(conn, 16), nil); err != nil {
		t.Fatal(err)
	}
	select {
	case <-broke:
	case <-time.After(20 * brief):
		t.Error("the origin is still being read for a client that does not read")
	}
}
