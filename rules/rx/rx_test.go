package rx_test

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"rsc.io/binaryregexp"

	"github.com/lachan-waf/lachan/rules/rx"
)

const vietnamese = "Cổng thông tin điện tử: Ủy ban nhân dân huyện thông báo lịch tiêm chủng; select * from “bảng” — \u017Fcript, 5 \u212A.\n"

// pair is a Matcher and what it must agree with.
type pair struct {
	pattern string
	matcher *rx.Matcher
	want    interface{ MatchString(string) bool }
}

func newPair(t testing.TB, pattern string) pair {
	t.Helper()
	m, err := rx.Compile(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return pair{pattern, m, regexp.MustCompile(pattern)}
}

func (p pair) check(t testing.TB, value string) {
	t.Helper()
	if got, want := p.matcher.MatchString(value), p.want.MatchString(value); got != want {
		t.Errorf("%#q on %q: %t, want %t", p.pattern, value, got, want)
	}
}

func TestAnswersLikeRegexp(t *testing.T) {
	for _, tt := range []struct {
		pattern string
		values  []string
	}{
		{``, []string{"", "a"}},
		{`a`, []string{"", "a", "ba", "\xffa"}},
		{`^a$`, []string{"a", "a\n", "\na", "aa"}},
		{`(?m)^a$`, []string{"a", "b\na", "b\na\nc", "ba", "b\r\na"}},
		{`\Aa\z`, []string{"a", "ba", "ab", "a\n"}},
		{`(?s)a.c`, []string{"a\nc", "a\xffc", "aếc", "a\xe1\xbac", "ac"}},
		{`a.c`, []string{"a\nc", "a\u212Ac"}},
		{`\ba\b`, []string{"a", " a ", "ba", "ếa", "aế", "a_"}},
		{`\Ba`, []string{"a", "ba", "ếa"}},
		{`\B`, []string{"", "a", "ab", "  "}},
		{`\b`, []string{"", "a", "ế"}},
		{`\b\b\ba`, []string{"ba", " a"}},
		{`a$\b`, []string{"a", "a ", "ab"}},
		{`(?m)$^`, []string{"", "a", "a\n", "\n\n"}},
		{`(?m)a$\n^b`, []string{"a\nb", "ab", "a\n\nb"}},
		{`(?i)sk`, []string{"SK", "\u017FK", "\u017F\u212A", "s\u212A", "x\u017F"}},
		{`[^a]`, []string{"a", "\xff", "ế", "aa"}},
		{`[^\x00-\x{10FFFF}]`, []string{"", "a"}},
		{`\x{FFFD}`, []string{"\xff", "\uFFFD", "\xe1\xba", "\xed\xa0\x80"}},
		{`[\x{D800}-\x{DFFF}]|[\x{FFFD}]x`, []string{"\xed\xa0\x80", "\xed\xa0\x80x", "\uFFFDx"}},
		{`[\x{D900}-\x{F000}]`, []string{"\uE000", "\uF000", "\uF001", "\xee"}},
		{`\pL+\d`, []string{"ế1", "é", "1", "\xff1"}},
		{`.{3}`, []string{"ếế", "ếếế", "\xe1\xbf\xe1"}},
		{`(a*)*$`, []string{"", "b", "ab"}},
		{`\A(?:a|\Ab|c)`, []string{"b", "xb"}},
		{`(?:\Aa|b)c`, []string{"ac", "xac", "xbc"}},
	} {
		p := newPair(t, tt.pattern)
		for range 2 { // with states to make, and with states made
			for _, value := range tt.values {
				p.check(t, value)
			}
		}
	}
}

// More runes told apart than a byte can number.
func TestManyClasses(t *testing.T) {
	pattern := "x"
	for r := '\u4E00'; r < '\u4E00'+300; r++ {
		pattern += "|" + string(r) + "{2}"
	}
	p := newPair(t, pattern)
	for _, value := range []string{"", "x", "一", "一一", "a丁丁"} {
		p.check(t, value)
	}
}

func TestErrorsAreThoseOfRegexp(t *testing.T) {
	for _, pattern := range []string{`(`, `a**`, `[b-a]`, `(?<n`, `x{2000}`, `\8`} {
		_, err := rx.Compile(pattern)
		_, want := regexp.Compile(pattern)
		if err == nil || want == nil || err.Error() != want.Error() {
			t.Errorf("%s: %v, want %v", pattern, err, want)
		}
	}
}

func TestBytes(t *testing.T) {
	for _, pattern := range []string{
		`\xbc[^\xbe>]*[\xbe>]|<[^\xbe]*\xbe`, `.\xff$`, `(?i)\xe5k`, `ế`, `[^a]\b`, `(?s)^...$`,
	} {
		m, err := rx.CompileBytes(pattern)
		if err != nil {
			t.Fatal(err)
		}
		p := pair{pattern, m, binaryregexp.MustCompile(pattern)}
		values := append([]string{"", "\xbc>", "<\xbe", "\xc5K", "\xe5\xe2\x84\xaa", "ế", "\xff", "a\xff"}, crsTests()...)
		for _, value := range values {
			p.check(t, value)
		}
	}
}

// Every pattern of CRS, over every string of its tests, Vietnamese text, and
// what comes of them by chance.
func TestCRS(t *testing.T) {
	values := append(crsTests(), vietnamese, strings.ToUpper(vietnamese))
	for i, pattern := range crs() {
		random := rand.New(rand.NewPCG(1, uint64(i)))
		t.Run("", func(t *testing.T) {
			t.Parallel()
			p := newPair(t, "(?sm)"+pattern)
			for j, value := range values {
				if (raceDetector || testing.Short()) && j%16 != i%16 {
					continue
				}
				p.check(t, value)
				if j%4 == 0 {
					p.check(t, mutate(random, value, values))
				}
			}
		})
	}
}

const hostile = "\n\x00 \u017F\u212A<'_"

// mutate changes a string in a few places, and not always for the better.
func mutate(random *rand.Rand, value string, others []string) string {
	b := []byte(value)
	for range 1 + random.IntN(4) {
		at := random.IntN(len(b) + 1)
		switch random.IntN(4) {
		case 0:
			b = b[:at]
		case 1:
			b = slices.Insert(b, at, byte(random.Uint32()))
		case 2:
			b = slices.Insert(b, at, []byte(others[random.IntN(len(others))])...)
		case 3:
			b = slices.Insert(b, at, hostile[random.IntN(len(hostile))])
		}
	}
	return string(b)
}

// Patterns that nobody would write.
func TestRandomPatterns(t *testing.T) {
	rounds := 5000
	if raceDetector || testing.Short() {
		rounds = 1000
	}
	random := rand.New(rand.NewPCG(2, 3))
	for range rounds {
		pattern := flags[random.IntN(len(flags))] + expression(random, 4)
		if _, err := regexp.Compile(pattern); err != nil {
			continue // too many repetitions
		}
		p := newPair(t, pattern)
		for range 30 {
			p.check(t, text(random))
		}
		if t.Failed() {
			return
		}
	}
}

var flags = []string{"", "(?s)", "(?m)", "(?sm)", "(?i)", "(?ism)"}

var atoms = []string{
	`a`, `b`, `k`, `S`, `ế`, `\n`, ` `, `.`, `[ab]`, `[^a]`, `[a-k]`, `\w`, `\W`, `\s`, `\d`, `[^\n]`, `\x{FFFD}`,
	`\x{17F}`, `[ế-\x{2200}]`, `\pL`, `\p{Lu}`, `[^\pL]`, `\x{E000}`, `[\x{D7FF}-\x{E001}]`, `\x{10FFFF}`,
	`^`, `$`, `\b`, `\B`, `\A`, `\z`, ``,
}

func expression(random *rand.Rand, depth int) string {
	if depth == 0 || random.IntN(6) == 0 {
		return atoms[random.IntN(len(atoms))]
	}
	sub := func() string { return expression(random, depth-1) }
	switch random.IntN(8) {
	case 0, 1, 2, 3:
		return sub() + sub()
	case 4:
		return "(?:" + sub() + "|" + sub() + ")"
	case 5:
		return "(" + sub() + "|" + sub() + "|" + sub() + ")"
	case 6:
		return "(?:" + sub() + ")" + []string{"*", "+", "?", "{2}", "{0,3}", "*?"}[random.IntN(6)]
	}
	return "(?i:" + sub() + ")"
}

var pieces = []string{
	"a", "b", "k", "S", "\u017F", "\u212A", "ế", "\n", " ", "_", "1", "\xff", "\xe1", "\xe1\xba", "\xba", "\uFFFD",
	"\uE000", "\U0010FFFF", "\xed\xa0\x80", "\xc5", "∀",
}

func text(random *rand.Rand) string {
	var b strings.Builder
	for range random.IntN(9) {
		b.WriteString(pieces[random.IntN(len(pieces))])
	}
	return b.String()
}

func FuzzMatchString(f *testing.F) {
	f.Add(`(?sm)^a\b.*(?i:k)$`, vietnamese)
	f.Add(`(?:\Ba|\x{FFFD}{2,3})$`, "a\xe1\xba")
	for i, pattern := range crs() {
		f.Add("(?sm)"+pattern, crsTests()[i])
	}
	f.Fuzz(func(t *testing.T, pattern, value string) {
		if len(pattern) > 2000 || len(value) > 4000 {
			t.Skip("slow in regexp")
		}
		want, err := regexp.Compile(pattern)
		m, ours := rx.Compile(pattern)
		if (err == nil) != (ours == nil) {
			t.Fatalf("%v, want %v", ours, err)
		}
		if err != nil {
			return
		}
		for _, s := range []string{value, value + "\n", value + value, value} {
			pair{pattern, m, want}.check(t, s)
		}
		if b, err := binaryregexp.Compile(pattern); err == nil && utf8.ValidString(pattern) {
			m, err := rx.CompileBytes(pattern)
			if err != nil {
				t.Fatal(err)
			}
			pair{pattern, m, b}.check(t, value)
		}
	})
}

// A value that leads to ever new states is left to regexp, and the states do not
// grow beyond their bound. Afterwards the automaton is at work again.
func TestBounds(t *testing.T) {
	for _, most := range []int64{0, 100 << 10} {
		budget := rx.Budget{Most: most}
		m, err := budget.Compile(`(?s)[ab].{14}c`)
		if err != nil {
			t.Fatal(err)
		}
		p := pair{"", m, regexp.MustCompile(`(?s)[ab].{14}c`)}
		random := rand.New(rand.NewPCG(7, 8))
		for range 400 {
			b := make([]byte, 1000)
			for i := range b {
				b[i] = "abx"[random.IntN(3)]
			}
			p.check(t, string(b))
			p.check(t, string(b)+"c")
			bound := int64(600 << 10)
			if most > 0 {
				bound = most + 100<<10
			}
			if held := budget.Held(); held > bound {
				t.Fatalf("%d bytes are held within a budget of %d", held, most)
			}
		}
	}
}

// Goroutines that share a Matcher make its states, outgrow its table and flush
// it under each other's feet.
func TestConcurrentUse(t *testing.T) {
	p := newPair(t, `[ab][ab\n]{11}c$|\bk{3}`)
	want := func(s string) bool { return p.want.MatchString(s) }
	var users sync.WaitGroup
	for user := range 4 {
		users.Go(func() {
			random := rand.New(rand.NewPCG(4, uint64(user)))
			for range 300 {
				b := make([]byte, random.IntN(200))
				for i := range b {
					b[i] = "abab\nck"[random.IntN(7)]
				}
				if s := string(b); p.matcher.MatchString(s) != want(s) {
					t.Errorf("%q: not %t", s, want(s))
				}
			}
		})
	}
	users.Wait()
}
