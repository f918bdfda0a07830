package policies

import (
	"bytes"
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/kaptinlin/jsonschema"
)

var update = flag.Bool("update", false, "rewrite schema.json and the expected messages")

func TestSchemaIsCurrent(t *testing.T) {
	want := generateSchema(t)
	if *update {
		if err := os.WriteFile("schema.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := Schema()
	if err != nil || !bytes.Equal(got, want) {
		t.Fatalf("schema.json is not what the types say (%v): run go generate ./policies", err)
	}
}

func TestSchemaDescribesEveryKey(t *testing.T) {
	var root struct {
		Defs map[string]struct {
			Properties map[string]struct{ Description string }
		} `json:"$defs"`
	}
	if err := json.Unmarshal(schema, &root); err != nil {
		t.Fatal(err)
	}
	for name, def := range root.Defs {
		for key, property := range def.Properties {
			if len(property.Description) < 10 {
				t.Errorf("%s.%s has no description: comment the field", name, key)
			}
		}
	}
}

// TestSchemaAgreesWithLoad checks the schema with a validator that is not ours.
func TestSchemaAgreesWithLoad(t *testing.T) {
	compiled, err := jsonschema.NewCompiler().Compile(schema)
	if err != nil {
		t.Fatal(err)
	}
	good, _ := filepath.Glob("../testdata/config/*.good.yaml")
	if len(good) == 0 {
		t.Fatal("no examples")
	}
	for _, file := range good {
		if result := compiled.Validate(yamlValue(t, file)); !result.IsValid() {
			t.Errorf("%s: schema refuses what Load accepts: %v", file, result.ToList().Errors)
		}
	}
	for _, name := range []string{"unknown-key", "wrong-type", "choices", "paranoia", "required"} {
		file := "../testdata/config/" + name + ".bad.yaml"
		if compiled.Validate(yamlValue(t, file)).IsValid() {
			t.Errorf("%s: schema accepts what Load refuses", file)
		}
	}
}

func yamlValue(t *testing.T, file string) any {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := yaml.Unmarshal(bytes.TrimPrefix(data, []byte("\ufeff")), &value); err != nil {
		t.Fatal(err)
	}
	// Through JSON, so that the validator sees JSON's types only.
	encoded, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(encoded, &value); err != nil {
		t.Fatal(err)
	}
	return value
}

func generateSchema(t *testing.T) []byte {
	t.Helper()
	g := &generator{comments: sourceComments(t), defs: map[string]any{}}
	g.object(reflect.TypeFor[Config](), reflect.ValueOf(Default()))
	out, err := json.MarshalIndent(map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema",
		"title":   "Lachan configuration",
		"$ref":    "#/$defs/Config",
		"$defs":   g.defs,
	}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(out, '\n')
}

// sourceComments returns the comments of types ("Site") and fields ("Site.Name").
func sourceComments(t *testing.T) map[string]string {
	t.Helper()
	files, _ := filepath.Glob("*.go")
	comments := map[string]string{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			if types, ok := decl.(*ast.GenDecl); ok && types.Tok == token.TYPE {
				typeComments(types, comments)
			}
		}
	}
	return comments
}

func typeComments(decl *ast.GenDecl, comments map[string]string) {
	for _, spec := range decl.Specs {
		named := spec.(*ast.TypeSpec)
		comments[named.Name.Name] = decl.Doc.Text()
		structure, ok := named.Type.(*ast.StructType)
		if !ok {
			continue
		}
		for _, field := range structure.Fields.List {
			for _, name := range field.Names {
				comments[named.Name.Name+"."+name.Name] = field.Doc.Text()
			}
		}
	}
}

type generator struct {
	comments map[string]string
	defs     map[string]any
}

// object returns a reference to the definition of a struct type.
func (g *generator) object(typ reflect.Type, defaults reflect.Value) map[string]any {
	ref := map[string]any{"$ref": "#/$defs/" + typ.Name()}
	if _, ok := g.defs[typ.Name()]; ok {
		return ref
	}
	properties, required := map[string]any{}, []string{}
	def := map[string]any{"type": []string{"object", "null"}, "additionalProperties": false, "properties": properties}
	g.defs[typ.Name()] = def
	for _, f := range reflect.VisibleFields(typ) {
		key := f.Tag.Get("yaml")
		if key == "" || key == "-" {
			continue
		}
		properties[key] = g.property(typ, f, defaults.FieldByIndex(f.Index))
		if _, ok := f.Tag.Lookup("required"); ok {
			required = append(required, key)
		}
	}
	if len(required) > 0 {
		def["type"], def["required"] = "object", required
	}
	return ref
}

func (g *generator) property(typ reflect.Type, f reflect.StructField, value reflect.Value) map[string]any {
	doc := g.comments[typ.Name()+"."+f.Name]
	if doc == "" {
		doc = g.comments[f.Type.Name()]
	}
	doc = strings.Join(strings.Fields(doc), " ")
	available, limited := f.Tag.Lookup("available")
	if limited && available == "" {
		return map[string]any{"not": map[string]any{}, "description": doc + " Not available in this version."}
	}
	s := g.schemaOf(f.Type, f.Tag, value)
	if limited {
		limit(s, f.Type, available)
	}
	s["description"] = doc
	return s
}

// limit narrows s to the values this version accepts.
func limit(s map[string]any, typ reflect.Type, available string) {
	switch {
	case available == "[]":
		s["maxItems"] = 0
	case typ.Kind() == reflect.Bool:
		s["const"] = available == "true"
	default:
		delete(s, "oneOf")
		s["enum"] = strings.Split(available, ",")
	}
}

func (g *generator) schemaOf(typ reflect.Type, tag reflect.StructTag, value reflect.Value) map[string]any {
	text := func(more map[string]any) map[string]any {
		more["type"] = "string"
		return more
	}
	switch typ {
	case reflect.TypeFor[Size]():
		return map[string]any{"oneOf": []any{
			map[string]any{"type": "integer", "minimum": 1},
			text(map[string]any{"pattern": `^[0-9]+ *([KMGTkmgt][Ii]?)?[Bb]?$`}),
		}}
	case reflect.TypeFor[Duration]():
		return text(map[string]any{"pattern": `^([0-9.]+(w|d|h|m|s|ms|us|µs|ns))+$`})
	case reflect.TypeFor[Date]():
		return text(map[string]any{"pattern": `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`})
	case reflect.TypeFor[HostPattern](), reflect.TypeFor[netip.Prefix]():
		return text(map[string]any{"minLength": 1})
	case reflect.TypeFor[TLS]():
		return map[string]any{"oneOf": []any{
			map[string]any{"enum": []TLSMode{TLSACME, TLSInternal, TLSOff}}, g.object(typ, value),
		}}
	case reflect.TypeFor[Fold]():
		return map[string]any{"oneOf": []any{map[string]any{"const": "off"}, g.object(typ, value)}}
	}
	return g.plain(typ, tag, value)
}

func (g *generator) plain(typ reflect.Type, tag reflect.StructTag, value reflect.Value) map[string]any {
	switch typ.Kind() {
	case reflect.Struct:
		return g.object(typ, value)
	case reflect.Slice:
		element := reflect.Zero(typ.Elem())
		if entry, ok := reflect.New(typ.Elem()).Interface().(defaulter); ok {
			entry.setDefaults()
			element = reflect.ValueOf(entry).Elem()
		}
		return map[string]any{"type": "array", "items": g.schemaOf(typ.Elem(), tag, element)}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": g.schemaOf(typ.Elem(), "", reflect.Zero(typ.Elem()))}
	case reflect.Bool:
		return map[string]any{"type": "boolean", "default": value.Bool()}
	case reflect.Int:
		s := map[string]any{"type": "integer"}
		if bounds, ok := tag.Lookup("range"); ok {
			s["minimum"], s["maximum"] = parseRange(bounds)
		}
		if value.Int() != 0 {
			s["default"] = value.Int()
		}
		return s
	}
	s := map[string]any{"type": "string"}
	if choices, ok := tag.Lookup("oneof"); ok {
		s["enum"] = strings.Split(choices, ",")
	}
	if value.String() != "" {
		s["default"] = value.String()
	}
	return s
}
