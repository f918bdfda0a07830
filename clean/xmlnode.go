package clean

import "bytes"

// xmlNode is an element of a piece of XML whose tags match.
type xmlNode struct {
	tag      xmlTag
	local    string // name in lower case, without prefix
	from, to int    // in the piece
	content  span   // between the tags
	parent   *xmlNode
	children []*xmlNode
}

// parseXMLNode reads a piece that is one element. ok is false where it holds
// more elements than max.
func parseXMLNode(b []byte, maximum int) (root *xmlNode, ok bool) {
	var open *xmlNode
	count := 0
	for i := 0; i < len(b); {
		at := bytes.IndexByte(b[i:], '<')
		if at < 0 {
			break
		}
		i += at
		if n := xmlSectionLength(b[i:]); n > 0 {
			i += n
			continue
		}
		n := xmlTagLength(b[i:])
		t, wellFormed := parseXMLTag(b[i : i+n])
		if count++; n == 0 || !wellFormed || count > maximum {
			return nil, false
		}
		switch {
		case !t.closing:
			node := &xmlNode{tag: t, local: lowerString(localName(t.name)), from: i, to: i + n, content: span{i + n, i + n}, parent: open}
			if open == nil {
				root = node
			} else {
				open.children = append(open.children, node)
			}
			if !t.empty {
				open = node
			}
		case open == nil:
			return nil, false
		default:
			open.content.to, open.to = i, i+n
			open = open.parent
		}
		i += n
	}
	return root, root != nil && open == nil
}

// xmlSectionLength returns the length of the comment, CDATA section or
// instruction at the head of b, or 0.
func xmlSectionLength(b []byte) int {
	for _, s := range feedSections {
		if bytes.HasPrefix(b, []byte(s.begins)) {
			if end := bytes.Index(b[len(s.begins):], []byte(s.ends)); end >= 0 {
				return len(s.begins) + end + len(s.ends)
			}
			return len(b)
		}
	}
	return 0
}

// text returns the node's own text: references decoded, CDATA sections as they
// are, what comments part joined.
func (n *xmlNode) text(b []byte) []byte {
	var out []byte
	children := n.children
	for i := n.content.from; i < n.content.to; {
		if len(children) > 0 && children[0].from == i {
			i, children = children[0].to, children[1:]
			continue
		}
		if length := xmlSectionLength(b[i:n.content.to]); length > 0 {
			if section, is := bytes.CutPrefix(b[i:i+length], []byte("<![CDATA[")); is {
				out = append(out, bytes.TrimSuffix(section, []byte("]]>"))...)
			}
			i += length
			continue
		}
		end := bytes.IndexByte(b[i:n.content.to], '<')
		if end < 0 {
			end = n.content.to - i
		}
		out = append(out, decodeAttribute(b[i:i+end])...)
		i += max(end, 1)
	}
	return out
}

// words returns the text of the node and all in it, for the lexicon.
func (n *xmlNode) words(b []byte) []byte {
	out := append(n.text(b), ' ')
	for _, child := range n.children {
		out = append(out, child.words(b)...)
	}
	return out
}

// appendXMLText writes text as content: in the manner of the content it
// replaces, a CDATA section or escaped.
func appendXMLText(dst, text []byte, cdata bool) []byte {
	if !cdata {
		return escapeRaw(dst, text)
	}
	dst = append(dst, "<![CDATA["...)
	dst = append(dst, bytes.ReplaceAll(text, []byte("]]>"), []byte("]]]]><![CDATA[>"))...)
	return append(dst, "]]>"...)
}
