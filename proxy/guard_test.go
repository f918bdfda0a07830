package proxy_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// echo answers with the request line and chosen fields as the origin saw them.
func echo(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, "target=%s\n", r.RequestURI)
	for _, name := range []string{"Upgrade", "Connection", "X-Forwarded-For", "X-Forwarded-Proto", "X-Real-Ip", "X-Request-Id", "Proxy", "Trailer", "X_underscored"} {
		fmt.Fprintf(w, "%s=%s\n", name, strings.Join(r.Header.Values(name), "|"))
	}
}

func TestTargetReachesUpstreamUnchanged(t *testing.T) {
	f := start(t, portal+"  waf: {mode: off}\n", echo)
	for _, target := range []string{
		"/", "/?", "/a?x=1;y=2", "/a?x=%zz", "/a?x=%", "/a%2fb", "/A%2FB", "/a/../b", "/a/./b//c", "/%41", "/a?b=c?d", "/é", "/a;b=c",
		"//double/slash", "//double?x=1;y", "/x?%00", "/'(!)*", "/a|b", "/a\"b", "/+ %20"[:2],
	} {
		_, reply := f.raw("portal.test", "GET "+target+" HTTP/1.1\r\nHost: portal.test\r\nConnection: close\r\n\r\n")
		if !strings.Contains(reply, "target="+target+"\n") {
			t.Errorf("target %q became %s", target, reply[strings.LastIndex(reply, "\r\n\r\n")+4:])
		}
	}
}

func TestTargetThatCannotBeKeptIsRefused(t *testing.T) {
	f := start(t, portal+"  waf: {mode: off}\n", echo)
	for _, request := range []string{
		"GET //a|b HTTP/1.1\r\nHost: portal.test\r\n\r\n",
		"OPTIONS * HTTP/1.1\r\nHost: portal.test\r\n\r\n",
		"CONNECT portal.test:443 HTTP/1.1\r\nHost: portal.test\r\n\r\n",
		"CONNECT elsewhere.test HTTP/1.1\r\nHost: portal.test\r\n\r\n",
		"GET /?a=1#&q=2 HTTP/1.1\r\nHost: portal.test\r\n\r\n",
		"GET nonsense HTTP/1.1\r\nHost: portal.test\r\n\r\n",
		"NONSENSE\r\n\r\n",
	} {
		if status, reply := f.raw("portal.test", request); status != http.StatusBadRequest || strings.Contains(reply, "target=") {
			t.Errorf("%q: status %d, want 400:\n%s", request, status, reply)
		}
	}
}

func TestAbsoluteFormIsForwardedAsOriginForm(t *testing.T) {
	f := start(t, portal, echo)
	_, reply := f.raw("portal.test", "GET http://portal.test/a%2fb?x HTTP/1.1\r\nHost: portal.test\r\nConnection: close\r\n\r\n")
	if !strings.Contains(reply, "target=/a%2fb?x\n") {
		t.Errorf("reply %s", reply)
	}
}

func TestUpgradesOtherThanWebSocketAreTakenAway(t *testing.T) {
	f := start(t, portal, echo)
	for _, fields := range []string{
		"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk\r\n",
		"Upgrade: websocket\r\nConnection: Upgrade\r\n",
		"Upgrade: websocket, h2c\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
		"Upgrade: foo\r\nConnection: upgrade\r\n",
	} {
		status, reply := f.raw("portal.test", "GET / HTTP/1.1\r\nHost: portal.test\r\nUser-Agent: a\r\nAccept: */*\r\n"+fields+"\r\n")
		if status != http.StatusOK || !strings.Contains(reply, "Upgrade=\n") {
			t.Errorf("%q: status %d:\n%s", fields, status, reply)
		}
	}
}

