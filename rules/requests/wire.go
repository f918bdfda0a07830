package requests

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"text/template"

	"github.com/goccy/go-yaml"
)

// Wire is the request as its bytes on the connection. No HTTP client would send
// most of those of CRS. What is completed is what go-ftw completes.
func (in *Input) Wire() ([]byte, error) {
	if in.EncodedRequest != "" {
		return base64.StdEncoding.DecodeString(in.EncodedRequest)
	}
	body, err := in.body()
	if err != nil {
		return nil, err
	}
	version := "HTTP/1.1"
	if in.Version != nil {
		version = *in.Version
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s %s\r\n", or(in.Method, "GET"), or(in.URI, "/"), version)
	for _, field := range in.completed(body) {
		fmt.Fprintf(&b, "%v: %v\r\n", field.Key, field.Value)
	}
	b.WriteString("\r\n")
	b.Write(body)
	return b.Bytes(), nil
}

func or(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

func (in *Input) completes() bool { return in.Autocomplete == nil || *in.Autocomplete }

// body expands a template, escapes a form that is written unescaped, and ends
// the lines of a multipart form as its specification has it.
func (in *Input) body() ([]byte, error) {
	if in.EncodedData != "" {
		return base64.StdEncoding.DecodeString(in.EncodedData)
	}
	body := expanded(in.Data)
	kind, given := in.Header("Content-Type")
	if in.completes() && body != "" && (!given || kind == formType) {
		body = escapedForm(body)
	}
	if strings.Contains(kind, "multipart/form-data;") {
		body = strings.ReplaceAll(body, "\n", "\r\n")
	}
	return []byte(body), nil
}

const formType = "application/x-www-form-urlencoded"

// completed adds the fields that the case does not give.
func (in *Input) completed(body []byte) yaml.MapSlice {
	fields := in.Headers[:len(in.Headers):len(in.Headers)]
	if !in.completes() {
		return fields
	}
	add := func(name, value string) {
		if _, given := in.Header(name); !given {
			fields = append(fields, yaml.MapItem{Key: name, Value: value})
		}
	}
	if len(body) > 0 {
		add("Content-Type", formType)
	}
	add("Connection", "close")
	if len(body) > 0 || takesBody(in.Method) {
		add("Content-Length", strconv.Itoa(len(body)))
	}
	return fields
}

func takesBody(method string) bool {
	return method == "POST" || method == "PUT" || method == "PATCH" || method == "DELETE"
}

// expanded runs the template that data may be ({{ "1" | repeat 64200 }}); text
// that is none stands for itself, "{{" being a payload too.
func expanded(data string) string {
	repeat := func(n int, s string) string { return strings.Repeat(s, n) }
	t, err := template.New("data").Funcs(template.FuncMap{"repeat": repeat}).Parse(data)
	if err != nil {
		return data
	}
	var b strings.Builder
	if err := t.Execute(&b, nil); err != nil {
		return data
	}
	return b.String()
}

// escapedForm escapes names and values, unless there is something escaped in
// the form already.
func escapedForm(data string) string {
	if plain, err := url.QueryUnescape(data); err != nil || plain != data {
		return data
	}
	pairs := strings.Split(data, "&")
	for i, pair := range pairs {
		name, value, given := strings.Cut(pair, "=")
		pairs[i] = url.QueryEscape(name)
		if given {
			pairs[i] += "=" + url.QueryEscape(value)
		}
	}
	return strings.TrimSuffix(strings.Join(pairs, "&"), "&")
}
