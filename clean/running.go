package clean

import (
	"bytes"
	"iter"
)

// runners run text as a script, or as markup that may hold one.
var runners = [...]string{"eval", "Function(", "execScript(", "setTimeout(", "setInterval(", ".constructor(", "document.write(", "document.writeln(",
	"insertAdjacentHTML(", ".innerHTML", "outerHTML", "createContextualFragment("}

// decoders turn data into text that a script may run. parseInt and
// decodeURIComponent stand in too many honest scripts beside eval("("+json+")").
var decoders = [...]string{"atob", "unescape", "fromCharCode", "fromCodePoint", "charCodeAt", "TextDecoder"}

// decodes reports whether dense text decodes what it then runs.
func decodes(dense []byte) bool {
	return runsDecoded(dense) || containsAny(dense, brought[:]) ||
		evaluates(dense) && (usesAny(dense, decoders[:]) || bytes.Contains(dense, []byte(".reverse().join("))) ||
		constructs(dense) && uses(dense, "atob")
}

// brought is text that did not come with the page, and names that are disguised.
var brought = [...]string{"/.source+/", `["eval"](`, `['eval'](`, "eval(window.name)", "eval(location", "eval(localStorage", "eval(sessionStorage"}

// fileDecodes is decodes for a script file: libraries name eval, and decoders, by
// right. These call both, within a few lines.
func fileDecodes(dense []byte) bool {
	return runsDecoded(dense) || containsAny(dense, fileDecoders[:]) && (callsEval(dense) || containsAny(dense, []string{`["eval"](`, `['eval'](`}))
}

var fileDecoders = [...]string{".reverse().join(", "atob(", "unescape(", "fromCharCode", "fromCodePoint", "charCodeAt", `["atob"]`, "['atob']"}

// callsEval is evaluates where eval is called by its name, and what it returns is
// not handed on, as Prototype does.
func callsEval(dense []byte) bool {
	for u := range usesOf(dense, "eval") {
		if u.follows("(") && !u.honest() && !u.behind("return ") {
			return true
		}
	}
	return false
}

// evaluates reports whether eval is named for anything but JSON in the manner of
// old, eval("("+text+")").
func evaluates(dense []byte) bool {
	for u := range usesOf(dense, "eval") {
		if !u.key() && !u.honest() {
			return true
		}
	}
	return uses(dense, "execScript") || uses(dense, "globalEval")
}

// honest reports whether a use of eval is one that reads JSON, or a member of the
// document as editors of old wrote it, or none at all.
func (u *use) honest() bool {
	plain := [...]string{`("("+`, `('('+`, `("document."+`, "('document.'+"}
	return u.behind("typeof ", "function ") || u.follows(plain[:]...) || u.broken(plain[:2]...)
}

// constructs reports whether a function is made of text.
func constructs(dense []byte) bool {
	for u := range usesOf(dense, "Function") {
		if u.follows("(", "`") && !u.follows(`("returnthis")`, `("return this")`, "('return this')") || u.follows(")") && u.behind("(", ",") {
			return true
		}
	}
	for u := range usesOf(dense, "constructor") {
		if u.follows("(") && u.behind(".", ")", "]") {
			return true
		}
	}
	return false
}

// decodings return text that was hidden; percent escapes are honest in markup.
var (
	decodings = [...]string{"atob(", "String.fromCharCode(", "String.fromCodePoint("}
	escapings = [...]string{"unescape(", "decodeURIComponent(", "decodeURI("}
)

// runsDecoded reports whether what a decoder returns is run, written, is the
// content of a script that is made, or the name of what is called.
func runsDecoded(dense []byte) bool {
	fills := false
	for u := range callsOf(dense, decodings[:]) {
		if u.behind(runs[:]...) || u.behind("write(", "writeln(") || u.behind("[") && hasMembers(u.before[:len(u.before)-1]) {
			return true
		}
		fills = fills || u.behind(".text=", ".textContent=", ".innerText=", ".innerHTML=")
	}
	if fills && makesScript(bytes.ToLower(dense)) {
		return true
	}
	for u := range callsOf(dense, escapings[:]) {
		if u.behind(runs[:]...) {
			return true
		}
	}
	return false
}

// runs stand before text that is run.
var runs = [...]string{"eval(", "Function(", "execScript(", ".constructor(", "setTimeout(", "setInterval(",
	`"javascript:"+`, "'javascript:'+", "`javascript:${", ".srcdoc="}

// callsOf yields the places where functions are called, whatever window they are
// said to be of.
func callsOf(dense []byte, names []string) iter.Seq[use] {
	return func(yield func(use) bool) {
		for _, name := range names {
			for at := range placesOf(dense, name) {
				u := use{before: dense[:at]}
				for u.behind("((") {
					u.before = u.before[:len(u.before)-1]
				}
				for _, window := range [...]string{"window.", "self."} {
					u.before = bytes.TrimSuffix(u.before, []byte(window))
				}
				if !yield(u) {
					return
				}
			}
		}
	}
}

// runsFetched reports whether a script fetches text and runs it, or writes text of
// another host into the page. What is read as data is an honest script's.
func (s *scriptReader) runsFetched(dense []byte) bool {
	if !requestsText(dense) {
		return false
	}
	return evaluates(dense) || constructs(dense) || delays(dense) || uses(dense, "WebAssembly") || containsAny(dense, scripted[:]) ||
		containsAny(dense, inserters[:]) && !usesAny(dense, []string{"json", "JSON", "getJSON", "parseJSON"}) && s.fetchesAway(dense)
}

func requestsText(dense []byte) bool {
	return usesAny(dense, fetchers[:]) || containsAny(dense, requests[:])
}

// scripted are the ways to tell jQuery that what it fetches is a script.
var scripted = [...]string{`dataType:"script`, "dataType:'script", `dataType:"jsonp`, "dataType:'jsonp"}

// fetchesAway reports whether a request names a host that is on no list, or may
// name one by a variable.
func (s *scriptReader) fetchesAway(dense []byte) bool {
	for rest := range behindEach(dense, answered[:]) {
		if expression := goal(rest); expression == nil || s.stranger(expression, kindScript) != "" {
			return true
		}
	}
	return false
}

// answered are the requests whose answer a script can read.
var answered = [...]string{"fetch(", `.open("GET",`, ".open('GET',", `.open("POST",`, ".open('POST',", ".ajax(", "$.get(", "$.post(",
	"jQuery.get(", "jQuery.post(", "EventSource(", "WebSocket("}

// delays reports whether a timer is given text that a promise brings.
func delays(dense []byte) bool {
	for _, name := range [...]string{"setTimeout", "setInterval"} {
		for u := range usesOf(dense, name) {
			argument, _, _ := bytes.Cut(bytes.TrimPrefix(u.after[:min(len(u.after), 32)], []byte("(")), []byte(")"))
			if u.behind("then(") || len(argument) > 0 && u.behind(string(argument)+"=>", string(argument)+")=>") {
				return true
			}
		}
	}
	return false
}

// fetchers fetch text.
var fetchers = [...]string{"fetch", "XMLHttpRequest", "WebSocket", "EventSource"}

// requests are those of jQuery.
var requests = [...]string{".ajax(", ".getJSON(", "$.get(", "$.post(", "jQuery.get(", "jQuery.post("}

// inserters put markup into the page.
var inserters = [...]string{".innerHTML=", ".innerHTML+=", ".outerHTML=", "insertAdjacentHTML(", "document.write(", ".html(", ".append(", ".prepend(", "createContextualFragment("}
