package audit

import "bytes"

// assignment handles name=value and name: value in all their dresses.
func (r *redactor) assignment(sep int) int {
	from, to, quoted := r.nameBefore(sep)
	if from == to {
		return sep
	}
	switch name := r.v.text[from:to]; {
	case r.seen.wordIn(from, to) && credentialHeader(name):
		return r.cutHeader(sep, quoted)
	case r.secretName(from, to) || r.phrase(from, to) || r.isVariable(name):
		v := r.valueAfter(sep, quoted)
		r.passedIn(v)
		r.cut(v.from, v.to)
		return v.to
	case r.seen.wordBehind(sep) && r.isNameWord(name):
		r.namedBy(sep)
	case isOne(name, "value", "val", "content", "data", "text", "v"):
		return r.namedValue(sep, quoted)
	}
	return sep
}

// isNameWord knows what comes before a name, or a label, that stands in a value.
func (r *redactor) isNameWord(name []byte) bool {
	r.name.fold(name)
	switch string(r.name.text) {
	case "name", "key", "id", "field", "param", "header", "property", "n", "k",
		"type", "autocomplete", "placeholder", "label", "arialabel", "title":
		return true
	}
	return false
}

// tuple handles 'password', 'x' (SQL, Python, PHP arguments) and
// "password";s:1:"x" (PHP's serialize): a quoted name, then a quoted value.
func (r *redactor) tuple(sep int) int {
	from, to, quoted := r.nameBefore(sep)
	if !quoted || !r.secretName(from, to) {
		return sep
	}
	v := r.valueAfter(r.phpLength(sep), true)
	if v.from == v.to || !isQuote(r.v.text[v.from-1]) || r.isKey(v) {
		return sep
	}
	r.cut(v.from, v.to)
	return v.to
}

// isKey reports whether the quoted text is the next member's name, as in
// {"name":"password","value":"…"}, where namedBy does the work.
func (r *redactor) isKey(v span) bool {
	t := r.v.text
	rest := bytes.TrimLeft(t[min(v.to+1, len(t)):], " \t\r\n")
	return len(rest) > 0 && rest[0] == ':' && isOne(t[v.from:v.to], "value", "val", "content", "data", "text", "v", "type", "label")
}

// phpLength steps over the s:6: of a serialized string.
func (r *redactor) phpLength(sep int) int {
	t, i := r.v.text, sep+1
	if i+1 >= len(t) || t[i] != 's' || t[i+1] != ':' {
		return sep
	}
	for i += 2; i < len(t) && t[i] >= '0' && t[i] <= '9'; {
		i++
	}
	if i < len(t) && t[i] == ':' {
		return i
	}
	return sep
}

// nameBefore returns the name that ends before the separator.
func (r *redactor) nameBefore(sep int) (from, to int, quoted bool) {
	t := r.v.text
	to = sep
	for to > 0 && blank(t[to-1]) && sep-to < 8 {
		to--
	}
	if to == 0 {
		return 0, 0, false
	}
	if q := t[to-1]; isQuote(q) {
		from = bytes.LastIndexByte(t[:to-1], q) + 1
		return from, to - 1, true
	}
	inBrackets := false
	for from = to; from > 0; from-- {
		c := t[from-1]
		if c == ']' || c == '[' {
			inBrackets = c == ']'
		} else if !nameByte(c) && !(inBrackets && isQuote(c)) {
			break
		}
	}
	return from, to, false
}

// phrase knows the names of two and three words before a separator, of which no
// single word is a secret's: "mật khẩu: …", "API key: …".
func (r *redactor) phrase(from, to int) bool {
	t := r.v.text
	if !r.seen.wordIn(from, to) {
		return false
	}
	for words := 0; words < 2 && from > 1 && blank(t[from-1]); words++ {
		from--
		for from > 0 && nameByte(t[from-1]) {
			from--
		}
		r.name.fold(t[from:to])
		if l := r.known().lexicon; r.name.is(stem, l) || r.name.is(whole, l) {
			return true
		}
	}
	return false
}

// valueAfter returns the value that starts after the separator, without its
// quotes. Doubt makes it longer.
func (r *redactor) valueAfter(sep int, quoted bool) span {
	t := r.v.text
	i := sep + 1
	for i < len(t) && (t[i] == ' ' || t[i] == '\t' || t[i] == '+' || t[i] == '>' && t[i-1] == '=' || t[i] == '=' || quoted && space(t[i])) {
		i++
	}
	if i == len(t) {
		return span{i, i}
	}
	depth := r.v.depthAt(sep)
	switch c := t[i]; {
	case isQuote(c):
		return r.quotedValue(i, depth)
	case (c == '{' || c == '[') && quoted:
		return span{i, r.rest(r.closing(i), sep, quoted)}
	}
	return span{i, r.rest(i, sep, quoted)}
}

