package pages_test

import (
	"bytes"
	"testing"

	"golang.org/x/net/html"
)

// kept says how much of a page's tree is left.
type kept struct {
	elements, elementsLeft     int
	attributes, attributesLeft int
}

func (k kept) elementShare() float64 { return 100 * float64(k.elementsLeft) / float64(k.elements) }

func (k kept) attributeShare() float64 {
	return 100 * float64(k.attributesLeft) / float64(max(1, k.attributes))
}

// keeps compares the trees of a page before and after, with scripts on and with
// scripts off: they differ in what is in noscript.
func keeps(t *testing.T, in, out []byte) (k kept) {
	t.Helper()
	for _, scripting := range []bool{true, false} {
		before, after := newCensus(t, in, scripting), newCensus(t, out, scripting)
		n, left := before.elements.left(after.elements)
		k.elements, k.elementsLeft = k.elements+n, k.elementsLeft+left
		n, left = before.attributes.left(after.attributes)
		k.attributes, k.attributesLeft = k.attributes+n, k.attributesLeft+left
	}
	return k
}

// tally counts things that look alike.
type tally map[string]int

// left counts the things, and how many of them another tally holds too.
func (c tally) left(other tally) (all, left int) {
	for thing, n := range c {
		all += n
		left += min(n, other[thing])
	}
	return all, left
}

// census counts the elements of a tree by name, namespace and parent, and the
// attributes by element, name and value.
type census struct{ elements, attributes tally }

func newCensus(t *testing.T, page []byte, scripting bool) census {
	t.Helper()
	root, err := html.ParseWithOptions(bytes.NewReader(page), html.ParseOptionEnableScripting(scripting))
	if err != nil {
		t.Fatal(err)
	}
	c := census{tally{}, tally{}}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		c.elements[n.Parent.Data+"/"+n.Namespace+" "+n.Data]++
		for _, a := range n.Attr {
			c.attributes[n.Data+" "+a.Key+"="+a.Val]++
		}
	}
	return c
}
