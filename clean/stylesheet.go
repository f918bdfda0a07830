package clean

import "bytes"

// stylesheet cleans a CSS file as it streams by. It holds back an unfinished
// token, an @import until its end, and the strings of a block until its end, up
// to a bound. A token that is longer goes by unjudged only where it can neither
// refer to anything nor be read: a comment, a data: URL of an image or font.
// Anything else is taken out to its end.
type stylesheet struct {
	w      *BodyWriter
	css    cssReader
	offset int64 // of css.css[0]
	long   longToken
}

// longToken is a token that is not held back.
type longToken struct {
	ends    string // any of these bytes ends it; empty where there is none, "*/" is a comment's
	passes  bool
	escaped bool // the byte before was a backslash
	cr      bool // or CR behind one
	star    bool // or an asterisk, in a comment
	removal removal
}

func newStylesheet(w *BodyWriter, r *resolver) *stylesheet {
	s := &stylesheet{w: w, css: cssReader{last: ' ', allow: &w.c.allow, links: w.c.links, resolver: r, more: true}}
	s.css.found = func(f Finding, from, to int) {
		f.Offset, f.Removed = s.offset+int64(from), f.Removed && w.removes
		w.found.add(f, s.css.css[from:to])
	}
	return s
}

func (s *stylesheet) feed(p []byte) error {
	if s.long.ends != "" {
		p = p[s.skip(p):]
	}
	if len(p) > 0 {
		s.read(p)
	}
	return nil
}

// read reads a window behind what is held.
func (s *stylesheet) read(p []byte) {
	r := &s.css
	held := r.css
	r.css = append(held, p...)
	r.read()
	if len(r.css) > min(maxBlockCSS, s.w.hold) {
		r.judgeText()
	}
	s.passRead()
	switch {
	case r.said.pending():
	case r.cut && !r.imports && bytes.HasPrefix(r.css[r.pos:], []byte("/*")):
		s.begin("*/", 2, true)
	case len(r.css) > s.w.hold:
		s.tooLong()
	}
}

// passRead passes on what has been read and waits for nothing.
func (s *stylesheet) passRead() {
	r := &s.css
	keep := r.pos
	if r.imports {
		keep = min(keep, r.start)
	}
	if r.said.pending() {
		if keep = min(keep, r.said.strings[0].from); r.from > keep {
			return // a reference went behind a string that waits
		}
	}
	s.pass(keep)
	r.css = r.css[:copy(r.css, r.css[keep:])]
	s.shift(keep)
}

// pass passes on the piece up to to, without what was cut out.
func (s *stylesheet) pass(to int) {
	r := &s.css
	r.said.moved(0, len(r.out)+max(0, to-r.from))
	if n := len(r.out); n > 0 {
		r.last = r.out[n-1]
		s.w.out.put(r.out)
		r.out = r.out[:0]
	}
	if r.from < to {
		r.last = r.css[to-1]
		s.w.out.put(r.css[r.from:to])
		r.from = to
	}
}

func (s *stylesheet) shift(n int) {
	r := &s.css
	r.pos, r.from, r.start = r.pos-n, r.from-n, r.start-n
	r.said.moved(n, 0)
	s.offset += int64(n)
}

// begin passes on or takes out the token that is held, and what is to come of
// it. Its first bytes are not looked at.
func (s *stylesheet) begin(ends string, first int, passes bool) {
	held := s.css.css
	s.long.ends, s.long.passes, s.long.escaped, s.long.cr, s.long.star = ends, passes, false, false, false
	s.take(held[:first])
	n := first + s.skip(held[first:])
	s.css.css = held[:copy(held, held[n:])]
	s.css.pos, s.css.from = 0, 0
}

// tooLong deals with a token, or an @import, that is held no longer.
func (s *stylesheet) tooLong() {
	r := &s.css
	if r.imports {
		between := r.between()
		r.imports, r.depth = false, r.outside
		s.drop(";{}", 0, kindStyle, between)
		return
	}
	switch quote := r.css[0]; {
	case quote != '"' && quote != '\'':
		name, ref, _ := bytes.Cut(r.css, []byte("("))
		s.reference(ref, ")", len(name), "url()")
	default:
		s.reference(r.css[1:], string(quote)+"\n\r\f", 1, `""`)
	}
}

// reference deals with a reference that is too long: what a data: URL may
// hold shows at its beginning.
func (s *stylesheet) reference(ref []byte, ends string, first int, instead string) {
	if ref = trimControls(ref); hasPrefixFold(ref, "data:") && mediaData(ref) {
		s.begin(ends, first, true)
		return
	}
	s.drop(ends, first, kindMedia, instead)
}

func (s *stylesheet) drop(ends string, first int, k kind, instead string) {
	s.long.removal.begin(Finding{
		Kind: k.String(), Offset: s.offset, Reasons: []string{reasonTooLong, reasonLimit}, Removed: s.w.removes,
	})
	if instead != "" {
		s.css.last = instead[len(instead)-1]
		s.w.out.put([]byte(instead))
	}
	s.begin(ends, first, false)
}

// skip reads the rest of a long token, and tells how many bytes it took.
func (s *stylesheet) skip(p []byte) int {
	n := 0
	for n < len(p) && s.long.ends != "" {
		if s.ends(p[n]) {
			s.long.ends = ""
		}
		n++
	}
	s.take(p[:n])
	if s.long.ends == "" && !s.long.passes {
		s.w.found.pass(s.long.removal.end())
	}
	return n
}

// take passes on or takes out bytes of the long token.
func (s *stylesheet) take(p []byte) {
	switch {
	case len(p) == 0:
	case s.long.passes:
		s.css.last = p[len(p)-1]
		s.w.out.put(p)
	default:
		s.long.removal.write(p)
	}
	s.offset += int64(len(p))
}

// ends reports whether c ends the long token.
func (s *stylesheet) ends(c byte) bool {
	l := &s.long
	if l.ends == "*/" {
		ended := l.star && c == '/'
		l.star = c == '*'
		return ended
	}
	if l.cr && c == '\n' { // one newline with the CR (CSS Syntax 3.3)
		l.cr = false
		return false
	}
	ended := !l.escaped && bytes.IndexByte([]byte(l.ends), c) >= 0
	l.escaped, l.cr = c == '\\' && !l.escaped, l.escaped && c == '\r'
	return ended
}

// eof reads what is held, now that nothing is behind it.
func (s *stylesheet) eof() error {
	if s.long.ends != "" {
		if !s.long.passes {
			s.w.found.pass(s.long.removal.end())
		}
		return nil
	}
	s.css.more = false
	s.css.read()
	s.css.endText()
	s.pass(len(s.css.css))
	return nil
}
