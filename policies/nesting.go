package policies

import (
	"fmt"

	"github.com/goccy/go-yaml/token"
)

// nesting follows how deep tokens nest, so that the recursive parser is never
// given more than it can bear: a Go program does not survive a full stack.
// Block collections nest by column, flow collections by bracket.
type nesting struct {
	blocks []block
	flow   []int // for each open bracket its keys so far; inList for a list
}

const inList = -1

// block is an open block collection: the column its entries start in, and
// how many keys it has so far.
type block struct{ column, keys int }

// checkTokens refuses tokens that nest too deep, mappings with too many keys,
// directives, tags and keys marked with "?".
func checkTokens(file string, tokens token.Tokens) *Problem {
	var n nesting
	for _, t := range tokens {
		if message := n.next(t); message != "" {
			return &Problem{tokenPlace(file, t), "", message}
		}
	}
	return nil
}

func (n *nesting) next(t *token.Token) string {
	switch t.Type {
	case token.DirectiveType:
		return "YAML directives are not supported"
	case token.TagType:
		return "YAML tags are not supported"
	case token.MappingStartType:
		n.flow = append(n.flow, 0)
	case token.SequenceStartType:
		n.flow = append(n.flow, inList)
	case token.MappingEndType, token.SequenceEndType:
		n.flow = n.flow[:max(0, len(n.flow)-1)]
	case token.CollectEntryType:
		n.entry()
	case token.MappingKeyType: // also quadratic: 64,000 of them take half a minute
		return "only plain keys are supported"
	case token.SequenceEntryType:
		n.open(t.Position.Column)
	case token.MappingValueType:
		n.key(t)
	}
	if len(n.flow)+len(n.blocks) > maxNesting {
		return fmt.Sprintf("nested deeper than %d levels", maxNesting)
	}
	if n.keys() > maxMappingKeys {
		return fmt.Sprintf("more than %d keys in one mapping", maxMappingKeys)
	}
	return ""
}

// keys returns the keys of the innermost mapping so far.
func (n *nesting) keys() int {
	if k := len(n.flow); k > 0 {
		return n.flow[k-1]
	}
	if k := len(n.blocks); k > 0 {
		return n.blocks[k-1].keys
	}
	return 0
}

// entry counts the comma after an entry of a flow mapping.
func (n *nesting) entry() {
	if k := len(n.flow); k > 0 && n.flow[k-1] != inList {
		n.flow[k-1]++
	}
}

// key counts a key where its text starts, before the colon.
func (n *nesting) key(colon *token.Token) {
	if len(n.flow) > 0 {
		return
	}
	start := colon
	if colon.Prev != nil && colon.Prev.Position.Line == colon.Position.Line {
		start = colon.Prev
	}
	n.open(start.Position.Column)
	n.blocks[len(n.blocks)-1].keys++
}

// open makes the collection at column the innermost one.
func (n *nesting) open(column int) {
	if len(n.flow) > 0 {
		return
	}
	for k := len(n.blocks); k > 0 && n.blocks[k-1].column > column; k-- {
		n.blocks = n.blocks[:k-1]
	}
	if k := len(n.blocks); k == 0 || n.blocks[k-1].column < column {
		n.blocks = append(n.blocks, block{column: column})
	}
}
