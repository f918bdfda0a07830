package rules

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"

	"github.com/corazawaf/coraza/v3/experimental/plugins"
	"github.com/corazawaf/coraza/v3/experimental/plugins/plugintypes"
	"github.com/corazawaf/coraza/v3/types/variables"

	"github.com/lachan-waf/lachan/rules/opinion"
)

func init() {
	plugins.RegisterOperator("lachanReadings", func(plugintypes.OperatorOptions) (plugintypes.Operator, error) {
		return readings{}, nil
	})
}

// formPair is how a form begins, whatever its type is called.
var formPair = regexp.MustCompile(`^[\w.\-%+*\[\]~!$():@]{1,200}=[^\s{"<]*(?:[^\r\n{"]|$)`)

// bodyReading chooses how a body is read whose type names none of the rules' own
// readers: beacons are JSON called text/plain, reports application/csp-report,
// and many bodies have no type at all. It returns the processor, "" for what
// coraza would choose, and the bytes to read.
func bodyReading(contentType string, body []byte) (processor string, read []byte) {
	essence, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	switch essence = strings.TrimSpace(essence); {
	case essence == "application/x-www-form-urlencoded":
		if trimmed := bytes.TrimSpace(body); len(trimmed) > 0 && trimmed[0] == '{' && json.Valid(trimmed) {
			return bothProcessor, trimmed
		}
		return "", body
	case strings.HasPrefix(essence, "multipart/"),
		essence == "application/json", strings.HasSuffix(essence, "+json") && strings.HasPrefix(essence, "application/"),
		essence == "text/xml", essence == "application/xml", essence == "application/soap+xml":
		return "", body
	case strings.HasSuffix(essence, "+xml") && !strings.Contains(essence, "svg"):
		return "XML", body // a picture is markup, and read as text
	}
	trimmed := bytes.TrimSpace(body)
	switch {
	case len(trimmed) == 0:
		return "", body
	case trimmed[0] == '{' || trimmed[0] == '[':
		if json.Valid(trimmed) {
			return "JSON", trimmed
		}
		if array, ok := jsonLines(trimmed); ok {
			return "JSON", array
		}
	case formPair.Match(trimmed):
		return "", body
	}
	return textProcessor, body
}

// jsonLines makes an array of documents that stand one to a line.
func jsonLines(body []byte) ([]byte, bool) {
	array := []byte{'['}
	for line := range bytes.Lines(body) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		if !json.Valid(line) {
			return nil, false
		}
		if len(array) > 1 {
			array = append(array, ',')
		}
		array = append(array, line...)
	}
	return append(array, ']'), len(array) > 1
}

// readings adds to the arguments and cookies what applications may make of them
// by decoding, under the same names: the rules look at those as at the others.
// It runs once the body has been parsed, and matches nothing.
type readings struct{}

// mostReadings bounds what is added to a request.
const mostReadings = 100

// Evaluate implements plugintypes.Operator.
func (readings) Evaluate(tx plugintypes.TransactionState, _ string) bool {
	left := mostReadings
	for _, variable := range [...]variables.RuleVariable{variables.ArgsGet, variables.ArgsPost, variables.RequestCookies} {
		values, ok := tx.Collection(variable).(interface{ Add(key, value string) })
		if !ok {
			continue
		}
		for _, data := range tx.Collection(variable).FindAll() {
			for _, reading := range opinion.Readings(data.Value()) {
				if left--; left < 0 {
					return false
				}
				values.Add(strings.Clone(data.Key()), reading)
			}
		}
	}
	return false
}
