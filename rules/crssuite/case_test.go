package crssuite

import (
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/corazawaf/coraza-coreruleset/v4/tests"
	"github.com/goccy/go-yaml"

	"github.com/lachan-waf/lachan/policies"
)

// testCase is one case: requests, one after another, and what is expected of each.
type testCase struct {
	name   string // 920100-4
	stages []stage
}

// file, and what hangs on it, is the format of go-ftw's tests
// (coreruleset/ftw-tests-schema). Decoding is strict, so that a newer core rule
// set cannot ask for something that nobody looks at.
type file struct {
	Meta   map[string]any `yaml:"meta"`
	Author string         `yaml:"author"` // belongs to meta; 932271 has it here
	RuleID int            `yaml:"rule_id"`
	Tests  []struct {
		ID     int      `yaml:"test_id"`
		Desc   string   `yaml:"desc"`
		Tags   []string `yaml:"tags"`
		Stages []stage  `yaml:"stages"`
	} `yaml:"tests"`
}

type stage struct {
	Input  input  `yaml:"input"`
	Output output `yaml:"output"`
}

// input is a request. The address is always the proxy's, whatever dest_addr,
// port and protocol say; stop_magic and save_cookie are of the past.
type input struct {
	DestAddr   string        `yaml:"dest_addr"`
	Port       int           `yaml:"port"`
	Protocol   string        `yaml:"protocol"`
	StopMagic  bool          `yaml:"stop_magic"`
	SaveCookie bool          `yaml:"save_cookie"`
	Method     string        `yaml:"method"`
	URI        string        `yaml:"uri"`
	Version    *string       `yaml:"version"` // "" leaves it out of the request-line
	Headers    yaml.MapSlice `yaml:"headers"`
	Data       string        `yaml:"data"`
	// EncodedData and EncodedRequest are base64: of the body, and of everything.
	EncodedData    string `yaml:"encoded_data"`
	EncodedRequest string `yaml:"encoded_request"`
	Autocomplete   *bool  `yaml:"autocomplete_headers"`
}

type output struct {
	Status      int    `yaml:"status"`
	Contains    string `yaml:"response_contains"`
	ExpectError bool   `yaml:"expect_error"`
	// RetryOnce is for logs that are read while they are written.
	RetryOnce bool `yaml:"retry_once"`
	Isolated  bool `yaml:"isolated"`
	Log       struct {
		ExpectIDs    []int  `yaml:"expect_ids"`
		NoExpectIDs  []int  `yaml:"no_expect_ids"`
		MatchRegex   string `yaml:"match_regex"`
		NoMatchRegex string `yaml:"no_match_regex"`
	} `yaml:"log"`
}

// loadCases reads every case that comes with the core rule set.
func loadCases(t *testing.T) []testCase {
	t.Helper()
	var all []testCase
	err := fs.WalkDir(tests.FS, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".yaml") {
			return err
		}
		text, err := fs.ReadFile(tests.FS, path)
		if err != nil {
			return err
		}
		var f file
		if err := yaml.UnmarshalWithOptions(text, &f, yaml.Strict()); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		for _, c := range f.Tests {
			all = append(all, testCase{name: fmt.Sprintf("%d-%d", f.RuleID, c.ID), stages: c.Stages})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// portSuffix leaves an IPv6 address in its brackets alone.
var portSuffix = regexp.MustCompile(`:[0-9]+$`)

// hosts are the names that the cases ask for, so that one site can have them all.
func hosts(cases []testCase) []string {
	seen := map[string]bool{}
	for _, c := range cases {
		for _, s := range c.stages {
			host, _ := s.Input.header("Host")
			host = portSuffix.ReplaceAllString(host, "")
			if host, err := policies.ASCIIHost(host); err == nil {
				seen[host] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// header is the value of a field, by its name in any case.
func (in *input) header(name string) (value string, found bool) {
	for _, field := range in.Headers {
		if strings.EqualFold(fmt.Sprint(field.Key), name) {
			return fmt.Sprint(field.Value), true
		}
	}
	return "", false
}
