package transform_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/lachan-waf/lachan/rules/transform"
)

// comparison holds the chains against the engine's.
type comparison struct {
	engine  *engine
	chains  []transform.Chain
	sets    map[bool]*transform.Set // by whether they ignore case
	scratch transform.Scratch
	values  int
}

func newComparison(tb testing.TB, lists [][]string) *comparison {
	tb.Helper()
	chains, lists := known(tb, lists)
	return &comparison{engine: newEngine(tb, lists, ""), chains: chains, sets: map[bool]*transform.Set{
		false: transform.NewSet(chains, false), true: transform.NewSet(chains, true),
	}}
}

// compare is every transformation by itself and every chain of CRS.
func compare(tb testing.TB) *comparison {
	tb.Helper()
	var lists [][]string
	for _, name := range names {
		lists = append(lists, []string{name})
	}
	lists = append(lists, []string{"Lowercase", "None", "TRIM"}, []string{"sha1", "none", "trim"})
	return newComparison(tb, append(lists, crsChains(tb)...))
}

// check compares what becomes of value, and holds Touches to its promise.
func (c *comparison) check(tb testing.TB, value string) {
	tb.Helper()
	c.values++
	v := transform.Of(value)
	wanted := make([]string, len(c.chains))
	for i, seen := range c.engine.transform(tb, value) {
		if len(seen) != 1 {
			tb.Fatalf("%s: %q was seen %d times", c.chains[i].Key(), value, len(seen))
		}
		wanted[i] = seen[0]
	}
	for i, want := range wanted {
		chain := c.chains[i]
		got, changed := chain.Apply(&c.scratch, v)
		if got != want || changed != (got != value) {
			tb.Fatalf("%s\nof  %q\nis  %q (changed: %v)\nnot %q", chain.Key(), value, want, got != value, got)
		}
		if changed && !chain.Touches(v) {
			tb.Fatalf("%s is said not to touch %q, and makes %q of it", chain.Key(), value, want)
		}
		if folded(want) != folded(value) && !chain.TouchesFolded(v) {
			tb.Fatalf("%s is said not to touch %q but for case, and makes %q of it", chain.Key(), value, want)
		}
	}
	for ignoreCase := range c.sets {
		c.checkSet(tb, v, wanted, ignoreCase)
	}
}

// checkSet: a set visits every chain once, with the engine's text.
func (c *comparison) checkSet(tb testing.TB, v transform.Value, wanted []string, ignoreCase bool) {
	tb.Helper()
	visits := make([]int, len(c.chains))
	c.sets[ignoreCase].Apply(&c.scratch, v, func(text string, chains []int) {
		for _, i := range chains {
			visits[i]++
			if text != wanted[i] && !(ignoreCase && folded(text) == folded(wanted[i])) {
				tb.Fatalf("%s in a set (ignoring case: %v)\nof  %q\nis  %q\nnot %q", c.chains[i].Key(), ignoreCase, v, wanted[i], text)
			}
		}
	})
	if slices.ContainsFunc(visits, func(n int) bool { return n != 1 }) {
		tb.Fatalf("%q: visits %v", v, visits)
	}
}

func (c *comparison) log(t *testing.T) { t.Logf("%d values, %d chains", c.values, len(c.chains)) }

// folded folds A to Z, and no other letters.
func folded(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c | 0x20
		}
	}
	return string(b)
}

// seed makes the random values of a test the same each time.
const seed = 20260728

func TestNastyValues(t *testing.T) {
	c := compare(t)
	for _, value := range nasty {
		c.check(t, value)
		for _, other := range nasty {
			c.check(t, value+other)
		}
	}
	c.log(t)
}

func TestStringsOfOtherSuites(t *testing.T) {
	c := compare(t)
	for _, value := range append(crsStrings(t), corazaStrings(t)...) {
		c.check(t, value)
	}
	c.log(t)
}

// TestShortStrings tries every byte beside each that means something, and longer
// strings of those that mean something together.
func TestShortStrings(t *testing.T) {
	c := compare(t)
	const meaning = "\x00\t\n\r \"#%&'()*+,-./0:;<>A\\^afux{}\x85\xa0\xc2\xe1"
	for i := range 256 {
		for _, m := range []byte(meaning) {
			c.check(t, string([]byte{byte(i), m}))
			c.check(t, string([]byte{m, byte(i)}))
		}
	}
	for _, letters := range []string{"/.a:\\ ", "/*-<!>#", " ,/\"A", "\xc2\xa0\x85 \xe1"} {
		words(letters, 4, func(word string) { c.check(t, word) })
	}
	c.log(t)
}

// TestEveryCodePoint has each, in UTF-8 and as an escape. Beyond the first two
// planes, where no letter has case, some must do.
func TestEveryCodePoint(t *testing.T) {
	c := compare(t)
	for block := rune(0); block <= utf8.MaxRune; block += 0x100 {
		if block >= 0x20000 && block&0xff00 != 0xff00 {
			continue
		}
		var plain, uni, js, css, reference strings.Builder
		for r := block; r < block+0x100; r++ {
			plain.WriteRune(r)
			fmt.Fprintf(&js, "\\u{%x}", r)
			fmt.Fprintf(&css, "\\%x ", r)
			fmt.Fprintf(&reference, "&#x%x;", r)
			if r <= 0xffff {
				fmt.Fprintf(&uni, "%%u%04X", r)
				fmt.Fprintf(&js, "\\u%04x", r)
			}
		}
		for _, value := range []string{plain.String(), uni.String(), js.String(), css.String(), reference.String()} {
			c.check(t, value)
		}
	}
	c.log(t)
}

