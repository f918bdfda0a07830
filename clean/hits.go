package clean

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
)

// hits counts the words of the lexicon in the text: those that overlap, slot
// gacor and gacor, are one, as is a word that comes again. Words with spaces,
// words run together and words with figures in them are readings of the same
// text, of which the one with the most counts.
func (t *wording) hits() int {
	words := wordHits(nil, t.plain, spamWords[:])
	words = wordHits(words, t.marked, spamMarked[:])
	n := apart(words) + apart(runHits(t.dense, spamRuns[:]))
	n = max(n, apart(runHits(t.joined, hostWords[:])))
	if !t.figures {
		return n
	}
	for _, one := range [...]byte{'i', 'l'} {
		plain := wordsOf(nil, unfigured(t.folded, one))
		n = max(n, apart(wordHits(wordHits(nil, plain, spamWords[:]), plain, disguised[:])))
	}
	return n
}

// wordHits adds where words stand in text, counted in words: text and its form
// with marks have as many.
func wordHits(hits []span, text []byte, words []string) []span {
	for _, word := range words {
		if at := strings.Index(view(text), word); at >= 0 {
			from := bytes.Count(text[:at], []byte(" "))
			hits = append(hits, span{from, from + strings.Count(word, " ") - 1})
		}
	}
	return hits
}

func runHits(text []byte, words []string) (hits []span) {
	for _, word := range words {
		if at := strings.Index(view(text), word); at >= 0 {
			hits = append(hits, span{at, at + len(word)})
		}
	}
	return hits
}

// apart counts what is left where hits that overlap are one.
func apart(hits []span) (n int) {
	slices.SortFunc(hits, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	end := -1
	for _, hit := range hits {
		if hit.from >= end {
			n++
		}
		end = max(end, hit.to)
	}
	return n
}
