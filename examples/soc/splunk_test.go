package soc_test

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lachan-waf/lachan/audit/formats"
)

// conf reads a file of Splunk's: stanza → key → value.
func conf(t *testing.T, name string) map[string]map[string]string {
	t.Helper()
	stanzas := make(map[string]map[string]string)
	var stanza map[string]string
	for line := range strings.Lines(read(t, "splunk", name)) {
		line = strings.TrimSpace(line)
		key, value, pair := strings.Cut(line, " = ")
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '[' && line[len(line)-1] == ']':
			stanza = make(map[string]string)
			stanzas[line[1:len(line)-1]] = stanza
		case pair && stanza != nil:
			if stanza[key] != "" {
				t.Errorf("%s: %s twice", name, key)
			}
			stanza[key] = value
		default:
			t.Errorf("%s: %q", name, line)
		}
	}
	return stanzas
}

// Splunk cannot be installed here. What its files say of the events' bytes is
// tried on the bytes; the fields they name are fields that Lachan writes.
func TestSplunkReadsLines(t *testing.T) {
	props := conf(t, "props.conf")["lachan:audit"]
	strip := conf(t, "transforms.conf")[props["TRANSFORMS-syslog"]]
	header := regexp.MustCompile(strip["REGEX"])
	bare := messages(t, formats.ECS, formats.Config{})
	for i, message := range messages(t, formats.ECS, formats.Config{Syslog: true}) {
		if got := header.FindSubmatch(message); got == nil || string(got[1]) != string(bare[i]) {
			t.Errorf("%s takes the header off as %q", strip["REGEX"], got)
		}
		if header.Match(bare[i]) {
			t.Errorf("%s matches what has no header", strip["REGEX"])
		}
	}
	for _, line := range bare {
		_, after, found := strings.Cut(string(line), props["TIME_PREFIX"])
		if _, err := time.Parse("2006-01-02T15:04:05.000000Z", after[:27]); err != nil || !found {
			t.Errorf("no time behind %s: %v", props["TIME_PREFIX"], err)
		}
	}
	if props["TIME_FORMAT"] != "%Y-%m-%dT%H:%M:%S.%6NZ" || props["KV_MODE"] != "json" || props["SHOULD_LINEMERGE"] != "false" {
		t.Errorf("props.conf: %v", props)
	}
}

// cim are fields of the Common Information Model (Web, Intrusion Detection) that the aliases make.
var cim = []string{
	"action", "bytes_in", "bytes_out", "category", "dest", "dest_port", "dvc", "http_method", "http_referrer", "http_user_agent", "id", "ids_type",
	"severity", "signature", "signature_id", "site", "src", "src_port", "status", "uri", "uri_path", "uri_query", "url", "vendor_product",
}

func TestSplunkFields(t *testing.T) {
	written := fields(t, trail(t))
	dotted := regexp.MustCompile(`\b(?:[a-z_]+\.)+[a-z_0-9]+\b`)
	for _, name := range []string{"props.conf", "savedsearches.conf", "eventtypes.conf"} {
		for stanza, settings := range conf(t, name) {
			for key, value := range settings {
				if strings.HasPrefix(key, "dispatch.") || key == "description" {
					continue
				}
				for _, field := range dotted.FindAllString(value, -1) {
					if _, known := written[field]; !known {
						t.Errorf("%s [%s] %s: %s is never written", name, stanza, key, field)
					}
				}
			}
		}
	}
	for key, value := range conf(t, "props.conf")["lachan:audit"] {
		made, eval := strings.CutPrefix(key, "EVAL-")
		if _, alias, is := strings.Cut(value, " AS "); is && strings.HasPrefix(key, "FIELDALIAS-") {
			made, eval = alias, true
		}
		if eval && !slices.Contains(cim, made) {
			t.Errorf("%s is no field of the Common Information Model", made)
		}
	}
}

// Every search and tag starts from an event type or a source type that is there.
func TestSplunkFilesAgree(t *testing.T) {
	types := conf(t, "eventtypes.conf")
	for stanza := range conf(t, "tags.conf") {
		if _, name, _ := strings.Cut(stanza, "="); types[name] == nil {
			t.Errorf("tags.conf [%s]: no such event type", stanza)
		}
	}
	files, err := filepath.Glob("splunk/*.conf")
	if err != nil || len(files) != 5 {
		t.Errorf("%v %v", files, err)
	}
	for name, search := range conf(t, "savedsearches.conf") {
		if !strings.HasPrefix(search["search"], "sourcetype=lachan:audit ") || search["cron_schedule"] == "" || search["dispatch.earliest_time"] == "" {
			t.Errorf("[%s]: %v", name, search)
		}
	}
}
