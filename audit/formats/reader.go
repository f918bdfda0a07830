package formats

import (
	"bytes"
	"errors"
	"fmt"
)

// What a line may be: the trail's own are at most 32 KiB and hold some sixty
// fields, four levels deep.
const (
	maxLine   = 128 << 10
	maxDepth  = 8
	maxFields = 512
	maxItems  = 4096
	maxName   = 64
)

// What is wrong with a line.
var (
	errSyntax   = errors.New("no JSON")
	errEnd      = errors.New("the line ends early")
	errUTF8     = errors.New("no valid UTF-8")
	errControl  = errors.New("a control character")
	errTooLong  = errors.New("longer than any of the trail's")
	errTooMany  = errors.New("more fields than any of the trail's has")
	errTooDeep  = errors.New("nested too deep")
	errTwice    = errors.New("a name that was there before")
	errName     = errors.New("no name of the trail's")
	errNested   = errors.New("a list of anything but texts and numbers")
	errNoObject = errors.New("no object")
)

// reader reads the JSON of one line (RFC 8259) into the flat fields of an
// event. It is stricter than JSON is: no white space but blanks, no names but
// plain ones and none twice, no lists of objects. The trail has none of these,
// and each would be a message that its receivers read in different ways.
//
// It exists beside encoding/json because fields are wanted in their order and
// under names that are not known beforehand, from each line of a flood: it
// takes a third of what decoding into a map does, and allocates nothing.
type reader struct {
	line    []byte
	pos     int
	depth   int
	path    []byte            // of the member that is being read
	objects []string          // paths that were opened
	names   map[string]string // each path seen, so that none is allocated twice
	arena   []byte            // texts that had escapes
	items   [][]byte          // of lists
}

// read replaces e's fields by those of the line.
func (r *reader) read(e *event, line []byte) error {
	e.line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
	e.fields = e.fields[:0]
	r.line, r.pos, r.depth = e.line, 0, 0
	r.path, r.objects, r.arena, r.items = r.path[:0], r.objects[:0], r.arena[:0], r.items[:0]
	if len(r.line) > maxLine {
		return fmt.Errorf("%d bytes: %w", len(r.line), errTooLong)
	}
	if r.blanks(); r.peek() != '{' {
		return r.fail(errNoObject)
	}
	if err := r.object(e); err != nil {
		return r.fail(err)
	}
	if r.blanks(); r.pos < len(r.line) {
		return r.fail(errSyntax)
	}
	return nil
}

// fail says where reading came to its end.
func (r *reader) fail(err error) error { return fmt.Errorf("at byte %d: %w", r.pos, err) }

// peek returns the next byte; 0, which no JSON holds, at the end.
func (r *reader) peek() byte {
	if r.pos < len(r.line) {
		return r.line[r.pos]
	}
	return 0
}

func (r *reader) blanks() {
	for r.peek() == ' ' {
		r.pos++
	}
}

// expect steps over one byte and the blanks around it.
func (r *reader) expect(c byte) error {
	r.blanks()
	if r.peek() != c {
		if r.pos == len(r.line) {
			return errEnd
		}
		return errSyntax
	}
	r.pos++
	r.blanks()
	return nil
}

func (r *reader) object(e *event) error {
	if r.depth++; r.depth > maxDepth {
		return errTooDeep
	}
	if err := r.expect('{'); err != nil {
		return err
	}
	for more := r.peek() != '}'; more; {
		if err := r.member(e); err != nil {
			return err
		}
		if more = r.peek() == ','; more {
			if err := r.expect(','); err != nil {
				return err
			}
		}
	}
	r.depth--
	return r.expect('}')
}

func (r *reader) member(e *event) error {
	name, err := r.text(e)
	if err != nil {
		return err
	}
	if !plainName(name) {
		return errName
	}
	if err := r.expect(':'); err != nil {
		return err
	}
	outer := len(r.path)
	if outer > 0 {
		r.path = append(r.path, '.')
	}
	r.path = append(r.path, name...)
	err = r.value(e)
	r.path = r.path[:outer]
	r.blanks()
	return err
}

