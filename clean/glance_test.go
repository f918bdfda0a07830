package clean

import (
	"bytes"
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestGlance: whatever the closer look finds, a glance has seen its kind.
func TestGlance(t *testing.T) {
	var words []string
	for _, list := range [][]string{runs[:], runners[:], decoders[:], decodings[:], escapings[:], brought[:], fetchers[:], requests[:], inserters[:], secrets[:], senders,
		refreshes[:], clickers[:], everyLink[:], loaders[:], elements[:], workers[:], styles[:], writers[:], symbols[:], obfuscated[:],
		{"_0x", "function(p,a,c,k,e,d)", "import(", `from "a"`, "createElement(d)", `("script")`, ".src=", "eval ( ", "Function", "constructor", "location", "open(", "navigate(",
			"href", "window.", "dataType:'script'", "x", " ", "\n", "\"", "(", "e", "import", "=", "/*"}} {
		words = append(words, list...)
	}
	dice := rand.New(rand.NewPCG(1, 2))
	var seen deeds
	for range 100_000 {
		var b strings.Builder
		for range 1 + dice.IntN(3) {
			word := words[dice.IntN(len(words))]
			switch dice.IntN(4) {
			case 0:
				word = strings.ToUpper(word)
			case 1:
				word = word[dice.IntN(len(word)):]
			case 2:
				at := dice.IntN(len(word))
				word = word[:at] + []string{" \t", "\v", "\u00A0", "\u2028", "\uFEFF", "\f"}[dice.IntN(6)] + word[at:]
			}
			b.WriteString(word)
		}
		text := []byte(b.String())
		dense := withoutSpace(text)
		did := telling.look(text)
		seen |= did
		for act, found := range map[deeds]bool{
			deedPacks:     packed(dense),
			deedDecodes:   decodes(dense),
			deedRuns:      containsAny(text, runners[:]),
			deedFetches:   requestsText(dense),
			deedNavigates: navigates(dense) || clicks(dense) || containsAny(bytes.ToLower(dense), everyLink[:]),
			deedLoads:     loads(dense) || loadsStyle(dense),
			deedSpies:     containsAny(dense, secrets[:]),
			deedWrites:    containsAny(dense, writers[:]),
		} {
			if found && did&act == 0 {
				t.Fatalf("%q: does %b, seen %b", text, act, did)
			}
		}
	}
	if want := deedSpies<<1 - 1; seen != want {
		t.Errorf("seen %b in all, want %b", seen, want)
	}
	if did := telling.look([]byte(`var a = {"label": "x"}; a.run(1);`)); did != 0 {
		t.Errorf("seen %b in a script that does nothing of it", did)
	}
}

// TestNumberLists holds the reader of character codes against a plain one.
func TestNumberLists(t *testing.T) {
	dice := rand.New(rand.NewPCG(3, 4))
	const letters = "0123456789,,,,  \nx;"
	lists := 0
	for range 200_000 {
		b := make([]byte, dice.IntN(40))
		for i := range b {
			b[i] = letters[dice.IntN(len(letters))]
		}
		var got, want []string
		for list := range numberLists(b) {
			got = append(got, string(list))
		}
		for list := range plainNumberLists(b) {
			want = append(want, string(list))
		}
		lists += len(want)
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%q: %q, want %q", b, got, want)
		}
	}
	if lists < 1000 {
		t.Errorf("only %d lists", lists)
	}
}

// plainNumberLists is numberLists, a byte at a time.
func plainNumberLists(src []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		var text []byte
		n, have, codes := 0, false, 0
		for _, c := range append(src[:len(src):len(src)], ';') {
			switch {
			case '0' <= c && c <= '9' && n < 1<<21:
				n, have = n*10+int(c-'0'), true
			case c == ',' && have:
				text, codes = utf8.AppendRune(text, rune(n)), codes+1
				n, have = 0, false
			case isSpace(c):
			default:
				if have {
					text, codes = utf8.AppendRune(text, rune(n)), codes+1
				}
				if codes >= 4 && !yield(text) {
					return
				}
				text, n, have, codes = nil, 0, false, 0
			}
		}
	}
}
