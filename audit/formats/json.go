package formats

import "strings"

// appendValue writes a field's value as JSON.
func appendValue(dst []byte, f *field) []byte {
	switch f.kind {
	case textField:
		return appendJSON(dst, f.text)
	case listField:
		return appendList(dst, f.list)
	}
	return append(dst, f.text...)
}

func appendList(dst []byte, list [][]byte) []byte {
	dst = append(dst, '[')
	for i, item := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendJSON(dst, item)
	}
	return append(dst, ']')
}

// appendNested writes the fields below prefix ("" for all, "lachan." for what
// ECS has no name for) as an object, nested as they were read. An object's
// fields follow each other, since none is opened twice.
func appendNested(dst []byte, e *event, prefix string) []byte {
	var open []string // the names of the objects that are open
	dst = append(dst, '{')
	for i := range e.fields {
		f := &e.fields[i]
		name, below := strings.CutPrefix(f.name, prefix)
		if !below {
			continue
		}
		depth := shared(open, name)
		for range len(open) - depth {
			dst = append(dst, '}')
		}
		open = open[:depth]
		for skipped := range depth {
			name = name[len(open[skipped])+1:]
		}
		dst = comma(dst)
		for outer, inner, nested := strings.Cut(name, "."); nested; outer, inner, nested = strings.Cut(name, ".") {
			open = append(open, outer)
			dst = append(append(append(dst, '"'), outer...), `":{`...)
			name = inner
		}
		dst = append(append(append(dst, '"'), name...), `":`...)
		dst = appendValue(dst, f)
	}
	for range open {
		dst = append(dst, '}')
	}
	return append(dst, '}')
}

// shared is how many of the open objects the name is in.
func shared(open []string, name string) (depth int) {
	for _, outer := range open {
		rest, in := strings.CutPrefix(name, outer)
		if !in || len(rest) == 0 || rest[0] != '.' {
			break
		}
		name = rest[1:]
		depth++
	}
	return depth
}

// comma parts a member from the one before it.
func comma(dst []byte) []byte {
	if dst[len(dst)-1] == '{' || dst[len(dst)-1] == '[' {
		return dst
	}
	return append(dst, ',')
}

// object writes the members of a JSON object whose names are ours. Members
// without a value are left out.
type object struct{ dst []byte }

func (o *object) name(name string) {
	o.dst = append(append(append(comma(o.dst), '"'), name...), `":`...)
}

func (o *object) text(name string, text []byte) {
	if len(text) > 0 {
		o.name(name)
		o.dst = appendJSON(o.dst, text)
	}
}

// literal writes a member whose value is JSON: a figure, a constant.
func (o *object) literal(name, value string) {
	o.name(name)
	o.dst = append(o.dst, value...)
}

func (o *object) open(name string) {
	o.name(name)
	o.dst = append(o.dst, '{')
}

func (o *object) close() { o.dst = append(o.dst, '}') }
