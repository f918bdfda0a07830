package clean

import "bytes"

const (
	// maxTests bounds what a compound may ask for besides names, and maxTestText
	// how long it may be.
	maxTests    = 3
	maxTestText = 24
)

// test is what a compound asks for besides, or must not be.
type test struct {
	of   testOf
	not  bool
	key  uint64 // of the class, the id, the element or the attribute
	sign byte   // how the attribute's value is compared, or 0
	n    uint8
	text [maxTestText]byte // with what
}

type testOf uint8

const (
	testAttribute testOf = iota
	testElement
	testID
	testClass
)

func (t *test) met(f *facts) bool {
	switch t.of {
	case testElement:
		return t.key == f.element
	case testID:
		return t.key == f.id
	case testClass:
		return has(f.classes, t.key)
	}
	for i := range f.tag.attrs {
		a := &f.tag.attrs[i]
		if nameKey(a.name.of(f.b)) == t.key {
			return t.compares(decodeAttribute(a.value.of(f.b)))
		}
	}
	return false
}

// compares holds the value of an attribute against the test (Selectors 4, 6).
func (t *test) compares(value []byte) bool {
	text := string(t.text[:t.n])
	switch t.sign {
	case 0:
		return true
	case '=':
		return equalFold(value, text)
	case '^':
		return text != "" && hasPrefixFold(value, text)
	case '|':
		return hasPrefixFold(value, text) && (len(value) == len(text) || value[len(text)] == '-')
	case '$':
		return text != "" && len(value) >= len(text) && equalFold(value[len(value)-len(text):], text)
	case '~':
		for word := range bytes.FieldsSeq(value) {
			if equalFold(word, text) {
				return true
			}
		}
	case '*':
		for ; text != "" && len(value) >= len(text); value = value[1:] {
			if hasPrefixFold(value, text) {
				return true
			}
		}
	}
	return false
}

// exclude adds that the element is none of others, each a simple selector.
func (sel *selector) exclude(others []selector) bool {
	tests := sel.tests[:len(sel.tests):len(sel.tests)]
	for i := range others {
		t, ok := others[i].negated()
		if !ok || len(tests) == maxTests {
			return false
		}
		tests = append(tests, t)
	}
	sel.tests = tests
	return true
}

// negated is a selector of a single simple one as what must not be.
func (sel *selector) negated() (t test, ok bool) {
	switch {
	case sel.root || sel.pointed || sel.points || len(sel.up) > 0:
		return t, false
	case sel.count == 1 && sel.id == 0 && sel.element == 0 && len(sel.tests) == 0:
		return test{of: testClass, key: sel.classes[0], not: true}, true
	case sel.count == 0 && sel.id != 0 && sel.element == 0 && len(sel.tests) == 0:
		return test{of: testID, key: sel.id, not: true}, true
	case sel.count == 0 && sel.id == 0 && sel.element != 0 && len(sel.tests) == 0:
		return test{of: testElement, key: sel.element, not: true}, true
	case sel.last() == 0 && len(sel.tests) == 1 && !sel.tests[0].not:
		t = sel.tests[0]
		t.not = true
		return t, true
	}
	return t, false
}

// attribute reads an attribute selector (Selectors 4, 6). That an element is
// hidden by its attribute of that name is known anyway.
func (r *selectorReader) attribute() bool {
	end := r.pos + 1 + endCSS(r.css[r.pos+1:], "]")
	a := cssReader{css: bytes.TrimSpace(r.css[r.pos+1 : end])}
	r.pos = min(end+1, len(r.css))
	name := a.ident()
	t, ok := test{key: nameKey(name)}, len(name) > 0 && !equalFold(name, "hidden")
	if rest := bytes.TrimSpace(a.css[a.pos:]); len(rest) > 0 {
		ok = t.compareWith(rest) && ok
	}
	r.simple++
	return ok && r.each(func(sel *selector) bool { return sel.addTest(t) })
}

// compareWith reads the sign and the value of an attribute selector.
func (t *test) compareWith(text []byte) bool {
	if t.sign = text[0]; t.sign != '=' {
		if bytes.IndexByte([]byte("~|^$*"), t.sign) < 0 {
			return false
		}
		text = text[1:]
	}
	rest, found := bytes.CutPrefix(text, []byte("="))
	if rest = bytes.TrimSpace(rest); !found || len(rest) == 0 {
		return false
	}
	r := cssReader{css: rest}
	var value []byte
	if quote := rest[0]; quote == '"' || quote == '\'' {
		r.pos++
		value = r.until(string(quote))
	} else {
		value = r.ident()
	}
	flag := lowerString(bytes.TrimSpace(rest[r.pos:]))
	t.n = uint8(copy(t.text[:], lowerString(value)))
	return int(t.n) == len(value) && (flag == "" || flag == "i" || flag == "s")
}

// addTest adds a test for an attribute, and what it asks of classes and the id.
func (sel *selector) addTest(t test) bool {
	text := t.text[:t.n]
	single := t.n > 0 && !bytes.ContainsAny(text, " \t\r\n\f")
	switch {
	case t.key == classKey && t.sign == '~' && single:
		return sel.add('.', nameKey(text))
	case t.key == idKey && t.sign == '=' && single && sel.id == 0:
		sel.id = nameKey(text)
	case t.key == classKey && t.sign == '=' && single && int(sel.count) < len(sel.classes):
		sel.classes[sel.count] = nameKey(text)
		sel.count++
		fallthrough
	default:
		if len(sel.tests) == maxTests {
			return false
		}
		sel.tests = append(sel.tests[:len(sel.tests):len(sel.tests)], t)
	}
	sel.weigh(weightClass)
	return true
}
