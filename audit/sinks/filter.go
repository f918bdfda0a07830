package sinks

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/lachan-waf/lachan/policies"
)

// filter selects events by what the configuration asks for.
type filter struct {
	policies.SinkFilter
	all bool
}

func newFilter(f policies.SinkFilter) filter {
	return filter{f, len(f.Sites) == 0 && len(f.Actions) == 0 && f.Severity == 0}
}

// facts are what a filter looks at.
type facts struct {
	Event struct {
		Action   string `json:"action"`
		Severity int    `json:"severity"`
	} `json:"event"`
	Service struct {
		Name string `json:"name"`
	} `json:"service"`
}

// takes tells whether a line is wanted. What cannot be read goes: a receiver
// sees more then, not less. So do checkpoints and gaps, without which the rest
// proves nothing.
func (f filter) takes(line []byte) bool {
	if f.all {
		return true
	}
	var e facts
	if err := json.NewDecoder(bytes.NewReader(line)).Decode(&e); err != nil {
		return true
	}
	switch {
	case e.Event.Action == "checkpoint" || e.Event.Action == "gap":
		return true
	case e.Event.Severity < f.Severity:
		return false
	case len(f.Actions) > 0 && !slices.Contains(f.Actions, e.Event.Action):
		return false
	}
	return len(f.Sites) == 0 || slices.Contains(f.Sites, e.Service.Name)
}
