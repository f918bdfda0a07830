package clean

import (
	"bytes"
	"crypto/sha256"
	"slices"
	"strings"

	"github.com/lachan-waf/lachan/policies"
)

// sort is what the content of a script element is.
type sort uint8

const (
	sortRuns      sort = iota // a script, or taken for one
	sortInert                 // data for other scripts, or a template
	sortImportMap             // where modules come from, or what a bundle brings
	sortRules                 // speculation rules: what is fetched ahead
	sortLinked                // JSON-LD, read by search engines
	sortElsewhere             // JSON-LD that says the page is another site's
	sortStyle                 // no script but a style sheet, in what is harmless
	sortTitle                 // nor this
)

// scriptSort reads type and language (WHATWG HTML 4.12.1.1). What is not known to
// be data counts as a script: browsers have run VBScript, and plugins that put
// scripts off until they are wanted (WP Rocket, Rocket Loader, Partytown, consent
// managers) give them types that no browser runs, and run them later.
func (w *rewriter) scriptSort(b []byte) sort {
	if !w.has(attrType) && !w.has(attrLanguage) {
		return sortRuns
	}
	value, prefix := w.valueOf(b, attrType), ""
	if !w.has(attrType) {
		value, prefix = w.valueOf(b, attrLanguage), "text/"
	}
	if bytes.IndexByte(value, 0) >= 0 { // passed on as U+FFFD, with which no type is known
		return sortRuns
	}
	kind := prefix + lowerString(trimControls(value))
	essence, _, _ := strings.Cut(kind, ";")
	essence = strings.TrimRight(essence, "\t\n\f\r ")
	switch {
	case kind == "" || kind == "text/" || kind == "module":
		return sortRuns
	case kind == "importmap" || kind == "webbundle":
		return sortImportMap
	case kind == "speculationrules":
		return sortRules
	case essence == "application/ld+json":
		return sortLinked
	case inertType(essence):
		return sortInert
	}
	return sortRuns
}

// inertType reports whether a script element of this type holds data or a
// template. With parameters a type is what it is without.
func inertType(essence string) bool {
	switch essence {
	case "application/json", "text/json", "application/xml", "text/xml", "text/html", "text/css", "text/csv", "text/markdown", "text/vtt",
		"text/template", "text/tmpl", "text/x-tmpl", "x-tmpl-mustache", "text/mustache", "text/x-mustache", "text/handlebars", "text/x-handlebars",
		"text/x-handlebars-template", "text/x-jquery-tmpl", "text/x-jsrender", "text/x-underscore", "text/underscore", "text/x-underscore-template",
		"text/x-kendo-template", "text/x-kendo-tmpl", "text/ng-template", "text/x-template", "text/x-lodash-template", "text/x-dot-template",
		"math/tex", "math/asciimath", "math/mml", "x-shader/x-vertex", "x-shader/x-fragment", "text/glsl":
		return true
	}
	return strings.HasPrefix(essence, "application/") && (strings.HasSuffix(essence, "+json") || strings.HasSuffix(essence, "+xml")) ||
		strings.HasPrefix(essence, "math/tex") || strings.HasPrefix(essence, "text/x-handlebars")
}

// judgeHandler judges an event handler attribute as an inline script.
func (w *rewriter) judgeHandler(b []byte, i int) {
	code := decodeAttribute(w.tok.tag.attrs[i].value.of(b))
	reasons, host := w.codeReasons(code)
	w.judgeCode(b, i, kindHandler, target{host: host}, reasons)
}

// codeReasons says why a piece of script in an attribute may not stand.
func (w *rewriter) codeReasons(code []byte) (reasons []string, host string) {
	if inertCode(code) {
		return nil, ""
	}
	w.offer(code, false)
	if w.c.baseline.KnowsScript(sha256.Sum256(code)) {
		return nil, ""
	}
	if w.c.scripts == policies.ScriptsKnown {
		return []string{reasonNotKnown}, ""
	}
	return w.scriptSignals(code, false)
}

// judgeCode takes an attribute that holds a script out, by policy.
func (w *rewriter) judgeCode(b []byte, i int, k kind, t target, reasons []string) {
	if len(reasons) == 0 {
		return
	}
	f := w.finding(b, i, k, t, reasons...)
	f.Target = ""
	f.Removed = w.c.scripts != policies.ScriptsReport
	w.dropAttribute(b, i, f)
}

// judgeScriptURL judges a javascript: URL as an inline script. Where it is a
// frame's, the frame goes.
func (w *rewriter) judgeScriptURL(b []byte, i int, r rule, t target, ref []byte) outcome {
	_, code, _ := bytes.Cut(trimControls(ref), []byte(":"))
	reasons, host := w.codeReasons(unpercent(code))
	if t.scheme != "javascript" || r.kind != kindLink && r.kind != kindFrame && r.kind != kindForm {
		reasons = []string{reasonScheme}
	}
	if len(reasons) == 0 {
		return outcomeStays
	}
	if w.c.scripts == policies.ScriptsReport {
		w.judgeCode(b, i, r.kind, target{host: host}, reasons)
		return outcomeStays
	}
	f := w.finding(b, i, r.kind, t, reasons...)
	f.Host = host
	if r.action == unwrap {
		r.action = dropAttribute
	}
	return w.refuse(b, i, r, f)
}

// inertScripts are the usual ways for a script in an attribute to do nothing.
var inertScripts = [...]string{"void(0)", "void 0", "void(null)", "void()", "false", "true", "return false", "return true",
	"''", `""`, "//", "this.select()", "history.back()", "window.history.back()", "history.go(-1)", "window.print()", "print()", "return void(0)"}

// inertCode reports whether a script in an attribute does nothing.
func inertCode(code []byte) bool {
	code = bytes.TrimRight(bytes.TrimSpace(code), "; \t\r\n")
	return len(code) == 0 || slices.Contains(inertScripts[:], string(code))
}

// InertHandlers returns the hashes of the commonest of them, for a policy that
// lists what may run.
func InertHandlers() [][sha256.Size]byte {
	var sums [][sha256.Size]byte
	for _, script := range [...]string{"return false", "return true", "this.select()", "window.print()", "history.back()"} {
		sums = append(sums, sha256.Sum256([]byte(script)), sha256.Sum256([]byte(script+";")))
	}
	return sums
}
