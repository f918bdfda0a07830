package formats_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/kaptinlin/jsonschema"
	"github.com/klauspost/compress/zstd"
)

// The schemas of the event classes are OCSF's own, of version 1.2.0, as
// github.com/valllabh/ocsf-schema-golang keeps them: it is in the module cache,
// since coraza needs it. What 1.3.0 and 1.4.0 changed of what is used here is
// applied to them by newer, item by item from OCSF's change log. Attributes
// that are not in the schema are errors.

// checkOCSF holds the event against the schema of its class.
func checkOCSF(message []byte) (facts, error) {
	var e ocsfEvent
	if err := json.Unmarshal(message, &e); err != nil {
		return facts{}, err
	}
	schema, err := ocsfSchema(e.ClassUID)
	if err != nil {
		return facts{}, err
	}
	if result := schema.ValidateJSON(message); !result.IsValid() {
		problems, _ := json.Marshal(result.ToList())
		return facts{}, fmt.Errorf("class %d: %s", e.ClassUID, problems)
	}
	if err := e.check(); err != nil {
		return facts{}, err
	}
	return e.facts(), nil
}

// ocsfExchange are the attributes of an exchange, of an event or of its evidence.
type ocsfExchange struct {
	SrcEndpoint  *struct{ IP string }       `json:"src_endpoint"`
	DstEndpoint  *struct{ Hostname string } `json:"dst_endpoint"`
	HTTPResponse *struct{ Code int }        `json:"http_response"`
	HTTPRequest  *struct {
		URL *struct {
			URLString string `json:"url_string"`
		}
	} `json:"http_request"`
}

type ocsfEvent struct {
	ocsfExchange
	ClassUID    int `json:"class_uid"`
	CategoryUID int `json:"category_uid"`
	ActivityID  int `json:"activity_id"`
	TypeUID     int `json:"type_uid"`
	Metadata    struct {
		Version, UID string
		EventCode    string `json:"event_code"`
		Profiles     []string
	}
	ActionID *int `json:"action_id"`
	Unmapped struct {
		Source struct{ IP string }
		URL    struct{ Original string }
	}
	Evidences []ocsfExchange
}

// check are the rules of OCSF that its JSON schemas do not hold: the sum of
// type_uid, profiles that are named, and the constraints of "at least one".
func (e ocsfEvent) check() error {
	if e.TypeUID != e.ClassUID*100+e.ActivityID || e.CategoryUID != e.ClassUID/1000 {
		return fmt.Errorf("type_uid %d, category_uid %d of class %d, activity %d", e.TypeUID, e.CategoryUID, e.ClassUID, e.ActivityID)
	}
	if e.Metadata.Version != "1.4.0" {
		return fmt.Errorf("version %q", e.Metadata.Version)
	}
	if named := slices.Contains(e.Metadata.Profiles, "security_control"); named != (e.ActionID != nil) {
		return fmt.Errorf("profiles %v, action_id %v", e.Metadata.Profiles, e.ActionID)
	}
	if e.ClassUID == 4002 && e.HTTPRequest == nil && e.HTTPResponse == nil {
		return fmt.Errorf("neither request nor response")
	}
	if e.ClassUID == 4002 && e.SrcEndpoint == nil && e.DstEndpoint == nil {
		return fmt.Errorf("neither of the endpoints")
	}
	if r := e.HTTPRequest; r != nil && r.URL != nil && r.URL.URLString == "" {
		return fmt.Errorf("a url without url_string")
	}
	return nil
}

func (e ocsfEvent) facts() facts {
	f := facts{id: e.Metadata.UID, action: e.Metadata.EventCode, source: e.Unmapped.Source.IP, url: e.Unmapped.URL.Original}
	for _, x := range append(e.Evidences, e.ocsfExchange) {
		if x.SrcEndpoint != nil {
			f.source = x.SrcEndpoint.IP
		}
		if x.HTTPRequest != nil && x.HTTPRequest.URL != nil {
			f.url = x.HTTPRequest.URL.URLString
		}
	}
	return f
}

var ocsfSchemas sync.Map // class_uid → func() (*jsonschema.Schema, error)

