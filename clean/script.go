package clean

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"iter"
	"strings"

	"github.com/lachan-waf/lachan/policies"
)

// sort is what the content of a script element is.
type sort uint8

const (
	sortRuns      sort = iota // a script, or taken for one
	sortInert                 // data for other scripts, or a template
	sortImportMap             // where modules come from
	sortRules                 // speculation rules: what is fetched ahead
	sortLinked                // JSON-LD, read by search engines
	sortElsewhere             // JSON-LD that says the page is another site's
	sortStyle                 // no script but a style sheet, in what is harmless
)

// scriptSort reads type and language (WHATWG HTML 4.12.1.1). Whatever any
// browser has ever run counts as a script; MIME parameters do not save it.
func (w *rewriter) scriptSort(b []byte) sort {
	if !w.has(attrType) && !w.has(attrLanguage) {
		return sortRuns
	}
	kind := lowerString(trimControls(w.valueOf(b, attrType)))
	if !w.has(attrType) {
		kind = "text/" + lowerString(trimControls(w.valueOf(b, attrLanguage)))
	}
	switch {
	case kind == "" || kind == "text/" || kind == "module":
		return sortRuns
	case kind == "importmap":
		return sortImportMap
	case kind == "speculationrules":
		return sortRules
	case strings.HasPrefix(kind, "application/ld+json"):
		return sortLinked
	}
	for _, name := range [...]string{"javascript", "ecmascript", "jscript", "livescript", "vbscript", "vbs"} {
		if strings.Contains(kind, name) {
			return sortRuns
		}
	}
	return sortInert
}

// dataReasons judges the JSON of an import map, of speculation rules and of
// JSON-LD. Linked data names other hosts by right (a vocabulary, a parent
// body), so there the lexicon must agree.
func (w *rewriter) dataReasons(content []byte) (reasons []string, host string) {
	text := foldEscapes(content)
	k := kindConnect
	switch w.sort {
	case sortImportMap:
		return w.importMapReasons(content)
	case sortLinked, sortElsewhere:
		if !spamText(text) {
			return nil, ""
		}
		k = kindLink
	}
	for host := range hostsIn(text) {
		if !w.c.allow[k].Allows(host, "/") && host != "schema.org" {
			return []string{reasonOffList}, host
		}
	}
	return nil, ""
}

// importMapReasons judges every address of an import map (WHATWG HTML 8.1.6.2):
// it is code, by which the site's own modules load what it says.
func (w *rewriter) importMapReasons(content []byte) (reasons []string, host string) {
	if w.c.scripts == policies.ScriptsKnown && !w.c.baseline.KnowsScript(sha256.Sum256(content)) {
		return []string{reasonNotKnown}, ""
	}
	var parsed any
	if err := json.Unmarshal(content, &parsed); err != nil {
		return []string{reasonAmbiguous}, ""
	}
	for value := range jsonStrings(parsed) {
		t := w.resolver.resolve([]byte(value))
		if reason, ok := w.c.allow.allows(kindScript, t, []byte(value)); !ok {
			return []string{reason}, strings.Clone(t.host)
		}
	}
	return nil, ""
}

// jsonStrings yields the strings that stand as values.
func jsonStrings(v any) iter.Seq[string] {
	return func(yield func(string) bool) { eachString(v, yield) }
}

func eachString(v any, yield func(string) bool) bool {
	switch v := v.(type) {
	case string:
		return yield(v)
	case []any:
		for _, item := range v {
			if !eachString(item, yield) {
				return false
			}
		}
	case map[string]any:
		for _, item := range v {
			if !eachString(item, yield) {
				return false
			}
		}
	}
	return true
}

// judgeHandler judges an event handler attribute as an inline script.
func (w *rewriter) judgeHandler(b []byte, i int) {
	code := decodeAttribute(w.tok.tag.attrs[i].value.of(b))
	reasons, host := w.codeReasons(code)
	w.judgeCode(b, i, kindHandler, target{host: host}, reasons)
}

// codeReasons says why a piece of script in an attribute may not stand.
func (w *rewriter) codeReasons(code []byte) (reasons []string, host string) {
	if inertCode(code) || w.c.baseline.KnowsScript(sha256.Sum256(code)) {
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

// inertCode reports whether a script in an attribute is one of the usual ways
// to do nothing.
func inertCode(code []byte) bool {
	switch string(bytes.TrimRight(bytes.TrimSpace(code), "; \t\r\n")) {
	case "", "void(0)", "void 0", "void(null)", "void()", "false", "true", "return false", "return true",
		"''", `""`, "//", "this.select()", "history.back()", "window.history.back()", "history.go(-1)", "window.print()", "print()", "return void(0)":
		return true
	}
	return false
}
