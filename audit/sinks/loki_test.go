package sinks

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/lachan-waf/lachan/policies"
)

// pushes is Loki's way in, without out-of-order writes.
type pushes struct {
	inbox
	t    *testing.T
	late string // an event.id that is too far behind
}

func (p *pushes) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	expectRequest(p.t, r, "/loki/api/v1/push", map[string]string{
		"Authorization": "Basic dXNlcjpwYXNz", "X-Scope-OrgID": "commune", "Content-Type": "application/json",
	})
	var push struct {
		Streams []struct {
			Stream map[string]string
			Values [][]string
		}
	}
	d := json.NewDecoder(strings.NewReader(string(gunzipped(p.t, r))))
	d.DisallowUnknownFields()
	if err := d.Decode(&push); err != nil {
		p.t.Error(err)
	}
	late := false
	for _, s := range push.Streams {
		last := int64(0)
		for _, v := range s.Values {
			late = p.line(s.Stream, v, &last) || late
		}
	}
	if late {
		w.WriteHeader(http.StatusBadRequest)
		io.WriteString(w, "entry with timestamp 2026-11-01 00:00:00 +0000 UTC ignored, reason: 'entry too far behind, oldest acceptable timestamp is: 2026-11-26T00:00:00Z',\ntotal ignored: 1 out of 50")
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (p *pushes) line(labels map[string]string, value []string, last *int64) (late bool) {
	at, err := strconv.ParseInt(value[0], 10, 64)
	if err != nil || len(value) != 2 || at < *last {
		p.t.Errorf("%v after %d: %v", value, *last, err)
	}
	*last = at
	e, err := message{line: []byte(value[1])}.address()
	if err != nil || e.Time.UnixNano() != at {
		p.t.Errorf("%d is not the time of %s: %v", at, value[1], err)
	}
	want := fmt.Sprint(map[string]string{"job": "lachan", "site": e.Service.Name, "action": e.Event.Action, "severity": e.word()})
	if got := fmt.Sprint(labels); got != want {
		p.t.Errorf("labels %s, want %s", got, want)
	}
	if e.Event.ID == p.late {
		return true
	}
	p.count(e.Event.ID)
	return false
}

func newPushes(t *testing.T) (*pushes, receiver) {
	t.Helper()
	p := &pushes{t: t}
	sink := httpSink(policies.SinkLoki, server(t, p.ServeHTTP))
	sink.Username, sink.PasswordFile = "user", written(t, "password", "pass\n")
	sink.Headers = map[string]string{"X-Scope-OrgID": "commune"}
	r, err := newLoki(sink)
	return p, made(t, r, err)
}

func TestLokiGetsStreamsInOrder(t *testing.T) {
	p, l := newPushes(t)
	batch := messages(t, 50)
	slices.Reverse(batch) // as events that lasted long
	if err := l.deliver(t.Context(), batch); err != nil || p.events() != 50 {
		t.Errorf("%d events, %v", p.events(), err)
	}
	pushed, _ := streams(batch)
	if len(pushed) != 2 { // the sites a and b
		t.Errorf("%d streams", len(pushed))
	}
}

func TestLokiRejectsWhatIsTooOld(t *testing.T) {
	p, l := newPushes(t)
	batch := messages(t, 50)
	p.late = idOf(t, batch[20])
	err := l.deliver(t.Context(), batch)
	refused, ok := errors.AsType[*rejection](err)
	if !ok || refused.count != 1 || !strings.Contains(err.Error(), "too far behind") || p.events() != 49 {
		t.Errorf("%d events, %v", p.events(), err)
	}
}

func TestLokisAnswers(t *testing.T) {
	for _, test := range []struct {
		a    answer
		ok   bool
		sure bool
	}{
		{answer{status: 204}, true, false},
		{answer{status: 200}, true, false},
		{answer{status: 200, body: []byte("<html>Sign in")}, false, false},
		{answer{status: 400, body: []byte("error parsing labels")}, false, false},
		{answer{status: 400, body: []byte("entry for stream '{}' has timestamp too old: 2020")}, false, true},
		{answer{status: 400, body: []byte("entry for stream '{}' has timestamp too new: 2030")}, false, true},
		{answer{status: 429, body: []byte("Ingestion rate limit exceeded")}, false, false},
		{answer{status: 500}, false, false},
	} {
		err := readPushed(test.a)
		refused, _ := errors.AsType[*refusal](err)
		if (err == nil) != test.ok || (refused != nil && refused.sure) != test.sure {
			t.Errorf("%d %s: %v", test.a.status, test.a.body, err)
		}
	}
}
