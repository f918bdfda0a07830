package main

import (
	"math/rand/v2"
	"strings"
)

// prose is text that no rule takes offence at.
type prose struct{ *rand.Rand }

var words = strings.Fields(`harbour letter garden morning window river stone paper bread market
	evening train station winter summer village bridge music teacher library kitchen table chair
	lantern meadow cloud rain small quiet bright heavy early late former gentle walk carry open
	bring visit choose follow remember explain repair cover measure the a of and to in that with
	for on as was at by from this which had not are but have an they`)

func (p *prose) word() string { return words[p.IntN(len(words))] }

func (p *prose) sentence() string {
	said := make([]string, 7+p.IntN(12))
	for i := range said {
		said[i] = p.word()
	}
	text := strings.Join(said, " ")
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

func (p *prose) text(size int) string {
	var b strings.Builder
	for b.Len() < size {
		b.WriteString(p.sentence() + " ")
	}
	return b.String()
}
