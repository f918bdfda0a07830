package rx_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/lachan-waf/lachan/rules/rx"
)

// places finds words as one would without an automaton.
func places(words []string, s string) (all [][2]int) {
	s = lowerASCII(s)
	for start := range len(s) + 1 {
		longest := -1
		for _, word := range words {
			if strings.HasPrefix(s[start:], lowerASCII(word)) {
				longest = max(longest, len(word))
			}
		}
		if longest >= 0 {
			all = append(all, [2]int{start, start + longest})
		}
	}
	return all
}

func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] += 'a' - 'A'
		}
	}
	return string(b)
}

func checkWords(t *testing.T, words []string, values ...string) {
	t.Helper()
	w := new(rx.Budget).Words(words)
	for _, value := range values {
		var got [][2]int
		for start, end := range w.All(value) {
			got = append(got, [2]int{start, end})
		}
		want := places(words, value)
		if !slices.Equal(got, want) || w.In(value) != (want != nil) {
			t.Errorf("%q in %q: %t at %v, want %v", words, value, w.In(value), got, want)
		}
	}
}

func TestWords(t *testing.T) {
	values := []string{"", "a", "xABCDEx", "aaaa", "đĐ", "\xc4", "s\u017F k\u212A", "abcdabcbc"}
	for _, words := range [][]string{
		nil, {""}, {"a"}, {"abcd", "bc", "bcde", "d"}, {"a", "", "ab"}, {"aa", "aaa"}, {"đ"}, {"\xc4"}, {"S", "k"},
	} {
		checkWords(t, words, values...)
	}
}

func TestWordsOfCRS(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for _, words := range crsWords() {
		values := []string{vietnamese}
		for range 10 {
			value := crsTests()[random.IntN(len(crsTests()))]
			values = append(values, value, mutate(random, value, words))
		}
		checkWords(t, words, values...)
	}
}
