package policies

import (
	"encoding"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// Bounds of decoding one file.
const (
	// maxValues bounds what aliases can blow a small file up to.
	maxValues = 1 << 18
	// maxProblems is where a reader has long stopped reading.
	maxProblems = 1000
)

// decoder fills Go values from one file. goccy's own strict decoder stops at
// the first problem; this one goes on and keeps the place of every value for
// the checks that follow. It reads these struct tags:
//
//	yaml:"name"       the key; "-" for none
//	required:""       the key must be given
//	oneof:"a,b"       the values a key may have by design
//	available:"a"     those this version accepts; "" none at all, "[]" the empty list
//	range:"1,4"       the least and greatest integer
//	path:""           a file name, relative to the folder of the file; path:"unix:" after that prefix
type decoder struct {
	file     string
	anchors  map[string]ast.Node
	places   map[string]Place
	problems problems
	values   int
}

// The types of the schema take part in decoding through these.
type (
	// defaulter is an entry of a list that starts from more than zero values.
	defaulter interface{ setDefaults() }
	// placed wants to know where it stands.
	placed interface{ setPlace(Place) }
	// union is a scalar type that can be written as a mapping as well.
	union interface {
		encoding.TextUnmarshaler
		mapped()
	}
)

// decode fills *into, a pointer to a struct with defaults set, from data.
func decode(file string, data []byte, into any) *decoder {
	d := &decoder{file: file, places: map[string]Place{"": {File: file}}}
	root, problem := readDocument(file, data)
	if problem != nil {
		d.problems = append(d.problems, problem)
		return d
	}
	d.anchors = d.collectAnchors(root)
	d.value(root, reflect.ValueOf(into).Elem(), "", "")
	return d
}

// fail reports a problem with the value at key.
func (d *decoder) fail(key, format string, args ...any) {
	d.failAt(d.placeOf(key), key, format, args...)
}

func (d *decoder) failAt(at Place, key, format string, args ...any) {
	switch n := len(d.problems); {
	case n < maxProblems:
		d.problems.add(at, key, format, args...)
	case n == maxProblems:
		d.problems.add(Place{File: d.file}, "", "more than %d problems: the rest is not shown", maxProblems)
	}
}

// reject is fail for the checks after decoding: a value that could not even be
// decoded is reported once.
func (d *decoder) reject(key, format string, args ...any) {
	if !d.failed(key) {
		d.fail(key, format, args...)
	}
}

// failed says whether a problem with key has been reported.
func (d *decoder) failed(key string) bool {
	return slices.ContainsFunc(d.problems, func(p *Problem) bool { return p.Key == key })
}

// given says whether the file has a value at key.
func (d *decoder) given(key string) bool {
	_, ok := d.places[key]
	return ok
}

// placeOf returns where the value at key stands, or what it would stand in.
func (d *decoder) placeOf(key string) Place {
	for {
		if at, ok := d.places[key]; ok {
			return at
		}
		if key == "" {
			return Place{File: d.file}
		}
		key = key[:max(0, strings.LastIndexAny(key, ".["))]
	}
}

// value decodes node into v.
func (d *decoder) value(node ast.Node, v reflect.Value, key string, tag reflect.StructTag) {
	node = d.resolve(node, key)
	if d.values++; node == nil || d.values > maxValues || len(d.problems) > maxProblems {
		return
	}
	if d.values == maxValues {
		d.failAt(Place{File: d.file}, "", "more than %d values after aliases are replaced", maxValues)
		return
	}
	d.places[key] = startOf(d.file, node)
	if p, ok := v.Addr().Interface().(placed); ok {
		p.setPlace(d.places[key])
	}
	switch t := v.Addr().Interface().(type) {
	case union:
		if _, ok := node.(*ast.MappingNode); ok {
			d.mapping(node, v, key)
			t.mapped()
			return
		}
		d.scalar(node, v, key, tag)
	default:
		d.byKind(node, v, key, tag)
	}
}

func (d *decoder) byKind(node ast.Node, v reflect.Value, key string, tag reflect.StructTag) {
	_, text := v.Addr().Interface().(encoding.TextUnmarshaler)
	switch {
	case !text && v.Kind() == reflect.Struct:
		d.mapping(node, v, key)
	case !text && v.Kind() == reflect.Slice:
		d.list(node, v, key, tag)
	case v.Kind() == reflect.Map:
		d.table(node, v, key, tag)
	default:
		d.scalar(node, v, key, tag)
	}
}

// list decodes a sequence. Entries that fail are kept, so that indices in
// messages are those of the file.
func (d *decoder) list(node ast.Node, v reflect.Value, key string, tag reflect.StructTag) {
	sequence, ok := node.(*ast.SequenceNode)
	if !ok {
		d.fail(key, "expected a list, found %s", describe(node))
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), 0, min(len(sequence.Values), maxProblems)))
	for i, entry := range sequence.Values {
		e := reflect.New(v.Type().Elem())
		if t, ok := e.Interface().(defaulter); ok {
			t.setDefaults()
		}
		d.value(entry, e.Elem(), key+"["+strconv.Itoa(i)+"]", tag)
		v.Set(reflect.Append(v, e.Elem()))
	}
}

