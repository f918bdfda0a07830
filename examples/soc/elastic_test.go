package soc_test

import (
	"encoding/json"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// added are fields that the pipeline makes, not Lachan.
var added = []string{"event.ingested", "source.geo.", "user_agent.name", "user_agent.version", "user_agent.os.", "user_agent.device.", "tags"}

// Elasticsearch cannot be installed here. Its template maps each field that
// Lachan writes, by a type that takes it, and no other.
func TestElasticTemplate(t *testing.T) {
	var template struct {
		IndexPatterns []string `json:"index_patterns"`
		Template      struct {
			Settings map[string]any
			Mappings struct {
				Dynamic    *bool
				Properties map[string]any
			}
		}
	}
	decode(t, "elastic/index-template.json", &template)
	types := make(map[string]string)
	mapped(types, "", template.Template.Mappings.Properties)
	written := fields(t, trail(t))
	for name, value := range written {
		if !takes(types[name], value) {
			t.Errorf("%s is mapped as %q, and holds %v", name, types[name], value)
		}
	}
	for name := range types {
		if _, known := written[name]; !known && name != "lachan.shortened" && !addedField(name) {
			t.Errorf("%s is mapped, but never written", name)
		}
	}
	if policy, pipeline := template.Template.Settings["index.lifecycle.name"], template.Template.Settings["index.default_pipeline"]; policy != "lachan-audit" || pipeline != "lachan-audit" {
		t.Errorf("settings name %v and %v; README.md installs lachan-audit", policy, pipeline)
	}
}

func addedField(name string) bool {
	for _, prefix := range added {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

func mapped(types map[string]string, prefix string, properties map[string]any) {
	for name, mapping := range properties {
		m := mapping.(map[string]any)
		if inner, object := m["properties"].(map[string]any); object {
			mapped(types, prefix+name+".", inner)
		} else {
			types[prefix+name], _ = m["type"].(string)
		}
	}
}

// takes reports whether Elasticsearch stores the value under the type as what
// it is. A list is stored item by item.
func takes(kind string, value any) bool {
	if list, is := value.([]any); is {
		for _, item := range list {
			if !takes(kind, item) {
				return false
			}
		}
		return true
	}
	text, isText := value.(string)
	_, isNumber := value.(float64)
	switch kind {
	case "keyword", "wildcard", "match_only_text":
		return isText
	case "long":
		return isNumber
	case "date":
		_, err := time.Parse(time.RFC3339Nano, text)
		return err == nil
	case "ip":
		_, err := netip.ParseAddr(text)
		return err == nil
	}
	return false
}

// The pipeline reads fields that are there; the policy has the phases that a
// year of evidence needs.
func TestElasticPipelineAndPolicy(t *testing.T) {
	var pipeline struct {
		Processors []map[string]map[string]any
	}
	decode(t, "elastic/ingest-pipeline.json", &pipeline)
	written := fields(t, trail(t))
	for _, processor := range pipeline.Processors {
		for kind, settings := range processor {
			source, _ := settings["field"].(string)
			if kind == "set" {
				source = strings.Trim(settings["value"].(string), "{}")
			}
			if _, known := written[source]; !known && !strings.HasPrefix(source, "_ingest.") {
				t.Errorf("%s reads %s, which is never written", kind, source)
			}
		}
	}
	var ilm struct {
		Policy struct {
			Phases map[string]struct {
				MinAge string `json:"min_age"`
			}
		}
	}
	decode(t, "elastic/ilm-policy.json", &ilm)
	if got := ilm.Policy.Phases["delete"].MinAge; got != "365d" {
		t.Errorf("deleted after %q; README.md says a year", got)
	}
}

func decode(t *testing.T, path string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(read(t, path)), into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}
