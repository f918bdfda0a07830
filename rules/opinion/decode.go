package opinion

import (
	"encoding/base64"
	"encoding/json"
	"html"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// decoders undo one layer each; nil where there is none.
var decoders = []func(string) []string{percent, escapes, references, inBase64, utf7, inJSON, wide, controls}

// mayDecode is the cheap question: does any byte start an encoding? Most values
// are asked no more than this.
func mayDecode(v string) bool {
	if len(v) < 4 {
		return false
	}
	if c := v[0]; c == '{' || c == '[' || c == '"' || c == ' ' {
		return true
	}
	for i := range len(v) - 1 {
		next := v[i+1]
		switch v[i] {
		case '%':
			if isHex(next) || next|0x20 == 'u' {
				return true
			}
		case '\\':
			if next|0x20 == 'u' || next == 'x' {
				return true
			}
		case '&':
			if next == '#' || isLetter(next) && strings.IndexByte(v[i:min(i+10, len(v))], ';') > 0 {
				return true
			}
		case '+':
			if next == 'A' {
				return true
			}
		case 0:
			return true
		case 0xef: // the full-width forms
			if next == 0xbc || next == 0xbd {
				return true
			}
		}
	}
	return len(v) >= 12 && (base64All.MatchString(v) || strings.Contains(v, ";base64,") || strings.HasPrefix(v, "ey") || strings.HasPrefix(v, "B")) || strings.IndexByte(v, 0xbc) >= 0 && !utf8.ValidString(v)
}

func isHex(c byte) bool { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }

// percent decodes %41, and %u0041 as IIS does. Plus signs stay: they are only
// spaces in forms, and the engine has read those.
func percent(v string) []string {
	at := strings.IndexByte(v, '%')
	if at < 0 {
		return nil
	}
	var b strings.Builder
	changed := false
	for i := 0; i < len(v); i++ {
		if v[i] == '%' {
			if c, ok := hexByte(v, i+1, 2); ok {
				b.WriteByte(byte(c))
				i, changed = i+2, true
				continue
			}
			if i+1 < len(v) && v[i+1]|0x20 == 'u' {
				if c, ok := hexByte(v, i+2, 4); ok {
					b.WriteRune(narrow(rune(c)))
					i, changed = i+5, true
					continue
				}
			}
		}
		b.WriteByte(v[i])
	}
	if !changed {
		return nil
	}
	out := []string{b.String()}
	if strings.IndexByte(v, '+') >= 0 && strings.IndexByte(v, ' ') < 0 {
		out = append(out, strings.ReplaceAll(out[0], "+", " "))
	}
	return out
}

func hexByte(s string, at, n int) (uint64, bool) {
	if at+n > len(s) {
		return 0, false
	}
	c, err := strconv.ParseUint(s[at:at+n], 16, 32)
	return c, err == nil
}

var escape = must(`\\(?:u[0-9a-fA-F]{4}|u\{[0-9a-fA-F]{1,6}\}|x[0-9a-fA-F]{2}|U[0-9a-fA-F]{8})`)

// escapes decodes A, \x41 and \u{41}.
func escapes(v string) []string {
	if strings.IndexByte(v, '\\') < 0 {
		return nil
	}
	out := escape.ReplaceAllStringFunc(v, func(e string) string {
		c, err := strconv.ParseUint(strings.Trim(e[2:], "{}"), 16, 32)
		if err != nil {
			return e
		}
		return string(narrow(rune(c)))
	})
	if out == v {
		return nil
	}
	return []string{out}
}

var tagStart = must(`<[a-zA-Z/!]`)

// references decodes character references, unless the value has tags of its
// own: then it is HTML, and a reference in it is a character that is shown.
func references(v string) []string {
	if strings.IndexByte(v, '&') < 0 || tagStart.MatchString(v) {
		return nil
	}
	if out := html.UnescapeString(v); out != v {
		return []string{out}
	}
	return nil
}

var (
	base64All = must(`^[A-Za-z0-9+/_\s-]+={0,2}$`)
	dataURL   = must(`;base64,([A-Za-z0-9+/=_-]{8,})`)
)

// inBase64 decodes a value that is base64 as a whole, the parts of a token, and
// the content of a data: address, where the result is text.
func inBase64(v string) []string {
	if len(v) > 64<<10 {
		return nil
	}
	var parts []string
	if m := dataURL.FindStringSubmatch(v); m != nil {
		parts = append(parts, m[1])
	} else if base64All.MatchString(v) && len(v) >= 12 {
		parts = append(parts, v)
	} else if strings.Count(v, ".") == 2 && strings.HasPrefix(v, "ey") {
		parts = strings.Split(v, ".")[:2]
	} else if first, last, ok := strings.Cut(v, " "); ok && (first == "Basic" || first == "Bearer") {
		parts = append(parts, last)
	}
	var out []string
	for _, part := range parts {
		part = strings.TrimRight(strings.Map(func(r rune) rune {
			switch r {
			case '-':
				return '+'
			case '_':
				return '/'
			case ' ', '\t', '\r', '\n':
				return -1
			}
			return r
		}, part), "=")
		if b, err := base64.RawStdEncoding.DecodeString(part); err == nil && isText(b) {
			out = append(out, string(b))
		}
	}
	return out
}

// isText keeps noise out: nearly every word is base64 of something.
func isText(b []byte) bool {
	if len(b) < 6 || !utf8.Valid(b) {
		return false
	}
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

var shifted = must(`\+([A-Za-z0-9+/]{3,})-?`)

// utf7 decodes +ADw-script+AD4-.
func utf7(v string) []string {
	if !strings.Contains(v, "+A") {
		return nil
	}
	out := shifted.ReplaceAllStringFunc(v, func(s string) string {
		b, err := base64.RawStdEncoding.DecodeString(strings.Trim(s, "+-"))
		if err != nil || len(b) < 2 {
			return s
		}
		return fromUTF16(b, true)
	})
	if out == v {
		return nil
	}
	return []string{out}
}

func fromUTF16(b []byte, big bool) string {
	units := make([]uint16, 0, len(b)/2)
	for i := 0; i+1 < len(b); i += 2 {
		hi, lo := b[i], b[i+1]
		if !big {
			hi, lo = lo, hi
		}
		units = append(units, uint16(hi)<<8|uint16(lo))
	}
	return string(utf16.Decode(units))
}

// inJSON lists the strings within a value that is JSON, the names too.
func inJSON(v string) []string {
	t := strings.TrimSpace(v)
	if len(t) < 4 || t[0] != '{' && t[0] != '[' && t[0] != '"' {
		return nil
	}
	d := json.NewDecoder(strings.NewReader(t))
	var all []string
	for len(all) < maxReadings {
		token, err := d.Token()
		if err != nil {
			break
		}
		if s, ok := token.(string); ok && len(s) > 3 && strings.ContainsAny(s, "'\"`<;|&$\\/(){}%=") {
			all = append(all, s)
		}
	}
	return all
}

// wide writes the full-width forms as the signs that they are normalised to.
func wide(v string) []string {
	if !strings.Contains(v, "\xef\xbc") {
		return nil
	}
	if out := strings.Map(narrow, v); out != v {
		return []string{out}
	}
	return nil
}

func narrow(r rune) rune {
	if r >= 0xff01 && r <= 0xff5e {
		return r - 0xfee0
	}
	return r
}

// controls leaves out NUL bytes, by which UTF-16 and old filters are told, and
// takes the eighth bit off what is no UTF-8 (US-ASCII, as old browsers read it).
func controls(v string) []string {
	var out []string
	if strings.IndexByte(v, 0) >= 0 {
		out = append(out, strings.ReplaceAll(v, "\x00", ""))
	}
	if (strings.IndexByte(v, 0xbc) >= 0 || strings.IndexByte(v, 0xbe) >= 0) && !utf8.ValidString(v) {
		b := []byte(v)
		for i := range b {
			b[i] &= 0x7f
		}
		out = append(out, string(b))
	}
	return out
}
