package main

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"

	"github.com/lachan-waf/lachan/clean"
)

type cleanCmd struct {
	pageFlags
	Findings string `help:"Write each finding as a JSON line to this file." type:"path" placeholder:"FILE"`
}

// Help is kong's long help.
func (cleanCmd) Help() string {
	return "Example:\n  lachan clean --url https://www.example.gov.vn/ --findings found.jsonl < page.html > clean.html"
}

// Run cleans standard input.
func (c *cleanCmd) Run() error {
	cleaner, _, err := c.policy()
	if err != nil {
		return err
	}
	report, done, err := c.reporter()
	if err != nil {
		return err
	}
	return errors.Join(c.clean(cleaner, os.Stdin, os.Stdout, clean.Document{Report: report}), done())
}

// reporter writes findings to --findings, or nowhere.
func (c *cleanCmd) reporter() (report func(clean.Finding), done func() error, err error) {
	if c.Findings == "" {
		return func(clean.Finding) {}, func() error { return nil }, nil
	}
	file, err := os.Create(c.Findings)
	if err != nil {
		return nil, nil, err
	}
	encoder := json.NewEncoder(file)
	var failed error
	report = func(f clean.Finding) { failed = errors.Join(failed, encoder.Encode(findingLine(f))) }
	return report, func() error { return errors.Join(failed, file.Close()) }, nil
}

// findingLine names the fields as the audit trail does under lachan.finding.
func findingLine(f clean.Finding) any {
	return struct {
		Kind      string   `json:"kind"`
		Element   string   `json:"element"`
		Attribute string   `json:"attribute,omitempty"`
		Target    string   `json:"target,omitempty"`
		Host      string   `json:"host,omitempty"`
		Offset    int64    `json:"offset"`
		Snippet   string   `json:"snippet"`
		Reasons   []string `json:"reasons"`
		SHA256    string   `json:"sha256"`
		Removed   bool     `json:"removed"`
	}{f.Kind, f.Element, f.Attribute, f.Target, f.Host, f.Offset, f.Snippet, f.Reasons, hex.EncodeToString(f.SHA256[:]), f.Removed}
}
