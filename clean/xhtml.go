package clean

import "bytes"

// maxXHTMLName is the longest name of an element that is followed.
const maxXHTMLName = 64

// StatesXHTML reports whether the Content-Type headers of a response state
// XHTML, for Document.
func StatesXHTML(contentType []string) bool {
	return extractMIME(contentType).essence == "application/xhtml+xml"
}

// xhtml writes XHTML so that HTML's parser reads the same: <title/> as
// <title></title>, where all that follows would be the title else, and CDATA
// sections as text. What is not well-formed it leaves as it is. What it writes
// is judged like any other document.
type xhtml struct {
	elements *names
	state    xhtmlState
	name     []byte // of the start tag that is read, or of the script or style whose content is
	seen     []byte // what is held back, or how what is passed on ends
	quote    byte   // of the attribute's value
	slash    bool   // one is held back in a tag
	brackets int    // held back in a CDATA section
	out      []byte
}

type xhtmlState uint8

const (
	xhtmlText   xhtmlState = iota
	xhtmlOpen              // behind <, which is held back
	xhtmlMarkup            // behind <!, which is
	xhtmlComment
	xhtmlCDATA
	xhtmlName
	xhtmlTag
	xhtmlValue
	xhtmlOther // to the next >
	xhtmlRaw   // the content of a script or a style
)

// write reads p and passes on what it makes of it.
func (x *xhtml) write(p []byte, feed func([]byte)) {
	for len(p) > 0 {
		n := min(len(p), holdStep)
		for _, c := range p[:n] {
			x.step(c)
		}
		feed(x.out)
		p, x.out = p[n:], x.out[:0]
	}
}

// close passes on what was held back.
func (x *xhtml) close(feed func([]byte)) {
	switch {
	case x.state == xhtmlOpen || x.state == xhtmlMarkup:
		x.put(x.seen...)
	case x.slash:
		x.put('/')
	}
	x.put(bytes.Repeat([]byte("]"), x.brackets)...)
	feed(x.out)
}

func (x *xhtml) put(b ...byte) { x.out = append(x.out, b...) }

func (x *xhtml) step(c byte) {
	switch x.state {
	case xhtmlText:
		if c == '<' {
			x.state, x.seen = xhtmlOpen, append(x.seen[:0], c)
			return
		}
		x.put(c)
	case xhtmlOpen:
		x.open(c)
	case xhtmlMarkup:
		x.markup(c)
	case xhtmlComment:
		x.put(c)
		if x.seen = append(x.seen, c); bytes.HasSuffix(x.seen, []byte("-->")) {
			x.state = xhtmlText
		} else if len(x.seen) > 2 {
			x.seen = append(x.seen[:0], x.seen[len(x.seen)-2:]...)
		}
	case xhtmlCDATA:
		x.section(c)
	case xhtmlName:
		if isAlphanumeric(c) || bytes.IndexByte([]byte(":-_."), c) >= 0 {
			x.put(c)
			x.name = append(x.name, c)[:min(len(x.name)+1, maxXHTMLName)]
			return
		}
		x.state = xhtmlTag
		x.tag(c)
	case xhtmlTag:
		x.tag(c)
	case xhtmlValue:
		x.put(c)
		if c == x.quote {
			x.state = xhtmlTag
		}
	case xhtmlOther:
		x.put(c)
		if c == '>' {
			x.state = xhtmlText
		}
	case xhtmlRaw:
		x.content(c)
	}
}

// open reads what follows <.
func (x *xhtml) open(c byte) {
	switch {
	case c == '!':
		x.state, x.seen = xhtmlMarkup, append(x.seen, c)
		return
	case c == '<':
		x.put(c)
		return
	case isLetter(c):
		x.state, x.name = xhtmlName, append(x.name[:0], c)
	case c == '/' || c == '?':
		x.state = xhtmlOther
	default:
		x.state = xhtmlText
	}
	x.put('<', c)
}

// markup reads what follows <! as long as that may be a comment or a section.
func (x *xhtml) markup(c byte) {
	x.seen = append(x.seen, c)
	switch seen := string(x.seen); {
	case seen == "<![CDATA[":
		x.state = xhtmlCDATA
		return
	case seen == "<!-" || len(seen) < len("<![CDATA[") && seen == "<![CDATA["[:len(seen)]:
		return
	case seen == "<!--":
		x.state = xhtmlComment
	case c == '>':
		x.state = xhtmlText
	default:
		x.state = xhtmlOther
	}
	x.put(x.seen...)
	x.seen = x.seen[:0]
}

// section reads a CDATA section, which is text.
func (x *xhtml) section(c byte) {
	switch {
	case c == ']' && x.brackets < 2:
		x.brackets++
		return
	case c == ']':
		x.put(c)
		return
	case c == '>' && x.brackets == 2:
		x.state, x.brackets = xhtmlText, 0
		return
	}
	x.put(bytes.Repeat([]byte("]"), x.brackets)...)
	x.brackets = 0
	x.out = escapeRaw(x.out, []byte{c})
}

// tag reads a start tag behind its name.
func (x *xhtml) tag(c byte) {
	closed := x.slash && c == '>'
	if x.slash && !closed {
		x.put('/')
	}
	x.slash = c == '/'
	switch {
	case closed && !x.void():
		x.put('>', '<', '/')
		x.put(x.name...)
		x.put('>')
		x.state = xhtmlText
	case closed:
		x.put('/', '>')
		x.state = xhtmlText
	case c == '/':
	case c == '>':
		x.put(c)
		x.state, x.seen = xhtmlText, x.seen[:0]
		if string(x.name) == "script" || string(x.name) == "style" {
			x.state = xhtmlRaw
		}
	default:
		x.put(c)
		if c == '"' || c == '\'' {
			x.state, x.quote = xhtmlValue, c
		}
	}
}

// void reports whether HTML knows no end tag of the element, or its name is too
// long to tell.
func (x *xhtml) void() bool {
	return len(x.name) == maxXHTMLName || element(x.elements.find(x.name)).has(void)
}

// content reads the content of a script or a style up to its end tag.
func (x *xhtml) content(c byte) {
	x.put(c)
	if x.seen = append(x.seen, c); len(x.seen) > len(x.name)+2 {
		x.seen = append(x.seen[:0], x.seen[1:]...)
	}
	if len(x.seen) == len(x.name)+2 && x.seen[0] == '<' && x.seen[1] == '/' && equalFold(x.seen[2:], view(x.name)) {
		x.state = xhtmlOther
	}
}
