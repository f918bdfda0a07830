package lachantest

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Admin returns a client of the admin socket: Get("http://admin/health").
func (s *Server) Admin() *http.Client {
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", s.AdminSocket)
	}}
	s.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 10 * time.Second}
}

// Do sends a request and returns the whole body along with the response; a
// failure ends the test.
func Do(t testing.TB, client *http.Client, req *http.Request) (*http.Response, string) {
	t.Helper()
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("%s %s: body: %v", req.Method, req.URL, err)
	}
	return resp, string(body)
}

// awaitHealth polls: the socket may be there before the server answers on it.
func (s *Server) awaitHealth() {
	s.t.Helper()
	client := s.Admin()
	defer client.CloseIdleConnections()
	deadline := time.Now().Add(startTime)
	for {
		err := health(client)
		if err == nil {
			return
		}
		select {
		case <-s.exited:
			s.t.Fatal("lachantest: lachan run ended by itself")
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("lachantest: not healthy after %v: %v", startTime, err)
		}
	}
}

func health(client *http.Client) error {
	resp, err := client.Get("http://admin/health")
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("health: %s", resp.Status)
	}
	return nil
}

// readAddresses learns the ports the kernel chose from the operational log. It
// polls: the line reaches the test through a pipe, READY=1 through another.
func (s *Server) readAddresses() {
	s.t.Helper()
	deadline := time.Now().Add(startTime)
	for !s.foundAddresses() {
		if time.Now().After(deadline) {
			s.t.Fatal("lachantest: lachan run did not log its addresses")
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// foundAddresses takes them from what the running process has logged.
func (s *Server) foundAddresses() bool {
	logged := s.stderr.String()[s.logStart:]
	for lines := bufio.NewScanner(strings.NewReader(logged)); lines.Scan(); {
		var line struct{ Msg, HTTP, HTTPS string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "serving" {
			s.HTTPAddr, s.HTTPSAddr = line.HTTP, line.HTTPS
			return true
		}
	}
	return false
}
