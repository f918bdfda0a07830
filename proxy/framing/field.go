package framing

import "math"

// field judges the field line just read and returns why it is refused.
func (m *message) field() (reason string) {
	switch {
	case m.name.is("content-length"):
		return m.contentLength()
	case m.name.is("transfer-encoding"):
		return m.transferEncoding()
	case m.name.is("host"):
		return m.hostField()
	}
	return ""
}

// contentLength = 1*DIGIT, once. RFC 9110 §8.6 would let a recipient take the
// same value twice for one; an origin may not, so neither is it taken here.
func (m *message) contentLength() string {
	if m.tail {
		return "Content-Length in a trailer section"
	}
	if m.sawLength {
		return "more than one Content-Length"
	}
	m.sawLength = true
	n, ok := decimal(m.value.trimmed())
	if !ok || m.value.cut() {
		return "invalid Content-Length"
	}
	m.length = n
	return ""
}

// transferEncoding is "chunked", the only coding net/http reads, once, in any
// case (RFC 9112 §7: names of codings are case-insensitive).
func (m *message) transferEncoding() string {
	if m.tail {
		return "Transfer-Encoding in a trailer section"
	}
	if m.sawCoding {
		return "more than one Transfer-Encoding"
	}
	m.sawCoding = true
	if m.value.cut() || !equalFold(m.value.trimmed(), "chunked") {
		return "Transfer-Encoding other than chunked"
	}
	return ""
}

// hostField may come once (RFC 9112 §3.2).
func (m *message) hostField() string {
	if m.tail {
		return "Host in a trailer section"
	}
	if m.sawHost {
		return "more than one Host"
	}
	m.sawHost = true
	m.host = m.value
	return ""
}

// decimal reads 1*DIGIT up to the largest length net/http can hold.
func decimal(digits []byte) (n uint64, ok bool) {
	for _, d := range digits {
		if d < '0' || d > '9' || n > (math.MaxInt64-uint64(d-'0'))/10 {
			return 0, false
		}
		n = n*10 + uint64(d-'0')
	}
	return n, len(digits) > 0
}

// prefix holds the beginning of a part of the head, in a place of its own so
// that following a request allocates nothing.
type prefix struct {
	bytes [256]byte
	n     int // bytes seen; more than the array holds when cut
}

func (p *prefix) reset() { p.n = 0 }

func (p *prefix) add(b byte) {
	if p.n < len(p.bytes) {
		p.bytes[p.n] = b
	}
	if p.n <= len(p.bytes) {
		p.n++
	}
}

func (p *prefix) cut() bool { return p.n > len(p.bytes) }

func (p *prefix) held() []byte { return p.bytes[:min(p.n, len(p.bytes))] }

func (p *prefix) is(s string) bool { return string(p.held()) == s && !p.cut() }

func (p *prefix) String() string { return string(p.trimmed()) }

// trimmed is without the optional whitespace behind a value; what stood in
// front of it was not added.
func (p *prefix) trimmed() []byte {
	b := p.held()
	for len(b) > 0 && (b[len(b)-1] == ' ' || b[len(b)-1] == '\t') {
		b = b[:len(b)-1]
	}
	return b
}

func equalFold(b []byte, lowerCase string) bool {
	if len(b) != len(lowerCase) {
		return false
	}
	for i := range b {
		if lower(b[i]) != lowerCase[i] {
			return false
		}
	}
	return true
}

func lower(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b + ('a' - 'A')
	}
	return b
}

// isToken reports a tchar (RFC 9110 §5.6.2).
func isToken(b byte) bool {
	switch {
	case '0' <= b && b <= '9', 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z':
		return true
	}
	switch b {
	case '!', '#', '$', '%', '&', '\'', '*', '+', '-', '.', '^', '_', '`', '|', '~':
		return true
	}
	return false
}
