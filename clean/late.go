package clean

import "strings"

// lateRule is that of src for an attribute that scripts which load late may make
// a src of: there are as many names as plugins (data-rocket-src, data-litespeed-src,
// data-rocketlazyloadscript), all of which say so.
func lateRule(el element, name []byte) (r rule, late bool) {
	if !hasPrefixFold(name, "data-") {
		return rule{}, false
	}
	lowered := lowerView(name)
	source := strings.Contains(lowered, "src")
	if !source && !strings.Contains(lowered, "script") {
		return rule{}, false
	}
	for _, r := range table[el].rules {
		switch {
		case r.attr == attrSrc && strings.Contains(lowered, "srcset"):
			return rule{attrSrcset, r.kind, list}, true
		case r.attr == attrSrc:
			return r, source || el == elScript
		}
	}
	return rule{}, false
}
