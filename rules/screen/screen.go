// Package screen tells which of many rules may match a value, by looking at it
// once for all of them.
//
//	s := screen.New([]screen.Rule{{ID: 942270, Targets: …, Chains: …, Clauses: clauses, Match: match}})
//	…
//	found := s.Begin() // for one request
//	found.Look(s.Collection("ARGS"), name, value) // for each value
//	if !found.Has(0) { … the rule of index 0 matches none of them … }
//	found.End()
//
// A rule is found where a value meets all of its clauses, after one of its
// chains of transformations, and its operator agrees. Clauses are what every
// value that matches must hold; Pattern derives them from regular expressions.
// What is found may still not match: chains of rules and exclusions are the
// engine's business. What is not found does not match.
package screen

import (
	"strings"
	"sync"

	"github.com/lachan-waf/lachan/rules/meter"
	"github.com/lachan-waf/lachan/rules/transform"
)

// Collection is a variable of requests that rules look at.
type Collection struct {
	all  slot
	keys map[string]*slot // by key in lower case: those that some rule names
}

// slot is what rules ask of one kind of value.
type slot struct {
	number uint64
	rules  ruleSet
	except ruleSet
	chains *transform.Set
	after  []ruleSet // by chain: the rules that look at values after it
}

func (c *Collection) key(key string) *slot {
	s := c.keys[key]
	if s == nil {
		s = new(slot)
		c.keys[key] = s
	}
	return s
}

// slot returns what is asked of the values under key.
func (c *Collection) slot(key string) *slot {
	if len(c.keys) == 0 {
		return &c.all
	}
	if s := c.keys[strings.ToLower(key)]; s != nil {
		return s
	}
	return &c.all
}

// Collection returns the named one, or nil where no rule looks at it.
func (s *Screen) Collection(name string) *Collection { return s.collections[name] }

// Candidates gathers the rules that may match a request.
type Candidates struct {
	screen  *Screen
	meter   *meter.Meter
	set     ruleSet
	hits    [MaxRules]uint8 // of one value: a bit for each clause that is met
	touched []uint16        // the rules with hits
	scratch transform.Scratch
}

var pool = sync.Pool{New: func() any { return new(Candidates) }}

// Begin returns an empty set of candidates. End gives it back. Once m, which may
// be nil, is over, no value is looked at any more and the set says nothing.
func (s *Screen) Begin(m *meter.Meter) *Candidates {
	c := pool.Get().(*Candidates)
	c.screen, c.meter, c.set = s, m, ruleSet{}
	return c
}

// End gives c back. A request whose screening panicked must not.
func (c *Candidates) End() {
	c.scratch.Shrink(maxKept)
	c.screen, c.meter = nil, nil
	pool.Put(c)
}

// maxKept bounds the room for values that is kept between requests.
const maxKept = 64 << 10

// Has reports whether the rule of index i, as given to New, may match.
func (c *Candidates) Has(i int) bool { return c.set.has(i) }

// Look adds the rules that may match value, which stands in a collection under key.
func (c *Candidates) Look(in *Collection, key, value string) { c.look(in.slot(key), value) }

// LookAgain is Look for values that come again and again, such as those of
// header fields.
func (c *Candidates) LookAgain(in *Collection, key, value string) {
	c.screen.memo.look(c, in.slot(key), value)
}

func (c *Candidates) look(s *slot, value string) {
	if c.meter.Over(len(value)) {
		return
	}
	s.chains.Apply(&c.scratch, transform.Of(value), func(text string, chains []int) {
		var rules ruleSet
		for _, chain := range chains {
			rules.addSet(&s.after[chain])
		}
		if rules.removeSet(&c.set); rules.empty() || c.meter.Over(len(text)) {
			return
		}
		c.scan(text, &rules)
	})
}

// scan adds those of rules whose conditions value meets.
func (c *Candidates) scan(value string, rules *ruleSet) {
	met := c.read(value, rules)
	folds := met.has(0) && foldsToASCII(value)
	if folds {
		c.set.addSet(rules)
	}
	for _, r := range c.touched {
		if !folds {
			c.decide(int(r), value, &met)
		}
		c.hits[r] = 0
	}
	c.touched = c.touched[:0]
	byBytes := rules.and(&c.screen.byBytes)
	byBytes.removeSet(&c.set)
	for r := range byBytes.all {
		c.decide(r, value, &met)
	}
}

// read notes which clauses of rules are met by words in value, and tells which
// of the sets of bytes it has a byte of.
func (c *Candidates) read(value string, rules *ruleSet) byteMask {
	s := c.screen
	if both := rules.and(&s.byWords); both.empty() {
		return s.masks.of(value)
	}
	return s.masks.each(value, s.words, func(word uint16) {
		for _, p := range s.postings[word] {
			if rules.has(int(p.rule)) {
				if c.hits[p.rule] == 0 {
					c.touched = append(c.touched, p.rule)
				}
				c.hits[p.rule] |= 1 << p.clause
			}
		}
	})
}

// decide adds a rule if all its clauses are met, and its operator agrees.
func (c *Candidates) decide(rule int, value string, met *byteMask) {
	r := &c.screen.rules[rule]
	hits := c.hits[rule]
	for i := range r.bytes {
		if hits>>i&1 == 0 && r.full>>i&1 != 0 && (r.bytes[i] < 0 || !met.has(r.bytes[i])) {
			return
		}
	}
	if r.match == nil || !c.meter.Over(len(value)) && r.match(value) {
		c.set.add(rule)
	}
}
