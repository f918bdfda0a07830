package sinks

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"

	"github.com/lachan-waf/lachan/policies"
)

// gunzipped is the body of a request that has to be compressed.
func gunzipped(t *testing.T, r *http.Request) []byte {
	t.Helper()
	if r.Header.Get("Content-Encoding") != "gzip" {
		t.Errorf("%s: not compressed", r.URL)
	}
	z, err := gzip.NewReader(r.Body)
	if err != nil {
		t.Error(err)
		return nil
	}
	body, err := io.ReadAll(z)
	if err != nil {
		t.Error(err)
	}
	return body
}

// expectRequest checks a request's method, path and fields.
func expectRequest(t *testing.T, r *http.Request, uri string, header map[string]string) {
	t.Helper()
	if r.Method != http.MethodPost || r.RequestURI != uri {
		t.Errorf("%s %s, want POST %s", r.Method, r.RequestURI, uri)
	}
	for name, want := range header {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// hecServer is an HTTP Event Collector as its documentation has it.
type hecServer struct {
	inbox
	t         *testing.T
	asText    bool
	ack       bool
	mu        sync.Mutex
	channel   string
	next      uint64
	pending   map[uint64]int // ackId → how often it is asked for before it is true; -1: always false
	forget    int            // so many first requests are never acknowledged
	questions map[string]int // ackId → how often it was asked for
}

func (c *hecServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	guid := r.Header.Get("X-Splunk-Request-Channel")
	if !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(guid) || c.channel != "" && guid != c.channel {
		c.t.Errorf("channel %q", guid)
	}
	c.channel = guid
	if r.URL.Path == "/services/collector/ack" {
		c.acknowledge(w, r)
		return
	}
	expectRequest(c.t, r, "/services/collector/event", map[string]string{"Authorization": "Splunk t0ken"})
	c.take(w, json.NewDecoder(strings.NewReader(string(gunzipped(c.t, r)))))
}

func (c *hecServer) take(w http.ResponseWriter, d *json.Decoder) {
	d.DisallowUnknownFields()
	d.UseNumber()
	var lines [][]byte
	for {
		var e struct {
			Time                            json.Number
			Host, Source, Sourcetype, Index string
			Event                           json.RawMessage
		}
		if err := d.Decode(&e); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			c.t.Error(err)
		}
		lines = append(lines, c.event(e.Time, e.Host+" "+e.Source+" "+e.Sourcetype+" "+e.Index, e.Event))
	}
	for i, line := range lines {
		if strings.Contains(string(line), `"request":{"id":"13"`) {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, `{"text":"Invalid data format","code":6,"invalid-event-number":%d}`, i)
			return
		}
	}
	for _, line := range lines {
		c.add(line)
	}
	c.next++
	if c.ack {
		c.pending[c.next] = 1
		if c.forget > 0 {
			c.forget--
			c.pending[c.next] = -1
		}
		fmt.Fprintf(w, `{"text":"Success","code":0,"ackId":%d}`, c.next)
		return
	}
	io.WriteString(w, `{"text":"Success","code":0}`)
}

// event checks what stands around an event, and returns it.
func (c *hecServer) event(at json.Number, rest string, line []byte) []byte {
	if c.asText {
		var text string
		if err := json.Unmarshal(line, &text); err != nil {
			c.t.Errorf("%s: %v", line, err)
		}
		line = []byte(text)
	}
	e, err := message{line: line}.address()
	if err != nil {
		c.t.Error(err)
	}
	if want := fmt.Sprintf("%d.%06d", e.Time.Unix(), e.Time.Nanosecond()/1000); at.String() != want {
		c.t.Errorf("time %s, want %s", at, want)
	}
	if want := e.Observer.Hostname + " lachan lachan:audit waf"; rest != want {
		c.t.Errorf("%q, want %q", rest, want)
	}
	return line
}

func (c *hecServer) acknowledge(w http.ResponseWriter, r *http.Request) {
	expectRequest(c.t, r, "/services/collector/ack?channel="+c.channel, map[string]string{"Authorization": "Splunk t0ken"})
	var q struct{ Acks []uint64 }
	if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
		c.t.Error(err)
	}
	said := map[string]bool{}
	for _, id := range q.Acks {
		name := strconv.FormatUint(id, 10)
		c.questions[name]++
		said[name] = c.pending[id] == 0
		if c.pending[id] > 0 {
			c.pending[id]--
		}
	}
	json.NewEncoder(w).Encode(map[string]any{"acks": said})
}

