package policies

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Bounds of one file. goccy/go-yaml has none of its own: its parser recurses
// without limit, and takes time quadratic in the keys of one mapping (55,000
// keys, 1 MiB: 4.7 s). No sensible file comes near them.
const (
	maxFileSize    = 4 << 20
	maxNesting     = 32
	maxMappingKeys = 1000
)

// readFile reads a whole file of at most maxFileSize bytes.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxFileSize+1))
}

// readDocument turns the text of a file into the root of its only document.
func readDocument(file string, data []byte) (ast.Node, *Problem) {
	if len(data) > maxFileSize {
		return nil, &Problem{Place{File: file}, "", fmt.Sprintf("larger than %s", Size(maxFileSize))}
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	if p := checkCharacters(file, data); p != nil {
		return nil, p
	}
	return parseDocument(file, data)
}

// checkCharacters refuses what YAML 1.2 §5.1 does: invalid UTF-8 and control
// characters. They would otherwise travel into messages and header fields.
func checkCharacters(file string, data []byte) *Problem {
	line, column := 1, 1
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return &Problem{Place{file, line, column}, "", "not valid UTF-8"}
		}
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return &Problem{Place{file, line, column}, "", fmt.Sprintf("control character %U", r)}
		}
		column++
		if r == '\n' {
			line, column = line+1, 1
		}
		i += size
	}
	return nil
}

func parseDocument(file string, data []byte) (root ast.Node, problem *Problem) {
	// The parser is somebody else's and reads what a panel or a person wrote:
	// a panic of its own must not stop a running proxy during a reload.
	defer func() {
		if r := recover(); r != nil {
			root, problem = nil, &Problem{Place{File: file}, "", fmt.Sprintf("not readable as YAML: %v", r)}
		}
	}()
	tokens := lexer.Tokenize(string(data))
	if p := checkTokens(file, tokens); p != nil {
		return nil, p
	}
	parsed, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, syntaxProblem(file, err)
	}
	return onlyDocument(file, parsed)
}

// syntaxProblem avoids err.Error, which pretty-prints the surroundings over
// several lines, at a cost quadratic in the length of the line.
func syntaxProblem(file string, err error) *Problem {
	var syntax *yaml.SyntaxError
	if errors.As(err, &syntax) && syntax.Token != nil {
		return &Problem{tokenPlace(file, syntax.Token), "", "not valid YAML: " + oneLine(syntax.Message)}
	}
	return &Problem{Place{File: file}, "", "not valid YAML: " + oneLine(err.Error())}
}

func onlyDocument(file string, parsed *ast.File) (ast.Node, *Problem) {
	var root ast.Node
	for i, doc := range parsed.Docs {
		if i > 0 {
			return nil, &Problem{tokenPlace(file, documentToken(doc)), "", "more than one document: a file holds one"}
		}
		root = doc.Body
	}
	if root == nil {
		return nil, &Problem{Place{File: file}, "", "empty: no key is set"}
	}
	return root, nil
}

func documentToken(doc *ast.DocumentNode) *token.Token {
	if doc.Start != nil {
		return doc.Start
	}
	if doc.Body != nil {
		return doc.Body.GetToken()
	}
	return nil
}

func tokenPlace(file string, t *token.Token) Place {
	if t == nil || t.Position == nil {
		return Place{File: file}
	}
	return Place{file, t.Position.Line, t.Position.Column}
}
