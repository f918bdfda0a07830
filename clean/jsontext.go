package clean

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// text deals with the string at the head of b.
func (j *jsonReader) text(b []byte) error {
	n, ok := jsonTextLength(b)
	switch {
	case !ok:
		return j.broken("a string holds what none may")
	case n == 0 && j.more:
		return nil
	case n == 0:
		return j.broken("it ends inside a string")
	}
	if j.want == wantKey || j.want == wantKeyOrEnd {
		level := &j.levels[len(j.levels)-1]
		level.refers = keyRefers(unescapeJSON(b[1:n-1]), level.outer)
		j.want = wantColon
		j.pos += n
		return nil
	}
	at := j.pos
	if err := j.value(n); err != nil {
		return err
	}
	j.judge(at, b[1:n-1])
	return nil
}

// jsonTextLength returns the length of the string at the head of b, 0 where
// its end is not there; ok is false where it holds what none may.
func jsonTextLength(b []byte) (n int, ok bool) {
	for i := 1; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			return i + 1, true
		case c < ' ':
			return 0, false
		case c == '\\':
			length, ok := jsonEscape(b[i:])
			if !ok || length == 0 {
				return 0, ok
			}
			i += length - 1
		}
	}
	return 0, true
}

// jsonEscape returns the length of the escape at the head of b, 0 where it is
// not whole.
func jsonEscape(b []byte) (n int, ok bool) {
	switch {
	case len(b) < 2:
		return 0, true
	case bytes.IndexByte([]byte(`"\/bfnrt`), b[1]) >= 0:
		return 2, true
	case b[1] != 'u':
		return 0, false
	}
	for _, c := range b[2:min(len(b), 6)] {
		if digit(c) >= 16 {
			return 0, false
		}
	}
	if len(b) < 6 {
		return 0, true
	}
	return 6, true
}

// judge weighs a string that is a value, which stands at at in buf.
func (j *jsonReader) judge(at int, raw []byte) {
	if bytes.IndexByte(raw, '<') >= 0 || bytes.Contains(raw, []byte(`\u003`)) {
		if text := unescapeJSON(raw); bytes.IndexByte(text, '<') >= 0 {
			j.markup(at, raw, text)
			return
		}
	}
	if len(j.levels) > 0 {
		if k := j.levels[len(j.levels)-1].refers; k != kindNone {
			j.reference(at, k, raw)
		}
	}
}

// markup cleans HTML, and writes it in the manner it was written in.
func (j *jsonReader) markup(at int, raw, text []byte) {
	cleaned := j.w.fragment(text, j.offset+int64(at))
	if bytes.Equal(cleaned, text) {
		return
	}
	end := at + len(raw) + 2
	j.pass(at)
	j.w.out.put(styleOf(raw).append(nil, cleaned))
	j.from = end
}

// reference tells of a reference to another host.
func (j *jsonReader) reference(at int, k kind, raw []byte) {
	ref := unescapeJSON(raw)
	t := j.resolver.resolve(ref)
	if t.bad || t.host == "" || vocabulary(t.host) || t.host == "api.w.org" {
		return // a text, or the name of one of WordPress's relations
	}
	if reason, ok := j.w.c.allow.allows(k, t, ref); !ok {
		j.w.found.add(Finding{
			Kind: k.String(), Target: strings.Clone(t.String()), Host: strings.Clone(t.host),
			Offset: j.offset + int64(at), Reasons: []string{reason},
		}, raw)
	}
}

// keyRefers says what the value under a key refers to. WordPress wraps some:
// guid.rendered.
func keyRefers(key []byte, outer kind) kind {
	switch lowerString(key) {
	case "link", "url", "href", "guid", "permalink", "canonical", "og_url", "redirect", "redirect_url", "target":
		return kindLink
	case "src", "source_url", "image", "thumbnail_url":
		return kindMedia
	case "rendered", "raw":
		return outer
	}
	return kindNone
}

// unescapeJSON resolves the escapes of a well-formed string. A surrogate that
// stands alone becomes U+FFFD.
func unescapeJSON(raw []byte) []byte {
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw
	}
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			out = append(out, raw[i])
			continue
		}
		i++
		switch c := raw[i]; c {
		case 'b', 'f', 'n', 'r', 't':
			out = append(out, "\b\f\n\r\t"[strings.IndexByte("bfnrt", c)])
		case 'u':
			r, n := jsonRune(raw[i+1:])
			out = utf8.AppendRune(out, r)
			i += n
		default:
			out = append(out, c)
		}
	}
	return out
}

// jsonRune reads the four digits of \u, and those of a second surrogate.
func jsonRune(b []byte) (r rune, n int) {
	code, _ := strconv.ParseUint(string(b[:4]), 16, 32)
	if r = rune(code); utf16.IsSurrogate(r) && len(b) >= 10 && b[4] == '\\' && b[5] == 'u' {
		second, _ := strconv.ParseUint(string(b[6:10]), 16, 32)
		if pair := utf16.DecodeRune(r, rune(second)); pair != utf8.RuneError {
			return pair, 10
		}
	}
	return r, 4
}

// jsonStyle is how a string was written: what it escaped of what need not be.
type jsonStyle struct{ slashes, tags, runes bool }

func styleOf(raw []byte) jsonStyle {
	return jsonStyle{
		slashes: bytes.Contains(raw, []byte(`\/`)),
		tags:    bytes.IndexByte(raw, '<') < 0,
		runes:   isASCII(raw),
	}
}

// append writes text as a string in this style.
func (s jsonStyle) append(dst, text []byte) []byte {
	dst = append(dst, '"')
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		switch at := strings.IndexRune("\b\f\n\r\t", r); {
		case at >= 0:
			dst = append(dst, '\\', "bfnrt"[at])
		case r == '"' || r == '\\' || r == '/' && s.slashes:
			dst = append(dst, '\\', byte(r))
		case r < ' ' || s.tags && (r == '<' || r == '>') || s.runes && r >= utf8.RuneSelf:
			dst = appendJSONEscape(dst, r)
		default:
			dst = append(dst, text[i:i+n]...)
		}
		i += n
	}
	return append(dst, '"')
}

func appendJSONEscape(dst []byte, r rune) []byte {
	if first, second := utf16.EncodeRune(r); first != utf8.RuneError {
		return fmt.Appendf(dst, `\u%04x\u%04x`, first, second)
	}
	return fmt.Appendf(dst, `\u%04x`, r)
}