// asked is how often the acknowledgment of id was asked for. One question of a
// sender that gave up may still be under way.
func (c *hecServer) asked(id string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.questions[id]
}

func newCollector(t *testing.T, sink func(*policies.Sink)) (*hecServer, *splunk) {
	t.Helper()
	c := &hecServer{t: t, pending: map[uint64]int{}, questions: map[string]int{}}
	s := httpSink(policies.SinkSplunk, server(t, c.ServeHTTP))
	s.TokenFile, s.Index = written(t, "token", "t0ken\n"), "waf"
	sink(&s)
	c.asText, c.ack = s.Format != policies.FormatECS, s.Acknowledge
	r, err := newSplunk(s)
	sp := made(t, r, err).(*splunk)
	if sp.acks != nil {
		sp.acks.between = 10 * time.Millisecond
	}
	return c, sp
}

func TestSplunkTakesEvents(t *testing.T) {
	batch := messages(t, 40)
	for _, format := range []policies.SinkFormat{policies.FormatECS, policies.FormatCEF} {
		c, s := newCollector(t, func(s *policies.Sink) { s.Format = format })
		err := s.deliver(t.Context(), batch)
		refused, ok := errors.AsType[*rejection](err)
		if !ok || refused.count != 1 || !strings.Contains(err.Error(), "Invalid data format") || c.events() != 39 {
			t.Errorf("%s: %d events, %v", format, c.events(), err)
		}
	}
}

// The hash in a line is over its bytes: the hecServer gets those.
func TestSplunkGetsTheLineAsItIs(t *testing.T) {
	m := messages(t, 1)[0]
	_, s := newCollector(t, func(*policies.Sink) {})
	body, _ := s.body([]message{m})
	if !strings.HasSuffix(string(body), `,"event":`+string(m.line)+"}\n") {
		t.Errorf("%s", body)
	}
	if body, bad := s.body([]message{{seq: 3, line: []byte(`{"event":{}},"index":"other"`)}}); len(body) > 0 || bad.count != 1 {
		t.Errorf("a line that breaks out: %s", body)
	}
}

func TestSplunkAcknowledges(t *testing.T) {
	batch := messages(t, 10)
	c, s := newCollector(t, func(s *policies.Sink) { s.Acknowledge = true })
	c.forget = 1 // as after a restart of splunk
	patience := s.acks.patience
	s.acks.patience = 300 * time.Millisecond
	err := s.deliver(t.Context(), batch)
	if err == nil || !strings.Contains(err.Error(), "did not acknowledge") {
		t.Errorf("%v", err)
	}
	s.acks.patience = patience
	if err := s.deliver(t.Context(), batch); err != nil || c.asked("2") != 2 {
		t.Errorf("%d questions, %v", c.asked("2"), err)
	}
	if c.events() != 10 {
		t.Errorf("%d events", c.events())
	}
	c.ack = false
	if err := s.deliver(t.Context(), batch); err == nil || !strings.Contains(err.Error(), "ackId") {
		t.Errorf("a token without acknowledgment: %v", err)
	}
}

// A wrong index is not the event's fault.
func TestSplunkThatIsSetUpWrongly(t *testing.T) {
	for _, answer := range []string{
		`400 {"text":"Incorrect index","code":7,"invalid-event-number":1}`,
		`403 {"text":"Invalid token","code":4}`,
		`200 <html>Sign in</html>`,
		`200 {}`,
		`503 {"text":"Server is busy","code":9}`,
	} {
		requests := 0
		url := server(t, func(w http.ResponseWriter, _ *http.Request) {
			requests++
			status, body, _ := strings.Cut(answer, " ")
			code, _ := strconv.Atoi(status)
			w.WriteHeader(code)
			io.WriteString(w, body)
		})
		sink := httpSink(policies.SinkSplunk, url)
		sink.TokenFile = written(t, "token", "t0ken")
		r, err := newSplunk(sink)
		err = made(t, r, err).deliver(t.Context(), messages(t, 8))
		if _, rejected := errors.AsType[*rejection](err); err == nil || rejected || requests != 1 {
			t.Errorf("%s: %d requests, %v", answer, requests, err)
		}
	}
}

func TestChannelsAreTheSinks(t *testing.T) {
	a, b := httpSink(policies.SinkSplunk, "https://a:8088"), httpSink(policies.SinkSplunk, "https://b:8088")
	first, again, other := channel(a), channel(a), channel(b)
	if first != again || first == other {
		t.Errorf("%s, %s, %s", first, again, other)
	}
}
