package clean

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/js"
)

// maxLexemes bounds the tokens of a script that is given a fingerprint.
const maxLexemes = 32 << 10

// lexeme is a token of ECMAScript (ECMA-262, clause 12).
type lexeme struct {
	kind    js.TokenType
	text    []byte
	newline bool // a line ended before it, where a statement may end (12.10)
	open    int  // of a closing bracket: the index of its opening one
	inside  int  // the index of the bracket it stands in, or -1
}

// lexemes reads a script's tokens without its comments. It reports false
// wherever a browser might read other tokens: what it reports can then not be
// vouched for. The bytes must be characters (scanScript says why).
func lexemes(code []byte) (all []lexeme, ok bool) {
	if hashbang(code) {
		return nil, false
	}
	defer func() {
		if recover() != nil { // a bug of the lexer's, on input that is hostile
			all, ok = nil, false
		}
	}()
	if len(code) > maxScript || bytes.IndexByte(code, 0) >= 0 || !utf8.Valid(code) {
		return nil, false
	}
	// The capacity ends with the slice: the lexer writes a NUL behind it.
	r := lexemeReader{lexer: js.NewLexer(parse.NewInputBytes(code[:len(code):len(code)]))}
	for r.next() {
	}
	return r.all, r.end && len(r.brackets) == 0
}

type lexemeReader struct {
	lexer    *js.Lexer
	all      []lexeme
	brackets []int // indices of what is open
	newline  bool
	begun    bool // something but white space has been read
	end      bool // all was read
}

// next reads one token, and reports false at the end and at what is refused.
func (r *lexemeReader) next() bool {
	kind, text := r.lexer.Next()
	switch kind {
	case js.ErrorToken:
		r.end = errors.Is(r.lexer.Err(), io.EOF)
		return false
	case js.WhitespaceToken:
		return true
	case js.LineTerminatorToken:
		r.newline = true
		return true
	case js.CommentToken, js.CommentLineTerminatorToken:
		first := !r.begun
		r.begun = true
		r.newline = r.newline || kind == js.CommentLineTerminatorToken
		return plainComment(text, first)
	case js.DivToken, js.DivEqToken:
		switch r.slash() {
		case slashUnclear:
			return false
		case slashBegins:
			if kind, text = r.lexer.RegExp(); kind == js.ErrorToken {
				return false
			}
		}
	}
	return r.add(kind, text)
}

// plainComment reports whether every browser takes the text for a comment.
// <!-- and --> begin one in some places of some scripts (ECMA-262, B.1.1), at
// the head of a script in all that run; /*@cc_on runs in Internet Explorer.
func plainComment(text []byte, first bool) bool {
	if bytes.HasPrefix(text, []byte("<!--")) {
		return first
	}
	return text[0] == '/' && (len(text) < 3 || text[2] != '@')
}

func (r *lexemeReader) add(kind js.TokenType, text []byte) bool {
	if len(r.all) >= maxLexemes || !r.plain(kind, text) {
		return false
	}
	l := lexeme{kind: kind, text: text, newline: r.newline, open: -1, inside: -1}
	r.newline, r.begun = false, true
	if closes(kind) && !r.close(&l) {
		return false
	}
	if n := len(r.brackets); n > 0 {
		l.inside = r.brackets[n-1]
	}
	r.all = append(r.all, l)
	if opens(kind) {
		r.brackets = append(r.brackets, len(r.all)-1)
	}
	return true
}

// plain reports whether a token is spelled in one way only, and no two of them
// make what some scripts take for a comment.
func (r *lexemeReader) plain(kind js.TokenType, text []byte) bool {
	if (js.IsIdentifierName(kind) || kind == js.PrivateIdentifierToken) && bytes.IndexByte(text, '\\') >= 0 {
		return false
	}
	return kind != js.GtToken || len(r.all) == 0 || r.all[len(r.all)-1].kind != js.DecrToken
}

// close takes the bracket off that l closes. Those that do not match are no
// program, and might shift what is read as a template.
func (r *lexemeReader) close(l *lexeme) bool {
	n := len(r.brackets) - 1
	if n < 0 {
		return false
	}
	l.open = r.brackets[n]
	r.brackets = r.brackets[:n]
	switch r.all[l.open].kind {
	case js.OpenParenToken:
		return l.kind == js.CloseParenToken
	case js.OpenBracketToken:
		return l.kind == js.CloseBracketToken
	case js.OpenBraceToken:
		return l.kind == js.CloseBraceToken
	}
	return l.kind == js.TemplateMiddleToken || l.kind == js.TemplateEndToken
}

func opens(kind js.TokenType) bool {
	switch kind {
	case js.OpenParenToken, js.OpenBracketToken, js.OpenBraceToken, js.TemplateStartToken, js.TemplateMiddleToken:
		return true
	}
	return false
}

func closes(kind js.TokenType) bool {
	switch kind {
	case js.CloseParenToken, js.CloseBracketToken, js.CloseBraceToken, js.TemplateMiddleToken, js.TemplateEndToken:
		return true
	}
	return false
}

// slash is what a slash in a script does.
type slash uint8

const (
	slashDivides slash = iota
	slashBegins        // a regular expression
	slashUnclear       // only the grammar tells
)

// slash decides by the tokens before (ECMA-262, 12.1: InputElementDiv and
// InputElementRegExp).
func (r *lexemeReader) slash() slash {
	if len(r.all) == 0 {
		return slashBegins
	}
	at := len(r.all) - 1
	switch last := &r.all[at]; last.kind {
	case js.CloseParenToken:
		if r.heads(last.open) {
			return slashBegins
		}
		return slashDivides
	case js.CloseBraceToken, js.IncrToken, js.DecrToken:
		return slashUnclear
	case js.CloseBracketToken, js.StringToken, js.TemplateToken, js.TemplateEndToken, js.RegExpToken,
		js.PrivateIdentifierToken, js.IdentifierToken, js.ThisToken, js.NullToken, js.TrueToken, js.FalseToken, js.SuperToken:
		return slashDivides
	case js.AwaitToken, js.YieldToken:
		return slashUnclear
	default:
		return r.slashBehind(at)
	}
}

func (r *lexemeReader) slashBehind(at int) slash {
	switch kind := r.all[at].kind; {
	case js.IsNumeric(kind):
		return slashDivides
	case member(r.all, at):
		return slashDivides
	case js.IsIdentifier(kind): // of, let, async and others that are words at times
		return slashUnclear
	}
	return slashBegins
}

// heads reports whether the parenthesis at open belongs to a statement, behind
// which another statement begins.
func (r *lexemeReader) heads(open int) bool {
	if open == 0 || member(r.all, open-1) {
		return false
	}
	switch r.all[open-1].kind {
	case js.IfToken, js.WhileToken, js.ForToken, js.WithToken:
		return true
	case js.AwaitToken:
		return open > 1 && r.all[open-2].kind == js.ForToken
	}
	return false
}

// member reports whether the token at i is the name behind a dot.
func member(all []lexeme, i int) bool {
	return i > 0 && (all[i-1].kind == js.DotToken || all[i-1].kind == js.OptChainToken) && js.IsIdentifierName(all[i].kind)
}
