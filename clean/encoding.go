package clean

import (
	"errors"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// charset is a document's encoding, by its WHATWG name.
type charset struct {
	name  string
	enc   encoding.Encoding
	mixed bool // a byte of ASCII may be a part of a character that matters
}

// charsetOf looks a label up. One that is unknown counts as UTF-8, which is
// what Sniff has told the browser.
func charsetOf(label string) charset {
	if label == "" || label == "utf-8" {
		return charset{name: "utf-8", enc: unicode.UTF8}
	}
	enc, err := htmlindex.Get(label)
	if err != nil {
		return charset{name: "utf-8"}
	}
	name, err := htmlindex.Name(enc)
	if err != nil {
		return charset{name: "utf-8"}
	}
	return charset{name: name, enc: enc}
}

// opaque reports whether ASCII bytes in the encoding are not always ASCII
// characters, so that markup can only be found after decoding. In every other
// encoding a browser supports, the bytes of markup (< > " ' = & and space)
// stand for themselves even after a stray lead byte (WHATWG Encoding, the
// decoders' "prepend byte").
func (c charset) opaque() bool {
	if c.mixed {
		return true
	}
	switch c.name {
	case "utf-16le", "utf-16be", "iso-2022-jp":
		return true
	}
	return false
}

// in is the encoding in a medium of which more characters matter than in HTML:
// a \ that escapes in CSS and a ] that ends a CDATA section may be the second
// byte of a character here.
func (c charset) in(m Medium) charset {
	switch c.name {
	case "gbk", "gb18030", "big5", "shift_jis":
		c.mixed = m == MediumCSS || m == MediumXML
	}
	return c
}

// sent is the encoding that the cleaned document is in.
func (c charset) sent() string {
	if c.opaque() {
		return "utf-8"
	}
	return c.name
}

// passed is the encoding of the bytes as they are read, nil for UTF-8.
func (c charset) passed() encoding.Encoding {
	if c.opaque() || c.name == "utf-8" {
		return nil
	}
	return c.enc
}

func (c charset) transcoder() *transcoder {
	if !c.opaque() {
		return nil
	}
	return &transcoder{dec: c.enc.NewDecoder()}
}

// transcoder turns an opaque encoding into UTF-8 piece by piece. It holds back
// at most one unfinished character or escape sequence.
type transcoder struct {
	dec  *encoding.Decoder
	rest []byte
	out  [4096]byte
}

func (t *transcoder) write(p []byte, feed func([]byte)) { t.decode(p, false, feed) }

func (t *transcoder) close(feed func([]byte)) { t.decode(nil, true, feed) }

func (t *transcoder) decode(p []byte, end bool, feed func([]byte)) {
	src := p
	if len(t.rest) > 0 {
		src = append(t.rest, p...)
	}
	for {
		wrote, read, err := t.dec.Transform(t.out[:], src, end)
		feed(t.out[:wrote])
		src = src[read:]
		if errors.Is(err, transform.ErrShortDst) {
			continue
		}
		if err != nil && !errors.Is(err, transform.ErrShortSrc) && len(src) > 0 {
			feed([]byte("\uFFFD"))
			src = src[1:]
			continue
		}
		break
	}
	t.rest = append(t.rest[:0:0], src...)
}
