package crssuite

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/lachan-waf/lachan/internal/lachantest"
)

// trail finds the events of a request by its number.
type trail map[string][]lachantest.Event

func newTrail(events []lachantest.Event) trail {
	t := trail{}
	for _, e := range events {
		id := e.Text("http.request.id")
		t[id] = append(t[id], e)
	}
	return t
}

// of returns what the trail says of a request. A message that was refused for
// its framing is answered by net/http, which knows no numbers; no rule has seen
// it, and its status is all there is to judge.
func (t trail) of(a answer) entry { return entry{t[a.requestID]} }

// entry is all events of one request.
type entry struct{ events []lachantest.Event }

// rules are the numbers of every rule that matched.
func (e entry) rules() []int {
	var ids []int
	for _, event := range e.events {
		list, _ := event.Get("lachan.rule_ids").([]any)
		for _, id := range list {
			if n, err := strconv.Atoi(id.(string)); err == nil {
				ids = append(ids, n)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// text is what the rules say of their matches, written as in the log the tests
// are made for: one line for each.
func (e entry) text() string {
	var b strings.Builder
	for _, event := range e.events {
		list, _ := event.Get("lachan.matches").([]any)
		for _, match := range list {
			id, text, _ := strings.Cut(match.(string), " ")
			message, data, _ := strings.Cut(modSecurity.Replace(text), ": Matched Data")
			fmt.Fprintf(&b, "[id %q] [msg \"%s\"] [data \"Matched Data%s\"]\n", id, message, data)
		}
	}
	return b.String()
}

// modSecurity puts coraza's words into ModSecurity's.
var modSecurity = strings.NewReplacer("\r", `\r`, "\n", `\n`,
	"MULTIPART: malformed MIME header line",
	"Multipart parsing error: Multipart: Invalid part header (contains invalid character)")
