package screen

import (
	"slices"
	"strings"

	"github.com/lachan-waf/lachan/rules/transform"
)

// Rule is what a Screen knows of a SecRule, or of the first of a chain.
type Rule struct {
	ID      int
	Targets []Target
	// Chains are the transformations after which the operator looks at a value:
	// one, or with multiMatch each beginning of it.
	Chains []transform.Chain
	// Clauses are met by every value that matches, after the transformations.
	// None: any value may match.
	Clauses []Clause
	// Match is the operator itself, asked where all clauses are met; nil where
	// only the rule engine can tell.
	Match func(value string) bool
}

// Target is a variable of a rule: a collection, or the entry with a key.
type Target struct {
	Collection string
	Key        string // in lower case, or empty
	Except     bool   // what the collection has under Key is left out
}

// Screen tells which of its rules may match a request. It never changes and is
// safe for concurrent use.
type Screen struct {
	rules       []screened
	words       *automaton
	postings    [][]posting // by word
	byWords     ruleSet     // the rules with words in a clause
	byBytes     ruleSet     // the rules without a clause of words alone
	masks       masks
	collections map[string]*Collection
	memo        memo
}

// screened is a rule as it is looked up.
type screened struct {
	full  uint8           // a bit for each clause
	bytes [maxClauses]int // by clause: the number of its set of bytes, or -1
	match func(string) bool
}

// posting is where a word counts.
type posting struct {
	rule   uint16
	clause uint8
}

// New prepares rules, the first MaxRules of them. A clause for which there is no
// room is left out: its rule is then found where the others are met.
func New(rules []Rule) *Screen {
	b := builder{Screen: &Screen{collections: map[string]*Collection{}}, numbers: map[string]int{}, sets: map[ByteSet]int{beyondASCII: 0}}
	for i, r := range rules[:min(len(rules), MaxRules)] {
		b.rule(i, r)
	}
	b.words = newAutomaton(b.list)
	for _, c := range b.collections {
		b.finish(c)
	}
	for set, number := range b.sets {
		for c := range 256 {
			if set.Has(byte(c)) {
				b.masks[c].add(number)
			}
		}
	}
	return b.Screen
}

type builder struct {
	*Screen
	list    []string       // of words
	numbers map[string]int // of words
	sets    map[ByteSet]int
	chains  []transform.Chain
	ofChain []ruleSet // the rules of each chain
	slots   uint64
}

func (b *builder) rule(index int, r Rule) {
	s := screened{match: r.Match}
	wordsAlone := false
	for i, clause := range b.taken(r.Clauses) {
		s.full |= 1 << i
		s.bytes[i] = -1
		if clause.Bytes != (ByteSet{}) {
			s.bytes[i] = b.set(clause.Bytes)
		}
		wordsAlone = wordsAlone || s.bytes[i] < 0
		for _, word := range clause.Words {
			n := b.word(word)
			b.postings[n] = append(b.postings[n], posting{uint16(index), uint8(i)})
			b.byWords.add(index)
		}
	}
	if !wordsAlone {
		b.byBytes.add(index)
	}
	b.rules = append(b.rules, s)
	for _, c := range r.Chains {
		b.ofChain[b.chain(c)].add(index)
	}
	for _, t := range r.Targets {
		b.target(index, t)
	}
}

// mostWords bounds the automaton: CRS has a third of these words, and they take
// five MiB.
const mostWords = 8 << 10

// taken are the clauses that there is room for.
func (b *builder) taken(clauses []Clause) (kept []Clause) {
	for _, c := range clauses {
		_, known := b.sets[c.Bytes]
		room := known || c.Bytes == ByteSet{} || len(b.sets) < maskBits
		if room && len(b.list)+len(c.Words) <= mostWords && len(kept) < maxClauses {
			kept = append(kept, c)
		}
	}
	return kept
}

func (b *builder) set(bytes ByteSet) int {
	number, known := b.sets[bytes]
	if !known {
		number = len(b.sets)
		b.sets[bytes] = number
	}
	return number
}

func (b *builder) word(word string) int {
	number, known := b.numbers[word]
	if !known {
		number = len(b.list)
		b.numbers[word] = number
		b.list, b.postings = append(b.list, word), append(b.postings, nil)
	}
	return number
}

func (b *builder) chain(c transform.Chain) int {
	i := slices.IndexFunc(b.chains, func(known transform.Chain) bool { return known.Key() == c.Key() })
	if i < 0 {
		i = len(b.chains)
		b.chains, b.ofChain = append(b.chains, c), append(b.ofChain, ruleSet{})
	}
	return i
}

// target notes that a rule looks at a collection, or at a key of one.
func (b *builder) target(rule int, t Target) {
	c := b.collections[t.Collection]
	if c == nil {
		c = &Collection{keys: map[string]*slot{}}
		b.collections[t.Collection] = c
	}
	key := strings.ToLower(t.Key)
	switch {
	case t.Except && key == "":
		return // too odd: the rule is looked at for all of it
	case t.Except:
		c.key(key).except.add(rule)
	case key == "":
		c.all.rules.add(rule)
	default:
		c.key(key).rules.add(rule)
	}
}

// finish settles what is asked of each key, and by which chains.
func (b *builder) finish(c *Collection) {
	b.plan(&c.all)
	for _, s := range c.keys {
		named := s.rules
		s.rules.addSet(&c.all.rules)
		s.rules.removeSet(&s.except)
		s.rules.addSet(&named)
		b.plan(s)
	}
}

func (b *builder) plan(s *slot) {
	s.number, b.slots = b.slots, b.slots+1
	var chains []transform.Chain
	for i := range b.chains {
		if part := s.rules.and(&b.ofChain[i]); !part.empty() {
			chains, s.after = append(chains, b.chains[i]), append(s.after, part)
		}
	}
	s.chains = transform.NewSet(chains, false)
}
