package formats_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// ecsTypes is testdata/ecs-fields.tsv: the name and the type of each field that
// the trail uses, as ECS 8.17 documents them.
var ecsTypes = sync.OnceValues(func() (map[string]string, error) {
	data, err := os.ReadFile(filepath.Join("testdata", "ecs-fields.tsv"))
	types := make(map[string]string)
	for line := range strings.Lines(string(data)) {
		if name, kind, found := strings.Cut(strings.TrimSpace(line), "\t"); found {
			types[name] = kind
		}
	}
	return types, err
})

// ecsValues are the only values that ECS allows in these fields, as far as the trail uses them.
var ecsValues = map[string][]string{
	"event.kind":     {"alert", "event", "pipeline_error"},
	"event.category": {"configuration", "intrusion_detection", "network", "process", "web"},
	"event.type":     {"access", "allowed", "change", "denied", "error", "info"},
	"event.outcome":  {"failure", "success", "unknown"},
}

func checkECS(message []byte) (facts, error) {
	types, err := ecsTypes()
	if err != nil {
		return facts{}, err
	}
	flat := make(map[string]any)
	if err := flattenJSON(flat, message); err != nil {
		return facts{}, err
	}
	for name, value := range flat {
		if strings.HasPrefix(name, "lachan.") {
			continue
		}
		if err := checkECSValue(types[name], name, value); err != nil {
			return facts{}, err
		}
	}
	text := func(name string) string { s, _ := flat[name].(string); return s }
	return facts{id: text("event.id"), action: text("event.action"), source: text("source.ip"), url: text("url.original")}, nil
}

func checkECSValue(kind, name string, value any) error {
	items, list := value.([]any)
	if !list {
		items = []any{value}
	}
	if list && name != "event.category" && name != "event.type" {
		return fmt.Errorf("%s is a list", name)
	}
	for _, item := range items {
		text, isText := item.(string)
		number, isNumber := item.(json.Number)
		err := error(nil)
		switch kind {
		case "keyword", "wildcard", "match_only_text":
			if allowed := ecsValues[name]; !isText || allowed != nil && !slices.Contains(allowed, text) {
				err = fmt.Errorf("%v", item)
			}
		case "long":
			if _, err = number.Int64(); !isNumber {
				err = fmt.Errorf("%v", item)
			}
		case "ip":
			_, err = netip.ParseAddr(text)
		case "date":
			_, err = time.Parse(time.RFC3339Nano, text)
		default:
			err = fmt.Errorf("no field of ECS")
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// flatten reads a line with encoding/json into its fields' full names.
func flatten(t testing.TB, line []byte) map[string]any {
	t.Helper()
	flat := make(map[string]any)
	if err := flattenJSON(flat, line); err != nil {
		t.Fatal(err)
	}
	return flat
}

func flattenJSON(into map[string]any, data []byte) error {
	var nested map[string]any
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&nested); err != nil {
		return err
	}
	flattenMap(into, "", nested)
	return nil
}

func flattenMap(into map[string]any, prefix string, nested map[string]any) {
	for name, value := range nested {
		switch v := value.(type) {
		case nil:
		case map[string]any:
			flattenMap(into, prefix+name+".", v)
		default:
			into[prefix+name] = value
		}
	}
}
