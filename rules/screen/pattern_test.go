package screen

import (
	"regexp"
	"strings"
	"testing"
)

func TestPattern(t *testing.T) {
	for _, tt := range []struct{ pattern, want string }{
		{`(?i)union.*?select.*?from`, "select | union | from"},
		{`java\.lang\.(?:runtime|processbuilder)`, "java.lang."},
		{`(?:runtime|processbuilder)`, "runtime processbui"},
		{`^a*$`, ""},
		{`[\n\r]`, `[\n\r]`},
		{`(?:ab|)c`, ""},
		{`(?:ab|d)c!`, "dc! abc!"},
		{`x(?:foo|ba[rz])+y`, "bar baz foo"},
		{`(?i)<script[^>]*>`, "<script | [>]"},
		{`\bor\b|\band\b`, "or and"},
		{`é{2}x=`, "x="},
		{`[^a]`, ""},
		{`(?i)k[k]`, "kk"},
	} {
		clauses, err := Pattern(tt.pattern)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range clauses {
			got = append(got, c.text())
		}
		if text := strings.Join(got, " | "); text != tt.want {
			t.Errorf("%s: %s; want %s", tt.pattern, text, tt.want)
		}
	}
}

// text shows a clause.
func (c *Clause) text() string {
	var parts []string
	var bytes strings.Builder
	for b := range 0x80 {
		if c.Bytes.Has(byte(b)) && !('A' <= b && b <= 'Z') {
			bytes.WriteByte(byte(b))
		}
	}
	if bytes.Len() > 0 {
		parts = append(parts, "["+strings.NewReplacer("\n", `\n`, "\r", `\r`).Replace(bytes.String())+"]")
	}
	if c.Bytes.Meets(&beyondASCII) {
		parts = append(parts, "high")
	}
	return strings.Join(append(parts, c.Words...), " ")
}

// bytesOf is the set of the bytes in value.
func bytesOf(value string) (s ByteSet) {
	for i := range len(value) {
		s.Add(value[i])
	}
	return s
}

// meets is the meaning of a clause, told by other means than the automaton.
func meets(value string, c *Clause) bool {
	set := bytesOf(value)
	if set.Meets(&c.Bytes) {
		return true
	}
	low := lowerASCII(value)
	for _, word := range c.Words {
		if strings.Contains(low, word) {
			return true
		}
	}
	return false
}

// FuzzPattern: what an expression matches meets all of its clauses.
func FuzzPattern(f *testing.F) {
	for _, seed := range [][2]string{
		{`(?i)union.*?select`, "UNION all SELECT"}, {`a|b?c+`, "cc"}, {`(?sm)^(?:[^']*'|[^"]*"){2,3}[\s\x0b]*;`, "''  ;"},
		{`(?i)\x5cu[0-9a-f]{4}`, `\u00e9`}, {`[^\x00-\x7f]x`, "éx"}, {`(?:a|)(?:b|cd)*e`, "acde"}, {`\Bk\b`, "ak"}, {`x{0,3}y{2}`, "yy"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, pattern, value string) {
		re, err := regexp.Compile(pattern)
		if err != nil || foldsToASCII(value) || !re.MatchString(value) {
			return
		}
		clauses, err := Pattern(pattern)
		if err != nil {
			t.Fatalf("%q: %v", pattern, err)
		}
		for i := range clauses {
			if !meets(value, &clauses[i]) {
				t.Fatalf("%q matches %q without %s", pattern, value, clauses[i].text())
			}
		}
	})
}

// FuzzAutomaton: it finds what strings.Contains does.
func FuzzAutomaton(f *testing.F) {
	f.Add("select union on", "SELECT a UNIon b")
	f.Add("aa aaa a", "aaaa")
	f.Fuzz(func(t *testing.T, list, value string) {
		words := strings.Fields(lowerASCII(list))
		found := map[uint16]bool{}
		new(masks).each(value, newAutomaton(words), func(word uint16) { found[word] = true })
		for i, word := range words {
			if want := strings.Contains(lowerASCII(value), word); found[uint16(i)] != want {
				t.Fatalf("%q in %q: found %v", word, value, found[uint16(i)])
			}
		}
	})
}
