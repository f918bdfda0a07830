package clean

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
)

// readings yields the texts that a literal may stand for: with percent escapes,
// in base64, in hexadecimal, as a list of character codes, in a data: URL, or
// backwards. It reports false where it is to end.
func readings(literal []byte, reverses bool, yield func([]byte) bool) bool {
	if plain := unpercent(literal); len(plain) < len(literal) && !yield(plain) {
		return false
	}
	for _, decode := range [...]func([]byte) []byte{unbase64, unhex, dataOf, codesOf} {
		if text := decode(literal); text != nil && !yield(text) {
			return false
		}
	}
	mirrored := mirror(literal, reverses)
	if mirrored == nil {
		return true
	}
	if text := unbase64(mirrored); text != nil && !yield(text) {
		return false
	}
	return yield(mirrored)
}

// unbase64 decodes a literal that is nothing but base64 and decodes to text.
func unbase64(s []byte) []byte {
	s = bytes.TrimRight(bytes.TrimSpace(s), "=")
	if len(s) < 8 || len(s)%4 == 1 {
		return nil
	}
	if !isBase64(s) {
		return nil
	}
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(s)))
	n, err := base64.RawStdEncoding.Decode(out, s)
	if err != nil || !printable(out[:n]) {
		return nil
	}
	return out[:n]
}

func isBase64(s []byte) bool {
	for _, c := range s {
		if !isAlphanumeric(c) && c != '+' && c != '/' {
			return false
		}
	}
	return true
}

func printable(text []byte) bool {
	for _, c := range text {
		if c < ' ' && !isSpace(c) || c >= 0x7F {
			return false
		}
	}
	return true
}

// base64Pieces joins literals that stand close to each other, each of whole groups of
// base64: atob(a+b).
type base64Pieces struct {
	joined []byte
	count  int
}

// add takes in the next literal. Where that is no piece it ends the text.
func (p *base64Pieces) add(literal []byte) (whole []byte) {
	if len(literal) >= 8 && len(literal)%4 == 0 && isBase64(bytes.TrimRight(literal, "=")) {
		p.joined, p.count = append(p.joined, literal...), p.count+1
		return nil
	}
	return p.end()
}

// end returns what the pieces before decode to, if there were two at least.
func (p *base64Pieces) end() (whole []byte) {
	if p.count > 1 {
		whole = unbase64(p.joined)
	}
	p.joined, p.count = p.joined[:0], 0
	return whole
}

// unhex decodes a literal that is nothing but hexadecimal and decodes to text.
func unhex(s []byte) []byte {
	if len(s) < 16 || len(s)%2 != 0 || !isHex(s) {
		return nil
	}
	out := make([]byte, len(s)/2)
	if _, err := hex.Decode(out, s); err != nil || !printable(out) {
		return nil
	}
	return out
}

func isHex(s []byte) bool {
	for _, c := range s {
		if !isAlphanumeric(c) || lower(c) > 'f' {
			return false
		}
	}
	return true
}

// dataOf returns the body of a data: URL in base64.
func dataOf(s []byte) []byte {
	if !hasPrefixFold(s, "data:") {
		return nil
	}
	header, body, _ := bytes.Cut(s, []byte(","))
	if !bytes.HasSuffix(header, []byte(";base64")) {
		return nil
	}
	return unbase64(body)
}

// codesOf returns the text of a literal that lists character codes, 104;116;116,
// with any sign but a comma between them.
func codesOf(s []byte) []byte {
	end := 0
	for end < len(s) && '0' <= s[end] && s[end] <= '9' {
		end++
	}
	if end == 0 || end > 3 || len(s) < 8 || s[end] == ',' || isAlphanumeric(s[end]) {
		return nil
	}
	list := bytes.ReplaceAll(s, s[end:end+1], []byte(","))
	var text []byte
	if codes, read := readNumbers(&text, list, 0); codes < 4 || read < len(list) || !printable(text) {
		return nil
	}
	return text
}

// mirror returns a literal backwards if that reads like a URL, or may do so in a
// script that turns text round.
func mirror(s []byte, reverses bool) []byte {
	if !bytes.Contains(s, []byte("//:")) && !bytes.HasSuffix(s, []byte("//")) &&
		(!reverses || !bytes.Contains(s, []byte("//")) && unbase64(reversed(s)) == nil) {
		return nil
	}
	return reversed(s)
}

func reversed(s []byte) []byte {
	out := make([]byte, len(s))
	for i, c := range s {
		out[len(s)-1-i] = c
	}
	return out
}
