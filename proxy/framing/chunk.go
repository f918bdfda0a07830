package framing

// maxChunkDigits keeps a chunk-size under 2^60: no body is that long, and no
// reader behind overflows on it (RFC 9112 §7.1: "recipients MUST anticipate
// potentially large hexadecimal numerals").
const maxChunkDigits = 15

// beginChunk is in front of a chunk's size line.
func (m *message) beginChunk() state {
	m.digits, m.left, m.chunk, m.size = 0, 0, 0, 0
	return chunkSize
}

// chunkSize = 1*HEXDIG, then an extension or CRLF. Whitespace in between is
// bad whitespace of an extension only; net/http refuses it too.
func chunkSize(m *message, b byte) state {
	if v, ok := hex(b); ok {
		if m.digits++; m.digits > maxChunkDigits {
			return m.refuse("chunk-size too large")
		}
		m.chunk = m.chunk<<4 | uint64(v)
		return chunkSize
	}
	switch {
	case m.digits == 0:
		return m.refuse("chunk without a size")
	case b == ';':
		return chunkExt
	case b == '\r':
		return chunkSizeEnd
	}
	return m.refuse("invalid byte in a chunk-size")
}

// chunkExt is skipped: nothing behind gets to see it.
func chunkExt(m *message, b byte) state {
	if m.size++; m.size > m.max {
		return m.refuse("chunk extensions too large")
	}
	switch {
	case b == '\r':
		return chunkSizeEnd
	case (b < ' ' && b != '\t') || b == 0x7f:
		return m.refuse("control character in a chunk extension")
	}
	return chunkExt
}

func chunkSizeEnd(m *message, b byte) state {
	if b != '\n' {
		return m.refuse("CR without LF in a chunk-size line")
	}
	if m.chunk == 0 { // last-chunk
		m.tail, m.size = true, 0
		return fieldLine
	}
	m.left = m.chunk
	return chunkDataEnd
}

// chunkDataEnd is behind chunk-data, which follow has skipped.
func chunkDataEnd(m *message, b byte) state {
	if b != '\r' {
		return m.refuse("chunk longer than its size")
	}
	return chunkEnd
}

func chunkEnd(m *message, b byte) state {
	if b != '\n' {
		return m.refuse("chunk longer than its size")
	}
	return m.beginChunk()
}

func hex(b byte) (byte, bool) {
	switch {
	case '0' <= b && b <= '9':
		return b - '0', true
	case 'a' <= b && b <= 'f':
		return b - 'a' + 10, true
	case 'A' <= b && b <= 'F':
		return b - 'A' + 10, true
	}
	return 0, false
}
