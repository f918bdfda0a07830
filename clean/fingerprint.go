package clean

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"slices"
	"strings"

	"github.com/tdewolff/parse/v2/js"
)

// tokenPrint makes the fingerprint of a script, which stands for all scripts that do the same with other data: a
// nonce, a date, the number of an article. It is the SHA-256 of the script's
// tokens, in which comments and white space are left out and literals that are
// but data are masked (mask.go). Every other token, every host and the ends of
// lines count.
//
// Whoever knows the fingerprint of an approved script may write any other that
// has it. So in a script that runs text, navigates or decodes (sinks.go) no
// literal is masked, and where browsers could read other tokens there is no
// fingerprint at all.
type tokenPrint struct {
	all    []lexeme
	strict bool // nothing is masked
	urls   *urlsOf
	sum    hash.Hash
}

// fingerprintEdition changes whenever a script's fingerprint would. Operators
// then have to approve again.
const fingerprintEdition = "lachan script fingerprint 1\n"

// fingerprintOf returns the script's fingerprint, false where it has none.
func (w *rewriter) fingerprintOf(code []byte) (sum [sha256.Size]byte, ok bool) {
	if !w.utf8() && !isASCII(code) {
		return sum, false
	}
	all, ok := lexemes(code)
	if !ok || len(all) == 0 {
		return sum, false
	}
	f := tokenPrint{all: all, urls: &urlsOf{w}, sum: sha256.New()}
	f.strict = acts(all) || openAuthority(all)
	f.sum.Write([]byte(fingerprintEdition))
	for i := range all {
		f.token(i)
	}
	if !f.hosts() {
		return sum, false
	}
	f.sum.Sum(sum[:0])
	return sum, true
}

// token adds the token at i to the sum.
func (f *tokenPrint) token(i int) {
	l := &f.all[i]
	if l.newline {
		f.add('\n', nil)
	}
	switch {
	case f.strict:
		f.add('x', l.text)
	case js.IsNumeric(l.kind) && f.masksNumber(i):
		f.add('n', nil)
	case (l.kind == js.StringToken || l.kind == js.TemplateToken) && f.masksString(i):
		f.add('s', nil)
		for host := range hostsIn(foldEscapes(l.text)) {
			f.add('h', []byte(host))
		}
	default:
		f.add('x', l.text)
	}
}

// add adds one item, with its length, so that no two lists of items are alike.
func (f *tokenPrint) add(kind byte, text []byte) {
	var head [5]byte
	head[0] = kind
	binary.BigEndian.PutUint32(head[1:], uint32(len(text)))
	f.sum.Write(head[:])
	f.sum.Write(text)
}

// hosts adds every host that the literals together name or hide. It reports
// false where there is too much to decode.
func (f *tokenPrint) hosts() bool {
	var text []byte
	for i := range f.all {
		text = append(append(text, f.all[i].text...), ' ')
	}
	text = foldEscapes(text)
	var found []string
	for host := range hostsIn(text) {
		found = append(found, strings.Clone(host))
	}
	budget := maxFolded
	for part := range decoded(text, &budget) {
		for host := range hostsIn(part) {
			found = append(found, strings.Clone(host))
		}
	}
	slices.Sort(found)
	for _, host := range slices.Compact(found) {
		f.add('h', []byte(host))
	}
	return budget >= 0
}
