package sinks

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
)

// attribute is OTLP's KeyValue.
type attribute struct {
	Key   string   `json:"key"`
	Value anyValue `json:"value"`
}

// anyValue is OTLP's AnyValue: one of its members.
type anyValue struct {
	String *string     `json:"stringValue,omitempty"`
	Bool   *bool       `json:"boolValue,omitempty"`
	Int    *string     `json:"intValue,omitempty"`
	Double *float64    `json:"doubleValue,omitempty"`
	Array  *arrayValue `json:"arrayValue,omitempty"`
}

type arrayValue struct {
	Values []anyValue `json:"values"`
}

// flatten turns a line into attributes with ECS's dotted names, in the line's
// order. What the record itself says, its time and message, is left out.
func flatten(line []byte) ([]attribute, error) {
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("no JSON object")
	}
	f := flattener{Decoder: d}
	if err := f.object(""); err != nil {
		return nil, err
	}
	return f.out, nil
}

type flattener struct {
	*json.Decoder
	out []attribute
}

// object reads members up to the closing brace.
func (f *flattener) object(prefix string) error {
	for f.More() {
		name, err := f.Token()
		if err != nil {
			return err
		}
		if err := f.member(prefix + name.(string)); err != nil {
			return err
		}
	}
	_, err := f.Token()
	return err
}

func (f *flattener) member(key string) error {
	token, err := f.Token()
	if err != nil {
		return err
	}
	if token == json.Delim('{') {
		return f.object(key + ".")
	}
	value, ok, err := f.value(token)
	if ok && key != "@timestamp" && key != "message" {
		f.out = append(f.out, attribute{key, value})
	}
	return err
}

// value is false for null, which an attribute has no form for.
func (f *flattener) value(token json.Token) (anyValue, bool, error) {
	switch t := token.(type) {
	case string:
		return anyValue{String: &t}, true, nil
	case bool:
		return anyValue{Bool: &t}, true, nil
	case json.Number:
		return number(t), true, nil
	case json.Delim:
		list, err := f.array()
		return anyValue{Array: &arrayValue{list}}, true, err
	}
	return anyValue{}, false, nil
}

// array reads elements up to the closing bracket. Lines hold no arrays of
// objects, which Wazuh does not read; one that does was not written by us.
func (f *flattener) array() ([]anyValue, error) {
	list := []anyValue{}
	for f.More() {
		token, err := f.Token()
		if err != nil {
			return nil, err
		}
		if _, nested := token.(json.Delim); nested {
			return nil, fmt.Errorf("an array of objects or arrays")
		}
		if value, ok, _ := f.value(token); ok {
			list = append(list, value)
		}
	}
	_, err := f.Token()
	return list, err
}

func number(n json.Number) anyValue {
	if i, err := strconv.ParseInt(n.String(), 10, 64); err == nil {
		whole := strconv.FormatInt(i, 10)
		return anyValue{Int: &whole}
	}
	if f, err := n.Float64(); err == nil {
		return anyValue{Double: &f}
	}
	text := n.String() // beyond a double
	return anyValue{String: &text}
}
