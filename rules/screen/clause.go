package screen

import (
	"math"
	"slices"
	"strings"
)

// Clause is a condition that a value must meet for a rule to match it: that it
// has one of the bytes, or one of the words, whatever the case of its ASCII
// letters. The zero Clause is never met.
type Clause struct {
	Bytes ByteSet
	Words []string // in lower case, of ASCII, two bytes or longer
}

const (
	// maxWord is how much of a word is looked for: few values have the first
	// bytes of a word and not the rest, and a longer automaton is a slower one.
	maxWord = 10
	// maxWords bounds the words of a clause that a pattern brings.
	maxWords = 160
	// likely is how often a clause may be met, by rarity, to be worth looking for.
	likely = 0.7
)

// Words returns the clause of a value that holds one of texts, whatever their
// case. ok is false where that is every value.
func Words(texts []string) (c Clause, ok bool) {
	for _, text := range texts {
		if text = lowerASCII(text); len(text) > maxWord {
			text = text[:maxWord]
		}
		switch len(text) {
		case 0:
			return Clause{}, false
		case 1:
			c.addByte(text[0])
		default:
			c.Words = append(c.Words, text)
		}
	}
	c.reduce()
	return c, true
}

// lowerASCII leaves all other bytes as they are.
func lowerASCII(text string) string {
	low := []byte(text)
	for i, c := range low {
		if 'A' <= c && c <= 'Z' {
			low[i] = c - 'A' + 'a'
		}
	}
	return string(low)
}

func (c *Clause) addByte(b byte) {
	c.Bytes.Add(b)
	c.Bytes.foldLetters()
}

// reduce leaves out the words that are never found alone.
func (c *Clause) reduce() {
	slices.SortFunc(c.Words, func(a, b string) int { return len(a) - len(b) })
	kept := c.Words[:0]
words:
	for _, word := range c.Words {
		for i := range len(word) {
			if c.Bytes.Has(word[i]) {
				continue words
			}
		}
		for _, shorter := range kept {
			if strings.Contains(word, shorter) {
				continue words
			}
		}
		kept = append(kept, word)
	}
	c.Words = kept
}

// or returns the clause that is met where either is.
func (c Clause) or(o Clause) Clause {
	both := Clause{Bytes: c.Bytes, Words: append(slices.Clone(c.Words), o.Words...)}
	both.Bytes.AddSet(&o.Bytes)
	both.reduce()
	return both
}

// frequency estimates how many values of some 60 bytes meet the clause.
func (c *Clause) frequency() float64 {
	expected := 0.0
	for b := range 256 {
		if c.Bytes.Has(byte(b)) {
			expected += 60 * byteFrequency(byte(b))
		}
	}
	for _, word := range c.Words {
		f := 60.0
		for i := range len(word) {
			// Letters of a word follow each other more often than by chance.
			f *= math.Sqrt(byteFrequency(word[i])) / 2
		}
		expected += f
	}
	return 1 - math.Exp(-expected)
}

// byteFrequency is roughly how often b stands in what people send in forms, in
// URLs and in JSON. Capitals count with the small letters, as both are found.
func byteFrequency(b byte) float64 {
	switch {
	case 'a' <= b && b <= 'z' || b == ' ' || b >= 0x80:
		return 0.03
	case 'A' <= b && b <= 'Z':
		return 0.005
	case '0' <= b && b <= '9' || b == '-' || b == '_' || b == '.' || b == '/':
		return 0.01
	case b == ',' || b == ':' || b == '=' || b == '%' || b == '(' || b == ')' || b == ';' || b == '\n':
		return 0.002
	case b < 0x20 && b != '\r' && b != '\t':
		return 0.00001
	}
	return 0.0007
}
