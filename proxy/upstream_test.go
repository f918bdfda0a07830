package proxy_test

import (
	"crypto/sha256"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestMissingUpstream(t *testing.T) {
	f := start(t, strings.Replace(portal, "ORIGIN", "http://127.0.0.1:1", 1), html(""))
	got := f.get("https://portal.test/")
	if got.StatusCode != http.StatusBadGateway || !strings.Contains(got.body, got.Header.Get("X-Request-Id")) {
		t.Errorf("%d:\n%s", got.StatusCode, got.body)
	}
	entry := f.logs.FilterMessage("upstream failed").All()
	if len(entry) != 1 || entry[0].ContextMap()["site"] != "portal" || entry[0].ContextMap()["request"] != got.Header.Get("X-Request-Id") {
		t.Errorf("log %v", f.logs.All())
	}
}

// lying answers each connection with fixed bytes, and hangs up.
func lying(t *testing.T, reply string) string {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			buf := make([]byte, 4096)
			conn.Read(buf)
			io.WriteString(conn, reply)
			conn.Close()
		}
	}()
	return "http://" + ln.Addr().String()
}

func TestUpstreamThatLies(t *testing.T) {
	long := strings.Repeat("<p>một đoạn văn dài</p>", 400)
	for name, c := range map[string]struct {
		reply  string
		status int // 0: the response breaks off after it began
	}{
		"shorter than its Content-Length, early": {"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000\r\n\r\n<p>short", 502},
		"shorter than its Content-Length, late":  {"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n" + long, 0},
		"dies in a chunk":                        {"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n" + long, 0},
		"two Content-Lengths":                    {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 502},
		"not HTTP":                               {"SSH-2.0-OpenSSH_9.2\r\n", 502},
		"nothing":                                {"", 502},
		"header without end":                     {"HTTP/1.1 200 OK\r\nX: " + strings.Repeat("a", 128<<10), 502},
		"two Locations":                          {"HTTP/1.1 302 Found\r\nLocation: /own\r\nLocation: https://evil.test/\r\nContent-Length: 0\r\n\r\n", 502},
	} {
		t.Run(name, func(t *testing.T) {
			f := start(t, strings.Replace(portal, "ORIGIN", lying(t, c.reply), 1), html(""))
			resp, err := f.client.Get("https://portal.test/")
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			_, err = io.ReadAll(resp.Body)
			if c.status == 0 && err == nil {
				t.Error("a response cut short looks whole to the client")
			}
			if c.status != 0 && (resp.StatusCode != c.status || err != nil) {
				t.Errorf("status %d, %v, want %d", resp.StatusCode, err, c.status)
			}
		})
	}
}

func TestUpstreamOverTLS(t *testing.T) {
	origin := httptest.NewUnstartedServer(html("<p>over TLS"))
	origin.Config.ErrorLog = nil
	origin.TLS = &tls.Config{MinVersion: tls.VersionTLS10}
	origin.StartTLS()
	defer origin.Close()
	pin := sha256.Sum256(origin.Certificate().RawSubjectPublicKeyInfo)
	for name, c := range map[string]struct {
		upstreamTLS string
		status      int
	}{
		"unknown authority": {`{}`, 502},
		"pinned":            {fmt.Sprintf(`{pin_sha256: ["%x"]}`, pin), 200},
		"another pin":       {fmt.Sprintf(`{pin_sha256: ["%x"]}`, sha256.Sum256(nil)), 502},
	} {
		t.Run(name, func(t *testing.T) {
			f := start(t, strings.Replace(portal, "ORIGIN", origin.URL, 1)+"  upstream_tls: "+c.upstreamTLS+"\n", html(""))
			if got := f.get("https://portal.test/"); got.StatusCode != c.status {
				t.Errorf("status %d, want %d: %v", got.StatusCode, c.status, f.logs.All())
			}
		})
	}
}
