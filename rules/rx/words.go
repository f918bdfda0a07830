package rx

import (
	"iter"
	"regexp/syntax"
)

// Words looks for any of a list of words. Letters of ASCII are found in either
// case, all other bytes as they are. It is safe for concurrent use.
type Words struct {
	matcher *Matcher
	trie    trie
}

// Words returns a Words within the budget.
func (b *Budget) Words(words []string) *Words {
	t := newTrie(words)
	return &Words{b.matcher(newProgram(t.compile(), 0xFF), func() backup { return t }), t}
}

// In reports whether one of the words is in s.
func (w *Words) In(s string) bool { return w.matcher.MatchString(s) }

// All yields where words are in s: of those that begin at one place, the
// longest.
func (w *Words) All(s string) iter.Seq2[int, int] {
	return func(yield func(start, end int) bool) {
		for start := 0; start <= len(s); start++ {
			if n := w.trie.longest(s[start:]); n >= 0 && !yield(start, start+n) {
				return
			}
		}
	}
}

// trie holds words as a tree of their bytes, in lower case; the first node is
// its root.
type trie []trieNode

type trieNode struct {
	ends  bool // a word
	edges []trieEdge
}

type trieEdge struct {
	label byte
	to    uint32
}

func newTrie(words []string) trie {
	t := trie{{}}
	for _, word := range words {
		at := uint32(0)
		for i := range len(word) {
			label := lower(word[i])
			next, found := t.step(at, label)
			if !found {
				next = uint32(len(t))
				t = append(t, trieNode{})
				t[at].edges = append(t[at].edges, trieEdge{label, next})
			}
			at = next
		}
		t[at].ends = true
	}
	return t
}

func (t trie) step(at uint32, label byte) (to uint32, found bool) {
	for _, e := range t[at].edges {
		if e.label == label {
			return e.to, true
		}
	}
	return 0, false
}

// longest returns the length of the longest word that s begins with, or -1.
func (t trie) longest(s string) int {
	longest, at, found := -1, uint32(0), true
	for i := 0; found; i++ {
		if t[at].ends {
			longest = i
		}
		if i == len(s) {
			break
		}
		at, found = t.step(at, lower(s[i]))
	}
	return longest
}

// MatchString makes the trie a backup.
func (t trie) MatchString(s string) bool { return t.FindStringSubmatchIndex(s) != nil }

// FindStringSubmatchIndex makes the trie a backup.
func (t trie) FindStringSubmatchIndex(s string) []int {
	for start := 0; start <= len(s); start++ {
		if n := t.longest(s[start:]); n >= 0 {
			return []int{start, start + n}
		}
	}
	return nil
}

// compile returns the program that reads one of the words: the trie, with an
// alternative for each edge.
func (t trie) compile() *syntax.Prog {
	p := &syntax.Prog{Inst: []syntax.Inst{{Op: syntax.InstFail}, {Op: syntax.InstMatch}}}
	add := func(in syntax.Inst) uint32 {
		p.Inst = append(p.Inst, in)
		return uint32(len(p.Inst) - 1)
	}
	heads := make([]uint32, len(t))
	for n := len(t) - 1; n >= 0; n-- { // a node comes before those below it
		head := uint32(0)
		if t[n].ends {
			head = 1
		}
		for _, e := range t[n].edges {
			read := add(syntax.Inst{Op: syntax.InstRune, Rune: bothCases(e.label), Out: heads[e.to]})
			head = add(syntax.Inst{Op: syntax.InstAlt, Out: head, Arg: read})
		}
		heads[n] = head
	}
	p.Start = int(heads[0])
	return p
}

func bothCases(b byte) []rune {
	r := rune(b)
	if 'a' <= b && b <= 'z' {
		return []rune{r - 'a' + 'A', r - 'a' + 'A', r, r}
	}
	return []rune{r, r}
}

func lower(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b - 'A' + 'a'
	}
	return b
}
