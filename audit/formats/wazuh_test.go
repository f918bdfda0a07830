package formats_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/lachan-waf/lachan/audit/formats"
)

// wazuhOwn are the names with a meaning of Wazuh's own: its static fields
// (documentation, "Decoders syntax", order) and the members of an alert.
var wazuhOwn = []string{
	"srcip", "dstip", "srcport", "dstport", "srcuser", "dstuser", "user", "url", "id", "status", "action", "protocol", "data", "extra_data",
	"system_name", "hostname", "program_name", "location", "log", "timestamp", "rule", "agent", "manager", "decoder", "full_log", "previous_output",
	"predecoder", "cluster", "input", "GeoLocation", "syscheck", "name",
}

var wazuhKey = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

func checkWazuh(message []byte) (facts, error) {
	var flat map[string]any
	if err := json.Unmarshal(message, &flat); err != nil {
		return facts{}, err
	}
	if !strings.HasPrefix(string(message), `{"`) { // what Wazuh's JSON decoder looks for
		return facts{}, fmt.Errorf("does not begin as JSON does for Wazuh")
	}
	for key, value := range flat {
		if !wazuhKey.MatchString(key) || slices.Contains(wazuhOwn, key) && key != "srcip" && key != "srcport" && key != "url" {
			return facts{}, fmt.Errorf("key %q", key)
		}
		switch v := value.(type) {
		case map[string]any:
			return facts{}, fmt.Errorf("%s is nested", key)
		case []any:
			if slices.ContainsFunc(v, func(item any) bool { _, text := item.(string); return !text }) {
				return facts{}, fmt.Errorf("%s holds something else than texts", key)
			}
		}
	}
	text := func(key string) string { s, _ := flat[key].(string); return s }
	return facts{id: text("lachan_id"), action: text("lachan_action"), source: text("srcip"), url: text("url")}, nil
}

// No two fields of the trail share a name in the flat twin.
func TestWazuhNamesDiffer(t *testing.T) {
	for _, line := range trail(t) {
		message, err := newFormatter(t, formats.Wazuh, formats.Config{}).Append(nil, line)
		if err != nil {
			t.Fatal(err)
		}
		var flat map[string]any
		if err := json.Unmarshal(message, &flat); err != nil {
			t.Fatal(err)
		}
		if got, want := len(flat), len(flatten(t, line)); got != want {
			t.Errorf("%d of %d fields:\n%s", got, want, message)
		}
	}
}

func TestWazuhNameTwice(t *testing.T) {
	line := `{"@timestamp":"2026-11-22T00:00:00Z","event":{"id":"x","action":"block","severity":73},"message":"\"lachan_tag\":","lachan":{"id":"y","tag":1}}`
	got, err := newFormatter(t, formats.Wazuh, formats.Config{}).Append([]byte(`"lachan_action":`), []byte(line))
	want := `"lachan_action":{"lachan_timestamp":"2026-11-22T00:00:00Z","lachan_id":"x","lachan_action":"block","lachan_severity":73,"lachan_message":"\"lachan_tag\":","lachan_tag":1}`
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s, want\n%s", err, got, want)
	}
}