func TestEveryEntity(t *testing.T) {
	names, err := os.ReadFile("entities.txt")
	if err != nil {
		t.Fatal(err)
	}
	c := compare(t)
	for _, name := range strings.Fields(string(names)) {
		for _, value := range []string{"&" + name, "&" + name + "x", "&" + name + "=", "&x" + name, "&" + name[:len(name)-1], "&" + strings.ToLower(name)} {
			c.check(t, value)
		}
	}
	c.log(t)
}

func TestRandomValues(t *testing.T) {
	c := compare(t)
	r := rand.New(rand.NewPCG(seed, 0))
	for range 8000 {
		c.check(t, random(r))
		c.check(t, noise(r))
	}
	c.log(t)
}

// TestRandomChains puts steps together as no rule of CRS does.
func TestRandomChains(t *testing.T) {
	r := rand.New(rand.NewPCG(seed, 1))
	var lists [][]string
	for range 300 {
		var list []string
		for range 2 + r.IntN(6) {
			list = append(list, names[r.IntN(len(names))])
		}
		lists = append(lists, list)
	}
	c := newComparison(t, lists)
	for range 1000 {
		c.check(t, random(r))
	}
	c.log(t)
}

// TestStages: a rule with multiMatch sees the texts of its chain's stages.
func TestStages(t *testing.T) {
	var lists [][]string
	for _, name := range names {
		lists = append(lists, []string{name}, []string{"urlDecodeUni", name, "lowercase"})
	}
	chains, lists := known(t, append(lists, crsChains(t)...))
	e := newEngine(t, lists, ",multiMatch")
	r := rand.New(rand.NewPCG(seed, 2))
	var scratch transform.Scratch
	compared := 0
	for range 3000 {
		value := random(r)
		seen := e.transform(t, value)
		for i, chain := range chains {
			compared++
			var texts []string
			for _, stage := range chain.Stages() {
				text, _ := stage.Apply(&scratch, transform.Of(value))
				texts = append(texts, strings.Clone(text))
			}
			certain := !strings.Contains(chain.Key(), "htmlEntityDecode") && !strings.Contains(chain.Key(), "removeWhitespace")
			if want := slices.Compact(seen[i]); certain && !slices.Equal(slices.Compact(texts), want) {
				t.Fatalf("%s\nof  %q\nare %q\nnot %q", chain.Key(), value, want, texts)
			}
			for _, text := range seen[i] {
				if !slices.Contains(texts, text) {
					t.Fatalf("%s\nof %q shows %q\nwhich is not among %q", chain.Key(), value, text, texts)
				}
			}
		}
	}
	t.Logf("%d compared", compared)
}

func TestParse(t *testing.T) {
	for _, test := range []struct{ names, key string }{
		{"", ""},
		{"none", ""},
		{"lowercase none URLDECODEUNI normalisePathWin", "urlDecodeUni,normalizePathWin"},
		{"lowercase None removenulls", "lowercase,removeNulls"},
		{"sha1 none trim", "trim"},
	} {
		chain, ok := transform.Parse(strings.Fields(test.names))
		if !ok || chain.Key() != test.key {
			t.Errorf("%s: %q %v", test.names, chain.Key(), ok)
		}
	}
	for _, name := range append(unknown, "", "sqlHexDecode") {
		if _, ok := transform.Parse([]string{"lowercase", name}); ok {
			t.Errorf("%q is known", name)
		}
	}
}

// TestTimeIsLinear: a megabyte is a body that may be inspected.
func TestTimeIsLinear(t *testing.T) {
	chains, _ := known(t, append(crsChains(t), names))
	set := transform.NewSet(chains, false)
	var scratch transform.Scratch
	took := func(part string, length int) time.Duration {
		v := transform.Of(strings.Repeat(part, length/len(part)))
		best := time.Hour
		for range 3 {
			start := time.Now()
			set.Apply(&scratch, v, func(string, []int) {})
			best = min(best, time.Since(start))
		}
		return best
	}
	for _, part := range []string{"+a", "%u", "&#", "&a", "&#1", "/*", "/*a*/", "<!--", "a--", "../", "a/../", "/a", "a:", ". ", "\\u{", "\\", " a", "\xff"} {
		short, long := took(part, 32<<10), took(part, 512<<10)
		for range 5 { // others may need the processor for longer than a few tries take
			if long <= 100*short {
				break
			}
			long = min(long, took(part, 512<<10))
		}
		if long > 100*short+20*time.Millisecond { // 16 when linear, 256 when quadratic
			t.Errorf("%q: 32 KiB took %v, 512 KiB %v", part, short, long)
		}
	}
}
