package framing

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func testConfig(t *testing.T) (server, client *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"portal.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, _ := x509.ParseCertificate(der)
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	cert := tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	server = &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"h2", "http/1.1", "acme-tls/1"}}
	client = &tls.Config{RootCAs: roots, ServerName: "portal.example"}
	return server, client
}

// serveTLS runs a real http.Server behind ListenTLS on a real socket.
func serveTLS(t *testing.T, opts Options) (addr string, client *tls.Config) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	config, client := testConfig(t)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s %s ", r.Proto, r.TLS.ServerName)
		describe(w, r)
	})}
	done := make(chan struct{})
	go func() {
		defer close(done)
		server.Serve(ListenTLS(ln, config, opts))
	}()
	t.Cleanup(func() {
		server.Close()
		<-done
	})
	return ln.Addr().String(), client
}

func TestBothVersionsOverTLS(t *testing.T) {
	addr, client := serveTLS(t, Options{})
	for _, h2 := range []bool{true, false} {
		transport := &http.Transport{
			TLSClientConfig: client.Clone(), ForceAttemptHTTP2: h2,
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, network, addr)
			},
		}
		want := map[bool]string{true: "HTTP/2.0", false: "HTTP/1.1"}[h2] + ` portal.example POST /a "hello"`
		for range 2 {
			res, err := (&http.Client{Transport: transport}).Post("https://portal.example/a", "text/plain", strings.NewReader("hello"))
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(res.Body)
			res.Body.Close()
			if !strings.Contains(string(body), want) && !(h2 && strings.HasPrefix(string(body), "HTTP/2.0 portal.example")) {
				t.Errorf("%q, want %q", body, want)
			}
		}
		transport.CloseIdleConnections()
	}
}

func TestRefusedOverTLS(t *testing.T) {
	got := make(chan Refusal, 1)
	addr, client := serveTLS(t, Options{Refused: func(r Refusal) { got <- r }})
	c, err := tls.Dial("tcp", addr, client)
	if err != nil {
		t.Fatal(err)
	}
	answers := exchange(t, c, refused[0].raw)
	if len(answers) != 1 || !strings.HasPrefix(answers[0], "400 ") {
		t.Errorf("answers %q", answers)
	}
	if r := <-got; !r.TLS || r.Reason != refused[0].reason {
		t.Errorf("%+v", r)
	}
}

func TestPlainHTTPOnTheTLSPort(t *testing.T) {
	addr, _ := serveTLS(t, Options{})
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	got := exchange(t, c, "GET / HTTP/1.1\r\n"+host+"\r\n")
	if len(got) != 1 || !strings.HasPrefix(got[0], "400 ") {
		t.Errorf("answers %q", got)
	}
}

// A validation of RFC 8737 ends with its handshake.
func TestValidationConnectionIsClosed(t *testing.T) {
	addr, client := serveTLS(t, Options{})
	client.NextProtos = []string{"acme-tls/1"}
	c, err := tls.Dial("tcp", addr, client)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if n, err := c.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("read %d bytes, %v", n, err)
	}
}

func TestSilentClientIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		config, _ := testConfig(t)
		inner := newMemory()
		ln := ListenTLS(inner, config, Options{HandshakeTimeout: 3 * time.Second})
		defer ln.Close()
		c, began := inner.dial(), time.Now()
		if _, err := c.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("read: %v", err)
		}
		if took := time.Since(began); took != 3*time.Second {
			t.Errorf("closed after %v", took)
		}
	})
}

func TestOneHandshakeTooMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		config, client := testConfig(t)
		inner := newMemory()
		ln := ListenTLS(inner, config, Options{MaxHandshakes: 2})
		defer ln.Close()
		silent := []net.Conn{inner.dial(), inner.dial()}
		synctest.Wait()
		go io.Copy(io.Discard, tls.Client(inner.dial(), client)) // reading: a pipe has no buffer
		if c, err := ln.Accept(); err != nil {
			t.Error(err)
		} else {
			defer c.Close()
		}
		if _, err := silent[0].Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("the first silent client: %v", err)
		}
		silent[1].SetReadDeadline(time.Now().Add(time.Second))
		if _, err := silent[1].Read(make([]byte, 1)); err == io.EOF {
			t.Error("the second silent client was closed too")
		}
	})
}

// Close ends handshakes under way and connections nobody has accepted; goleak
// (TestMain) sees to the goroutines.
func TestCloseEndsHandshakes(t *testing.T) {
	config, client := testConfig(t)
	inner := newMemory()
	ln := ListenTLS(inner, config, Options{})
	silent := inner.dial()
	waiting := tls.Client(inner.dial(), client)
	if err := waiting.Handshake(); err != nil {
		t.Fatal(err)
	}
	go io.Copy(io.Discard, waiting) // a pipe has no buffer for the server's goodbye
	if err := ln.Close(); err != nil {
		t.Error(err)
	}
	if _, err := silent.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the silent client: %v", err)
	}
	if _, err := ln.Accept(); err == nil {
		t.Error("a closed listener accepts")
	}
	if err := ln.Close(); err != nil {
		t.Error(err)
	}
}
