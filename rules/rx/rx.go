// Package rx answers whether a regular expression matches, at a nanosecond or
// two per byte: regexp takes 30 to 100 on the patterns of CRS.
//
//	m, err := rx.Compile(`(?sm)^union\b.*select`)
//	if m.MatchString(value) { … }
//
// A Matcher gives the answer of regexp.Regexp for every string, invalid UTF-8
// included. It runs a deterministic automaton whose states are sets of
// instructions of regexp/syntax's program, made when a value first leads to
// them (Thompson 1968; Cox, "Regular Expression Matching in the Wild", 2010).
// It answers no more than yes or no, so it stops at the first match there is;
// where the groups are is asked of regexp, once it is known that there are any.
package rx

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"rsc.io/binaryregexp"
)

// Matcher is a compiled regular expression. It is safe for concurrent use: all
// users share its states, which are read without a lock.
type Matcher struct {
	program *program
	backup  func() backup // compiled when first needed

	table atomic.Pointer[table] // nil before the first value
	owed  atomic.Int64          // bytes to be left to backup, see states.flush

	mu     sync.Mutex
	states *states // guarded by mu

	// Set with the first table.
	leaves [256]bool // bytes that may lead out of table.waiting
	only   int       // the single such byte, or -1
}

// backup is the regular expression that a Matcher answers like.
type backup interface {
	MatchString(s string) bool
	FindStringSubmatchIndex(s string) []int
}

// Compile reads a pattern as regexp.Compile does.
func Compile(pattern string) (*Matcher, error) { return new(Budget).Compile(pattern) }

// CompileBytes reads a pattern as rsc.io/binaryregexp does: \xff is a byte,
// and a character is one.
func CompileBytes(pattern string) (*Matcher, error) { return new(Budget).CompileBytes(pattern) }

// Compile is the package's Compile within the budget.
func (b *Budget) Compile(pattern string) (*Matcher, error) {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil, err
	}
	compiled, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return nil, err
	}
	return b.matcher(newProgram(compiled, utf8.MaxRune), func() backup { return regexp.MustCompile(pattern) }), nil
}

// CompileBytes is the package's CompileBytes within the budget.
func (b *Budget) CompileBytes(pattern string) (*Matcher, error) {
	compiled, err := compileBytes(pattern)
	if err != nil {
		return nil, err
	}
	return b.matcher(newProgram(compiled, 0xFF), func() backup { return binaryregexp.MustCompile(pattern) }), nil
}

func (b *Budget) matcher(p *program, slow func() backup) *Matcher {
	m := &Matcher{program: p, backup: sync.OnceValue(slow)}
	m.states = newStates(p, b.open(m))
	return m
}

// MatchString reports whether s contains a match.
func (m *Matcher) MatchString(s string) bool {
	if m.program == nil || m.owed.Load() > 0 {
		m.owed.Add(-int64(len(s)) - 1)
		return m.backup().MatchString(s)
	}
	t := m.table.Load()
	if t == nil {
		t = m.begin()
	}
	return m.run(t, s)
}

// FindStringSubmatchIndex is that of regexp.Regexp.
func (m *Matcher) FindStringSubmatchIndex(s string) []int {
	if !m.MatchString(s) {
		return nil
	}
	return m.backup().FindStringSubmatchIndex(s)
}

// run is the loop that everything else is there for.
func (m *Matcher) run(t *table, s string) bool {
	p, state, missed := m.program, t.initial, 0
	if state < firstState {
		return state == match
	}
	for i := 0; i < len(s); {
		if state == t.waiting {
			if i += m.skip(s[i:]); i == len(s) {
				break
			}
		}
		class, width := uint32(p.bytes[s[i]]), 1
		if class == decode {
			var r rune
			r, width = utf8.DecodeRuneInString(s[i:])
			class = p.class(r)
		}
		next := atomic.LoadUint32(&t.next[state+class])
		if next < firstState {
			if next == unknown {
				if t, next = m.miss(t, state, class, i-missed); t == nil {
					return m.backup().MatchString(s)
				}
				missed = i
			}
			if next < firstState {
				return next == match
			}
		}
		state = next
		i += width
	}
	next := atomic.LoadUint32(&t.next[state+p.end()])
	if next == unknown {
		if t, next = m.miss(t, state, p.end(), len(s)-missed); t == nil {
			return m.backup().MatchString(s)
		}
	}
	return next == match
}

// skip returns how many bytes of s lead from waiting to waiting.
//
// Beyond ASCII it looks at single bytes, too: a first byte of a sequence never
// stands within another one, so that the first byte that may lead away begins a
// rune, whatever the bytes before it were.
func (m *Matcher) skip(s string) int {
	if m.only >= 0 {
		if i := strings.IndexByte(s, byte(m.only)); i >= 0 {
			return i
		}
		return len(s)
	}
	for i := range len(s) {
		if m.leaves[s[i]] {
			return i
		}
	}
	return len(s)
}