// table decodes a mapping whose keys are the file's own choice.
func (d *decoder) table(node ast.Node, v reflect.Value, key string, tag reflect.StructTag) {
	mapping, ok := node.(*ast.MappingNode)
	if !ok {
		d.fail(key, "expected keys and values, found %s", describe(node))
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for _, p := range d.pairs(mapping, key, 0) {
		e := reflect.New(v.Type().Elem()).Elem()
		d.value(p.value, e, joinKey(key, p.name), tag)
		v.SetMapIndex(reflect.ValueOf(p.name), e)
	}
}

// mapping decodes a mapping into a struct.
func (d *decoder) mapping(node ast.Node, v reflect.Value, key string) {
	mapping, ok := node.(*ast.MappingNode)
	if _, null := node.(*ast.NullNode); null {
		mapping = &ast.MappingNode{} // a section whose keys are all commented out
	} else if !ok {
		d.fail(key, "expected keys and values, found %s", describe(node))
		return
	}
	fields := fieldsOf(v.Type())
	for _, p := range d.pairs(mapping, key, 0) {
		at := joinKey(key, p.name)
		f, ok := fields[p.name]
		if !ok {
			d.failAt(p.at, at, "unknown key%s", didYouMean(p.name, fields))
			continue
		}
		d.field(p, v.FieldByIndex(f.Index), at, f.Tag)
	}
	for _, f := range reflect.VisibleFields(v.Type()) {
		if _, required := f.Tag.Lookup("required"); required && !d.given(joinKey(key, f.Tag.Get("yaml"))) {
			d.failAt(d.placeOf(key), joinKey(key, f.Tag.Get("yaml")), "missing")
		}
	}
}

// field decodes the value of a key unless this version cannot honour it.
func (d *decoder) field(p pair, v reflect.Value, key string, tag reflect.StructTag) {
	before := len(d.problems)
	available, limited := tag.Lookup("available")
	if !limited {
		d.value(p.value, v, key, tag)
		return
	}
	node := d.resolve(p.value, key)
	if node == nil {
		return
	}
	d.places[key] = startOf(d.file, node)
	switch {
	case available == "" && d.knownValue(node, key, tag):
		d.failAt(p.at, key, notAvailable)
	case available == "":
	case available == "[]":
		if s, ok := node.(*ast.SequenceNode); ok && len(s.Values) > 0 {
			d.fail(key, notAvailable)
			return
		}
		d.value(node, v, key, tag)
	case isMapping(node) && isUnion(v):
		d.fail(key, notAvailable)
	default:
		scratch := reflect.New(v.Type()).Elem()
		d.value(node, scratch, key, tag)
		if text, _ := textOf(node); len(d.problems) == before && !contains(available, text) {
			d.fail(key, "%s%s", notAvailable, alternatives(available))
			return
		}
		v.Set(scratch)
	}
}

const notAvailable = "not available in this version"

func alternatives(available string) string {
	if !strings.Contains(available, ",") {
		return ""
	}
	return ": use " + orList(available)
}

func isMapping(node ast.Node) bool { _, ok := node.(*ast.MappingNode); return ok }

func isUnion(v reflect.Value) bool { _, ok := v.Addr().Interface().(union); return ok }

// resolvePath makes a relative file name start from the file that holds it.
// An empty one stays empty: it is "none" or "the default".
func (d *decoder) resolvePath(name, prefix string) string {
	rest, ok := strings.CutPrefix(name, prefix)
	if !ok || rest == "" || filepath.IsAbs(rest) {
		return name
	}
	return prefix + filepath.Join(filepath.Dir(d.file), rest)
}

func fieldsOf(t reflect.Type) map[string]reflect.StructField {
	fields := make(map[string]reflect.StructField, t.NumField())
	for _, f := range reflect.VisibleFields(t) {
		if name := f.Tag.Get("yaml"); name != "" && name != "-" {
			fields[name] = f
		}
	}
	return fields
}

func joinKey(key, name string) string {
	if !plainKey(name) {
		name = quote(name)
	}
	if key == "" {
		return name
	}
	return key + "." + name
}

func plainKey(name string) bool {
	for _, r := range name {
		if r != '_' && r != '-' && (r < '0' || r > 'z' || r > '9' && r < 'A' || r > 'Z' && r < 'a') {
			return false
		}
	}
	return name != "" && len(name) <= maxQuoted
}

// didYouMean names the known key nearest to an unknown one, if any is near.
func didYouMean(name string, fields map[string]reflect.StructField) string {
	best, nearest := "", min(3, len(name)/2+1)
	for known := range fields {
		if n := editDistance(strings.ToLower(name), known); n < nearest || n == nearest && known < best && best != "" {
			best, nearest = known, n
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(": did you mean %q?", best)
}
