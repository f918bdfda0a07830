package clean

import "bytes"

// maxJSONDepth is as deep as most parsers go, and far deeper than any CMS.
const maxJSONDepth = 512

// jsonReader reads JSON (RFC 8259), or several values behind each other, to
// find the strings that hold markup: by application/json no browser runs any,
// but the site's scripts put content.rendered into the page as it is. It
// changes such strings and no others, and keys never.
//
// A string that is a reference as a whole, under a key such as link, is told of
// and stays: it is data, which the site's programs may depend on, and leads
// nobody anywhere until one of them makes a link of it.
//
// What it cannot parse it cannot tell strings in, and refuses.
type jsonReader struct {
	w        *BodyWriter
	resolver *resolver
	begun    bool
	buf      []byte
	from     int   // up to where buf has been passed on or taken out
	pos      int   // of the next token
	offset   int64 // of buf[0]
	more     bool  // there may be more behind buf

	want   jsonWant
	levels []jsonLevel
	long   jsonLong
}

// jsonWant is what may come next.
type jsonWant uint8

const (
	wantValue jsonWant = iota
	wantValueOrEnd
	wantKey
	wantKeyOrEnd
	wantColon
	wantCommaOrEnd
)

// jsonLevel is an open object or array.
type jsonLevel struct {
	object bool
	refers kind // what the last key says of its value
	outer  kind // what the key says under which this stands
}

func newJSONReader(w *BodyWriter, r *resolver) *jsonReader {
	return &jsonReader{w: w, resolver: r, more: true}
}

func (j *jsonReader) feed(p []byte) error {
	if j.long.open {
		n, err := j.skip(p)
		if err != nil {
			return err
		}
		if p = p[n:]; j.long.open {
			return nil
		}
	}
	j.buf = append(j.buf, p...)
	if err := j.read(); err != nil {
		return err
	}
	if len(j.buf) > j.w.hold {
		return j.tooLong()
	}
	return nil
}

func (j *jsonReader) eof() error {
	j.more = false
	if j.long.open {
		return j.broken("it ends inside a string")
	}
	if err := j.read(); err != nil {
		return err
	}
	if len(j.levels) > 0 || j.want != wantValue {
		return j.broken("it ends inside a value")
	}
	return nil
}

// read reads all tokens but one that the end of buf cuts, and passes them on.
func (j *jsonReader) read() error {
	if !j.begun {
		if j.more && len(j.buf) < maxJSONPrefix {
			return nil
		}
		j.begun = true
		j.pos = jsonPrefix(j.buf)
	}
	for j.pos < len(j.buf) {
		before := j.pos
		if err := j.token(j.buf[j.pos:]); err != nil {
			return err
		}
		if j.pos == before {
			break
		}
	}
	j.pass(j.pos)
	j.buf = j.buf[:copy(j.buf, j.buf[j.pos:])]
	j.offset, j.pos, j.from = j.offset+int64(j.pos), 0, 0
	return nil
}

// pass passes on what is before to.
func (j *jsonReader) pass(to int) {
	if j.from < to {
		j.w.out.put(j.buf[j.from:to])
	}
	j.from = to
}

func (j *jsonReader) broken(reason string) error {
	return j.w.broken(j.offset+int64(j.pos), reason)
}

// maxJSONPrefix is longer than any prefix with some white space around it.
const maxJSONPrefix = 32

// jsonPrefixes keep a script element on another site from running JSON.
var jsonPrefixes = [...]string{")]}'", "while(1);", "while (1);", "for(;;);", "for (;;);", "throw 1;", "{}&&"}

func jsonPrefix(b []byte) int {
	rest := bytes.TrimLeft(bytes.TrimPrefix(b, []byte("\xEF\xBB\xBF")), " \t\r\n")
	for _, prefix := range jsonPrefixes {
		if bytes.HasPrefix(rest, []byte(prefix)) {
			rest = bytes.TrimPrefix(rest[len(prefix):], []byte(","))
			break
		}
	}
	return len(b) - len(rest)
}

