package audit

import (
	"encoding/json"
	"strings"
)

// Redact returns a match, and what its rules log, a line each, as an event of a
// site has them: without secrets and within bounds. It is for what shows
// matches elsewhere. secrets may be nil.
func Redact(m Match, secrets *Secrets) (Match, []string) {
	shown := show(Event{Match: &m, Secrets: secrets})
	m.Name, m.Ruleset, m.Version = shown.Rule.Name, shown.Rule.Ruleset, shown.Rule.Version
	m.Variable, m.Value = shown.Lachan.Match.Variable, shown.Lachan.Match.Value
	m.SecondOpinion = shown.Lachan.SecondOpinion
	return m, shown.Lachan.Matches
}

// RedactTarget is Redact for the target of a request.
func RedactTarget(target string, secrets *Secrets) string {
	e := Event{Secrets: secrets}
	e.URL.Path, e.URL.Query, _ = strings.Cut(target, "?")
	return show(e).URL.Original
}

// shown is what others than the trail show of an event.
type shown struct {
	Rule   struct{ Name, Ruleset, Version string }
	URL    struct{ Original string }
	Lachan struct {
		Match         struct{ Variable, Value string }
		Matches       []string
		SecondOpinion []string `json:"second_opinion"`
	}
}

// show takes the line itself apart, so that there is one way of redacting.
func show(e Event) (s shown) {
	var r record
	r.event(&e, "")
	if err := json.Unmarshal(r.line, &s); err != nil {
		panic("audit: a line of the encoder is no JSON: " + err.Error())
	}
	return s
}
