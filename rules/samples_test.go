package rules

import (
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"

	coreruleset "github.com/corazawaf/coraza-coreruleset/v4/tests"
	"github.com/goccy/go-yaml"
)

// case of CRS's own regression tests, as far as a request can be told from it.
type crsTest struct {
	TestID int `yaml:"test_id"`
	Stages []struct {
		Input struct {
			Headers        map[string]any `yaml:"headers"`
			Method         string         `yaml:"method"`
			URI            string         `yaml:"uri"`
			Data           string         `yaml:"data"`
			EncodedData    string         `yaml:"encoded_data"`
			EncodedRequest string         `yaml:"encoded_request"`
		} `yaml:"input"`
	} `yaml:"stages"`
}

type sample struct {
	name    string
	request *Request
	body    string
}

func (s *sample) reader() io.Reader {
	if s.body == "" {
		return nil
	}
	return strings.NewReader(s.body)
}

// crsSamples are the requests of all of CRS's regression tests.
func crsSamples(t testing.TB) (all []sample) {
	t.Helper()
	err := fs.WalkDir(coreruleset.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".yaml") {
			return err
		}
		data, err := fs.ReadFile(coreruleset.FS, path)
		if err != nil {
			return err
		}
		var file struct {
			Tests []crsTest `yaml:"tests"`
		}
		if err := yaml.Unmarshal(data, &file); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		for _, test := range file.Tests {
			for i, stage := range test.Stages {
				in := stage.Input
				s := sample{name: fmt.Sprintf("%s %d.%d", path, test.TestID, i)}
				method, target := in.Method, in.URI
				if method == "" {
					method = "GET"
				}
				if target == "" {
					target = "/"
				}
				s.request, s.body = request(method, target), in.Data
				if raw, err := base64.StdEncoding.DecodeString(in.EncodedData); err == nil && in.EncodedData != "" {
					s.body = string(raw)
				}
				for name, value := range in.Headers {
					s.request.Header[name] = []string{fmt.Sprint(value)}
				}
				if s.body != "" && !hasHeader(s.request.Header, "Content-Type") {
					s.request.Header["Content-Type"] = []string{form}
				}
				s.request.ContentLength = int64(len(s.body))
				all = append(all, s)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
