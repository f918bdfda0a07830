package incident

import (
	"encoding/json"
	"time"

	"github.com/lachan-waf/lachan/audit"
)

// event is what is read of a line. All of it is hostile.
type event struct {
	Time  time.Time `json:"@timestamp"`
	Event struct {
		Action audit.Action `json:"action"`
	} `json:"event"`
	Service struct {
		Name string `json:"name"`
	} `json:"service"`
	Source struct {
		IP string `json:"ip"`
	} `json:"source"`
	URL struct {
		Domain string `json:"domain"`
		Path   string `json:"path"`
	} `json:"url"`
	Rule struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"rule"`
	Lachan struct {
		Score      int      `json:"score"`
		Finding    *finding `json:"finding"`
		Gap        *loss    `json:"gap"`
		Checkpoint struct {
			Note string `json:"note"`
		} `json:"checkpoint"`
		Notice struct {
			Kind  string `json:"kind"`
			First uint64 `json:"first_seq"`
			Last  uint64 `json:"last_seq"`
		} `json:"notice"`
	} `json:"lachan"`
}

type finding struct {
	Kind    string `json:"kind"`
	Element string `json:"element"`
	Host    string `json:"host"`
	Count   int    `json:"count"`
	SHA256  string `json:"sha256"`
	Before  string `json:"before_sha256"`
}

// times is how often it was found.
func (f *finding) times() int { return max(1, f.Count) }

type loss struct {
	Count  uint64    `json:"count"`
	First  time.Time `json:"first"`
	Last   time.Time `json:"last"`
	Reason string    `json:"reason"`
}

// checkpoint is an action of the trail itself, as audit.Gap is.
const checkpointAction audit.Action = "checkpoint"

func readEvent(line []byte) (*event, error) {
	e := new(event)
	return e, json.Unmarshal(line, e)
}

// whole reports that the event is the whole trail's and no site's.
func (e *event) whole() bool { return e.Service.Name == "" }

// disclosed reports that the proof may hold the line itself: it tells of the
// trail and of nobody's site.
func (e *event) disclosed() bool {
	return e.whole() && (e.Event.Action == checkpointAction || e.Event.Action == audit.Gap)
}

// removal reports between which lines Lachan itself has removed some, as their
// time was over or the disk was full.
func (e *event) removal() (span, bool) {
	n := e.Lachan.Notice
	return span{n.First, n.Last}, e.whole() && e.Event.Action == audit.Notice && n.Kind == "retention"
}

// attack reports that the event is about what a client sent, not about what the
// site answered: the client of a finding is a visitor.
func (e *event) attack() bool {
	if e.Lachan.Finding != nil {
		return false
	}
	switch e.Event.Action {
	case audit.Block, audit.Deny:
		return true
	case audit.Detect, audit.Fold:
		return e.Rule.ID != ""
	}
	return false
}
