package policies

import "fmt"

// Audit configures the trail of events.
type Audit struct {
	// File receives one ECS JSON object per line. Default
	// "/var/log/lachan/audit.jsonl".
	File string `yaml:"file" path:""`
	// Retention is how long rotated files are kept.
	Retention Duration `yaml:"retention" available:""`
	// Durability is `batch` (fsync at most 50 ms after an event; default) or
	// `always` (fsync after every write).
	Durability Durability `yaml:"durability" oneof:"batch,always"`
	// Matches is `blocked` (default) or `all`: also requests that matched
	// rules without being blocked.
	Matches Matches `yaml:"matches" oneof:"blocked,all"`
	// Fold turns floods of one kind into one record with a count.
	Fold Fold `yaml:"fold" available:"off"`
	// Sinks ship events elsewhere.
	Sinks []Sink `yaml:"sinks" available:"[]"`
}

// Durability says when an event is on the disk for good.
type Durability string

// The values of audit.durability.
const (
	DurabilityBatch  Durability = "batch"
	DurabilityAlways Durability = "always"
)

// Matches says which requests that matched a rule become events.
type Matches string

// The values of audit.matches.
const (
	MatchesBlocked Matches = "blocked"
	MatchesAll     Matches = "all"
)

// Fold is `off` (the zero value), or how many events of a flood are written
// whole (First) and how often the rest is summed up (Every).
type Fold struct {
	// First is how many events of one kind are written whole.
	First int `yaml:"first" required:"" range:"1,1000000"`
	// Every is how often the rest is summed up.
	Every Duration `yaml:"every" required:""`
}

// UnmarshalText implements encoding.TextUnmarshaler for the form that is a word.
func (f *Fold) UnmarshalText(text []byte) error {
	if string(text) != "off" {
		return fmt.Errorf("unknown value %s: expected off or {first: COUNT, every: DURATION}", quote(string(text)))
	}
	*f = Fold{}
	return nil
}

func (f *Fold) mapped() {}

// Sink is a receiver of events: a SOC's syslog, an index, a queue.
type Sink struct {
	// Name identifies the sink in metrics and messages.
	Name string `yaml:"name"`
	// Type is `syslog`, `http`, `splunk`, `elastic`, `loki`, `kafka`, `otlp` or `file`.
	Type string `yaml:"type"`
	// URL is where the receiver listens, such as tls://soc.example:6514.
	URL string `yaml:"url"`
	// Format is `ecs`, `cef`, `leef`, `ocsf`, `wazuh` or `rfc5424`.
	Format string `yaml:"format"`
	// CA is a PEM file of roots to trust instead of the system's.
	CA string `yaml:"ca" path:""`
	// Framing is `octets` (a count before each message) or `newline`.
	Framing string `yaml:"framing"`
	// Filter selects events.
	Filter SinkFilter `yaml:"filter"`
}

// SinkFilter selects the events a sink receives; empty means all.
type SinkFilter struct {
	// Actions are values of event.action, such as block and strip.
	Actions []string `yaml:"actions"`
}
