package policies

import (
	"github.com/goccy/go-yaml/ast"
)

// maxMerges bounds merge keys that lead to merge keys.
const maxMerges = 8

// pair is one key of a mapping, after merge keys are replaced.
type pair struct {
	name  string
	at    Place
	value ast.Node
}

// anchorFinder notes the node behind every anchor.
type anchorFinder struct {
	d     *decoder
	found map[string]ast.Node
}

func (a *anchorFinder) Visit(node ast.Node) ast.Visitor {
	anchor, ok := node.(*ast.AnchorNode)
	if !ok || anchor.Name == nil {
		return a
	}
	name := anchor.Name.GetToken().Value
	if _, ok := a.found[name]; ok {
		a.d.failAt(startOf(a.d.file, anchor), "", "anchor &%s is set twice", name)
	}
	a.found[name] = anchor.Value
	return a
}

func (d *decoder) collectAnchors(root ast.Node) map[string]ast.Node {
	finder := &anchorFinder{d, make(map[string]ast.Node)}
	ast.Walk(finder, root)
	return finder.found
}

// resolve follows anchors and aliases to the node that holds the value; nil
// means that there is none, which has been reported.
func (d *decoder) resolve(node ast.Node, key string) ast.Node {
	for range maxMerges {
		switch n := node.(type) {
		case *ast.AnchorNode:
			node = n.Value
		case *ast.AliasNode:
			name := n.Value.GetToken().Value
			target, ok := d.anchors[name]
			if !ok {
				d.failAt(startOf(d.file, n), key, "no anchor for the alias *%s: text that starts with * needs quotes", quoteInner(name))
				return nil
			}
			node = target
		case *ast.MappingValueNode:
			return ast.Mapping(n.GetToken(), false, n)
		case *ast.TagNode:
			d.failAt(startOf(d.file, n), key, "YAML tags are not supported")
			return nil
		default:
			return node
		}
	}
	d.failAt(Place{File: d.file}, key, "aliases lead nowhere")
	return nil
}

// pairs returns the keys of a mapping once each. What a merge key (<<) brings
// in comes last and only where the mapping has no such key itself.
func (d *decoder) pairs(mapping *ast.MappingNode, key string, merges int) []pair {
	var own []pair
	var merged []ast.Node
	seen := make(map[string]Place)
	for _, entry := range mapping.Values {
		at := startOf(d.file, entry.Key)
		switch entry.Key.(type) {
		case *ast.MergeKeyNode:
			merged = append(merged, entry.Value)
			continue
		case *ast.MappingKeyNode, *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
			d.failAt(at, key, "only plain keys are supported")
			continue
		}
		name := entry.Key.GetToken().Value
		if first, ok := seen[name]; ok {
			d.failAt(at, joinKey(key, name), "duplicate key: first set at %s", first)
			continue
		}
		seen[name] = at
		own = append(own, pair{name, at, entry.Value})
	}
	for _, node := range merged {
		own = d.merge(own, seen, node, key, merges)
	}
	return own
}

// merge adds to own the pairs of the mapping, or list of mappings, in node.
func (d *decoder) merge(own []pair, seen map[string]Place, node ast.Node, key string, merges int) []pair {
	node = d.resolve(node, key)
	if d.values++; node == nil || d.values > maxValues {
		return own
	}
	at := startOf(d.file, node)
	if merges == maxMerges {
		d.failAt(at, key, "merge keys nest deeper than %d levels", maxMerges)
		return own
	}
	switch n := node.(type) {
	case *ast.SequenceNode:
		for _, entry := range n.Values {
			own = d.merge(own, seen, entry, key, merges+1)
		}
	case *ast.MappingNode:
		for _, p := range d.pairs(n, key, merges+1) {
			if _, ok := seen[p.name]; !ok {
				seen[p.name] = p.at
				own = append(own, p)
			}
		}
	default:
		d.failAt(at, key, "a merge key takes keys and values, found %s", describe(node))
	}
	return own
}

// startOf returns where a node's text begins. The token goccy keeps for a
// block mapping is the colon after its first key.
func startOf(file string, node ast.Node) Place {
	if m, ok := node.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		return startOf(file, m.Values[0].Key)
	}
	return tokenPlace(file, node.GetToken())
}

// describe names the kind of a value for a reader.
func describe(node ast.Node) string {
	switch node.(type) {
	case *ast.NullNode:
		return "no value"
	case *ast.MappingNode:
		return "keys and values"
	case *ast.SequenceNode:
		return "a list"
	case *ast.BoolNode:
		return "true or false"
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "a number"
	}
	return "text"
}

// textOf returns the text of a scalar; false for null and collections.
func textOf(node ast.Node) (string, bool) {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	}
	return "", false
}
