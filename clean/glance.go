package clean

import (
	"slices"
	"unicode/utf8"
)

// deeds are the kinds of things that a script may be seen to do at a glance.
type deeds uint16

const (
	deedPacks deeds = 1 << iota
	deedDecodes
	deedRuns
	deedFetches
	deedNavigates
	deedLoads
	deedWrites
	deedSpies
)

// telling holds what is looked for in scripts, by kind. What looks closer (in
// signals.go and beside it) looks for the same words or longer ones: where a
// glance sees none of a kind, it would find nothing.
var telling = newGlancer(map[deeds][]string{
	deedPacks:     append([]string{"function(p,a,c,k,e,", "_0x"}, symbols[:]...),
	deedDecodes:   slices.Concat(decoders[:], escapings[:], []string{".reverse().join("}, brought[:]),
	deedRuns:      runners[:],
	deedFetches:   slices.Concat(fetchers[:], requests[:]),
	deedNavigates: slices.Concat([]string{"location", "navigat", "open(", ".open", `"open"]`, "'open']"}, refreshes[:], clickers[:], everyLink[:]),
	deedLoads:     slices.Concat([]string{"createelement", `import"`, "import'", `from"`, "from'", "import(", "import/*"}, loaders[:], elements[:], workers[:], styles[:]),
	deedSpies:     secrets[:],
	deedWrites:    slices.Concat(writers[:], inserters[:], []string{"document.title", `"write`, "'write", "document.write"}),
})

// glancer seeks many words at once, whatever their case, in a text of which it
// leaves out the white space, and what is not ASCII, of which no word has any.
// It is the automaton of Aho and Corasick (1975), with a row of classes of bytes
// for each state.
type glancer struct {
	class [256]uint8
	next  []uint16 // of state<<rowBits | class: a state
	deeds []deeds  // of a state: what has been seen when it is reached
}

const (
	rowBits    = 6
	classOther = 0 // what no word holds
	classBlank = 1 // what is left out
)

func newGlancer(words map[deeds][]string) *glancer {
	g := new(glancer)
	g.classify(words)
	g.addState()
	for act, list := range words {
		for _, word := range list {
			g.add(word, act)
		}
	}
	g.connect()
	return g
}

// classify gives each byte that stands in a word a class of its own.
func (g *glancer) classify(words map[deeds][]string) {
	for c := range g.class {
		if isSpace(byte(c)) || c == '\v' || c >= utf8.RuneSelf { // among the latter are spaces
			g.class[c] = classBlank
		}
	}
	classes := classBlank + 1
	for _, list := range words {
		for _, word := range list {
			for _, c := range []byte(word) {
				if g.class[c] == classOther {
					g.class[lower(c)], g.class[upper(c)] = uint8(classes), uint8(classes)
					classes++
				}
			}
		}
	}
	if classes > 1<<rowBits {
		panic("clean: too many kinds of bytes for a row")
	}
}

func upper(c byte) byte {
	if 'a' <= c && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}

func (g *glancer) addState() (state uint16) {
	state = uint16(len(g.deeds))
	g.next, g.deeds = append(g.next, make([]uint16, 1<<rowBits)...), append(g.deeds, 0)
	return state
}

func (g *glancer) to(state uint16, class uint8) *uint16 {
	return &g.next[int(state)<<rowBits|int(class)]
}

func (g *glancer) add(word string, act deeds) {
	state := uint16(0)
	for _, c := range []byte(word) {
		class := g.class[c]
		if class == classBlank {
			continue
		}
		next := *g.to(state, class)
		if next == 0 {
			next = g.addState()
			*g.to(state, class) = next
		}
		state = next
	}
	g.deeds[state] |= act
}

// connect leads on from each state where its word breaks off: to the longest
// end of what has been read with which another word begins.
func (g *glancer) connect() {
	type link struct{ state, back uint16 }
	var queue []link
	for class := range uint8(1 << rowBits) {
		if to := *g.to(0, class); to != 0 {
			queue = append(queue, link{to, 0})
		}
	}
	for ; len(queue) > 0; queue = queue[1:] {
		from := queue[0]
		g.deeds[from.state] |= g.deeds[from.back]
		for class := range uint8(1 << rowBits) {
			switch to, back := g.to(from.state, class), *g.to(from.back, class); {
			case class == classBlank:
				*to = from.state
			case *to == 0:
				*to = back
			default:
				queue = append(queue, link{*to, back})
			}
		}
	}
}

// look reports what text may do.
func (g *glancer) look(text []byte) (seen deeds) {
	state := uint16(0)
	for _, c := range text {
		state = g.next[int(state)<<rowBits|int(g.class[c])]
		seen |= g.deeds[state]
	}
	return seen
}
