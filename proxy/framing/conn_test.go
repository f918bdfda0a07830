package framing

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func describedHandler() http.Handler { return http.HandlerFunc(describe) }

func TestRefusalNamesTheRequest(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan Refusal, 1)
	server := &http.Server{Handler: describedHandler()}
	go server.Serve(Listen(ln, Options{Refused: func(r Refusal) { got <- r }}))
	defer server.Close()
	c, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	answers := exchange(t, c, "POST /form?a=1 HTTP/1.1\r\nHost: portal.example \r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n")
	if len(answers) != 1 || !strings.HasPrefix(answers[0], "400 ") {
		t.Errorf("answers %q", answers)
	}
	want := Refusal{
		Client: c.LocalAddr().(*net.TCPAddr).AddrPort(), Server: netip.MustParseAddrPort(ln.Addr().String()),
		Method: "POST", Target: "/form?a=1", Host: "portal.example",
		Reason: "Content-Length next to Transfer-Encoding",
	}
	if diff := cmp.Diff(want, <-got, cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
}

// A good request in front of a bad one is served, the bad one is not.
func TestGoodThenBad(t *testing.T) {
	dial := serve(t, describedHandler(), Options{})
	raw := "POST /good HTTP/1.1\r\n" + host + "Content-Length: 2\r\n\r\nhi" + refused[0].raw
	for i := range raw {
		got := exchange(t, dial(), raw[:i], raw[i:])
		if len(got) != 2 || got[0] != `200 POST /good "hi"` || !strings.HasPrefix(got[1], "400 ") {
			t.Fatalf("split at %d: %q", i, got)
		}
	}
}

func TestHeadTooLargeStaysWithTheServer(t *testing.T) {
	dial := serve(t, describedHandler(), Options{Refused: func(r Refusal) { t.Errorf("refused: %+v", r) }})
	got := exchange(t, dial(), "GET / HTTP/1.1\r\n"+host, "X: ", strings.Repeat("x", 2<<20))
	if len(got) != 1 || !strings.HasPrefix(got[0], "431 ") {
		t.Errorf("answers %q", got)
	}
}

func TestExpectContinue(t *testing.T) {
	c := serve(t, describedHandler(), Options{})()
	defer c.Close()
	go io.WriteString(c, "POST /a HTTP/1.1\r\n"+host+"Expect: 100-continue\r\nContent-Length: 5\r\n\r\n")
	r := bufio.NewReader(c)
	if line, err := r.ReadString('\n'); line != "HTTP/1.1 100 Continue\r\n" {
		t.Fatalf("%q, %v", line, err)
	}
	r.ReadString('\n')
	go io.WriteString(c, "hello"+last)
	for _, want := range []string{`POST /a "hello"`, `GET /last ""`} {
		res, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		if body, _ := io.ReadAll(res.Body); string(body) != want {
			t.Errorf("%q, want %q", body, want)
		}
	}
}

// While a handler runs, the server reads one byte ahead; it must arrive in
// front of the rest.
func TestNextRequestWhileHandlerRuns(t *testing.T) {
	entered, leave := make(chan bool), make(chan bool)
	dial := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			entered <- true
			<-leave
		}
		describe(w, r)
	}), Options{})
	c := dial()
	defer c.Close()
	io.WriteString(c, "GET /slow HTTP/1.1\r\n"+host+"\r\n")
	<-entered
	go func() {
		io.WriteString(c, last[:1])
		close(leave)
		io.WriteString(c, last[1:])
	}()
	r := bufio.NewReader(c)
	for _, want := range []string{`GET /slow ""`, `GET /last ""`} {
		res, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		if body, _ := io.ReadAll(res.Body); string(body) != want {
			t.Errorf("%q, want %q", body, want)
		}
	}
}

// What is refused behind a request does not end it while it is served.
func TestRefusalBehindARequestThatIsServed(t *testing.T) {
	for _, behind := range []string{`{"a":1}`, "a=1", "GET / HTTP/1.2\r\n", "\x00"} {
		testRefusalBehind(t, behind)
	}
}

func testRefusalBehind(t *testing.T, behind string) {
	refused := make(chan string, 1)
	entered := make(chan bool)
	dial := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(entered)
		<-refused
		select {
		case <-r.Context().Done():
			t.Error("the request was ended")
		case <-time.After(50 * time.Millisecond):
		}
		describe(w, r)
	}), Options{Refused: func(r Refusal) { refused <- r.Reason }})
	got := exchange(t, dial(), "POST /slow HTTP/1.1\r\n"+host+"\r\n"+behind)
	<-entered
	// http.Server says nothing to less than four bytes.
	if len(got) == 0 || got[0] != `200 POST /slow ""` || len(got) > 1 && !strings.HasPrefix(got[1], "400 ") {
		t.Errorf("%q behind it: answers %q", behind, got)
	}
}

// Behind a hijack the bytes are no HTTP: 0x81 begins a WebSocket text frame.
func TestTunnel(t *testing.T) {
	dial := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		if !Tunnel(c) {
			t.Error("the hijacked connection is none of ours")
		}
		io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\n\r\n")
		io.CopyN(c, buffered, 4)
	}), Options{Refused: func(r Refusal) { t.Errorf("refused: %+v", r) }})
	c := dial()
	defer c.Close()
	io.WriteString(c, "GET /chat HTTP/1.1\r\n"+host+"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
	r := bufio.NewReader(c)
	if line, _ := r.ReadString('\n'); !strings.Contains(line, "101") {
		t.Fatalf("%q", line)
	}
	r.ReadString('\n')
	go io.WriteString(c, "\x81\x02\r\n")
	got := make([]byte, 4)
	if _, err := io.ReadFull(r, got); err != nil || string(got) != "\x81\x02\r\n" {
		t.Errorf("%q, %v", got, err)
	}
	if Tunnel(c) {
		t.Error("a connection of another kind was taken for ours")
	}
}