// token deals with the token at pos, the head of b, and moves pos behind it; or
// leaves pos where more must come first.
func (j *jsonReader) token(b []byte) error {
	switch c := b[0]; {
	case jsonSpace(c):
		j.pos++
		return nil
	case c == '"':
		return j.text(b)
	case jsonMark(c):
		return j.mark(c)
	}
	n := 0
	for n < len(b) && !jsonSpace(b[n]) && !jsonMark(b[n]) && b[n] != '"' {
		n++
	}
	if n == len(b) && j.more {
		return nil
	}
	if !jsonWord(b[:n]) {
		return j.broken("neither a number nor true, false or null")
	}
	return j.value(n)
}

// jsonSpace counts the byte that parts texts (RFC 7464) among the white space.
func jsonSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == 0x1E }

func jsonMark(c byte) bool { return bytes.IndexByte([]byte("{}[]:,"), c) >= 0 }

// value notes that a value of n bytes stands at pos.
func (j *jsonReader) value(n int) error {
	if j.want != wantValue && j.want != wantValueOrEnd {
		return j.broken("a value where none may stand")
	}
	j.pos += n
	j.want = wantCommaOrEnd
	if len(j.levels) == 0 {
		j.want = wantValue
	}
	return nil
}

// mark deals with a structural character.
func (j *jsonReader) mark(c byte) error {
	top := jsonLevel{}
	if n := len(j.levels); n > 0 {
		top = j.levels[n-1]
	}
	switch {
	case c == '{' || c == '[':
		return j.open(c, top)
	case c == '}' && top.object && (j.want == wantKeyOrEnd || j.want == wantCommaOrEnd),
		c == ']' && len(j.levels) > 0 && !top.object && (j.want == wantValueOrEnd || j.want == wantCommaOrEnd):
		j.levels = j.levels[:len(j.levels)-1]
		j.want = wantValue
		return j.value(1)
	case c == ':' && j.want == wantColon:
		j.want = wantValue
	case c == ',' && j.want == wantCommaOrEnd && top.object:
		j.want = wantKey
	case c == ',' && j.want == wantCommaOrEnd:
		j.want = wantValue
	default:
		return j.broken("a " + string(c) + " where none may stand")
	}
	j.pos++
	return nil
}

func (j *jsonReader) open(c byte, outer jsonLevel) error {
	if err := j.value(1); err != nil {
		return err
	}
	if len(j.levels) == maxJSONDepth {
		return j.broken("values are nested too deeply")
	}
	level := jsonLevel{object: c == '{', outer: outer.refers}
	j.want = wantKeyOrEnd
	if !level.object {
		level.refers, j.want = outer.refers, wantValueOrEnd
	}
	j.levels = append(j.levels, level)
	return nil
}

// jsonWord reports whether b is a number or a literal (RFC 8259 3 and 6).
func jsonWord(b []byte) bool {
	switch string(b) {
	case "true", "false", "null":
		return true
	}
	b = bytes.TrimPrefix(b, []byte("-"))
	whole := digitsLength(b)
	if whole == 0 || whole > 1 && b[0] == '0' {
		return false
	}
	b = b[whole:]
	if len(b) > 0 && b[0] == '.' {
		n := digitsLength(b[1:])
		if n == 0 {
			return false
		}
		b = b[1+n:]
	}
	if len(b) > 0 && lower(b[0]) == 'e' {
		b = b[1:]
		if len(b) > 0 && (b[0] == '+' || b[0] == '-') {
			b = b[1:]
		}
		n := digitsLength(b)
		return n > 0 && n == len(b)
	}
	return len(b) == 0
}

func digitsLength(b []byte) int {
	n := 0
	for n < len(b) && '0' <= b[n] && b[n] <= '9' {
		n++
	}
	return n
}
