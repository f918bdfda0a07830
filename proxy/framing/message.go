package framing

// message follows the requests of one connection, byte by byte, through the
// grammar of RFC 9112 §2: a start-line, field lines, an empty line, a body. It
// stops in front of the first byte that is outside it. Where the RFC lets a
// recipient be lenient (a bare LF as line end, obs-fold, whitespace in the
// request-line) it is not: the origins behind are old and each is lenient in
// its own way.
//
// It allocates nothing and keeps no more than the prefixes below.
type message struct {
	state  state
	reason string // of the refusal; empty as long as there is none

	method, target, version prefix
	host                    prefix
	name, value             prefix

	sawHost, sawLength, sawCoding bool // the fields that may come once

	length uint64 // Content-Length
	chunk  uint64 // chunk-size
	left   uint64 // bytes of body or chunk still to come
	size   int    // of the trailer section or chunk extensions so far
	max    int    // for size
	digits int    // of the chunk-size so far
	skips  int    // CR and LF skipped in front of a request
	post   bool   // the request before was a POST
	inLine bool   // in a request-line, or in front of it
	tail   bool   // in a trailer section
}

// state takes one byte and returns the state for the next; nil refuses the byte.
type state func(m *message, b byte) state

func (m *message) reset(max int) {
	*m = message{state: start, max: max}
}

// follow takes the next bytes of the stream and returns how many of them are
// accepted; where it is fewer than len(p), reason says why.
func (m *message) follow(p []byte) int {
	for i := 0; i < len(p); {
		if m.left > 0 {
			n := min(m.left, uint64(len(p)-i))
			m.left -= n
			i += int(n)
			continue
		}
		next := m.state(m, p[i])
		if next == nil {
			return i
		}
		m.state = next
		i++
	}
	return len(p)
}

func (m *message) refuse(reason string) state {
	m.reason = reason
	return nil
}

// begin forgets the request before.
func (m *message) begin() {
	m.post = m.method.is("POST")
	m.method.reset()
	m.target.reset()
	m.version.reset()
	m.host.reset()
	m.sawHost, m.sawLength, m.sawCoding = false, false, false
	m.tail, m.size, m.length = false, 0, 0
	m.inLine = true
}

// start is in front of a request-line. RFC 9112 §2.2 has a server ignore empty
// lines there; net/http ignores up to four CR and LF, and only after a POST,
// for old clients that send one too many.
func start(m *message, b byte) state {
	if m.skips == 0 {
		m.begin()
	}
	if b == '\r' || b == '\n' {
		m.skips++
		if !m.post || m.skips > 4 {
			return m.refuse("empty line instead of a request-line")
		}
		return start
	}
	return method(m, b)
}

// method = token, then a single SP (RFC 9112 §3).
func method(m *message, b byte) state {
	switch {
	case isToken(b):
		m.method.add(b)
		return method
	case b == ' ' && m.method.n > 0:
		return target
	}
	return m.refuse("invalid byte in the method")
}

// target is the request-target: anything visible, up to a single SP. Bytes
// above 0x7F are let through; sites with Vietnamese paths meet them unescaped.
func target(m *message, b byte) state {
	switch {
	case b > ' ' && b != 0x7f:
		m.target.add(b)
		return target
	case b == ' ' && m.target.n > 0:
		return version
	case b == '\r' || b == '\n':
		return m.refuse("request-line without a version")
	}
	return m.refuse("invalid byte in the request-target")
}

// version is HTTP/1.0 or HTTP/1.1, then CRLF.
func version(m *message, b byte) state {
	if b == '\r' {
		if m.version.is("HTTP/1.1") || m.version.is("HTTP/1.0") {
			return startLineEnd
		}
		return m.refuse("version other than HTTP/1.0 and HTTP/1.1")
	}
	if b <= ' ' || b >= 0x7f || m.version.n == len("HTTP/1.1") {
		return m.refuse("malformed version")
	}
	m.version.add(b)
	return version
}

func startLineEnd(m *message, b byte) state {
	if b != '\n' {
		return m.refuse("CR without LF")
	}
	m.inLine = false
	return fieldLine
}

// fieldLine is at the start of a line of the header or trailer section.
func fieldLine(m *message, b byte) state {
	switch {
	case !m.grow():
		return m.refuse("trailer section too large")
	case b == '\r':
		return sectionEnd
	case b == ' ' || b == '\t':
		return m.refuse("folded field line") // obs-fold, RFC 9112 §5.2
	}
	m.name.reset()
	m.value.reset()
	return fieldName(m, b)
}

// fieldName = token ":". Whitespace between the two is what RFC 9112 §5.1 has a
// server reject.
func fieldName(m *message, b byte) state {
	switch {
	case isToken(b):
		m.name.add(lower(b))
		return m.inTrailer(fieldName)
	case b == ':' && m.name.n > 0:
		return fieldValue
	case b == ' ' || b == '\t':
		return m.refuse("whitespace before the colon of a field")
	case b == '\r' || b == '\n':
		return m.refuse("field line without a colon")
	}
	return m.refuse("invalid byte in a field name")
}

// fieldValue with the whitespace around it, which prefix.trimmed takes off.
func fieldValue(m *message, b byte) state {
	switch {
	case b == '\r':
		return fieldEnd
	case b == '\n':
		return m.refuse("bare LF in the head")
	case (b < ' ' && b != '\t') || b == 0x7f:
		return m.refuse("control character in a field value")
	}
	if m.value.n > 0 || (b != ' ' && b != '\t') {
		m.value.add(b)
	}
	return m.inTrailer(fieldValue)
}

func fieldEnd(m *message, b byte) state {
	if b != '\n' {
		return m.refuse("CR without LF")
	}
	if reason := m.field(); reason != "" {
		return m.refuse(reason)
	}
	return fieldLine
}

// sectionEnd is inside the CRLF that ends a header or trailer section.
func sectionEnd(m *message, b byte) state {
	switch {
	case b != '\n':
		return m.refuse("CR without LF")
	case m.tail:
		return m.end()
	case m.sawCoding && m.sawLength:
		return m.refuse("Content-Length next to Transfer-Encoding")
	case m.sawCoding && m.version.is("HTTP/1.0"):
		return m.refuse("Transfer-Encoding in HTTP/1.0")
	case m.sawCoding:
		return m.beginChunk()
	}
	m.left = m.length
	return m.end()
}

// end is behind the last field line of a request; a body of known length may
// be left.
func (m *message) end() state {
	m.skips = 0
	return start
}

// grow counts a byte of a trailer section.
func (m *message) grow() bool {
	if m.tail {
		m.size++
	}
	return m.size <= m.max
}

func (m *message) inTrailer(next state) state {
	if !m.grow() {
		return m.refuse("trailer section too large")
	}
	return next
}
