package clean

import (
	"crypto/sha256"
	"encoding/json"
	"iter"
	"strings"

	"github.com/lachan-waf/lachan/policies"
)

// dataReasons judges the JSON of an import map, of a bundle
// (wicg.github.io/webpackage/subresource-loading), of speculation rules and of JSON-LD.
func (w *rewriter) dataReasons(content []byte) (reasons []string, host string) {
	switch w.sort {
	case sortImportMap:
		// It is code, by which the site's own modules and tags load what it says.
		if w.c.scripts == policies.ScriptsKnown && !w.c.baseline.KnowsScript(sha256.Sum256(content)) {
			return []string{reasonNotKnown}, ""
		}
		return w.addressReasons(content, kindScript)
	case sortRules:
		return w.addressReasons(content, kindConnect)
	}
	return w.linkedReasons(content)
}

// linkedReasons judges linked data. It names other hosts by right (a
// vocabulary, a parent body), so the lexicon or a list of hosts must agree.
func (w *rewriter) linkedReasons(content []byte) (reasons []string, host string) {
	text := foldEscapes(content)
	if host := w.listedIn(text); host != "" {
		return []string{reasonListedHost}, host
	}
	if !spamText(text) {
		return nil, ""
	}
	for host := range hostsIn(text) {
		if !w.c.allow.of[kindLink].Allows(host, "/") && host != "schema.org" {
			return []string{reasonOffList}, strings.Clone(host)
		}
	}
	return nil, ""
}

// addressReasons judges every string of an import map (WHATWG HTML 8.1.6.2), of
// a bundle or of speculation rules as the URL a browser would take it for. What is none
// resolves to the site itself.
func (w *rewriter) addressReasons(content []byte, k kind) (reasons []string, host string) {
	var parsed any
	if err := json.Unmarshal(content, &parsed); err != nil {
		return []string{reasonAmbiguous}, ""
	}
	for value := range jsonStrings(parsed) {
		t := w.resolver.resolve([]byte(value))
		if reason, ok := w.c.allow.allows(k, t, []byte(value)); !ok {
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
