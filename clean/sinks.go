package clean

import (
	"bytes"

	"github.com/tdewolff/parse/v2/js"
)

// isSink reports whether a name is that of something that runs text, makes
// markup or a document of it, navigates, sends, loads, or decodes text for
// those. Such a list is never complete, which is why a masked literal must look
// like nothing but data as well.
func isSink(name string) bool {
	switch name {
	case "eval", "Function", "execScript", "constructor", "setImmediate", "globalEval",
		"innerHTML", "outerHTML", "insertAdjacentHTML", "srcdoc", "write", "writeln", "createContextualFragment",
		"parseFromString", "setHTMLUnsafe", "parseHTMLUnsafe", "parseHTML", "html", "append", "prepend", "before", "after",
		"location", "navigate", "navigation", "assign", "open", "href", "src", "srcset", "action", "formAction", "submit",
		"setAttribute", "setAttributeNS", "setAttributeNode", "attr", "prop", "cssText", "cookie", "domain",
		"createElement", "createElementNS", "importScripts", "Worker", "SharedWorker", "serviceWorker", "getScript", "load",
		"fetch", "XMLHttpRequest", "sendBeacon", "postMessage", "WebSocket", "EventSource", "ajax", "getJSON",
		"atob", "unescape", "decodeURI", "decodeURIComponent", "fromCharCode", "fromCodePoint", "charCodeAt", "TextDecoder",
		"Blob", "Uint8Array", "createObjectURL", "defineProperty", "Proxy", "Reflect", "apply", "call", "bind":
		return true
	}
	return false
}

// acts reports whether a script hands anything to a sink, or may do so under a
// name that it makes up.
func acts(all []lexeme) bool {
	for i := range all {
		switch l := &all[i]; l.kind {
		case js.ImportToken, js.WithToken:
			return true
		case js.StringToken:
			if subscripted(all, i) && isSink(string(unquote(l.text))) {
				return true
			}
		case js.OpenBracketToken:
			if subscript(all, i) && !plainSubscript(all, i) {
				return true
			}
		default:
			if js.IsIdentifierName(l.kind) && !key(all, i) && (isSink(string(l.text)) || timer(all, i)) {
				return true
			}
		}
	}
	return false
}

// timer reports whether the token at i is a timer that may be given text.
func timer(all []lexeme, i int) bool {
	if text := string(all[i].text); text != "setTimeout" && text != "setInterval" {
		return false
	}
	return i+2 >= len(all) || all[i+1].kind != js.OpenParenToken ||
		all[i+2].kind != js.FunctionToken && all[i+2].kind != js.OpenParenToken
}

// subscript reports whether the bracket at i follows what has members. An
// array begins behind other tokens.
func subscript(all []lexeme, i int) bool {
	if i == 0 {
		return false
	}
	switch before := all[i-1].kind; before {
	case js.CloseParenToken, js.CloseBracketToken, js.CloseBraceToken, js.StringToken, js.TemplateToken, js.TemplateEndToken,
		js.ThisToken, js.SuperToken, js.PrivateIdentifierToken, js.OptChainToken, js.RegExpToken:
		return true
	default:
		return js.IsIdentifier(before) || member(all, i-1)
	}
}

// plainSubscript reports whether a number or a string alone stands in the
// brackets.
func plainSubscript(all []lexeme, i int) bool {
	return i+2 < len(all) && all[i+2].kind == js.CloseBracketToken &&
		(all[i+1].kind == js.StringToken || js.IsNumeric(all[i+1].kind))
}

// subscripted reports whether the token at i is all that stands in a subscript.
func subscripted(all []lexeme, i int) bool {
	return i > 0 && all[i-1].kind == js.OpenBracketToken && subscript(all, i-1)
}

// key reports whether the token at i names a property in an object literal.
func key(all []lexeme, i int) bool {
	if i == 0 || i+1 >= len(all) || all[i+1].kind != js.ColonToken {
		return false
	}
	return all[i-1].kind == js.OpenBraceToken ||
		all[i-1].kind == js.CommaToken && all[i].inside >= 0 && all[all[i].inside].kind == js.OpenBraceToken
}

// openAuthority reports whether a literal ends where a host would follow:
// whatever is added to it may be one.
func openAuthority(all []lexeme) bool {
	for i := range all {
		switch all[i].kind {
		case js.StringToken, js.TemplateToken, js.TemplateStartToken, js.TemplateMiddleToken, js.TemplateEndToken:
			text := bytes.TrimRight(foldEscapes(all[i].text), "\"'`${ \t")
			if len(text) > 1 && slashes(text[len(text)-2:]) > 0 || bytes.HasSuffix(text, []byte(`\`)) || bytes.HasSuffix(text, []byte(":/")) {
				return true
			}
		}
	}
	return false
}

// unquote returns what a string literal says.
func unquote(text []byte) []byte {
	if len(text) < 2 {
		return nil
	}
	return foldEscapes(text[1 : len(text)-1])
}
