package clean

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxLexicon bounds the text that is compared with the lexicon.
const maxLexicon = 16 << 10

// wording is a text in the forms that are compared with the lexicon. All are in
// lower case, without what takes no room on the screen, with styled letters
// and those of other scripts that look Latin as the plain ones they pass for.
// It may be read into again, for its buffers.
type wording struct {
	normal  []byte // the text in Unicode's NFKC, where it is not ASCII
	folded  []byte // without marks
	plain   []byte // of that the words between single spaces: Cờ Bạc, CỜ-BẠC and cờ  bạc are one
	joined  []byte // the same parted by white space alone, single letters not even by that
	marked  []byte // words with their marks; empty where all is ASCII
	dense   []byte // the same without spaces
	initial uint64 // a bit for each byte that begins a word of plain
	figures bool   // there are some, in the place of letters perhaps
}

// read takes text in.
func (t *wording) read(text []byte) {
	text = text[:min(len(text), maxLexicon)]
	t.folded, t.marked, t.dense = t.folded[:0], t.marked[:0], t.dense[:0]
	if isASCII(text) {
		for _, c := range text {
			t.folded = append(t.folded, lower(c))
		}
	} else {
		t.normal = norm.NFKC.Append(t.normal[:0], text...)
		t.fold(t.normal[:min(len(t.normal), 2*maxLexicon)])
	}
	t.plain = wordsOf(t.plain[:0], t.folded)
	t.joined = joined(t.joined[:0], t.folded)
	t.figures = bytes.ContainsAny(t.folded, "0134578@$")
	t.note()
}

// fold writes text that is not ASCII.
func (t *wording) fold(text []byte) {
	marked := t.joined[:0]
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		r = unicode.ToLower(r)
		switch {
		case r < utf8.RuneSelf:
			t.folded, marked = append(t.folded, byte(r)), append(marked, byte(r))
		case r == '\u3164' || r == '\uFFA0': // letters without a shape
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			t.folded, marked = addLetter(t.folded, marked, lookalike(r))
		case unicode.Is(unicode.Mn, r):
			marked = utf8.AppendRune(marked, r) // the vowels of Thai
		case unicode.Is(unicode.Cf, r):
		default:
			t.folded, marked = append(t.folded, '.'), append(marked, '.')
		}
		i += n
	}
	t.joined, t.marked = marked, wordsOf(t.marked, marked)
	for _, c := range t.marked {
		if c != ' ' {
			t.dense = append(t.dense, c)
		}
	}
}

func addLetter(folded, marked []byte, r rune) (_, _ []byte) {
	folded = utf8.AppendRune(folded, unmarked(r))
	if r == 'า' { // NFKC takes ำ apart
		if rest, found := bytes.CutSuffix(marked, []byte("\u0E4D")); found {
			marked, r = rest, 'ำ'
		}
	}
	return folded, utf8.AppendRune(marked, r)
}

// unmarked is the letter without its marks.
func unmarked(r rune) rune {
	switch r {
	case 'đ':
		return 'd'
	case 'ı':
		return 'i'
	case 'ł':
		return 'l'
	case 'ø':
		return 'o'
	}
	var buf [utf8.UTFMax]byte
	p := norm.NFD.Properties(buf[:utf8.EncodeRune(buf[:], r)])
	if base := p.Decomposition(); len(base) > 0 {
		r, _ = utf8.DecodeRune(base)
	}
	return r
}

// lookalike is the Latin letter that a letter of another script passes for.
func lookalike(r rune) rune {
	const (
		others = "авеёһіјкӏмнорсԛѕтухցԁɡɑαβεικνορτυχγ"
		latins = "abeehijklmhopcqstyxgdgaabeikvoptuxy"
	)
	if r < 0x250 || r > 0x590 {
		return r
	}
	if at := strings.IndexRune(others, r); at >= 0 {
		return rune(latins[utf8.RuneCountInString(others[:at])])
	}
	return r
}

// wordsOf appends the words of text between single spaces.
func wordsOf(out, text []byte) []byte {
	out = append(out, ' ')
	for _, c := range text {
		if isAlphanumeric(c) || c >= utf8.RuneSelf {
			out = append(out, c)
		} else if out[len(out)-1] != ' ' {
			out = append(out, ' ')
		}
	}
	if out[len(out)-1] != ' ' {
		out = append(out, ' ')
	}
	return out
}

// joined appends text without what stands between letters, c.a.s.i.n.o, and
// without the spaces between single ones, c a s i n o.
func joined(out, text []byte) []byte {
	run := 0 // of letters since the last space
	for i, c := range text {
		switch {
		case isAlphanumeric(c) || c >= utf8.RuneSelf:
			out = append(out, c)
			run++
		case isSpace(c):
			if run != 1 || !single(text[i+1:]) {
				out = append(out, ' ')
			}
			run = 0
		}
	}
	return out
}

// single reports whether text begins with a letter that stands alone.
func single(text []byte) bool {
	return len(text) > 0 && !isSpace(text[0]) && (len(text) == 1 || isSpace(text[1]))
}

// note prepares for holds.
func (t *wording) note() {
	t.initial = 0
	for i := 1; i < len(t.plain); i++ {
		if t.plain[i-1] == ' ' {
			t.initial |= 1 << (t.plain[i] & 63)
		}
	}
}

// holds reports whether one of the words is in the text, or one of those that
// need their marks.
func (t *wording) holds(plain, marked []string) bool {
	for _, word := range plain {
		if t.initial>>(word[1]&63)&1 != 0 && strings.Contains(view(t.plain), word) {
			return true
		}
	}
	for _, word := range marked {
		if len(t.marked) > 0 && strings.Contains(view(t.marked), word) {
			return true
		}
	}
	return false
}

// runs is holds for scripts that set no spaces.
func (t *wording) runs(words []string) bool {
	for _, word := range words {
		if len(t.dense) > 0 && strings.Contains(view(t.dense), word) {
			return true
		}
	}
	return false
}
