package policies

import "fmt"

// Audit configures the trail of events.
type Audit struct {
	// File receives one ECS JSON object per line. Default
	// "/var/log/lachan/audit.jsonl".
	File string `yaml:"file" path:""`
	// Retention is how long segments that were cut off the file are kept, unless
	// the level of a site asks for longer. Default 365d.
	Retention Duration `yaml:"retention"`
	// Rotate is the size at which the file is cut; it is also cut at midnight.
	// 1MiB or more, default 256MiB.
	Rotate Size `yaml:"rotate"`
	// Durability is `batch` (fsync at most 50 ms after an event; default) or
	// `always` (fsync after every write).
	Durability Durability `yaml:"durability" oneof:"batch,always"`
	// Matches is `blocked` (default) or `all`: also requests that matched
	// rules without being blocked.
	Matches Matches `yaml:"matches" oneof:"blocked,all"`
	// Fold turns floods of one kind into one record with a count. Default
	// {first: 50, every: 10s} for all but the machine's own requests (loopback),
	// which are tests whose every event somebody wants to see.
	Fold Fold `yaml:"fold"`
	// Sinks ship events elsewhere.
	Sinks []Sink `yaml:"sinks"`
	// Alerts tell people.
	Alerts Alerts `yaml:"alerts"`
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
	// SpareLoopback leaves the machine's own requests whole. It is part of the
	// default, not of what an operator asks for.
	SpareLoopback bool `yaml:"-"`
}

// UnmarshalText implements encoding.TextUnmarshaler for the form that is a word.
func (f *Fold) UnmarshalText(text []byte) error {
	if string(text) != "off" {
		return fmt.Errorf("unknown value %s: expected off or {first: COUNT, every: DURATION}", quote(string(text)))
	}
	*f = Fold{}
	return nil
}

func (f *Fold) mapped() { f.SpareLoopback = false }

// levelFloor is how long events of a site are kept at least, by the site's
// level. Levels are those of Decree 85/2016/NĐ-CP; the times follow the months of
// log retention that Circular 12/2022/TT-BTTTT asks of each.
func levelFloor(level int) Duration {
	switch level {
	case 2:
		return Duration(30 * day)
	case 3:
		return Duration(90 * day)
	case 4:
		return Duration(180 * day)
	case 5:
		return Duration(365 * day)
	}
	return 0
}

// KeepEvents returns how long segments of the trail are kept: audit.retention,
// or what the highest level of a site asks for where that is longer. A trail
// holds all sites' events, so that one site's floor is everybody's.
func (c *Config) KeepEvents() Duration {
	keep := c.Audit.Retention
	for i := range c.Sites {
		keep = max(keep, levelFloor(c.Sites[i].Level))
	}
	for i := range c.Refused {
		keep = max(keep, levelFloor(c.Refused[i].Level))
	}
	return keep
}
