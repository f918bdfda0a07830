package sinks

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lachan-waf/lachan/policies"
)

// server is a receiver that says what serve says, and stops with the test.
func server(t *testing.T, serve http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(serve)
	t.Cleanup(s.Close)
	return s.URL
}

func httpSink(kind policies.SinkType, url string) policies.Sink {
	s := policies.DefaultSink()
	s.Name, s.Type, s.URL = "soc", kind, url
	s.Batch.Delay = policies.Duration(10 * time.Millisecond)
	return s
}

func written(t *testing.T, name, content string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// made is a receiver that is closed with the test.
func made(t *testing.T, r receiver, err error) receiver {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.close() })
	return r
}

// messages are n lines of a real trail.
func messages(t *testing.T, n int) []message {
	t.Helper()
	tr := newTrail(t)
	tr.record(0, n)
	eventually(t, "the trail is not written", func() bool { seq, _ := tr.Durable(); return seq >= uint64(n) })
	return read(tr.path)[:n]
}

// troubled is a webhook's server that fails in every way there is, now and then.
type troubled struct {
	inbox
	requests atomic.Int64
	faults   atomic.Int64
	stall    time.Duration // until it hangs up; 0: until the sender does
}

func (s *troubled) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if n := s.requests.Add(1); n%3 != 0 {
		s.keep(r)
		return
	}
	switch s.faults.Add(1) % 7 {
	case 0:
		http.Error(w, "broken", http.StatusInternalServerError)
	case 1: // it stalls: the sender must give up
		io.Copy(io.Discard, r.Body) // else the server does not see that it has
		s.holdStill(r)
		hijack(w, "", true)
	case 2: // it resets in the middle of the request
		io.CopyN(io.Discard, r.Body, 1000)
		hijack(w, "", true)
	case 3: // it takes the events and goes
		s.keep(r)
		hijack(w, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false)
	case 4: // it takes them, and does not get to say so
		s.keep(r)
		hijack(w, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", false)
	case 5:
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
	case 6: // not even a status
		s.keep(r)
		hijack(w, "HTTP/1.1 2", true)
	}
}

func (s *troubled) holdStill(r *http.Request) {
	ctx := r.Context()
	if s.stall > 0 {
		limited, cancel := context.WithTimeout(ctx, s.stall)
		defer cancel()
		ctx = limited
	}
	<-ctx.Done()
}

func (s *troubled) keep(r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	for line := range bytes.Lines(body) {
		s.add(line)
	}
}

func hijack(w http.ResponseWriter, say string, reset bool) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	if reset {
		conn.(*net.TCPConn).SetLinger(0)
	}
	io.WriteString(conn, say)
	conn.Close()
}

func TestNothingIsLostToATroubledWebhook(t *testing.T) {
	t.Parallel() // it waits most of the time
	l := theLongTrail(t)
	s := &troubled{}
	sink := httpSink(policies.SinkHTTP, server(t, s.ServeHTTP))
	r, err := newWebhook(sink)
	hook := made(t, r, err).(*webhook)
	hook.client.Timeout = 500 * time.Millisecond
	source := l.source(t)
	c := shipFrom(t, source, hook, sink, func() bool { return s.events() == len(l.ids) }).status()
	if copies := s.check(t, l.ids); copies == 0 || s.faults.Load() < 14 {
		t.Errorf("%d copies in %d faults: the server was no trouble", copies, s.faults.Load())
	}
	if c.Rejected != 0 {
		t.Errorf("%+v", c)
	}
}

