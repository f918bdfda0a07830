package clean

import (
	"bytes"

	"github.com/tdewolff/parse/v2/js"
)

const (
	// maxMasked is the longest literal that is masked: a decoder's payload is
	// longer, and so is an article.
	maxMasked = 512
	// maxWord is its longest run without white space: a SHA-256 in hex fits.
	maxWord = 64
	// minPacked is the length from which a list of numbers may be text.
	minPacked = 8
)

// masksNumber reports whether the number at i is data.
func (f *tokenPrint) masksNumber(i int) bool {
	return !subscripted(f.all, i) && !key(f.all, i) && !called(f.all, i) && f.listed(i) < minPacked
}

// listed counts the numbers in a row around the one at i.
func (f *tokenPrint) listed(i int) int {
	from, to := i, i
	for from >= 2 && f.all[from-1].kind == js.CommaToken && js.IsNumeric(f.all[from-2].kind) && i-from < 2*minPacked {
		from -= 2
	}
	for to+2 < len(f.all) && f.all[to+1].kind == js.CommaToken && js.IsNumeric(f.all[to+2].kind) && to-i < 2*minPacked {
		to += 2
	}
	return (to-from)/2 + 1
}

// masksString reports whether the string at i is data: by where it stands and
// by what it says. As an argument or an operand, where it may select what is
// done, only what looks like an identifier of a thing is.
func (f *tokenPrint) masksString(i int) bool {
	l := &f.all[i]
	if len(l.text) > maxMasked || subscripted(f.all, i) || key(f.all, i) || called(f.all, i) {
		return false
	}
	said := unquote(l.text)
	if isSink(string(said)) || !f.urls.covered(said) {
		return false
	}
	return identifies(said) || f.isValue(i) && (addressOnly(said) || f.says(said))
}

// called reports whether something is done with the literal at i itself.
func called(all []lexeme, i int) bool {
	if i+1 < len(all) {
		switch all[i+1].kind {
		case js.DotToken, js.OptChainToken, js.OpenBracketToken, js.OpenParenToken, js.TemplateToken, js.TemplateStartToken:
			return true
		}
	}
	return all[i].kind == js.TemplateToken && subscript(all, i) // a tagged template is a call
}

// isValue reports whether the literal at i is a value on its own: assigned, or
// of a property, or in an array.
func (f *tokenPrint) isValue(i int) bool {
	if i == 0 || i+1 < len(f.all) && f.all[i+1].kind == js.AddToken {
		return false
	}
	inside := js.ErrorToken
	if at := f.all[i].inside; at >= 0 {
		inside = f.all[at].kind
		if inside == js.OpenBracketToken && subscript(f.all, at) {
			return false
		}
	}
	switch f.all[i-1].kind {
	case js.EqToken, js.ColonToken, js.OpenBracketToken:
		return true
	case js.CommaToken:
		return inside == js.OpenBracketToken
	}
	return false
}

// identifies reports whether text is the identifier of a thing: a number, a
// nonce, a date, an element's id. There is a digit in it.
func identifies(text []byte) bool {
	if len(text) > maxWord || namesHost(text) {
		return false
	}
	digit := false
	for _, c := range text {
		digit = digit || '0' <= c && c <= '9'
		if !isAlphanumeric(c) && bytes.IndexByte([]byte("_-:/ .,+#$"), c) < 0 {
			return false
		}
	}
	return digit && !schemed(text)
}

// addressOnly reports whether text is plainly a URL of http or a relative one.
// Its host counts; where it leads on that host is data, unless that names
// another host, to which a script there might lead on.
func addressOnly(text []byte) bool {
	rest := text
	for _, begin := range [...]string{"https://", "http://", "//", "/", "./", "../", "#", "?"} {
		if after, found := bytes.CutPrefix(text, []byte(begin)); found {
			rest = after
			break
		}
	}
	if len(rest) == len(text) {
		return false
	}
	for _, c := range rest {
		if !isAlphanumeric(c) && bytes.IndexByte([]byte("-._~/?#=&%:+,@!"), c) < 0 {
			return false
		}
	}
	behind := bytes.IndexAny(rest, "?#")
	return behind < 0 || !namesHost(rest[behind:])
}

// says reports whether text is words for people, whatever it is decoded to.
func (f *tokenPrint) says(text []byte) bool {
	if !wordsOnly(text) {
		return false
	}
	budget := maxFolded
	for part := range decoded(append(append([]byte{'"'}, text...), '"'), &budget) {
		if !wordsOnly(part) {
			return false
		}
	}
	return true
}

// wordsOnly reports whether text is neither code, which cannot do without
// calls, assignments or templates, nor markup, nor a URL, nor a host, and has
// no word that may hide them.
func wordsOnly(text []byte) bool {
	if schemed(text) || namesHost(text) {
		return false
	}
	word := 0
	for i, c := range text {
		switch {
		case c < ' ' && !isSpace(c):
			return false
		case bytes.IndexByte([]byte("<=`{}\\[]"), c) >= 0:
			return false
		case c == '(' && i > 0 && !isSpace(text[i-1]):
			return false
		case c == '&' && i+1 < len(text) && (text[i+1] == '#' || isAlphanumeric(text[i+1])):
			return false
		}
		if word++; isSpace(c) {
			word = 0
		}
		if word > maxWord {
			return false
		}
	}
	return true
}

// schemed reports whether text begins like a URL with a scheme of its own.
func schemed(text []byte) bool {
	text = trimControls(text)
	for i, c := range text {
		if c == ':' {
			return i > 0 && isLetter(text[0]) && i+1 < len(text) && !isSpace(text[i+1])
		}
		if !isAlphanumeric(c) && c != '+' && c != '-' && c != '.' && !isSpace(c) {
			return false
		}
	}
	return false
}

// namesHost reports whether a host's name or address stands in text without
// the slashes in front, for another script to put there.
func namesHost(text []byte) bool {
	for piece := range bytes.FieldsFuncSeq(text, func(r rune) bool { return r < 0x80 && r != '.' && r != '-' && r != '_' && !isAlphanumeric(byte(r)) }) {
		piece = bytes.Trim(piece, ".")
		dot := bytes.LastIndexByte(piece, '.')
		if dot > 0 && !fileName(piece[dot+1:]) && (!digits(piece[dot+1:]) || bytes.Count(piece, []byte(".")) == 3) {
			return true
		}
	}
	return false
}

// fileName reports whether a name that ends so is a file's: no domain of the
// root is called that.
func fileName(extension []byte) bool {
	switch lowerString(extension) {
	case "jpg", "jpeg", "png", "gif", "webp", "svg", "ico", "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "mp3", "mp4", "aspx", "php", "html", "css":
		return true
	}
	return false
}

// urlsOf asks the policy about the URLs of one document.
type urlsOf struct{ w *rewriter }

// covered reports whether a URL on a host of which only some paths may serve
// scripts keeps to those.
func (u *urlsOf) covered(text []byte) bool {
	t := u.w.resolver.resolve(text)
	scripts := u.w.c.allow.of[kindScript]
	return t.host == "" || t.bad || !scripts.Limits(t.host) || scripts.Allows(t.host, t.path)
}