func TestWebSocketPasses(t *testing.T) {
	f := start(t, portal, func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.CloseNow()
		kind, message, err := conn.Read(r.Context())
		if err == nil {
			err = conn.Write(r.Context(), kind, append([]byte("echo "), message...))
		}
		if err != nil {
			t.Error(err)
		}
		conn.Close(websocket.StatusNormalClosure, "")
	})
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, "wss://portal.test/live", &websocket.DialOptions{HTTPClient: f.client})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	// A text that looks like a smuggled request: the tunnel is not HTTP.
	message := "GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
	if err := conn.Write(ctx, websocket.MessageText, []byte(message)); err != nil {
		t.Fatal(err)
	}
	if _, got, err := conn.Read(ctx); err != nil || string(got) != "echo "+message {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestSmuggledFramingIsRefused(t *testing.T) {
	f := start(t, portal, echo)
	status, reply := f.raw("portal.test", "POST / HTTP/1.1\r\nHost: portal.test\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
	if status != http.StatusBadRequest {
		t.Errorf("status %d, want 400:\n%s", status, reply)
	}
	if e := f.events("deny", 1)[0]; e.at("service.name") != "portal" || e.at("event.reason") == "" {
		t.Errorf("event %v", e)
	}
}

func TestHeaderTooLarge(t *testing.T) {
	f := start(t, portal, echo)
	status, _ := f.raw("portal.test", "GET / HTTP/1.1\r\nHost: portal.test\r\nX-Long: "+strings.Repeat("a", 80<<10)+"\r\n\r\n")
	if status != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("status %d, want 431", status)
	}
}

func TestForwardedFieldsAreOurs(t *testing.T) {
	f := start(t, portal, echo)
	got := f.get("https://portal.test/", "X-Forwarded-For", "6.6.6.6", "X-Real-Ip", "6.6.6.6", "X-Request-Id", "mine", "Proxy", "http://evil.test")
	for _, want := range []string{"X-Forwarded-For=127.0.0.1\n", "X-Real-Ip=127.0.0.1\n", "X-Forwarded-Proto=https\n", "Proxy=\n",
		"X-Request-Id=" + got.Header.Get("X-Request-Id") + "\n"} {
		if !strings.Contains(got.body, want) {
			t.Errorf("upstream did not see %q:\n%s", want, got.body)
		}
	}
	if got := f.get("https://portal.test/", "Transfer_Encoding", "chunked"); got.StatusCode != http.StatusBadRequest {
		t.Errorf("underscored twin of Transfer-Encoding: status %d, want 400", got.StatusCode)
	}
	if got := f.get("https://portal.test/", "X_real-Ip", "6.6.6.6"); got.StatusCode != http.StatusBadRequest {
		t.Errorf("underscored twin of X-Real-Ip: status %d, want 400", got.StatusCode)
	}
}

func TestFieldsThatConnectionNamesAreRefused(t *testing.T) {
	f := start(t, portal+"  waf: {mode: off}\n", echo)
	for options, want := range map[string]int{"keep-alive": 200, "close, Cookie": 400, "content-type": 400, "X-Absent": 200} {
		status, reply := f.raw("portal.test", "GET / HTTP/1.1\r\nHost: portal.test\r\nUser-Agent: a\r\nAccept: */*\r\nCookie: a=b\r\nContent-Type: text/plain\r\nConnection: "+options+"\r\n\r\n")
		if status != want {
			t.Errorf("Connection: %s: status %d, want %d\n%s", options, status, want, reply)
		}
	}
}

func TestRequestIDIsOursAlone(t *testing.T) {
	f := start(t, portal, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusEarlyHints)
		w.Header().Set("X-Request-Id", "the-origins")
		io.WriteString(w, r.Header.Get("X-Request-Id"))
	})
	got := f.get("https://portal.test/")
	if ids := got.Header.Values("X-Request-Id"); len(ids) != 1 || ids[0] != got.body {
		t.Errorf("X-Request-Id %q, upstream saw %q", ids, got.body)
	}
}

func TestTrustedProxyNamesTheVisitor(t *testing.T) {
	f := start(t, portal+"  trusted_proxies: [127.0.0.0/8]\n", echo)
	got := f.get("https://portal.test/?q=<script>alert(1)</script>", "X-Forwarded-For", "6.6.6.6, 203.0.113.9, 127.0.0.2")
	if e := f.events("block", 1)[0]; got.StatusCode != 403 || e.at("source.ip") != "203.0.113.9" {
		t.Errorf("status %d, event %v", got.StatusCode, e)
	}
	got = f.get("https://portal.test/", "X-Forwarded-For", "203.0.113.9")
	if !strings.Contains(got.body, "X-Forwarded-For=203.0.113.9, 127.0.0.1\n") || !strings.Contains(got.body, "X-Real-Ip=203.0.113.9\n") {
		t.Errorf("upstream saw:\n%s", got.body)
	}
}

func TestTrustedProxyThatEndsTLS(t *testing.T) {
	plain := strings.Replace(portal, "tls: internal", "tls: off", 1)
	for trusted, want := range map[string]string{"[127.0.0.0/8]": "https", "[203.0.113.0/24]": "http"} {
		f := start(t, plain+"  trusted_proxies: "+trusted+"\n", echo)
		if got := f.get("http://portal.test/", "X-Forwarded-Proto", "https"); !strings.Contains(got.body, "X-Forwarded-Proto="+want+"\n") {
			t.Errorf("trusted %s: upstream saw\n%s", trusted, got.body)
		}
	}
	// A site that insists on TLS has it there already: no redirect in a circle.
	f := start(t, portal+"  trusted_proxies: [127.0.0.0/8]\n", echo)
	if got := f.get("http://portal.test/", "X-Forwarded-Proto", "https"); got.StatusCode != http.StatusOK {
		t.Errorf("status %d", got.StatusCode)
	}
}

func TestRequestTrailersAreDropped(t *testing.T) {
	f := start(t, portal, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		fmt.Fprintf(w, "trailers=%d", len(r.Trailer))
	})
	_, reply := f.raw("portal.test", "POST / HTTP/1.1\r\nHost: portal.test\r\nUser-Agent: a\r\nAccept: */*\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\nTrailer: X-Late\r\nConnection: close\r\n\r\n3\r\na=b\r\n0\r\nX-Late: <script>\r\n\r\n")
	if !strings.Contains(reply, "trailers=0") {
		t.Errorf("reply %s", reply)
	}
}

func TestServerSentEventsPassAsTheyCome(t *testing.T) {
	next := make(chan struct{})
	f := start(t, portal, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for i := range 3 {
			fmt.Fprintf(w, "data: %d\n\n", i)
			w.(http.Flusher).Flush()
			<-next
		}
	})
	resp, err := f.client.Get("https://portal.test/events")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	for i := range 3 {
		for lines.Scan() && lines.Text() == "" {
		}
		if want := fmt.Sprintf("data: %d", i); lines.Text() != want {
			t.Fatalf("line %q, want %q", lines.Text(), want)
		}
		next <- struct{}{}
	}
}
