package transform

import (
	"slices"
	"strings"
)

// Chain is the transformations of a rule, in order. The zero Chain changes
// nothing. It never changes, and may be used by many at once.
type Chain struct {
	key     string
	steps   []int
	touched marks // without the ASCII letters
	folded  marks // the ASCII letters
}

// Parse reads the names a rule gives with t:, in any case, behind those of the
// SecDefaultAction in force. It is false where a name that counts is not of this
// package: what the rule sees is then unknown.
func Parse(names []string) (c Chain, ok bool) {
	ok = true
	for _, name := range names {
		switch i, known := stepIndex(name); {
		case name == "none":
			c, ok = Chain{}, true
		case strings.EqualFold(name, "none"): // written None, it does nothing at all
		case known:
			c.add(i)
		default:
			ok = false
		}
	}
	return c, ok
}

func (c *Chain) add(i int) {
	if len(c.steps) > 0 {
		c.key += ","
	}
	c.key += steps[i].name
	c.steps = append(c.steps, i)
	c.touched |= 1 << i
	c.folded |= steps[i].folds
}

// Key is equal for chains that do the same, step by step: the names in one
// spelling, separated by commas. A chain's prefixes are those of its key.
func (c Chain) Key() string { return c.key }

// Touches is false where v certainly comes out as it went in. It costs one AND.
func (c Chain) Touches(v Value) bool { return v.marks&(c.touched|c.folded) != 0 }

// TouchesFolded is Touches for readers that ignore ASCII case: false where v
// certainly comes out as it went in but for the case of A to Z. Beyond ASCII,
// case still counts: lowercase makes k of U+212A and i of U+0130.
func (c Chain) TouchesFolded(v Value) bool { return v.marks&c.touched != 0 }

// Stages are the chains among whose texts are all that a rule with multiMatch
// shows its operator: c after no step, after one, and so on. The engine may
// overlook what some steps change, and then goes on with the text before them:
// behind each of these there are twice as many.
func (c Chain) Stages() []Chain {
	stages, open := []Chain{{}}, []Chain{{}}
	for _, step := range c.steps {
		for i, before := range open {
			next := before
			next.steps = slices.Clip(before.steps)
			next.add(step)
			stages = append(stages, next)
			if steps[step].overlooked {
				open = append(open, next)
			} else {
				open[i] = next
			}
		}
	}
	return stages
}

// Apply returns what the engine's operator would see of v, and whether that is
// another text. As there, a step that fails leaves the text as it was, and the
// next goes on.
//
// The returned text is v's own, or lies in s until its next use: copy it to keep
// it. v must not lie in s.
func (c Chain) Apply(s *Scratch, v Value) (text string, changed bool) {
	s.reset()
	out := v
	for _, i := range c.steps {
		if out.marks&marksOf(i) != 0 {
			out = s.apply(i, out)
		}
	}
	if out.text == v.text {
		return v.text, false
	}
	return out.text, true
}