func TestWebhookSignsWhatItSends(t *testing.T) {
	var got *http.Request
	var body []byte
	url := server(t, func(_ http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
	})
	sink := httpSink(policies.SinkHTTP, url+"/hook?for=soc")
	sink.SecretFile = written(t, "secret", "one\n")
	sink.TokenFile = written(t, "token", "t0ken\n")
	sink.Headers = map[string]string{"X-Tenant": "commune"}
	r, err := newWebhook(sink)
	hook := made(t, r, err)
	batch := messages(t, 3)
	for _, key := range []string{"one", "two"} { // replaced while it runs
		if err := os.WriteFile(sink.SecretFile, []byte(key+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := hook.deliver(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
		stamp, sum, _ := strings.Cut(strings.TrimPrefix(got.Header.Get("X-Lachan-Signature"), "t="), ",v1=")
		mac := hmac.New(sha256.New, []byte(key))
		mac.Write(slices.Concat([]byte(stamp+"."), body))
		if sum != hex.EncodeToString(mac.Sum(nil)) {
			t.Errorf("signature %q is not that of the body with %q", got.Header.Get("X-Lachan-Signature"), key)
		}
		if at, err := strconv.ParseInt(stamp, 10, 64); err != nil || time.Since(time.Unix(at, 0)).Abs() > time.Minute {
			t.Errorf("signed at %s", stamp)
		}
	}
	for name, want := range map[string]string{
		"Authorization": "Bearer t0ken", "X-Tenant": "commune", "Content-Type": "application/x-ndjson",
		"X-Lachan-Batch": fmt.Sprintf("%d-%d", batch[0].seq, batch[2].seq), "Content-Encoding": "",
	} {
		if v := got.Header.Get(name); v != want {
			t.Errorf("%s: %q, want %q", name, v, want)
		}
	}
	if got.RequestURI != "/hook?for=soc" || string(body) != string(lines(batch)) {
		t.Errorf("%s %s\n%s", got.Method, got.RequestURI, body)
	}
}

// Of events that are refused together only those to blame are rejected.
func TestRefusedBatchIsHalved(t *testing.T) {
	batch := messages(t, 100)
	bad := [][]byte{batch[17].line, batch[64].line, batch[65].line}
	for _, status := range []int{400, 413, 422} {
		var got inbox
		requests := 0
		url := server(t, func(w http.ResponseWriter, r *http.Request) {
			requests++
			body, _ := io.ReadAll(r.Body)
			if slices.ContainsFunc(bad, func(line []byte) bool { return bytes.Contains(body, line) }) {
				w.WriteHeader(status)
				io.WriteString(w, "malformed\x1b[2J\nevent")
				return
			}
			for line := range bytes.Lines(body) {
				got.add(line)
			}
		})
		r, err := newWebhook(httpSink(policies.SinkHTTP, url))
		err = made(t, r, err).deliver(t.Context(), batch)
		refused, ok := errors.AsType[*rejection](err)
		if !ok || refused.count != len(bad) || !strings.Contains(err.Error(), fmt.Sprintf("line %d: answered %d", batch[17].seq, status)) {
			t.Errorf("%d: %v", status, err)
		}
		if strings.ContainsAny(err.Error(), "\x1b\n") || !strings.Contains(err.Error(), "malformed [2J event") {
			t.Errorf("%q", err)
		}
		if got.events() != 97 || requests > 45 {
			t.Errorf("%d: %d events in %d requests", status, got.events(), requests)
		}
	}
}

// A receiver that refuses everything is set up wrongly, and loses nothing by it.
func TestAReceiverThatRefusesEverythingGetsItLater(t *testing.T) {
	var wrong atomic.Bool
	var got inbox
	var requests atomic.Int64
	url := server(t, func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		body, _ := io.ReadAll(r.Body)
		if wrong.Load() {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		for line := range bytes.Lines(body) {
			got.add(line)
		}
	})
	r, err := newWebhook(httpSink(policies.SinkHTTP, url))
	hook := made(t, r, err)
	batch := messages(t, 100)
	wrong.Store(true)
	for range 3 {
		err := hook.deliver(t.Context(), batch)
		if _, rejected := errors.AsType[*rejection](err); err == nil || rejected {
			t.Errorf("%v", err)
		}
	}
	if n := requests.Load(); n > 80 {
		t.Errorf("%d requests to find that out", n)
	}
	wrong.Store(false)
	if err := hook.deliver(t.Context(), batch); err != nil || got.events() != 100 {
		t.Errorf("%d events, %v", got.events(), err)
	}
}

// What an operator has to mend is no reason to lose events.
func TestStatusesThatKeepEvents(t *testing.T) {
	for _, status := range []int{301, 302, 307, 401, 403, 404, 405, 408, 429, 500, 502, 503, 504} {
		elsewhere := 0
		target := server(t, func(http.ResponseWriter, *http.Request) { elsewhere++ })
		url := server(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", target)
			w.WriteHeader(status)
		})
		r, err := newWebhook(httpSink(policies.SinkHTTP, url))
		err = made(t, r, err).deliver(t.Context(), messages(t, 2))
		if _, rejected := errors.AsType[*rejection](err); err == nil || rejected || !strings.Contains(err.Error(), strconv.Itoa(status)) {
			t.Errorf("%d: %v", status, err)
		}
		if elsewhere > 0 {
			t.Errorf("%d: a redirect was followed", status)
		}
	}
}

func TestRetryAfterIsHeeded(t *testing.T) {
	now := time.Now().UTC().Truncate(time.Second)
	for value, want := range map[string]time.Duration{
		"": 0, "x": 0, "-1": 0, "2": 2 * time.Second, "86400": longestWait, "99999999999999999999": 0,
		now.Add(90 * time.Second).Format(http.TimeFormat): 90 * time.Second,
		now.Add(-time.Hour).Format(http.TimeFormat):       0,
		now.Add(time.Hour).Format(http.TimeFormat):        longestWait,
	} {
		if got := retryAfter(value, now); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
	var times []time.Time
	var got inbox
	url := server(t, func(w http.ResponseWriter, r *http.Request) {
		times = append(times, time.Now())
		if len(times) == 1 {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		body, _ := io.ReadAll(r.Body)
		for line := range bytes.Lines(body) {
			got.add(line)
		}
	})
	tr := newTrail(t)
	tr.record(0, 5)
	sink := httpSink(policies.SinkHTTP, url)
	r, err := newWebhook(sink)
	ship(t, tr, made(t, r, err), sink, func() bool { return got.events() >= 5 })
	if wait := times[1].Sub(times[0]); wait < time.Second {
		t.Errorf("came back after %v", wait)
	}
}

// An endless answer is read to its bound.
func TestAnswersAreBounded(t *testing.T) {
	url := server(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusBadGateway)
		for line := bytes.Repeat([]byte("no "), 1000); r.Context().Err() == nil; {
			if _, err := w.Write(line); err != nil {
				return
			}
		}
	})
	r, err := newWebhook(httpSink(policies.SinkHTTP, url))
	err = made(t, r, err).deliver(t.Context(), messages(t, 1))
	if err == nil || len(err.Error()) > 2*maxShown {
		t.Errorf("%v", err)
	}
}

// Half an answer is none, whatever its status says.
func TestAnswersMustBeWhole(t *testing.T) {
	url := server(t, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		hijack(w, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", false)
	})
	r, err := newWebhook(httpSink(policies.SinkHTTP, url))
	err = made(t, r, err).deliver(t.Context(), messages(t, 1))
	if err == nil || !strings.Contains(err.Error(), "the answer (200) breaks off") {
		t.Errorf("%v", err)
	}
}

func TestFilesOfASinkMustBeReadable(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	text := written(t, "text", "no certificate\n")
	for _, spoil := range []func(*policies.Sink){
		func(s *policies.Sink) { s.TokenFile = missing },
		func(s *policies.Sink) { s.TokenFile = written(t, "empty", "\n") },
		func(s *policies.Sink) { s.Username, s.PasswordFile = "u", missing },
		func(s *policies.Sink) { s.SecretFile = missing },
		func(s *policies.Sink) { s.CA = missing },
		func(s *policies.Sink) { s.CA = text },
		func(s *policies.Sink) { s.Cert, s.Key = text, text },
		func(s *policies.Sink) { s.TokenFile, s.Username, s.PasswordFile = text, "u", text },
	} {
		sink := httpSink(policies.SinkHTTP, "https://127.0.0.1:1")
		spoil(&sink)
		if _, err := newWebhook(sink); err == nil {
			t.Errorf("%+v: no error", sink)
		}
	}
}
