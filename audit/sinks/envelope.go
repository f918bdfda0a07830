package sinks

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// envelope is what protocols want to know of an event beside its text.
type envelope struct {
	Time    time.Time `json:"@timestamp"`
	Message string    `json:"message"`
	Event   struct {
		ID       string `json:"id"`
		Action   string `json:"action"`
		Severity int    `json:"severity"`
	} `json:"event"`
	Service struct {
		Name string `json:"name"`
	} `json:"service"`
	Observer struct {
		Hostname string `json:"hostname"`
		Version  string `json:"version"`
	} `json:"observer"`
}

// address reads the envelope. A line that is none was altered, and would break
// the framing of a protocol that puts lines into JSON.
func (m message) address() (envelope, error) {
	var e envelope
	if err := json.Unmarshal(m.line, &e); err != nil {
		return e, fmt.Errorf("line %d is no event: %w", m.seq, err)
	}
	if e.Event.ID == "" { // altered too, but it can go
		sum := sha256.Sum256(m.line)
		e.Event.ID = hex.EncodeToString(sum[:])
	}
	return e, nil
}

// word is event.severity in four words.
func (e envelope) word() string {
	switch s := e.Event.Severity; {
	case s >= 99:
		return "critical"
	case s >= 73:
		return "high"
	case s >= 47:
		return "medium"
	}
	return "low"
}
