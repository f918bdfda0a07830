package clean

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/lachan-waf/lachan/policies"
)

// titleHits is how many words of the lexicon make a segment of a title spam.
const titleHits = 2

// segment is a part of a title, text[from:to].
type segment struct {
	from, to int
	dash     bool // parts it from the one before: both may be one sentence
	spam     bool
	hint     bool // it holds a word of the lexicon, and no warning
	warns    bool // of spam, by more than the name of an authority
}

// endTitle takes the segments that advertise out of a title.
func (w *rewriter) endTitle(b, content []byte) {
	kept, cut := w.cutTitle(decodeAttribute(w.characters(content)))
	if !cut {
		w.passTitle(b, content)
		return
	}
	f := Finding{
		Kind: kindIdentity.String(), Element: "title", Offset: w.offset + int64(w.mark),
		Reasons: []string{reasonSpamText}, Removed: w.c.links != policies.LinksReport,
	}
	w.found(f, content)
	w.titleAdvertises(f, content)
	if !f.Removed {
		w.passTitle(b, content)
		return
	}
	spelled, _ := w.spelled(kept)
	w.passHeldWith(b, escapeRaw(nil, spelled))
}

// passTitle passes a title on. In noscript it is markup to some.
func (w *rewriter) passTitle(b, content []byte) {
	if w.place.noscript && bytes.IndexByte(content, '<') >= 0 {
		w.passHeldWith(b, escapeText(nil, content))
		return
	}
	w.passHeld(b)
}

// keepsTitle reports whether the content of a title stays as it is, for all a
// glance tells.
func (w *rewriter) keepsTitle(content []byte) bool {
	if len(content) > maxTitle/2 {
		return false
	}
	known := w.utf8() // elsewhere the same bytes may be other words
	if known && w.c.titles.knows(sortTitle, content) {
		return true
	}
	if _, cut := w.cutTitle(decodeAttribute(w.characters(content))); cut {
		return false
	}
	if known {
		w.c.titles.add(sortTitle, content, nil)
	}
	return true
}

// titled reports whether a meta element of this name holds what search engines
// and networks show of the page: a title, or what stands below it.
func titled(name string) bool {
	switch name {
	case "title", "og:title", "twitter:title", "description", "og:description", "twitter:description",
		"og:site_name", "application-name", "apple-mobile-web-app-title",
		"dc.title", "dc:title", "dcterms.title", "dcterms:title",
		"dc.description", "dc:description", "dcterms.description", "dcterms:description":
		return true
	}
	return false
}

// judgeTitle does with a meta element's content what endTitle does with a title.
func (w *rewriter) judgeTitle(b []byte, i int, content []byte) {
	kept, cut := w.cutTitle(w.characters(content))
	if !cut {
		return
	}
	f := w.finding(b, i, kindIdentity, target{}, reasonSpamText)
	f.Removed = w.c.links != policies.LinksReport
	if value, ok := w.spelled(kept); f.Removed && ok {
		a := &w.tok.tag.attrs[i]
		f.Offset = w.offset + int64(a.name.from)
		w.verdict.rewrite(i, value)
		w.found(f, b[a.name.from:a.end])
		return
	}
	w.dropAttribute(b, i, f)
}

// cutTitle returns a title without the segments that advertise, and reports
// whether there are any. A segment goes with what parts it from the one before;
// what is left may be empty.
func (w *rewriter) cutTitle(text []byte) (kept []byte, cut bool) {
	words := &w.link.words // free: a link is read at its end
	if words.read(text); !words.spam() {
		return text, false
	}
	parts := segments(text)
	for i := range parts {
		p := &parts[i]
		words.read(text[p.from:p.to])
		hits := words.hits()
		p.hint = hits > 0 && !warns(words, "")
		p.spam = p.hint && hits >= titleHits
		p.warns = words.warnsOfDeeds()
	}
	spread(text, parts, words)
	for i := range parts {
		if parts[i].spam && !spared(parts, i) {
			cut = true
			continue
		}
		if len(kept) > 0 {
			kept = append(kept, text[parts[i-1].to:parts[i].from]...)
		}
		kept = append(kept, text[parts[i].from:parts[i].to]...)
	}
	return kept, cut
}

// spread finds what advertises over segments that stand side by side, each of
// which has too few words of the lexicon. That is weaker evidence: a warning
// anywhere in the title speaks for it.
func spread(text []byte, parts []segment, words *wording) {
	if slices.ContainsFunc(parts, func(p segment) bool { return p.warns }) {
		return
	}
	for from := 0; from < len(parts); from++ {
		to := from
		for to < len(parts) && parts[to].hint {
			to++
		}
		if to-from > 1 {
			words.read(text[parts[from].from:parts[to-1].to])
			advertises := words.hits() >= titleHits
			for i := from; i < to; i++ {
				parts[i].spam = parts[i].spam || advertises
			}
		}
		from = to
	}
}

// spared reports whether a segment is one sentence with one that warns: "Nổ hũ,
// tài xỉu online – cảnh báo lừa đảo". A bar, as in "… | Công an tỉnh", parts more.
func spared(parts []segment, i int) bool {
	return i > 0 && parts[i].dash && parts[i-1].warns || i+1 < len(parts) && parts[i+1].dash && parts[i+1].warns
}

// segments cuts a title where people and CMSs do: at bars and the like, and at
// dashes, of which a hyphen needs space around it.
func segments(text []byte) (parts []segment) {
	part := segment{}
	end := func(to int) {
		inner := bytes.TrimRightFunc(text[part.from:to], unicode.IsSpace)
		part.to = part.from + len(inner)
		part.from = part.to - len(bytes.TrimLeftFunc(inner, unicode.IsSpace))
		parts = append(parts, part)
	}
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		dash := r == '–' || r == '—' || r == '-' && spaced(text, i)
		if dash || strings.ContainsRune("|｜¦·•»«›", r) {
			end(i)
			part = segment{from: i + n, dash: dash}
		}
		i += n
	}
	end(len(text))
	return parts
}

// spaced reports whether the byte at at has space on both sides.
func spaced(text []byte, at int) bool {
	before, _ := utf8.DecodeLastRune(text[:at])
	after, _ := utf8.DecodeRune(text[at+1:])
	return unicode.IsSpace(before) && unicode.IsSpace(after)
}

// characters is text in UTF-8, whatever the document is in.
func (w *rewriter) characters(text []byte) []byte {
	if w.utf8() || isASCII(text) {
		return text
	}
	if decoded, err := charsetOf(w.doc.Charset).enc.NewDecoder().Bytes(text); err == nil {
		return decoded
	}
	return text
}

// spelled is text as the document spells it; of what it has no characters for,
// nothing.
func (w *rewriter) spelled(text []byte) (spelled []byte, ok bool) {
	if w.utf8() || isASCII(text) {
		return text, true
	}
	spelled, err := charsetOf(w.doc.Charset).enc.NewEncoder().Bytes(text)
	if err != nil {
		return nil, false
	}
	return spelled, true
}
