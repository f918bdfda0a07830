package audit

import (
	"strings"
	"testing"
	"time"
)

func TestRender(t *testing.T) {
	tests := []struct {
		event Event
		want  string
	}{
		{Event{Action: Fold, Site: "portal", Fold: &Flood{Action: "block", Count: 123}, Match: &Match{RuleID: 942100, Name: "SQL Injection", Score: 10}},
			"fold     portal 123 alike: 942100 SQL Injection (score 10)"},
		{Event{Action: Checkpoint, Message: "events to 77 signed", Checkpoint: &CheckpointDetail{"x"}}, "checkpoint events to 77 signed"},
		{Event{Action: Notice, Reason: "the sink soc is behind", Error: "dial tcp: refused"}, "notice   the sink soc is behind: dial tcp: refused"},
	}
	for _, tt := range tests {
		parsed, err := parseLine([]byte(encodeLine(t, tt.event)))
		if err != nil {
			t.Fatal(err)
		}
		if got := parsed.render(false, time.UTC); !strings.HasSuffix(got, " "+tt.want) {
			t.Errorf("got %q, want %q at its end", got, tt.want)
		}
	}
}
