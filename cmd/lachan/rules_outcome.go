package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/policies"
	"github.com/lachan-waf/lachan/rules"
)

// outcome is what would become of a request; its fields are those of --json.
type outcome struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Name   string `json:"name,omitempty"`
	Method string `json:"method"`
	Target string `json:"target"`
	// Action is pass, block or, in mode detect, detect.
	Action    string          `json:"action"`
	Status    int             `json:"status,omitempty"`
	Reason    string          `json:"reason,omitempty"`
	Score     int             `json:"score"`
	Threshold int             `json:"threshold"`
	CRS       string          `json:"crs"`               // the version
	RuleID    int             `json:"rule_id,omitempty"` // that stands for the verdict
	Inspected int64           `json:"inspected_bytes"`
	Partial   bool            `json:"partial,omitempty"` // the body goes on behind them
	Matches   []outcomeOfRule `json:"matches"`
	Mismatch  []string        `json:"mismatch,omitempty"`

	place    string
	expected bool
}

// outcomeOfRule is a rule that matched. Nothing in it is secret.
type outcomeOfRule struct {
	ID       int    `json:"id"`
	Message  string `json:"message"`
	Variable string `json:"variable,omitempty"`
	Value    string `json:"value,omitempty"`
	Log      string `json:"log,omitempty"`
	Severity string `json:"severity,omitempty"`
	Ruleset  string `json:"ruleset"`
	Version  string `json:"version,omitempty"`
}

func newOutcome(engine *rules.Engine, site *policies.Site, secrets *audit.Secrets, t *trial, v *rules.Verdict) *outcome {
	o := &outcome{
		File: t.file, Line: t.Line, Name: t.Name, Method: t.Method, Target: audit.RedactTarget(t.Target, secrets),
		Action: "pass", Status: v.Status, Reason: v.Reason, Score: v.Score, Threshold: site.WAF.InboundThreshold, CRS: engine.RulesetVersion(), RuleID: v.RuleID,
		Inspected: v.Inspected, Partial: v.BodyOver, Matches: []outcomeOfRule{}, place: t.place(), expected: t.Expect != nil,
	}
	switch {
	case v.Blocked:
		o.Action = "block"
	case v.WouldBlock:
		o.Action = "detect"
	}
	for i := range v.Matches {
		o.Matches = append(o.Matches, newOutcomeOfRule(&v.Matches[i], secrets))
	}
	if t.Expect != nil {
		o.judge(t)
	}
	return o
}

func newOutcomeOfRule(m *rules.Match, secrets *audit.Secrets) outcomeOfRule {
	shown, log := audit.Redact(audit.Match{
		RuleID: m.RuleID, Name: m.Message, Ruleset: m.Ruleset, Version: m.Version, Variable: m.Variable, Value: m.Value,
		Details: []audit.Detail{{RuleID: m.RuleID, Variables: m.Places, Text: m.Data}},
	}, secrets)
	r := outcomeOfRule{ID: m.RuleID, Message: shown.Name, Variable: shown.Variable, Value: shown.Value, Ruleset: m.Ruleset, Version: m.Version}
	if m.Severity != rules.SeverityNone {
		r.Severity = m.Severity.String()
	}
	if m.Data != "" {
		_, r.Log, _ = strings.Cut(log[0], " ") // behind the number
	}
	return r
}

// judge holds the outcome against what the test expects.
func (o *outcome) judge(t *trial) {
	e, ids := t.Expect, []int{}
	for _, m := range o.Matches {
		ids = append(ids, m.ID)
	}
	differs := func(format string, args ...any) { o.Mismatch = append(o.Mismatch, fmt.Sprintf(format, args...)) }
	for _, id := range e.IDs {
		if !slices.Contains(ids, id) {
			differs("rule %d does not match", id)
		}
	}
	for _, id := range e.NotIDs {
		if slices.Contains(ids, id) {
			differs("rule %d matches", id)
		}
	}
	if e.Isolated && len(ids) != len(e.IDs) {
		differs("%d rules match, %d were expected", len(ids), len(e.IDs))
	}
	switch {
	case e.Refused && o.Status == 0:
		differs("it passes")
	case e.Status >= 400 && o.Status != e.Status:
		differs("status %d, expected %d", o.Status, e.Status)
	case e.Status > 0 && e.Status < 400 && o.Status != 0:
		differs("status %d, expected that it passes", o.Status)
	}
}

// failed is about what was expected or, where nothing was, about a refusal.
func (o *outcome) failed() bool {
	if o.expected {
		return len(o.Mismatch) > 0
	}
	return o.Status != 0
}

func printJSON(w io.Writer, o *outcome) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(o)
}

func printText(w io.Writer, o *outcome) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: ", o.place)
	if o.Name != "" {
		fmt.Fprintf(&b, "%s: ", printable(o.Name))
	}
	fmt.Fprintf(&b, "%s %s\n  %s\n", printable(o.Method), printable(o.Target), o.verdict())
	for _, m := range o.Matches {
		fmt.Fprintf(&b, "  %d %s [%s]\n", m.ID, printable(m.Message), strings.Join(m.origin(), ", "))
		if m.Variable != "" {
			fmt.Fprintf(&b, "         %s = %s\n", printable(m.Variable), printable(m.Value))
		}
	}
	for _, what := range o.Mismatch {
		fmt.Fprintf(&b, "  MISMATCH %s\n", what)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (o *outcome) verdict() string {
	text := "would pass"
	switch o.Action {
	case "block":
		text = fmt.Sprintf("would be blocked with %d: %s", o.Status, o.Reason)
	case "detect":
		text = fmt.Sprintf("would pass with an event; mode block would answer %d: %s", o.Status, o.Reason)
	}
	if o.Partial {
		text += fmt.Sprintf("; only %d bytes of its body are inspected", o.Inspected)
	}
	return fmt.Sprintf("%s (score %d, threshold %d)", text, o.Score, o.Threshold)
}

// origin says how grave a rule is, and whose.
func (m *outcomeOfRule) origin() (parts []string) {
	if m.Severity != "" {
		parts = append(parts, m.Severity)
	}
	return append(parts, strings.TrimSpace(m.Ruleset+" "+m.Version))
}

// printable keeps a request from writing on the terminal what it likes.
func printable(s string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsPrint(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return b.String()
}
