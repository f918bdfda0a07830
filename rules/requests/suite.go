package requests

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
)

// Suite is a file of go-ftw's tests (coreruleset/ftw-tests-schema), the format in
// which CRS has its own. It is to be decoded strictly, so that nothing is asked for
// that nobody looks at.
type Suite struct {
	Meta   map[string]any `yaml:"meta"`
	Author string         `yaml:"author"` // belongs to meta; 932271 has it here
	RuleID int            `yaml:"rule_id"`
	Tests  []Test         `yaml:"tests"`
}

// Test is requests, one after another.
type Test struct {
	ID     int      `yaml:"test_id"`
	Desc   string   `yaml:"desc"`
	Tags   []string `yaml:"tags"`
	Stages []Stage  `yaml:"stages"`
}

// Stage is a request, and what is expected of it.
type Stage struct {
	Input  Input  `yaml:"input"`
	Output Output `yaml:"output"`
}

// Input is a request. The address is always the site's, whatever dest_addr, port
// and protocol say; stop_magic and save_cookie are of the past.
type Input struct {
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

// Output is what is expected of a request.
type Output struct {
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

// Header is the value of a field, by its name in any case.
func (in *Input) Header(name string) (value string, found bool) {
	for _, field := range in.Headers {
		if strings.EqualFold(fmt.Sprint(field.Key), name) {
			return fmt.Sprint(field.Value), true
		}
	}
	return "", false
}
