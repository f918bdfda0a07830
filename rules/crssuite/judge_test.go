package crssuite

import (
	"bytes"
	"fmt"
	"net/http"
	"regexp"
	"slices"
)

// judge says in what a request did not end as the case expects; "" where it did.
func (want *output) judge(got answer, found entry) string {
	if want.ExpectError {
		// Apache answers HTTP/0.9 with something that is no HTTP/1 response;
		// a refusal is what is meant.
		if got.status == 0 || got.status == http.StatusBadRequest {
			return ""
		}
		return fmt.Sprintf("status %d, want none", got.status)
	}
	if got.status == 0 {
		return "no response"
	}
	if want.Status != 0 && got.status != want.Status {
		return fmt.Sprintf("status %d, want %d", got.status, want.Status)
	}
	if !bytes.Contains(got.raw, []byte(want.Contains)) {
		return fmt.Sprintf("response without %q", want.Contains)
	}
	return want.judgeLog(got, found)
}

func (want *output) judgeLog(got answer, found entry) string {
	ids, log := found.rules(), want.Log
	for _, id := range log.ExpectIDs {
		if !slices.Contains(ids, id) {
			return fmt.Sprintf("rule %d did not match: status %d, rules %v %s", id, got.status, ids, found.reasons())
		}
	}
	for _, id := range log.NoExpectIDs {
		if slices.Contains(ids, id) {
			return fmt.Sprintf("rule %d matched: status %d, rules %v", id, got.status, ids)
		}
	}
	if want.Isolated && len(ids) != 1 {
		return fmt.Sprintf("rules %v, want one", ids)
	}
	if log.MatchRegex != "" && !matches(log.MatchRegex, found) {
		return fmt.Sprintf("nothing like %q in %s", log.MatchRegex, found.text())
	}
	if log.NoMatchRegex != "" && matches(log.NoMatchRegex, found) {
		return fmt.Sprintf("%q in %s", log.NoMatchRegex, found.text())
	}
	return ""
}

func matches(pattern string, found entry) bool {
	return regexp.MustCompile(pattern).MatchString(found.text())
}

// reasons are why a request was refused, where it was.
func (e entry) reasons() (all []string) {
	for _, event := range e.events {
		all = append(all, event.Text("event.reason"))
	}
	return all
}
