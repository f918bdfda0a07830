package clean

import "bytes"

// jsonLong is a string that is too long to be held back. One without markup,
// such as an image in base64, passes for as long as it holds none; from a < or
// a character by its number on it goes, and stays a string.
type jsonLong struct {
	open   bool
	passes bool
	gone   removal
}

// tooLong deals with what is held no longer: a string, or nothing that JSON has.
func (j *jsonReader) tooLong() error {
	if j.buf[0] != '"' || j.want != wantValue && j.want != wantValueOrEnd {
		return j.broken("a word is too long")
	}
	if err := j.value(0); err != nil {
		return err
	}
	held := j.buf
	j.buf = nil
	j.long.open, j.long.passes = true, true
	j.w.out.put([]byte{'"'})
	if bytes.IndexByte(held, '<') >= 0 || bytes.Contains(held, []byte(`\u`)) {
		j.beginGone(j.offset)
	}
	j.offset++
	n, err := j.skip(held[1:])
	if !j.long.open {
		j.buf = held[:copy(held, held[1+n:])]
	}
	return err
}

func (j *jsonReader) beginGone(at int64) {
	j.long.passes = false
	j.long.gone.begin(Finding{Kind: kindLimit.String(), Offset: at, Reasons: []string{reasonTooLong, reasonLimit}, Removed: j.w.removes})
}

// skip reads more of the long string, and tells how many bytes it took. An
// escape that the window cuts is left, and comes again with the next.
func (j *jsonReader) skip(p []byte) (int, error) {
	if len(j.buf) > 0 {
		p = append(j.buf, p...)
	}
	held := len(j.buf)
	n, from := 0, 0
	for n < len(p) && j.long.open {
		switch c := p[n]; {
		case c == '"':
			j.long.open = false
			n++
		case c < ' ':
			return n, j.broken("a string holds what none may")
		case c == '\\':
			length, ok := jsonEscape(p[n:])
			if !ok {
				return n, j.broken("a string holds what none may")
			}
			if length == 0 {
				j.take(p[from:n])
				j.buf = append([]byte(nil), p[n:]...)
				return len(p) - held, nil
			}
			if length == 6 && j.long.passes {
				j.take(p[from:n])
				from = n
				j.beginGone(j.offset)
			}
			n += length
		case c == '<' && j.long.passes:
			j.take(p[from:n])
			from = n
			j.beginGone(j.offset)
		default:
			n++
		}
	}
	j.take(p[from:n])
	j.buf = j.buf[:0]
	if !j.long.open && !j.long.passes {
		j.w.found.pass(j.long.gone.end())
		j.w.out.put([]byte{'"'})
	}
	return n - held, nil
}

// take passes on or takes out a piece of the long string.
func (j *jsonReader) take(p []byte) {
	if j.long.passes {
		j.w.out.put(p)
	} else {
		j.long.gone.write(p)
	}
	j.offset += int64(len(p))
}