// quotedValue reads from the quote at i to its partner. A quote doubled as in
// SQL, or more deeply encoded, belongs to the value.
func (r *redactor) quotedValue(i int, depth uint8) span {
	t, q := r.v.text, r.v.text[i]
	depth = max(depth, r.v.depthAt(i))
	for end := i + 1; end < len(t); end++ {
		if t[end] != q || r.v.depthAt(end) > depth {
			continue
		}
		if end+1 < len(t) && t[end+1] == q && r.v.depthAt(end+1) <= depth && end > i+1 {
			end++
			continue
		}
		return span{i + 1, r.afterQuote(end)}
	}
	return span{i + 1, len(t)}
}

// afterQuote makes sure that the closing quote does close: in
// password="a"b&x=1 the value is longer than its quotes.
func (r *redactor) afterQuote(end int) int {
	t := r.v.text
	if end+1 == len(t) || !base64url(t[end+1]) && t[end+1] < 0x80 {
		return end
	}
	return r.rest(end+1, end, false)
}

// closing returns the place after the bracket that closes the one at i.
func (r *redactor) closing(i int) int {
	t, level := r.v.text, 0
	for j := i; j < len(t); j++ {
		switch t[j] {
		case '{', '[':
			level++
		case '}', ']':
			if level--; level == 0 {
				return j + 1
			}
		case '"':
			j = r.quotedValue(j, r.v.depthAt(j)).to
		}
	}
	return len(t)
}

// rest returns where an unquoted value that is read from i ends.
func (r *redactor) rest(i, sep int, quoted bool) int {
	t, depth := r.v.text, r.v.depthAt(sep)
	for ; i < len(t); i++ {
		if r.v.depthAt(i) > depth {
			continue
		}
		switch t[i] {
		case '&', '\r', '\n', 0:
			return i
		case '"':
			if r.quote != 0 {
				return i
			}
		case ';':
			if i+1 == len(t) || space(t[i+1]) {
				return i
			}
		case ',', '}', ']':
			if quoted {
				return i
			}
		}
	}
	return len(t)
}

// credentialHeader names the headers whose whole value is secret.
func credentialHeader(name []byte) bool {
	for _, h := range []string{"cookie", "cookie2", "authorization"} {
		if foldedSuffix(name, h) {
			return true
		}
	}
	return false
}

// cutHeader cuts to the end of the line, or of the quotes. Of Authorization
// the scheme stays: it tells how somebody tried to log in. Of cookies their
// names do.
func (r *redactor) cutHeader(sep int, quoted bool) int {
	v := r.valueAfter(sep, quoted)
	if v.from == 0 || !isQuote(r.v.text[v.from-1]) {
		v.to = r.lineEnd(v.from, sep)
	}
	if from, to, _ := r.nameBefore(sep); isCookie(r.v.text[from:to]) {
		r.cookies(v, r.v.depthAt(sep))
	} else {
		r.cut(v.from+schemeLen(r.v.text[v.from:v.to]), v.to)
	}
	return v.to
}

// lineEnd is where a field ends: with its line, or with what the field lies in.
func (r *redactor) lineEnd(i, sep int) int {
	for depth := r.v.depthAt(sep); i < len(r.v.text); i++ {
		switch c, d := r.v.text[i], r.v.depthAt(i); {
		case c == '\n', c == '\r', c == '"' && r.quote != 0 && d <= depth, c == '&' && d < depth:
			return i
		}
	}
	return i
}

// schemeLen is the length of "Bearer " in "Bearer x" (RFC 9110, 11.4), else 0.
func schemeLen[T string | []byte](value T) int {
	for i := range len(value) {
		switch c := value[i]; {
		case c == ' ' && i > 0 && i+1 < len(value):
			return i + 1
		case !letter(c) && (c != '-' || i == 0) || i > 20:
			return 0
		}
	}
	return 0
}

func isOne(name []byte, list ...string) bool {
	for _, s := range list {
		if foldedEqual(name, s) {
			return true
		}
	}
	return false
}

func isQuote(c byte) bool { return c == '"' || c == '\'' || c == '`' }

// blank is a space also as forms write it.
func blank(c byte) bool { return space(c) || c == '+' }

func space(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// nameByte is what a name may hold unquoted: array brackets, dots, dashes, the
// sigils of template and scripting languages, and Vietnamese letters.
func nameByte(c byte) bool {
	switch c {
	case '[', ']', '.', '-', '_', '$', '%', '*', '!', '~', '\\':
		return true
	}
	return letter(c) || digitByte(c) || c >= 0x80
}
