package policies

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxQuoted is how much of a value a message repeats, in bytes.
const maxQuoted = 64

// quote puts a value from a file into a message: on one line, bounded.
func quote(s string) string { return strconv.Quote(shorten(s)) }

// quoteInner is quote without the quotation marks.
func quoteInner(s string) string {
	q := quote(s)
	return q[1 : len(q)-1]
}

func shorten(s string) string {
	if len(s) <= maxQuoted {
		return s
	}
	cut := maxQuoted
	for cut > maxQuoted-utf8.UTFMax && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}

// oneLine keeps the first line of a message from elsewhere.
func oneLine(s string) string {
	first, _, _ := strings.Cut(s, "\n")
	var b strings.Builder
	for _, r := range first {
		if unicode.IsControl(r) {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func contains(list, s string) bool { return slices.Contains(strings.Split(list, ","), s) }

// orList turns "a,b,c" into "a, b or c".
func orList(list string) string {
	last := strings.LastIndexByte(list, ',')
	if last < 0 {
		return list
	}
	return strings.ReplaceAll(list[:last], ",", ", ") + " or " + list[last+1:]
}

// editDistance is the Levenshtein distance, where a swap of neighbours costs
// one (the "optimal string alignment" variant). Long words are not near.
func editDistance(a, b string) int {
	if len(a) > maxQuoted || len(b) > maxQuoted {
		return maxQuoted
	}
	var before []int
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next := make([]int, len(b)+1)
		next[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row = row, next
	}
	return row[len(b)]
}