// plainName is what a name may be: every format can carry it as it is.
func plainName(name []byte) bool {
	for _, c := range name {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_', c == '-', c == '@':
		default:
			return false
		}
	}
	return len(name) > 0 && len(name) <= maxName
}

func (r *reader) value(e *event) (err error) {
	f := field{}
	switch c := r.peek(); {
	case c == '{':
		if r.opened(e) {
			return errTwice
		}
		r.objects = append(r.objects, r.name())
		return r.object(e)
	case c == '[':
		f.kind = listField
		f.list, err = r.array(e)
	case c == '"':
		f.text, err = r.text(e)
	case c == '-' || c >= '0' && c <= '9':
		f.kind = numberField
		f.text, err = r.number()
	case c == 'n':
		_, err = r.word("null")
		return err
	case c == 't':
		f.kind = boolField
		f.text, err = r.word("true")
	case c == 'f':
		f.kind = boolField
		f.text, err = r.word("false")
	default:
		return errSyntax
	}
	if err != nil {
		return err
	}
	if r.opened(e) {
		return errTwice
	}
	if len(e.fields) == maxFields {
		return errTooMany
	}
	f.name = r.name()
	e.fields = append(e.fields, f)
	return nil
}

// name is the path as a string that is allocated once.
func (r *reader) name() string {
	if name, seen := r.names[string(r.path)]; seen {
		return name
	}
	if r.names == nil || len(r.names) >= maxFields {
		r.names = make(map[string]string, 128)
	}
	name := string(r.path)
	r.names[name] = name
	return name
}

// opened reports whether the path has a value already.
func (r *reader) opened(e *event) bool {
	for i := range e.fields {
		if e.fields[i].name == string(r.path) {
			return true
		}
	}
	for _, path := range r.objects {
		if path == string(r.path) {
			return true
		}
	}
	return false
}

// array reads a list of texts; numbers in it become texts.
func (r *reader) array(e *event) ([][]byte, error) {
	if err := r.expect('['); err != nil {
		return nil, err
	}
	from := len(r.items)
	for more := r.peek() != ']'; more; {
		item, err := r.item(e)
		if err != nil {
			return nil, err
		}
		if len(r.items) == maxItems {
			return nil, errTooMany
		}
		r.items = append(r.items, item)
		if r.blanks(); r.peek() == ',' {
			err = r.expect(',')
		} else {
			more = false
		}
		if err != nil {
			return nil, err
		}
	}
	list := r.items[from:len(r.items):len(r.items)]
	return list, r.expect(']')
}

func (r *reader) item(e *event) ([]byte, error) {
	switch c := r.peek(); {
	case c == '"':
		return r.text(e)
	case c == '-' || c >= '0' && c <= '9':
		return r.number()
	case c == '[' || c == '{' || c == 't' || c == 'f' || c == 'n':
		return nil, errNested
	}
	return nil, errSyntax
}

func (r *reader) word(word string) ([]byte, error) {
	if !bytes.HasPrefix(r.line[r.pos:], []byte(word)) {
		return nil, errSyntax
	}
	r.pos += len(word)
	return r.line[r.pos-len(word) : r.pos], nil
}

// number reads what RFC 8259, section 6 calls one.
func (r *reader) number() ([]byte, error) {
	from := r.pos
	if r.peek() == '-' {
		r.pos++
	}
	switch whole := r.digits(); {
	case whole == 0:
		return nil, errSyntax
	case whole > 1 && r.line[r.pos-whole] == '0':
		return nil, errSyntax
	}
	if r.peek() == '.' {
		if r.pos++; r.digits() == 0 {
			return nil, errSyntax
		}
	}
	if c := r.peek(); c == 'e' || c == 'E' {
		r.pos++
		if c := r.peek(); c == '+' || c == '-' {
			r.pos++
		}
		if r.digits() == 0 {
			return nil, errSyntax
		}
	}
	if r.pos-from > maxName {
		return nil, errTooLong
	}
	return r.line[from:r.pos], nil
}

func (r *reader) digits() (n int) {
	for c := r.peek(); c >= '0' && c <= '9'; c = r.peek() {
		r.pos++
		n++
	}
	return n
}
