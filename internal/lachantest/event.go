package lachantest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"
)

// Event is one line of the audit trail, as generic JSON.
type Event map[string]any

// Get returns the value at a dotted path, as "lachan.finding.kind"; nil where
// there is none.
func (e Event) Get(path string) any {
	var value any = map[string]any(e)
	for key := range strings.SplitSeq(path, ".") {
		object, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = object[key]
	}
	return value
}

// Text is Get as a string: "" where there is no value, numbers as they are
// written.
func (e Event) Text(path string) string {
	switch value := e.Get(path).(type) {
	case nil:
		return ""
	case string:
		return value
	default:
		return fmt.Sprint(value)
	}
}

// String is the event as JSON, for messages.
func (e Event) String() string {
	text, err := json.Marshal(map[string]any(e))
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// Events reads the audit trail as it is on the disk now.
func (s *Server) Events() []Event {
	s.t.Helper()
	data, err := os.ReadFile(s.AuditFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.t.Fatalf("lachantest: %v", err)
	}
	var events []Event
	for line := range strings.Lines(string(data)) {
		if !strings.HasSuffix(line, "\n") {
			break // half written
		}
		event, err := parseEvent(line)
		if err != nil {
			s.t.Fatalf("lachantest: audit trail: %v in %q", err, line)
		}
		events = append(events, event)
	}
	return events
}

// parseEvent keeps numbers as they are written.
func parseEvent(line string) (event Event, err error) {
	decoder := json.NewDecoder(strings.NewReader(line))
	decoder.UseNumber()
	err = decoder.Decode(&event)
	return event, err
}

// WaitEvent returns the first event that matches, and fails the test if there
// is none in time. Events reach the disk a little after the response.
func (s *Server) WaitEvent(limit time.Duration, match func(Event) bool) Event {
	s.t.Helper()
	deadline := time.Now().Add(limit)
	for {
		events := s.Events()
		for _, event := range events {
			if match(event) {
				return event
			}
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("lachantest: no such event within %v among %d: %v", limit, len(events), events)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// Is matches events by one value.
func Is(path, value string) func(Event) bool {
	return func(e Event) bool { return e.Text(path) == value }
}
