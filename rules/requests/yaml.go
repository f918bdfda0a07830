package requests

import (
	"errors"
	"fmt"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// short is a request in the short format. What it leaves out is completed as in
// CRS's.
type short struct {
	Name        string        `yaml:"name"`
	Method      string        `yaml:"method"`
	URI         string        `yaml:"uri"`
	Headers     yaml.MapSlice `yaml:"headers"`
	Data        string        `yaml:"data"`
	ExpectIDs   []int         `yaml:"expect_ids"`
	NoExpectIDs []int         `yaml:"no_expect_ids"`
	Status      int           `yaml:"status"`
}

func readYAML(name string, text []byte) ([]Case, error) {
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, yamlError(name, 1, err)
	}
	var all []Case
	for _, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		cases, err := readNode(name, doc.Body)
		if err != nil {
			return nil, err
		}
		all = append(all, cases...)
	}
	if len(all) == 0 {
		return nil, &Error{name, 1, errors.New("no request: expected the text of one, command lines of curl, or YAML")}
	}
	return all, nil
}

// readNode tells the formats apart.
func readNode(name string, node ast.Node) (all []Case, err error) {
	switch n := node.(type) {
	case *ast.SequenceNode:
		for _, entry := range n.Values {
			c, err := readShort(name, entry)
			if err != nil {
				return nil, err
			}
			all = append(all, c)
		}
		return all, nil
	case *ast.MappingNode:
		for _, pair := range n.Values {
			if pair.Key.String() == "tests" {
				return readSuite(name, node, pair.Value)
			}
		}
	case *ast.MappingValueNode: // of one key
		if n.Key.String() == "tests" {
			return readSuite(name, node, n.Value)
		}
	default:
		return nil, &Error{name, lineOf(node), errors.New("expected the text of a request, command lines of curl, or YAML with requests")}
	}
	c, err := readShort(name, node)
	return []Case{c}, err
}

func readShort(name string, node ast.Node) (Case, error) {
	var s short
	if err := yaml.NodeToValue(node, &s, yaml.Strict()); err != nil {
		return Case{}, yamlError(name, lineOf(node), err)
	}
	c, err := (&Input{Method: s.Method, URI: s.URI, Headers: s.Headers, Data: s.Data}).request(name, lineOf(node))
	c.Name = s.Name
	if s.ExpectIDs != nil || s.NoExpectIDs != nil || s.Status != 0 {
		c.Expect = &Expectation{IDs: s.ExpectIDs, NotIDs: s.NoExpectIDs, Status: s.Status}
	}
	return c, err
}

func readSuite(name string, node, tests ast.Node) (all []Case, err error) {
	var suite Suite
	if err := yaml.NodeToValue(node, &suite, yaml.Strict()); err != nil {
		return nil, yamlError(name, lineOf(node), err)
	}
	lines, _ := tests.(*ast.SequenceNode)
	for i, test := range suite.Tests {
		line := lineOf(tests)
		if lines != nil && i < len(lines.Values) {
			line = lineOf(lines.Values[i])
		}
		for n, stage := range test.Stages {
			c, err := stage.Input.request(name, line)
			if err != nil {
				return nil, err
			}
			if c.Name = fmt.Sprintf("%d-%d", suite.RuleID, test.ID); len(test.Stages) > 1 {
				c.Name += fmt.Sprintf(" stage %d", n+1)
			}
			if c.Expect, err = stage.Output.expectation(); err != nil {
				return nil, &Error{name, line, err}
			}
			all = append(all, c)
		}
	}
	return all, nil
}

// request reads what would be sent.
func (in *Input) request(name string, line int) (Case, error) {
	wire, err := in.Wire()
	if err != nil {
		return Case{}, &Error{name, line, err}
	}
	c, _, err := readWire(name, line, wire)
	var at *Error
	if errors.As(err, &at) {
		at.Line = line // those of the wire are nobody's
	}
	return c, err
}

// expectation is nil where nothing is expected that can be told here.
func (o *Output) expectation() (*Expectation, error) {
	if o.Log.MatchRegex != "" || o.Log.NoMatchRegex != "" {
		return nil, errors.New("log.match_regex and log.no_match_regex ask for a log that does not exist here: use expect_ids")
	}
	e := &Expectation{IDs: o.Log.ExpectIDs, NotIDs: o.Log.NoExpectIDs, Isolated: o.Isolated, Refused: o.ExpectError, Status: o.Status}
	if len(e.IDs) == 0 && len(e.NotIDs) == 0 && !e.Refused && e.Status == 0 {
		return nil, nil
	}
	return e, nil
}

func lineOf(node ast.Node) int {
	if m, ok := node.(*ast.MappingNode); ok && len(m.Values) > 0 && !m.IsFlowStyle {
		node = m.Values[0].Key
	}
	return node.GetToken().Position.Line
}

// yamlError takes the place out of the library's message, where it has one.
func yamlError(name string, line int, err error) error {
	var detailed yaml.Error
	if errors.As(err, &detailed) {
		if t := detailed.GetToken(); t != nil && t.Position != nil {
			line = t.Position.Line
		}
		err = errors.New(detailed.GetMessage())
	}
	return &Error{name, line, err}
}
