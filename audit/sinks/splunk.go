package sinks

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/lachan-waf/lachan/policies"
)

// splunk speaks to the HTTP Event Collector. With acknowledge an event counts
// when it is indexed, otherwise when it is taken.
//
// https://docs.splunk.com/Documentation/Splunk/latest/Data/FormateventsforHTTPEventCollector
type splunk struct {
	*endpoint
	halving
	channel string
	index   string
	asJSON  bool
	acks    *acks // nil: taken is enough
}

func newSplunk(sink policies.Sink) (receiver, error) {
	e, err := newEndpoint(sink, "Splunk")
	if err != nil {
		return nil, err
	}
	s := &splunk{endpoint: e, index: sink.Index, asJSON: sink.Format == policies.FormatECS, channel: channel(sink)}
	if sink.Acknowledge {
		s.acks = newAcks(e, s.channel)
	}
	s.send = s.batch
	return s, nil
}

// channel is the GUID under which Splunk keeps what it has to acknowledge. Two
// machines with the same configuration must not share one; a restart should.
func channel(sink policies.Sink) string {
	host, _ := os.Hostname() // empty: they share one after all, and wait for each other's
	g := sha256.Sum256(fmt.Append(nil, "lachan splunk\x00", host, "\x00", sink.Name, "\x00", sink.URL))
	g[6] = g[6]&0x0f | 0x80 // version 8 of RFC 9562: what is in it is our own matter
	g[8] = g[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", g[:4], g[4:6], g[6:8], g[8:10], g[10:16])
}

// channelHeader carries the channel, where it is not in the query.
const channelHeader = "X-Splunk-Request-Channel"

func (s *splunk) batch(ctx context.Context, batch []message) error {
	body, bad := s.body(batch)
	if len(body) == 0 {
		return bad.err()
	}
	a, err := s.post(ctx, request{
		path: "services/collector/event", kind: "application/json", gzip: true, body: body,
		header: map[string]string{channelHeader: s.channel},
	})
	if err != nil {
		return err
	}
	taken, err := readTaken(a)
	if err != nil {
		return err
	}
	if s.acks != nil {
		if taken.AckID == nil {
			return errors.New("splunk gives no ackId: the token is not set up for indexer acknowledgment")
		}
		if err := s.acks.await(ctx, *taken.AckID); err != nil {
			return err
		}
	}
	return bad.err()
}

// body is one object after the other, which is how the collector wants them.
func (s *splunk) body(batch []message) (body []byte, bad tally) {
	for _, m := range batch {
		e, err := m.address()
		if err != nil {
			bad.add(1, err)
			continue
		}
		body = s.event(body, e, m)
	}
	return body, bad
}

// event writes an ECS line as it stands in the trail: its hash is over these bytes.
func (s *splunk) event(body []byte, e envelope, m message) []byte {
	head := struct {
		Time       json.Number `json:"time"`
		Host       string      `json:"host,omitempty"`
		Source     string      `json:"source"`
		SourceType string      `json:"sourcetype"`
		Index      string      `json:"index,omitempty"`
	}{seconds(e.Time), e.Observer.Hostname, "lachan", "lachan:audit", s.index}
	text := m.line
	if !s.asJSON {
		text = appendJSON(nil, string(m.body))
	}
	body = appendJSON(body, head)
	body = append(body[:len(body)-1], `,"event":`...)
	body = append(body, text...)
	return append(body, "}\n"...)
}

// seconds since the epoch, with the microseconds that a line has.
func seconds(t time.Time) json.Number {
	us := t.UnixMicro()
	if us < 0 {
		return "0"
	}
	return json.Number(fmt.Sprintf("%d.%06d", us/1e6, us%1e6))
}

// taken is what the collector answers to events.
type taken struct {
	Code  *int    `json:"code"`
	Text  string  `json:"text"`
	AckID *uint64 `json:"ackId"`
}

// Codes of the collector that are about an event: invalid data format, no event
// field, a blank one, bad indexed fields. The others of status 400 are about the
// request, as that the index is none of the token's.
//
// https://docs.splunk.com/Documentation/Splunk/latest/Data/TroubleshootHTTPEventCollector
func aboutEvent(code int) bool { return code == 6 || code == 12 || code == 13 || code == 15 }

func readTaken(a answer) (taken, error) {
	var t taken
	problem := a.problem()
	err := a.decode(&t, "splunk")
	var refused *refusal
	switch {
	case problem == nil && err != nil:
		return t, err
	case problem == nil && (t.Code == nil || *t.Code != 0):
		return t, fmt.Errorf("%w, which does not say that events were taken", a.said())
	case problem == nil:
		return t, nil
	case errors.As(problem, &refused) && !refused.sure && err == nil && t.Code != nil && !aboutEvent(*t.Code):
		return t, refused.cause
	}
	return t, problem
}
