package clean

import "bytes"

// lateRule is that of src for an attribute that scripts which load late may make
// a src of: there are as many names as plugins (data-rocket-src, data-litespeed-src,
// data-rocketlazyloadscript), all of which say so.
func lateRule(el element, name []byte) (r rule, late bool) {
	if !hasPrefixFold(name, "data-") {
		return rule{}, false
	}
	lowered := name
	if !isLower(name) {
		lowered = bytes.ToLower(name)
	}
	source := bytes.Contains(lowered, []byte("src"))
	if !source && !bytes.Contains(lowered, []byte("script")) {
		return rule{}, false
	}
	for _, r := range table[el].rules {
		switch {
		case r.attr == attrSrc && bytes.Contains(lowered, []byte("srcset")):
			return rule{attrSrcset, r.kind, list}, true
		case r.attr == attrSrc:
			return r, source || el == elScript
		}
	}
	return rule{}, false
}

func isLower(name []byte) bool {
	for _, c := range name {
		if 'A' <= c && c <= 'Z' {
			return false
		}
	}
	return true
}
