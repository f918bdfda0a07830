package main

import (
	"cmp"
	"fmt"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/audit/search"
)

// bars draws counts as a histogram.
type bars struct {
	width  int  // of the terminal
	blocks bool // with Unicode's block elements, an eighth of a column fine
}

// newBars is for a terminal, or as wide as one.
func newBars(f *os.File) bars {
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width < 40 {
		width = 80
	}
	return bars{width, onTerminal(f) && utf8Locale()}
}

// utf8Locale asks the environment as POSIX says (XBD, 8.2).
func utf8Locale() bool {
	locale := strings.ToLower(cmp.Or(os.Getenv("LC_ALL"), os.Getenv("LC_CTYPE"), os.Getenv("LANG")))
	return strings.Contains(locale, "utf-8") || strings.Contains(locale, "utf8")
}

// draw has a line for each: what, how many, and a bar.
func (b bars) draw(counts []search.Count) string {
	labels, widest, most := make([]string, len(counts)), 0, uint64(1)
	for i, c := range counts {
		labels[i] = b.label(c.Value)
		widest = max(widest, utf8.RuneCountInString(labels[i]))
		most = max(most, c.Events)
	}
	digits := len(fmt.Sprint(most))
	room := max(b.width-widest-digits-4, 8)
	var out strings.Builder
	for i, c := range counts {
		line := fmt.Sprintf("%s%s  %*d  %s", labels[i], strings.Repeat(" ", widest-utf8.RuneCountInString(labels[i])), digits, c.Events, b.bar(c.Events, most, room))
		out.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return out.String()
}

// label leaves room for the bar.
func (b bars) label(value string) string {
	value = audit.Harmless(value)
	if runes := []rune(value); len(runes) > b.width/2 {
		return string(runes[:b.width/2-1]) + "…"
	}
	return value
}

// bar is as long as n is of most; what is not nothing is to be seen.
func (b bars) bar(n, most uint64, room int) string {
	if n == 0 {
		return ""
	}
	eighths := max(int(float64(n)/float64(most)*float64(8*room)), 1)
	if !b.blocks {
		return strings.Repeat("#", max(eighths/8, 1))
	}
	out := strings.Repeat("█", eighths/8)
	if rest := eighths % 8; rest > 0 {
		out += string(rune('█' + 8 - rest)) // ▉ is seven eighths, ▏ is one
	}
	return out
}