func ocsfSchema(class int) (*jsonschema.Schema, error) {
	compile, _ := ocsfSchemas.LoadOrStore(class, sync.OnceValues(func() (*jsonschema.Schema, error) {
		name, known := map[int]string{
			0: "base_event", 2004: "detection_finding", 4002: "http_activity", 6002: "application_lifecycle",
			6008: "application_lifecycle", // new in 1.4.0; newer turns the one into the other
		}[class]
		if !known {
			return nil, fmt.Errorf("class_uid %d", class)
		}
		schema, err := readOCSF(name)
		if err != nil {
			return nil, err
		}
		if err := newer(class, schema); err != nil {
			return nil, err
		}
		closeObjects(schema)
		data, err := json.Marshal(schema)
		if err != nil {
			return nil, err
		}
		return jsonschema.NewCompiler().Compile(data)
	}))
	return compile.(func() (*jsonschema.Schema, error))()
}

// ocsfFolder is where the go command keeps the module.
var ocsfFolder = sync.OnceValues(func() (string, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/valllabh/ocsf-schema-golang").Output()
	return filepath.Join(strings.TrimSpace(string(out)), "ocsfvalidate", "1.2", "jsonschema"), err
})

func readOCSF(class string) (map[string]any, error) {
	folder, err := ocsfFolder()
	if err != nil {
		return nil, err
	}
	packed, err := os.ReadFile(filepath.Join(folder, "classes_"+class+".json.zst"))
	if err != nil {
		return nil, err
	}
	reader, err := zstd.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	var schema map[string]any
	if err := json.NewDecoder(reader).Decode(&schema); err != nil {
		return nil, err
	}
	delete(schema, "$schema") // draft 7, of which nothing is used that newer drafts read differently
	delete(schema, "$id")
	return schema, nil
}

// newer applies what changed after 1.2.0. The schemas are of all profiles at
// once, so what a profile requires that is not named is taken out as well.
func newer(class int, schema map[string]any) error {
	http, err := readOCSF("http_activity")
	if err != nil {
		return err
	}
	properties, defs := schema["properties"].(map[string]any), schema["$defs"].(map[string]any)
	for name, definition := range http["$defs"].(map[string]any) {
		if defs[name] == nil {
			defs[name] = definition
		}
	}
	required := []any{"cloud"}                                      // the profile Cloud
	required = append(required, "action_id")                        // 1.4.0: recommended (#1281)
	required = append(required, "http_request", "http_response")    // 1.4.0: at least one of them (#1274)
	required = append(required, "src_endpoint", "dst_endpoint")     // 1.3.0 (#1147), 1.4.0: at least one (#1274)
	properties["device"] = map[string]any{"$ref": "#/$defs/device"} // 1.4.0: the profile Host for every class (#1280)
	properties["is_alert"] = map[string]any{"type": "boolean"}      // 1.4.0 (#1178)
	for _, message := range []string{"http_request", "http_response"} {
		property(defs, message, "body_length", map[string]any{"type": "integer"}) // 1.4.0 (#1200)
		if class == 2004 {
			property(defs, "evidences", message, map[string]any{"$ref": "#/$defs/" + message}) // 1.4.0 (#1212)
		}
	}
	if class == 6008 { // 1.4.0: Application Error (#1299)
		required = append(required, "app")
		delete(properties, "app")
		properties["class_uid"] = map[string]any{"enum": []any{6008}}
		properties["activity_id"] = map[string]any{"enum": []any{0, 1, 2, 99}}
	}
	schema["required"] = slices.DeleteFunc(schema["required"].([]any), func(name any) bool { return slices.Contains(required, name) })
	return nil
}

func property(defs map[string]any, object, name string, schema map[string]any) {
	defs[object].(map[string]any)["properties"].(map[string]any)[name] = schema
}

// closeObjects forbids attributes that the schema does not name.
func closeObjects(schema map[string]any) {
	schema["additionalProperties"] = false
	for _, definition := range schema["$defs"].(map[string]any) {
		object := definition.(map[string]any)
		if _, said := object["additionalProperties"]; !said {
			object["additionalProperties"] = false
		}
	}
}
